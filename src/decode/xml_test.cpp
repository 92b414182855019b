#include "decode/xml.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::decode {
namespace {

// The tree as one line: elements as {uri}local[attributes](children), texts in quotes.
void write(const XmlNode* at, std::string& out) {
  for (; at != nullptr; at = at->next_sibling) {
    switch (at->kind) {
      case XmlKind::element:
        out += at->namespace_.empty() ? "" : "{" + std::string(at->namespace_) + "}";
        out += std::string(at->local);
        for (const XmlAttribute& a : at->attributes) {
          out += "[" + (a.namespace_.empty() ? "" : "{" + std::string(a.namespace_) + "}") + std::string(a.local) +
                 "=" + std::string(a.value) + "]";
        }
        if (at->first_child != nullptr) {
          out += '(';
          write(at->first_child, out);
          out += ')';
        }
        break;
      case XmlKind::text:
        out += "'" + std::string(at->text) + "'";
        break;
      case XmlKind::cdata:
        out += "<'" + std::string(at->text) + "'>";
        break;
      case XmlKind::comment:
        out += "!'" + std::string(at->text) + "'";
        break;
      case XmlKind::instruction:
        out += "?" + std::string(at->name) + "'" + std::string(at->text) + "'";
        break;
    }
  }
}

std::string read(std::string_view text, const XmlLimits& limits = {}) {
  Arena arena;
  const auto document = parse_xml(text, arena, limits);
  if (!document) return "! " + std::string(document.error().rule) + " " + std::to_string(document.error().offset);
  std::string out;
  write(document->first, out);
  return out;
}

TEST(Xml, ReadsElementsAttributesAndText) {
  const std::pair<const char*, const char*> cases[] = {
      {"<a/>", "a"},
      {"<?xml version=\"1.0\"?><a></a>", "a"},
      {"<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n<a />\n", "a"},
      {"<a b='1' c=\"2'\">x<d/>y</a >", "a[b=1][c=2']('x'd'y')"},
      {"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>", "a('<>&\"'A😀')"},
      {"<a b='&lt;&#10;&#9;'/>", "a[b=<\n\t]"},
      {"<a b='x\r\ny\tz\n'/>", "a[b=x y z ]"},
      {"<a>1\r\n2\r3</a>", "a('1\n2\n3')"},
      {"<a><![CDATA[<&]]]]></a>", "a(<'<&]]'>)"},
      {"<!-- c --><a><!----></a><?p  q ?>", "!' c 'a(!'')?p'q '"},
      {"<é ü='ß'/>", "é[ü=ß]"},
      {"<a>]] ></a>", "a(']] >')"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Xml, ResolvesNamespaces) {
  EXPECT_EQ(read("<a xmlns='u'><b xmlns=''/><c/></a>"),
            "{u}a[{http://www.w3.org/2000/xmlns/}xmlns=u](b[{http://www.w3.org/2000/xmlns/}xmlns=]{u}c)");
  EXPECT_EQ(read("<p:a xmlns:p='u' p:b='1' b='2'/>"), "{u}a[{http://www.w3.org/2000/xmlns/}p=u][{u}b=1][b=2]");
  EXPECT_EQ(read("<a xml:lang='en'/>"), "a[{http://www.w3.org/XML/1998/namespace}lang=en]");
  EXPECT_EQ(read("<a><b xmlns:p='u'/><p:c/></a>"), "! xml_namespace 19");
  for (const char* bad :
       {"<p:a/>", "<a p:b='1'/>", "<:a/>", "<a:/>", "<a:b:c xmlns:a='u'/>", "<a xmlns:p=''/>", "<a xmlns:xmlns='u'/>",
        "<a xmlns:xml='u'/>", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "<xmlns:a/>", "<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>",
        "<?a:b c?><a/>", "<p:1 xmlns:p='u'/>"}) {
    EXPECT_TRUE(read(bad).starts_with("! xml_namespace")) << bad << " " << read(bad);
  }
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "! xml 0"},
      {" ", "! xml 1"},
      {"x", "! xml 0"},
      {"<a>", "! xml 3"},
      {"<a></b>", "! xml 3"},
      {"</a>", "! xml 0"},
      {"<a/><b/>", "! xml 4"},
      {"<a/>x", "! xml 4"},
      {"<a/><![CDATA[]]>", "! xml 4"},
      {" <?xml version='1.0'?><a/>", "! xml 1"},
      {"<?xml version='1.1'?><a/>", "! xml_version 19"},
      {"<?xml encoding='utf-8'?><a/>", "! xml 6"},
      {"<?xml version='1.0' standalone='maybe'?><a/>", "! xml 38"},
      {"<?xml version='1.0'encoding='utf-8'?><a/>", "! xml 19"},
      {"<?xml ?><a/>", "! xml 6"},
      {"<a b/>", "! xml 4"},
      {"<a b=1/>", "! xml 5"},
      {"<a b='1'c='2'/>", "! xml 8"},
      {"<a b='1' b='2'/>", "! xml 9"},
      {"<a b='<'/>", "! xml 6"},
      {"<a b='&'/>", "! xml 6"},
      {"<a b='1/>", "! xml 5"},
      {"<1/>", "! xml 1"},
      {"< a/>", "! xml 1"},
      {"<a/ >", "! xml 2"},
      {"<a>&</a>", "! xml 3"},
      {"<a>& lt;</a>", "! xml 3"},
      {"<a>&lt</a>", "! xml 3"},
      {"<a>&#0;</a>", "! xml 3"},
      {"<a>&#xD800;</a>", "! xml 3"},
      {"<a>&#x110000;</a>", "! xml 3"},
      {"<a>&#xFFFFFFFFF1;</a>", "! xml 3"},
      {"<a>&#;</a>", "! xml 3"},
      {"<a>&#x;</a>", "! xml 3"},
      {"<a>&#1a;</a>", "! xml 3"},
      {"<a>]]></a>", "! xml 3"},
      {"<a><!-- -- --></a>", "! xml 8"},
      {"<a><!-- ---></a>", "! xml 8"},
      {"<a><!--</a>", "! xml 3"},
      {"<a><![CDATA[</a>", "! xml 3"},
      {"<a><?xml?></a>", "! xml 3"},
      {"<a><?XML x?></a>", "! xml 3"},
      {"<a><?b</a>", "! xml 3"},
      {"<a><!x></a>", "! xml 3"},
      {"<a>\x01</a>", "! xml 3"},
      {"<a>\xef\xbf\xbf</a>", "! xml 3"},
      {"<a>\xff</a>", "! utf8 3"},
      {std::string("<a>\0</a>", 8), "! xml 3"},
      {"<a\xc3\x97/>", "! xml 2"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(Xml, RefusesDocumentTypesAndTheirEntities) {
  for (const char* text :
       {"<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a PUBLIC '-//x' 'http://x/'><a/>", "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><lolz>&lol;</lolz>"}) {
    EXPECT_EQ(read(text), "! xml_dtd 0") << text;
  }
  EXPECT_EQ(read("<a><!DOCTYPE b></a>"), "! xml_dtd 3");
  EXPECT_EQ(read("<a>&x;</a>"), "! xml_entity 3");
  EXPECT_EQ(read("<a b='&nbsp;'/>"), "! xml_entity 6");
}

TEST(Xml, LimitsHold) {
  EXPECT_EQ(read("<a><b/></a>", {.depth = 2}), "a(b)");
  EXPECT_EQ(read("<a><b><c/></b></a>", {.depth = 2}), "! depth 6");
  EXPECT_EQ(read("<a>x<b/></a>", {.nodes = 3}), "a('x'b)");
  EXPECT_EQ(read("<a>x<b/>y</a>", {.nodes = 3}), "! nodes 8");
  EXPECT_EQ(read("<a b='' c=''/>", {.attributes = 2}), "a[b=][c=]");
  EXPECT_EQ(read("<a b='' c='' d=''/>", {.attributes = 2}), "! attributes 13");
  EXPECT_EQ(read("<a b=''><c d=''/></a>", {.all_attributes = 2}), "a[b=](c[d=])");
  EXPECT_EQ(read("<a b=''><c d='' e=''/></a>", {.all_attributes = 2}), "! all_attributes 16");
  EXPECT_EQ(read("<abc/>", {.name_bytes = 3}), "abc");
  EXPECT_EQ(read("<abcd/>", {.name_bytes = 3}), "! name_bytes 1");
  EXPECT_EQ(read("<a b='123'>123</a>", {.text_bytes = 3}), "a[b=123]('123')");
  EXPECT_EQ(read("<a>1234</a>", {.text_bytes = 3}), "! text_bytes 3");
  EXPECT_EQ(read("<a b='1234'/>", {.text_bytes = 3}), "! text_bytes 3");
  const std::string two = "<a xmlns='u' xmlns:p='v'>";
  EXPECT_FALSE(read(two + "<p:b/></a>", {.namespaces = 2}).starts_with("!"));
  EXPECT_EQ(read(two + "<p:b xmlns:q='w'/></a>", {.namespaces = 2}), "! namespaces 30");
  // What ends takes its namespaces with it.
  EXPECT_FALSE(read("<a><b xmlns:p='u'/><b xmlns:p='u'/></a>", {.namespaces = 1}).starts_with("!"));
}

TEST(Xml, IsWalkedInDocumentOrder) {
  Arena arena;
  const auto document = parse_xml("<a><b><c/></b><d k='v'/></a><!--e-->", arena);
  ASSERT_TRUE(document);
  std::string names;
  for (const XmlNode* at = document->first; at != nullptr; at = at->next()) {
    names += at->kind == XmlKind::element ? at->local : at->text;
  }
  EXPECT_EQ(names, "abcde");
  EXPECT_EQ(document->root->child("", "d")->attribute("k")->value, "v");
  EXPECT_EQ(document->root->child("", "c"), nullptr);
  EXPECT_EQ(document->root->child("", "d")->attribute("x"), nullptr);
}

}  // namespace
}  // namespace sallyport::decode
