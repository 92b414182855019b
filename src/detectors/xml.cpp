#include "detectors/xml.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {

void find_xml(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::angle | mark::close_angle)) return;
  Search s(Attack::xml, subject, findings);
  const auto text = s.text;
  int tried = 0;
  for (std::size_t i = text.find("<!"); i != Search::npos && tried < 32; i = text.find("<!", i + 2), ++tried) {
    const auto rest = text.substr(i + 2, 256);
    if (begins(rest, "entity") && is_space(at(rest, 6))) {
      s.add(9, 4, "xml_entity", i, i + 48);
    } else if (begins(rest, "doctype")) {
      // <!DOCTYPE html> is a page's; one with a subset or an address of its own is not.
      const auto end = rest.find_first_of("[>");
      const auto head = rest.substr(0, end);
      const bool subset = end != Search::npos && rest[end] == '[';
      const bool external = holds(head, "system") || holds(head, "public");
      const bool page = holds(head, "html") && !subset && holds(head, "w3.org");
      if (!page && (subset || external)) s.add(8, 4, "xml_doctype", i, i + 48);
    } else if (begins(rest, "attlist") || begins(rest, "element") || begins(rest, "notation")) {
      s.add(6, 3, "xml_doctype", i, i + 48);
    } else if (rest.starts_with("[CDATA[") && i > 0) {
      // Pieces of a tag hidden from filters: <![CDATA[<]]>script
      const auto piece = rest.substr(7, 16);
      if (piece.starts_with("<]]>") || piece.starts_with("script")) s.add(7, 3, "xml_cdata", i, i + 48);
    }
  }
  if (subject.has(mark::close_angle) && subject.has(mark::bracket | mark::angle)) {
    const auto end = text.find("]]>");
    if (end != Search::npos && text.substr(0, end).find("<![CDATA[") == Search::npos &&
        at(text, skip_space(text, end + 3)) == '<') {
      s.add(7, 3, "xml_cdata", end, end + 32);
    }
  }
  if (subject.has(mark::colon)) {
    static constexpr std::array<std::string_view, 5> includes = {"<xi:include", "www.w3.org/2001/xinclude",
                                                                 "<xs:include", "<xsd:include", "<xsl:include"};
    std::string_view which;
    if (const auto at = find_any(text.substr(0, 32768), includes, &which); at != Search::npos)
      s.add(8, 4, "xml_include", at, at + 48);
    // Schemas and style sheets that are fetched from elsewhere.
    for (const std::string_view tag : {"<xs:import", "<xsd:import", "<xsl:import", "<xs:redefine", "<?xml-stylesheet",
                                       "xsi:schemalocation", "xsi:nonamespaceschemalocation"}) {
      const auto at = find(text.substr(0, 32768), tag);
      if (at != Search::npos && text.substr(at, 256).find("://") != Search::npos) {
        s.add(tag.starts_with("xsi:schema") ? 4 : 6, 3, "xml_include", at, at + 48);
      }
    }
  }
}

void find_server_include(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::angle)) return;
  Search s(Attack::server_include, subject, findings);
  static constexpr std::array<std::string_view, 11> directives = {
      "exec", "include", "echo", "printenv", "config", "set", "flastmod", "fsize", "if", "elif", "perl"};
  int tried = 0;
  for (std::size_t i = s.text.find("<!"); i != Search::npos && tried < 32; i = s.text.find("<!", i + 2), ++tried) {
    std::size_t j = i + 2;
    while (at(s.text, j) == '-') ++j;
    j = skip_space(s.text, j);
    if (at(s.text, j) != '#') continue;
    const auto word = s.text.substr(j + 1, word_end(s.text, j + 1) - j - 1);
    for (const auto name : directives) {
      if (same(word, name)) s.add(8, 4, "server_include", i, i + 48);
    }
  }
  if (const auto at = find(s.text.substr(0, 16384), "<esi:"); at != Search::npos)
    s.add(8, 4, "edge_include", at, at + 48);
}

}  // namespace sallyport::detectors
