// What the Core Rule Set costs a call that it has nothing against. For instructions a call:
//   valgrind --tool=callgrind --toggle-collect='*one_call*' match_bench --benchmark_filter=get
// SALLYPORT_RULE_CACHE: folder that keeps the compiled rules between runs.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "match/http_input.hpp"
#include "match/rule_set.hpp"

namespace {

using namespace sallyport;

std::shared_ptr<const match::RuleSet> core_rules(int paranoia) {
  static std::map<int, std::shared_ptr<const match::RuleSet>> made;
  if (const auto known = made.find(paranoia); known != made.end()) return known->second;
  match::Options options;
  options.paranoia = paranoia;
  if (const char* folder = std::getenv("SALLYPORT_RULE_CACHE"); folder != nullptr) options.cache_folder = folder;
  const std::string level = std::to_string(paranoia);
  const std::vector<match::Source> sources{
      match::Source::file("/etc/modsecurity/crs/crs-setup.conf"),
      match::Source::rules("SecAction \"id:1,phase:1,nolog,pass,t:none,setvar:tx.paranoia_level=" + level +
                               ",setvar:tx.executing_paranoia_level=" + level + "\"\n",
                           "settings"),
      match::Source::file("/usr/share/modsecurity-crs/rules/*.conf")};
  auto rules = match::RuleSet::compile(sources, options);
  return made[paranoia] = rules ? *rules : nullptr;
}

// An order of about 2 KiB.
std::string order() {
  std::string lines;
  const char* goods[] = {"Oak shelf 80 cm", "Glass jar, 3 pieces", "Linen towel", "Tea tin green", "Desk fan"};
  for (int i = 0; i < 9; ++i) {
    lines += (i == 0 ? "" : ",") + std::string("{\"sku\":\"AB-") + std::to_string(20'000 + i * 31) + "\",\"title\":\"" +
             goods[i % 5] + "\",\"count\":" + std::to_string(i % 3 + 1) +
             ",\"price\":{\"cents\":" + std::to_string(990 + i * 35) +
             ",\"currency\":\"EUR\"},\"vat\":0.21,\"wrapped\":" + (i % 2 == 0 ? "true" : "false") +
             ",\"facts\":{\"colour\":\"green\",\"grams\":" + std::to_string(200 + i) + "}}";
  }
  const std::string address = R"({"street":"Hauptstrasse 12","town":"Bremen","postcode":"28195","country":"DE"})";
  return R"({"buyer":{"id":"0d4ce9a1-5e0b-4c1c-9d0a-6a4a4f6b1f20","mail":"jo.meyer@example.org","name":"Jo Meyer"},)" +
         ("\"ship_to\":" + address + ",\"bill_to\":" + address) + R"(,"currency":"EUR","lines":[)" + lines +
         R"(],"note":"Please ring at the second door.","placed":"2026-02-03T09:30:00Z","channel":"app"})";
}

struct Sample {
  Request request;
  Response response;
  std::string target;
  std::string body;
  std::string answer;
};

void fill(Sample& sample, bool post) {
  sample.target = post ? "/v2/orders"
                       : "/v2/orders?state=open&buyer=b_1944&since=2026-01-10&limit=20&sort=-placed"
                         "&q=oak%20shelf%20wide&fields=id,state,sum";
  Request& request = sample.request;
  request.method = post ? Method::post : Method::get;
  request.method_token = post ? "POST" : "GET";
  request.target = sample.target;
  request.path = "/v2/orders";
  request.host = "api.example.org";
  if (!post) request.query = std::string_view(sample.target).substr(sample.target.find('?') + 1);
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Host", "api.example.org"},
           {"User-Agent", "shop-app/3.1.0 (Linux; arm64)"},
           {"Accept", "application/json"},
           {"Accept-Encoding", "gzip, deflate"},
           {"Accept-Language", "de-DE,de;q=0.8"},
           {"Authorization", "Bearer 5b1f6a0de2c94c7b8f3a6d9be0417c55"},
           {"Traceparent", "00-7bc61f2577c04da6b3ce929d0e0e5847-00f167aa0ba902c8-01"}})
    (void)request.fields.append(name, value);
  sample.body = post ? order() : std::string{};
  if (post) {
    (void)request.fields.append("Content-Type", "application/json");
    (void)request.fields.append("Content-Length", "2048");
    request.framing = Framing::length;
    request.content_length = sample.body.size();
  }
  sample.answer = R"({"orders":[)";
  for (int i = 0; i < 9; ++i)
    sample.answer += (i == 0 ? "" : ",") + std::string(R"({"id":"o_)") + std::to_string(i * 7919) +
                     R"(","state":"open","sum":{"cents":1290,"currency":"EUR"},"placed":"2026-01-11T08:00:00Z"})";
  sample.answer += "]}";
  Response& response = sample.response;
  response.status = 200;
  (void)response.fields.append("Content-Type", "application/json");
  (void)response.fields.append("Content-Length", "1024");
  response.framing = Framing::length;
  response.content_length = sample.answer.size();
}

// All five phases.
std::size_t phases(const match::RuleSet& rules, const Sample& sample, Arena& arena) {
  auto* evaluation = match::Evaluation::begin(rules, arena, 1'767'000'000'000'000);
  match::fill_request_head(*evaluation, sample.request, Connection{}, {});
  evaluation->run(1);
  match::fill_request_body(*evaluation, sample.body);
  evaluation->run(2);
  match::fill_response_head(*evaluation, sample.response);
  evaluation->run(3);
  match::fill_response_body(*evaluation, sample.answer);
  evaluation->run(4);
  evaluation->run(5);
  return evaluation->matches().size();
}

[[gnu::noinline]] std::size_t one_call(const match::RuleSet& rules, const Sample& sample, Arena& arena) {
  return phases(rules, sample, arena);
}

void call(benchmark::State& state, bool post) {
  const auto rules = core_rules(static_cast<int>(state.range(0)));
  if (rules == nullptr) return state.SkipWithError("the package modsecurity-crs is not installed");
  Sample sample;
  fill(sample, post);
  Arena arena;
  // The first calls of a thread make its memory and learn the values (value_memory.hpp).
  std::size_t matches = 0;
  for (int i = 0; i < 5; ++i) {
    matches += phases(*rules, sample, arena);
    arena.reset();
  }
  for (auto _ : state) {
    matches += one_call(*rules, sample, arena);
    arena.reset();
  }
  state.counters["matches"] = static_cast<double>(matches) / static_cast<double>(state.iterations() + 5);
}
BENCHMARK_CAPTURE(call, get, false)->Arg(1)->Arg(4);
BENCHMARK_CAPTURE(call, post, true)->Arg(1)->Arg(4);

}  // namespace
