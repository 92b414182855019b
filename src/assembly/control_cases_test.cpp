// Every case of every control (src/controls/NAME/cases/*.yaml) through the real configuration and
// engine; the format stands in testing/control_case.hpp. A control without a case fails.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "assembly/testing/control_case.hpp"
#include "controls/registry.hpp"
#include "http/head.hpp"

#include <sallyport/engine.hpp>
#include <source_dir.hpp>

namespace sallyport::assembly {
namespace {

using testing::CaseReader;
using testing::ControlCase;
using testing::FieldList;

std::vector<ControlCase> all_cases() {
  std::vector<ControlCase> cases;
  for (const auto& control : controls::registry()) {
    const std::filesystem::path folder =
        std::filesystem::path(SALLYPORT_SOURCE_DIR) / "src/controls" / control.name / "cases";
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) files.push_back(entry.path().string());
    std::ranges::sort(files);
    CaseReader reader{std::string(control.name), cases};
    for (const std::string& file : files) reader.file(file);
  }
  return cases;
}

std::string indented(std::string_view text, std::size_t by) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    out += std::string(by, ' ') + std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  return out;
}

std::string head_of(std::string first, const FieldList& fields, std::string_view body, bool body_expected) {
  std::string head = std::move(first) + "\r\n";
  for (const auto& [name, value] : fields) head += name + ": " + value.value_or("") + "\r\n";
  if (body_expected) head += fmt::format("Content-Length: {}\r\n", body.size());
  return head + "\r\n";
}

class ControlCases : public ::testing::TestWithParam<ControlCase> {
 protected:
  const ControlCase& given() const { return GetParam(); }

  std::shared_ptr<const Policy> policy() {
    std::string yaml = "version: 1\nlisten: [{ address: 127.0.0.1:0, cleartext: true }]\n";
    if (!given().defaults.empty()) yaml += "defaults:\n" + indented(given().defaults, 2);
    yaml += "apis:\n  - name: case\n    hosts: ['*']\n    upstream: http://127.0.0.1:1\n";
    if (!given().spec.empty()) yaml += "    spec: " + specification() + "\n";
    auto made = parse_policy(yaml + indented(given().api, 4), given().where);
    EXPECT_TRUE(made) << (made ? "" : made.error().text()) << '\n' << yaml;
    return made ? *made : nullptr;
  }

  std::string specification() {
    char folder[] = "/tmp/sallyport-case-XXXXXX";
    EXPECT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    std::ofstream(folder_ / "spec.yaml") << given().spec;
    return folder_ / "spec.yaml";
  }

  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // Everything the control said in this call: as the one who decided, or in a note.
  std::set<std::string> rules() const {
    std::set<std::string> found;
    const Event& event = call_.event();
    if (event.control == given().control) found.emplace(event.reason.rule);
    for (const Note& note : event.all_notes()) {
      if (note.control == given().control) found.emplace(note.reason.rule);
    }
    return found;
  }

  void compare(const Fields& fields, const FieldList& expected) {
    for (const auto& [name, value] : expected) {
      const Field* field = fields.find(name);
      if (!value) EXPECT_EQ(field, nullptr) << name;
      if (value) EXPECT_TRUE(field != nullptr && field->value == *value) << name << (field ? field->value : " missing");
    }
  }

  // What the client gets instead of the API's answer; the verdicts live as long as the call.
  const Problem* problem_in(const Verdict& verdict) {
    if (const auto* deny = std::get_if<Deny>(&verdict)) return &deny->problem;
    const auto* rewrite = std::get_if<Rewrite>(&verdict);
    return rewrite != nullptr ? rewrite->replace : nullptr;
  }

  // The body that goes on instead, or null.
  static std::optional<std::string> body_in(const Verdict& verdict) {
    const auto* rewrite = std::get_if<Rewrite>(&verdict);
    return rewrite != nullptr && rewrite->body ? std::optional<std::string>(*rewrite->body) : std::nullopt;
  }

  // The problem, or null when the API's answer goes out.
  const Problem* drive() {
    verdict_ = call_.request_head();
    if (const Problem* problem = problem_in(verdict_)) return problem;
    if (call_.wants_request_body() != 0) verdict_ = call_.request_body(given().request_body);
    if (const Problem* problem = problem_in(verdict_)) return problem;
    request_body_ = body_in(verdict_);
    if (!given().answered) return nullptr;
    const bool body = given().answer_status != 204 && given().answer_status != 304;
    answer_head_ =
        head_of(fmt::format("HTTP/1.1 {} x", given().answer_status), given().answer_fields, given().answer_body, body);
    const auto read = http::read_response_head(answer_head_, request_.method, {}, response_);
    EXPECT_TRUE(read) << (read ? "" : read.error().detail);
    verdict_ = call_.response_head(response_);
    if (const Problem* problem = problem_in(verdict_)) return problem;
    if (call_.wants_response_body() >= given().answer_body.size() && !given().answer_body.empty()) {
      verdict_ = call_.response_body(given().answer_body);
      response_body_ = body_in(verdict_);
    }
    return problem_in(verdict_);
  }

  Connection connection_;
  Request request_;
  Response response_;
  Transaction call_;
  Verdict verdict_;
  std::optional<std::string> request_body_;
  std::optional<std::string> response_body_;
  std::string head_;
  std::string answer_head_;
  std::filesystem::path folder_;
};

TEST_P(ControlCases, EndAsExpected) {
  const ControlCase& given = GetParam();
  SCOPED_TRACE(given.where + ": " + given.name);
  ASSERT_EQ(given.broken, "");
  const auto policy = this->policy();
  ASSERT_NE(policy, nullptr);
  connection_.client = given.client;
  connection_.tls = given.tls;
  const bool admitted = Transaction::admits(*policy, connection_, {}, call_);
  ASSERT_EQ(admitted, !given.expect.connection_refused);
  const Problem* problem = nullptr;
  for (int i = 0; admitted && i < given.times; ++i) {
    FieldList fields{{"Host", "api.example"}};
    fields.insert(fields.end(), given.request_fields.begin(), given.request_fields.end());
    head_ =
        head_of(given.method + " " + given.path + " HTTP/1.1", fields, given.request_body, !given.request_body.empty());
    const auto read = parse_request(head_, given.tls, call_.fresh_arena(), request_);
    ASSERT_TRUE(read) << read.error().message;
    call_.begin(*policy, connection_, request_, {});
    problem = drive();
    call_.end();
  }
  const auto said = rules();
  if (given.expect.pass) {
    EXPECT_EQ(problem, nullptr);
    EXPECT_TRUE(said.empty()) << *said.begin();
  }
  if (given.expect.status != 0) {
    ASSERT_NE(problem, nullptr);
    EXPECT_EQ(problem->status, given.expect.status);
  } else {
    EXPECT_EQ(problem, nullptr) << problem->status << ' ' << call_.event().control << ' ' << call_.event().reason.rule;
  }
  if (!given.expect.type.empty()) EXPECT_TRUE(problem != nullptr && problem->type == given.expect.type);
  if (!given.expect.rule.empty()) EXPECT_TRUE(said.contains(given.expect.rule)) << ::testing::PrintToString(said);
  compare(request_.fields, given.expect.request);
  if (given.expect.pass || given.expect.request_body) EXPECT_EQ(request_body_, given.expect.request_body);
  if (given.expect.pass || given.expect.response_body) EXPECT_EQ(response_body_, given.expect.response_body);
  if (!given.expect.response.empty()) {
    ASSERT_TRUE(given.answered);
    compare(response_.fields, given.expect.response);
  }
}

INSTANTIATE_TEST_SUITE_P(Controls, ControlCases, ::testing::ValuesIn(all_cases()),
                         [](const auto& one) { return fmt::format("{}_{}", one.param.control, one.index); });

TEST(ControlCasesOf, EveryControlAreThere) {
  const auto cases = all_cases();
  for (const auto& control : controls::registry()) {
    EXPECT_GT(std::ranges::count(cases, control.name, &ControlCase::control), 1) << control.name << " lacks cases";
  }
}

}  // namespace
}  // namespace sallyport::assembly
