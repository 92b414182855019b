#include "match/rule_set.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "match/http_input.hpp"
#include "match/program.hpp"
#include "match/regex.hpp"

namespace sallyport::match {
namespace {

Result<std::shared_ptr<const RuleSet>> compiled(const std::string& text, bool prefilter = true) {
  Options options;
  options.prefilter = prefilter;
  options.fold = prefilter;
  const std::vector<Source> sources{Source::rules(text, "test.conf")};
  return RuleSet::compile(sources, options);
}

// The ids of the rules that match a request line's arguments, and what TX:score is.
struct Seen {
  std::vector<std::uint32_t> ids;
  std::int64_t score = 0;
  std::uint32_t denied = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};
Seen seen(const RuleSet& rules, const std::string& query, const std::string& body = {}, std::string_view type = {}) {
  Arena arena;
  auto* evaluation = Evaluation::begin(rules, arena, 1'000'000);
  Request request;
  const std::string target = "/shop/item.php?" + query;
  request.method_token = body.empty() ? "GET" : "POST";
  request.target = target;
  request.path = "/shop/item.php";
  request.query = query;
  (void)request.fields.append("Host", "shop.example");
  (void)request.fields.append("Cookie", "sid=abc; theme=dark");
  if (!type.empty()) (void)request.fields.append("Content-Type", type);
  fill_request_head(*evaluation, request, Connection{}, "id");
  evaluation->run(1);
  fill_request_body(*evaluation, body);
  evaluation->run(2);
  Seen out;
  for (const Match& match : evaluation->matches()) out.ids.push_back(match.id);
  out.score = evaluation->number(Variable::tx, "score");
  if (evaluation->denied() != nullptr) out.denied = evaluation->denied()->id;
  return out;
}
using Ids = std::vector<std::uint32_t>;

TEST(RuleSet, ChainsNeedEveryLink) {
  const auto rules = compiled(
      "SecRule ARGS:a \"@rx ^x\" \"id:1,phase:2,deny,chain\"\n"
      "  SecRule ARGS:b \"@streq y\" \"setvar:tx.score=+3\"\n");
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_EQ(seen(**rules, "a=xa&b=y"), (Seen{{1}, 3, 1}));
  EXPECT_EQ(seen(**rules, "a=xa&b=z"), (Seen{}));
  EXPECT_EQ(seen(**rules, "a=1&b=y"), (Seen{}));
}

TEST(RuleSet, ScoresForEachValueThatMatches) {
  const auto rules = compiled(
      "SecAction \"id:1,phase:1,nolog,pass,setvar:tx.step=5\"\n"
      "SecRule ARGS \"@contains evil\" \"id:2,phase:2,pass,setvar:'tx.score=+%{tx.step}'\"\n"
      "SecRule TX:SCORE \"@ge 10\" \"id:3,phase:2,deny,status:403\"\n");
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_EQ(seen(**rules, "a=evil"), (Seen{{2}, 5, 0}));
  EXPECT_EQ(seen(**rules, "a=evil&b=devil"), (Seen{{2, 3}, 10, 3}));
}

TEST(RuleSet, SkipsToItsMarker) {
  const auto rules = compiled(
      "SecRule TX:LEVEL \"@lt 2\" \"id:1,phase:1,nolog,pass\"\n"
      "SecAction \"id:2,phase:2,nolog,pass,skipAfter:END\"\n"
      "SecRule ARGS \"@rx .\" \"id:3,phase:2,pass\"\n"
      "SecMarker END\n"
      "SecRule ARGS \"@rx .\" \"id:4,phase:2,pass\"\n");
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_EQ(seen(**rules, "a=1").ids, Ids{4});
}

TEST(RuleSet, ExclusionsTakeRulesAndTargetsOut) {
  const std::string base = "SecRule ARGS|!ARGS:safe \"@rx x\" \"id:5,phase:2,pass,tag:'t/one',msg:'about x'\"\n";
  const struct {
    std::string before, after, query;
    Ids ids;
  } cases[] = {
      {"", "", "a=x", {5}},
      {"", "", "safe=x", {}},
      {"", "SecRuleRemoveById 1-9\n", "a=x", {}},
      {"", "SecRuleRemoveByTag one\n", "a=x", {}},
      {"", "SecRuleRemoveByMsg about\n", "a=x", {}},
      {"", "SecRuleUpdateTargetById 5 \"!ARGS:a\"\n", "a=x", {}},
      {"", "SecRuleUpdateTargetById 5 \"!ARGS:/^b/\"\n", "bc=x&a=x", {5}},
      {"", "SecRuleUpdateActionById 5 \"nolog\"\n", "a=x", {}},
      {"SecRule ARGS:o \"@eq 1\" \"id:1,phase:1,nolog,pass,ctl:ruleRemoveById=5\"\n", "", "a=x&o=1", {}},
      {"SecRule ARGS:o \"@eq 1\" \"id:1,phase:1,nolog,pass,ctl:ruleRemoveById=5\"\n", "", "a=x&o=2", {5}},
      {"SecAction \"id:1,phase:1,nolog,pass,ctl:ruleRemoveTargetById=5;ARGS:a\"\n", "", "a=x", {}},
      {"SecAction \"id:1,phase:1,nolog,pass,ctl:ruleRemoveTargetByTag=one;ARGS:a\"\n", "", "a=x&b=x", {5}},
      {"SecAction \"id:1,phase:1,nolog,pass,ctl:ruleEngine=Off\"\n", "", "a=x", {}},
  };
  for (const auto& one : cases) {
    const auto rules = compiled(one.before + base + one.after);
    ASSERT_TRUE(rules) << rules.error().text();
    EXPECT_EQ(seen(**rules, one.query).ids, one.ids) << one.before << one.after << one.query;
  }
}

TEST(RuleSet, OperatorsDecide) {
  const struct {
    const char* op;
    const char* yes;
    const char* no;
  } cases[] = {
      {"@beginsWith ab", "abc", "cab"},
      {"@endsWith bc", "abc", "bca"},
      {"@contains b", "abc", "ac"},
      {"@containsWord b", "a b", "abc"},
      {"@streq abc", "abc", "abcd"},
      {"!@streq abc", "x", "abc"},
      {"@within a,b,c", "b", "d"},
      {"@pm evil wicked", "VERY EvIl", "good"},
      {"@pm |41 42|c", "xabcx", "abd"},
      {"@eq 5", "5", "6"},
      {"@ge 5", "5", "4"},
      {"@gt 5", "6", "5"},
      {"@le 5", "5", "6"},
      {"@lt 5", "-4", "5"},
      {"@ipMatch 10.0.0.0/8,::1", "10.9.1.2", "11.0.0.1"},
      {"@validateByteRange 32-126", "%00", "abc"},
      {"@validateUrlEncoding", "%25zz", "%2541"},
      {"@validateUtf8Encoding", "%ff", "%c3%a4"},
      {"@rx ^a.c$", "a%0ac", "abcd"},
      {"@detectSQLi", "1'%20or%20'1'='1", "o'reilly"},
      {"@detectXSS", "<script>", "1%20<%202"},
  };
  for (const auto& one : cases) {
    const auto rules = compiled("SecRule ARGS:v \"" + std::string(one.op) + "\" \"id:1,phase:2,pass\"\n");
    ASSERT_TRUE(rules) << one.op << rules.error().text();
    EXPECT_EQ(seen(**rules, "v=" + std::string(one.yes)).ids, Ids{1}) << one.op;
    EXPECT_EQ(seen(**rules, "v=" + std::string(one.no)).ids, Ids{}) << one.op;
  }
}

TEST(RuleSet, SaysWhereAnErrorIs) {
  const struct {
    const char* text;
    const char* where;
  } cases[] = {
      {"SecRule ARGS \"@rx (\" \"id:1\"\n", "test.conf:1"},
      {"\n\nSecRule NOPE \"@rx x\" \"id:1\"\n", "test.conf:3"},
      {"SecRule ARGS \"@nope x\" \"id:1\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"id:1,exec:/bin/sh\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"id:1,t:rot13\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"phase:2\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"id:1\"\nSecRule ARGS x \"id:1\"\n", "test.conf:2"},
      {"SecAuditLog /tmp/x\n", "test.conf:1"},
      {"SecNonsense 1\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"id:1,chain\"\nSecMarker X\n", "test.conf:2"},
      {"SecRule XML:/a/b \"@rx x\" \"id:1\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\" \"id:1,ctl:ruleRemoveByNothing=1\"\n", "test.conf:1"},
      {"SecRule ARGS \"@rx x\n", "test.conf:1"},
  };
  for (const auto& one : cases) {
    const auto rules = compiled(one.text);
    ASSERT_FALSE(rules) << one.text;
    EXPECT_EQ(rules.error().where, one.where) << one.text;
  }
}

TEST(RuleSet, ReadsEveryKindOfBody) {
  const auto rules = compiled(
      "SecRule ARGS:json.a.array_1 \"@streq x\" \"id:1,phase:2,pass\"\n"
      "SecRule XML:/* \"@contains evil\" \"id:2,phase:2,pass\"\n"
      "SecRule XML://@* \"@contains evil\" \"id:3,phase:2,pass\"\n"
      "SecRule FILES \"@endsWith .php\" \"id:4,phase:2,pass\"\n"
      "SecRule MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:5,phase:2,pass\"\n"
      "SecRule ARGS_POST:k \"@streq v w\" \"id:6,phase:2,pass\"\n"
      "SecRule REQBODY_ERROR \"!@eq 0\" \"id:7,phase:2,pass\"\n");
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_EQ(seen(**rules, "", "{\"a\":[1,\"\\u0078\"]}", "application/json").ids, Ids{1});
  EXPECT_EQ(seen(**rules, "", "{\"a\":[1,", "application/json").ids, Ids{7});
  EXPECT_EQ(seen(**rules, "", "<r><a>ev<![CDATA[il]]></a></r>", "text/xml").ids, Ids{2});
  EXPECT_EQ(seen(**rules, "", "<r evil='1'><a b=\"an evil\"/></r>", "text/xml").ids, Ids{3});
  EXPECT_EQ(seen(**rules, "", "<r></s>", "text/xml").ids, Ids{7});
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.php\"\r\n\r\ndata\r\n--b--\r\n";
  EXPECT_EQ(seen(**rules, "", form, "multipart/form-data; boundary=b").ids, Ids{4});
  EXPECT_EQ(seen(**rules, "", "junk\r\n" + form, "multipart/form-data; boundary=b").ids, (Ids{4, 5}));
  EXPECT_EQ(seen(**rules, "", "k=v+w&l=1", "application/x-www-form-urlencoded").ids, Ids{6});
}

// The property that the prefilter lives by: with it and without it the same rules match.
TEST(RuleSet, ThePrefilterLosesNothing) {
  std::string text;
  const char* patterns[] = {
      "^abc",   "abc$",   "(?i)select.+from", "\\bor\\b\\s*1",      "[^a]b$",  "(?<!x)evil",  "evil(?!x)", "^$",
      "\\Aabc", "a\\z",   "(a|b)*c",          "(?i:<script[^>]*>)", "\\d{3,}", "(['\"])x\\1", "\\n",       "^.{8,}$",
      ".*",     "(?s)a.b"};
  int id = 0;
  for (const char* transformation :
       {"none", "lowercase", "urlDecodeUni,t:htmlEntityDecode", "compressWhitespace", "removeNulls"}) {
    for (const char* pattern : patterns) {
      std::string quoted;
      for (const char c : std::string(pattern)) quoted += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : std::string(1, c);
      text += "SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES \"@rx " + quoted + "\" \"id:" + std::to_string(++id) +
              ",phase:2,pass,t:none,t:" + transformation + "\"\n";
    }
    text += "SecRule ARGS \"@pm evil abc\" \"id:" + std::to_string(++id) + ",phase:2,pass,t:none,t:" + transformation +
            "\"\n";
  }
  const auto filtered = compiled(text, true);
  const auto plain = compiled(text, false);
  ASSERT_TRUE(filtered) << filtered.error().text();
  ASSERT_TRUE(plain) << plain.error().text();
  const char* pieces[] = {"abc",      "a",     "b",     "c",   "x",        "%0a", "evil",    "EVIL", "select",
                          " from",    "+or+1", "%22",   "'x'", "&",        "=",   "<script", ">",    "123",
                          "%26lt%3B", "%00",   "%2561", "++",  "ab%0Aabc", "%FF", "b%0a"};
  std::uint32_t state = 7;
  std::size_t matched = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string query;
    state = state * 1664525u + 1013904223u;
    for (std::uint32_t n = (state >> 20) % 9; n > 0; --n) {
      state = state * 1664525u + 1013904223u;
      query += pieces[(state >> 16) % std::size(pieces)];
    }
    const Seen a = seen(**filtered, query);
    ASSERT_EQ(a, seen(**plain, query)) << query;
    matched += a.ids.size();
  }
  EXPECT_GT(matched, 3000u);
}

// Patterns that take exponential or quadratic time in a naive engine.
TEST(Regex, SpendsABudgetAndNotTheProcessor) {
  const char* patterns[] = {"(a+)+$",    "(a|aa)+$",      "(.*a){12}$", "a.*b.*c.*d.*e!",
                            "(?:a*)*b!", "([a-z]+)*\\d!", "x*x*x*x*!"};
  for (const char* pattern : patterns) {
    const auto regex = Regex::compile(pattern);
    ASSERT_TRUE(regex);
    for (const std::size_t size : {std::size_t{100}, std::size_t{4000}, std::size_t{1} << 20}) {
      const std::string text = std::string(size, 'a') + "\n";
      timespec before{}, after{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
      EXPECT_NE(regex->match(text), Regex::Outcome::match) << pattern;
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
      const double ms = static_cast<double>(after.tv_sec - before.tv_sec) * 1e3 +
                        static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e6;
      // 10 ms, and room for a build with sanitizers.
      EXPECT_LT(ms, 60) << pattern << " " << size;
    }
  }
}

TEST(RuleSet, LoadsTheCoreRuleSet) {
  if (!std::filesystem::exists("/usr/share/modsecurity-crs/rules")) GTEST_SKIP() << "modsecurity-crs is not installed";
  const std::vector<Source> sources{
      Source::file("/etc/modsecurity/crs/crs-setup.conf"),
      Source::rules("SecAction \"id:1,phase:1,nolog,pass,setvar:tx.executing_paranoia_level=1\"\n", "settings"),
      Source::file("/usr/share/modsecurity-crs/rules/*.conf")};
  Options options;
  options.prefilter = false;
  options.fold = false;
  const auto rules = RuleSet::compile(sources, options);
  ASSERT_TRUE(rules) << rules.error().text();
  EXPECT_GT((*rules)->size(), 600u);
  EXPECT_EQ(seen(**rules, "id=42").denied, 0u);
  EXPECT_EQ(seen(**rules, "id=1'+union+select+1,2--").denied, 949110u);

  // With the prefilter the same rules match, whatever the arguments are put together from.
  options.prefilter = true;
  options.fold = true;
  const auto filtered = RuleSet::compile(sources, options);
  ASSERT_TRUE(filtered) << filtered.error().text();
  const char* pieces[] = {"a=",
                          "&b=",
                          "1",
                          "'",
                          "%22",
                          "+or+",
                          "1=1",
                          "--",
                          "union+select+",
                          "%3Cscript%3E",
                          "alert(1)",
                          "onload=",
                          "../../",
                          "etc/passwd",
                          ";cat+",
                          "%0a",
                          "%0d%0aSet-Cookie:",
                          "${jndi:ldap://x}",
                          "<?php+",
                          "eval(",
                          "sleep(5)",
                          "javascript:",
                          "%00",
                          "/*",
                          "*/",
                          "http://10.0.0.1/",
                          "exec+xp_cmdshell",
                          "%26lt%3B",
                          "\\u003c",
                          "|id",
                          "x",
                          "+"};
  std::uint32_t state = 11;
  std::size_t matched = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string query;
    state = state * 1664525u + 1013904223u;
    for (std::uint32_t n = (state >> 20) % 10; n > 0; --n) {
      state = state * 1664525u + 1013904223u;
      query += pieces[(state >> 16) % std::size(pieces)];
    }
    const Seen a = seen(**filtered, query);
    ASSERT_EQ(a, seen(**rules, query)) << query;
    matched += a.ids.size();
  }
  EXPECT_GT(matched, 2000u);
}

}  // namespace
}  // namespace sallyport::match
