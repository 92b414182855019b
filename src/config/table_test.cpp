#include "config/table.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "config/testing/sample.hpp"

namespace sallyport::config {
namespace {

using sample::Server;

class Reading : public testing::Test {
 protected:
  std::optional<Server> read_text(const std::string& text) {
    auto document = document::parse(text, "s.yaml");
    EXPECT_TRUE(document) << document.error().text();
    if (!document) return std::nullopt;
    documents_.push_back(std::move(*document));
    return read<Server>(documents_.back().root(), report_);
  }
  Report report_;
  std::vector<document::Document> documents_;
};

TEST_F(Reading, EveryType) {
  const auto server = read_text(R"(address: "[::1]:9443"
mode: observe
strict: false
timeout: 1m30s
max_head: 64KiB
workers: 8
offset: -12
ratio: 0.25
title: 12
trusted: [10.0.0.0/8, "::1"]
hosts: a.example.com
timeouts: { connect: 1s, "read all": 250ms }
rules: [{ role: admin }, { any: [{ role: a }, { role: b }] }]
seed: 18446744073709551615
rate: 5/minute
directory: data/../logs
limits: [one, two]
rule: { role: kept }
)");
  ASSERT_TRUE(server) << report_.text();
  EXPECT_EQ(server->address.port, 9443);
  EXPECT_EQ(server->common.mode, sample::Mode::observe);
  EXPECT_FALSE(server->common.strict);
  EXPECT_FALSE(server->tls);
  EXPECT_EQ(server->timeout, std::chrono::seconds(90));
  EXPECT_EQ(server->max_head, 64_KiB);
  EXPECT_EQ(server->workers, 8);
  EXPECT_EQ(server->offset, -12);
  EXPECT_EQ(server->ratio, 0.25);
  EXPECT_EQ(server->title, "12");
  ASSERT_EQ(server->trusted.size(), 2u);
  EXPECT_EQ(format_cidr(server->trusted[0]), "10.0.0.0/8");
  EXPECT_EQ(server->hosts, std::vector<std::string>{"a.example.com"});
  EXPECT_EQ(server->timeouts.at("read all"), std::chrono::milliseconds(250));
  EXPECT_EQ(server->rules.at(1).any.at(1).role, "b");
  EXPECT_EQ(server->seed, UINT64_MAX);
  EXPECT_EQ(server->rate->count, 5u);
  EXPECT_EQ(server->directory.path, "logs");
  EXPECT_EQ(server->directory.written, "data/../logs");
  EXPECT_EQ(server->limits.rules, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(server->limits.common.mode, sample::Mode::observe);  // the outer struct's default
  ASSERT_EQ(server->sections.size(), 1u);
  EXPECT_EQ(server->sections.at("rule")->where(), "s.yaml:18:7");
  EXPECT_EQ(read<sample::Rule>(*server->sections.at("rule"), report_)->role, "kept");
}

TEST_F(Reading, AbsentKeysLeaveTheDefaults) {
  const auto server = read_text("address: 127.0.0.1:80");
  ASSERT_TRUE(server) << report_.text();
  EXPECT_EQ(server->timeout, std::chrono::seconds(10));
  EXPECT_EQ(server->common.mode, sample::Mode::enforce);
}

struct Bad {
  const char* line;   // the second line of the file
  const char* error;  // without file and line
};

class BadValue : public testing::TestWithParam<Bad> {};

TEST_P(BadValue, IsReportedWhereItStands) {
  const auto document = document::parse(std::string("address: 127.0.0.1:80\n") + GetParam().line + "\n", "s.yaml");
  ASSERT_TRUE(document) << document.error().text();
  Report report;
  EXPECT_FALSE(read<Server>(document->root(), report));
  EXPECT_EQ(report.text(), std::string("s.yaml:2:") + GetParam().error + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Bounds, BadValue,
    testing::Values(
        Bad{"workers: 0", "10: workers: expected an integer from 1 to 64, found `0`"},
        Bad{"workers: 65", "10: workers: expected an integer from 1 to 64, found `65`"},
        Bad{"timeout: 999ms", "10: timeout: at least 1s, found `999ms`"},
        Bad{"timeout: 301s", "10: timeout: at most 5m, found `301s`"},
        Bad{"max_head: 1023", "11: max_head: at least 1KiB, found `1023`"},
        Bad{"max_head: 2MiB", "11: max_head: at most 1MiB, found `2MiB`"},
        Bad{"ratio: -0.1", "8: ratio: at least 0, found `-0.1`"}, Bad{"ratio: 1.1", "8: ratio: at most 1, found `1.1`"},
        Bad{"title: ''", "8: title: at least 1 bytes, found 0"},
        Bad{"title: 12345678901", "8: title: at most 10 bytes, found 11"},
        Bad{"hosts: [a, b, c]", "8: hosts: at most 2 elements, found 3"},
        Bad{"timeouts: {a: 1s, b: 1s, c: 1s}", "11: timeouts: at most 2 entries, found 3"},
        Bad{"rules: [{any: []}]", "15: rules[0].any: at least 1 elements, found 0"},
        Bad{"offset: 2147483648", "9: offset: expected an integer from -2147483648 to 2147483647, found `2147483648`"},
        Bad{"seed: 18446744073709551616", "7: seed: expected an integer of at least 0, found `18446744073709551616`"},
        Bad{"seed: -1", "7: seed: expected an integer of at least 0, found `-1`"}));

INSTANTIATE_TEST_SUITE_P(
    Types, BadValue,
    testing::Values(
        Bad{"strict: yes", "9: strict: expected true or false, found `yes`"},
        Bad{"strict: \"true\"", "9: strict: expected true or false, found `true`\n  hint: write it without quotes"},
        Bad{"workers: 010", "10: workers: expected an integer from 1 to 64, found `010`"},
        Bad{"workers: 1.0", "10: workers: expected an integer from 1 to 64, found `1.0`"},
        Bad{"workers: '8'", "10: workers: expected an integer from 1 to 64, found `8`\n  hint: remove the quotes"},
        Bad{"workers: [8]", "10: workers: expected an integer from 1 to 64, found a list"},
        Bad{"ratio: .nan", "8: ratio: expected a number, found `.nan`"},
        Bad{"ratio: nan", "8: ratio: expected a number, found `nan`"},
        Bad{"ratio: '1'", "8: ratio: expected a number, found `1`"},
        Bad{"title: {a: b}", "8: title: expected a text, found a mapping"},
        Bad{"title:", "7: title: expected a text, found nothing"},
        Bad{"mode: enforc",
            "7: mode: expected one of off, observe, enforce, found `enforc`\n  hint: did you mean `enforce`?"},
        Bad{"mode: []", "7: mode: expected one of off, observe, enforce, found a list"},
        Bad{"timeout: soon", "10: timeout: expected a duration such as 10s or 1m30s, found `soon`"},
        Bad{"timeout: 10", "10: timeout: expected a duration such as 10s or 1m30s, found `10`"},
        Bad{"timeout: []", "10: timeout: expected a duration, found a list"},
        Bad{"max_head: 1MB", "11: max_head: expected a size such as 64KiB or 1MiB, found `1MB`"},
        Bad{"trusted: [10.0.0.0/8, 1.2.3]",
            "23: trusted[1]: expected an IP address or network such as 10.0.0.0/8, found `1.2.3`"},
        Bad{"trusted: 10.0.0.0/8", "10: trusted: expected a list, found `10.0.0.0/8`"},
        Bad{"trusted: [10.0.0.1/8]",
            "11: trusted[0]: expected a network without bits beyond its prefix, found `10.0.0.1/8`\n"
            "  hint: write 10.0.0.0/8, or 10.0.0.1 for the address alone"},
        Bad{"timeouts: []", "11: timeouts: expected a mapping, found a list"},
        Bad{"timeouts: {a: x}", "15: timeouts.a: expected a duration such as 10s or 1m30s, found `x`"},
        Bad{"rate: 6/minute", "7: rate: expected a rate such as 5/minute, found `6/minute`"},
        Bad{"directory: ''", "12: directory: expected a path, found an empty text"},
        Bad{"directory: \"a\\0b\"", "12: directory: expected a path, found `a\\x00b`"},
        Bad{"rules: [x]", "9: rules[0]: expected a mapping, found `x`"},
        Bad{"limits: x", "9: limits: expected a list, found `x`"},
        Bad{"limits:", "8: limits: expected a mapping, found nothing"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, BadValue,
    testing::Values(Bad{"adress: x", "1: unknown key `adress`: did you mean `address`?"},
                    Bad{"rul: x", "1: unknown key `rul`: did you mean `rule`?"},
                    Bad{"rules: [{role: a, \"\\e[31m\": 1}]",
                        "19: rules[0]: unknown key `\\x1b[31m`\n  hint: valid keys are role, any"},
                    Bad{"limits: {mode: off, strict: true}",
                        "9: limits: `strict` needs another mode than off"},  // the check of a flattened struct
                    Bad{"limits: {rule: []}", "10: limits: unknown key `rule`: did you mean `rules`?"},
                    Bad{"tls: {certificate: /dev/null}", "6: tls: missing key `key`\n  hint: Its key."},
                    Bad{"tls: {certificate: none.pem, key: {credential: ''}}",
                        "20: tls.certificate: cannot read `none.pem`\n"
                        "s.yaml:2:48: tls.key: expected a text, found an empty text"}));

TEST_F(Reading, EverythingWrongAtOnce) {
  EXPECT_FALSE(read_text("workers: 0\nnonsense: 1\ntimeout: x\nlimits: {nonsense: 2}\n"));
  EXPECT_EQ(report_.errors(), 5u);
  ASSERT_EQ(report_.problems().size(), 5u);
  EXPECT_EQ(report_.problems()[0].where, "s.yaml:1:10");
  EXPECT_EQ(report_.problems()[1].where, "s.yaml:2:1");
  EXPECT_EQ(report_.problems()[2].where, "s.yaml:3:10");
  EXPECT_EQ(report_.problems()[3].where, "s.yaml:4:10");
  EXPECT_EQ(report_.problems()[3].path, "limits");
  EXPECT_EQ(report_.problems()[4].text(),
            "s.yaml:1:1: missing key `address`\n  hint: for example `address: 0.0.0.0:8443`");
}

TEST_F(Reading, ChecksWaitForGoodFields) {
  EXPECT_FALSE(read_text("address: 127.0.0.1:80\nmode: off\ntimeout: x\n"));
  EXPECT_EQ(report_.errors(), 1u) << report_.text();
}

TEST_F(Reading, DumpShowsDefaultsAndGivenValues) {
  const auto server = read_text("address: 127.0.0.1:80\nworkers: 7\nrate: 5/minute\nrules: [{role: a}]\n");
  ASSERT_TRUE(server);
  EXPECT_EQ(
      dump(*server),
      R"({"address":"127.0.0.1:80","mode":"enforce","strict":true,"timeout":"10s","max_head":"60KiB","workers":7,)"
      R"("offset":-5,"ratio":0.5,"title":"a \"b\" | c","trusted":[],"hosts":[],"timeouts":{},)"
      R"("rules":[{"role":"a","any":[]}],"rate":"5/minute","limits":{"mode":"observe","strict":true,"rules":[]}})");
}

}  // namespace
}  // namespace sallyport::config
