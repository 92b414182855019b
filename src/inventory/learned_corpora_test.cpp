// Traffic is made from each API description of a folder of real ones, when SALLYPORT_SHARED names
// one: what is learned from it must be the description's paths. Values are what APIs have: numbers,
// UUIDs, hashes, prefixed ids, names of people, projects and countries; popular ones come often.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "inventory/path_learner.hpp"
#include "spec/openapi.hpp"
#include "spec/path_template.hpp"

namespace sallyport::inventory {
namespace {

namespace fs = std::filesystem;

class Traffic {
 public:
  explicit Traffic(std::uint32_t seed) : random_(seed) {}

  std::string value(const std::string& variable) {
    std::string name = variable;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    const auto ends = [&](std::string_view end) { return name.ends_with(end); };
    if (ends("sid")) return letters(2, "ACMPNS") + letters(32, hex);
    if (ends("date"))
      return "20" + std::to_string(10 + below(15)) + "-0" + std::to_string(1 + below(9)) + "-1" +
             std::to_string(below(10));
    if (ends("sha") || ends("digest") || name == "ref") return letters(40, hex);
    if (name == "version") return "v" + std::to_string(1 + below(4));
    if (ends("countrycode") || ends("country_code")) return letters(2, "ABCDEFGHILMNPRSTU");
    if (name == "row" || name == "column") return std::to_string(1 + below(3));
    if (ends("basehead")) return word() + "..." + word();
    if (ends("id") || ends("ids") || ends("number")) {
      switch (std::hash<std::string>()(variable) % 4) {  // an API has one form of each id
        case 0:
          return std::to_string(1000 + below(9'000'000));
        case 1:
          return letters(8, hex) + "-" + letters(4, hex) + "-4" + letters(3, hex) + "-a" + letters(3, hex) + "-" +
                 letters(12, hex);
        case 2:
          return letters(24, hex);
        default:
          return name.substr(0, 3) + "_" + letters(16, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789");
      }
    }
    return word();
  }
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
  }

 private:
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string letters(std::size_t count, std::string_view alphabet) {
    std::string out;
    while (out.size() < count) out += alphabet[below(static_cast<std::uint32_t>(alphabet.size()))];
    return out;
  }
  // One of 900 names, some of them much more often than others.
  std::string word() {
    constexpr std::array<const char*, 30> first = {
        "ana",   "blue",   "core",   "data",  "east",   "fast",     "green", "hello", "infra", "jolly",
        "kilo",  "legacy", "mobile", "north", "open",   "payments", "quiet", "red",   "shop",  "tiny",
        "ultra", "vista",  "web",    "xenon", "yellow", "zen",      "main",  "prod",  "beta",  "demo"};
    constexpr std::array<const char*, 30> last = {
        "",         "-app",    "-service", "lab", "-team", "hub",  "_docs", "-tools", "works", "-site",
        "er",       "-client", "-server",  "ify", "-ops",  "land", "-cli",  "-sdk",   "son",   "-ui",
        "-backend", "-kit",    "base",     "-io", "ly",    "-bot", "net",   "-test",  "ware",  "-plans"};
    const auto skewed = [this] {
      const double unit = std::uniform_real_distribution<double>(0, 1)(random_);
      return static_cast<std::size_t>(unit * unit * 30);
    };
    return std::string(first[skewed()]) + last[skewed()];
  }
  std::mt19937 random_;
};

// "/a/{Sid}.json" as it is learned; "{base}...{head}" is one value.
std::string normal(const std::string& path) {
  std::string out;
  std::string_view rest = path;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    out += '/';
    if (segment.contains('{')) {
      out += "{}";
      out += split_extension(segment).extension;
    } else {
      out += segment;
    }
    if (slash == std::string_view::npos) return out;
    rest.remove_prefix(slash + 1);
  }
}

std::string called(const std::string& path, Traffic& traffic) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '{') {
      out += path[i];
      continue;
    }
    const std::size_t close = path.find('}', i);
    out += traffic.value(path.substr(i + 1, close - i - 1));
    i = close;
  }
  return out;
}

std::string contents(const fs::path& file) {
  const std::string command =
      file.extension() == ".gz" ? "gzip -dc '" + file.string() + "'" : "cat '" + file.string() + "'";
  std::string out;
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::array<char, 65536> buffer;
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    out.append(buffer.data(), size);
  ::pclose(pipe);
  return out;
}

TEST(LearnedCorpora, TrafficGivesBackThePathsOfTheDescription) {
  const char* shared = std::getenv("SALLYPORT_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "skipped: no corpora";
  const fs::path folder = fs::path(shared) / "corpora/openapi";
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || (!name.contains(".json") && !name.contains(".yaml"))) continue;
    auto document = document::parse(contents(entry.path()), name);
    if (!document) continue;
    const auto spec = parse_openapi(std::move(*document));
    if (!spec || spec->operations.empty()) continue;
    for (const std::uint32_t seed : {1u, 2u, 3u}) {
      Traffic traffic(seed);
      PathLearner learner;
      std::set<std::string> declared;
      std::vector<std::string> calls;
      for (const Operation& operation : spec->operations) {
        const auto path = parse_path_template(operation.path_template);
        if (!path || !path->reachable() || operation.path_template.contains('?')) continue;
        declared.insert(normal(operation.path_template));
        for (std::uint32_t i = 0, count = 20 + traffic.below(40); i < count; ++i)
          learner.add(called(operation.path_template, traffic));
      }
      std::size_t right = 0;
      std::string wrong;
      std::set<std::string> learned;
      for (const LearnedPath& path : learner.paths()) learned.insert(path.path);
      for (const std::string& path : learned) {
        if (declared.contains(path)) {
          ++right;
        } else {
          wrong += "\n  + " + path;
        }
      }
      for (const std::string& path : declared) {
        if (!learned.contains(path)) wrong += "\n  - " + path;
      }
      const double precision = learned.empty() ? 0 : static_cast<double>(right) / static_cast<double>(learned.size());
      const double recall = declared.empty() ? 1 : static_cast<double>(right) / static_cast<double>(declared.size());
      if (declared.empty()) continue;
      EXPECT_GE(precision, 0.98) << entry.path() << " seed " << seed << wrong.substr(0, 3000);
      EXPECT_GE(recall, 0.98) << entry.path() << " seed " << seed;
      EXPECT_EQ(learner.left_out(), 0u);
      if (declared.size() > 100)
        std::printf("%-40s %4zu paths, precision %.3f, recall %.3f, %zu nodes\n", name.c_str(), declared.size(),
                    precision, recall, learner.nodes());
    }
    ++files;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace sallyport::inventory
