// discover: which endpoints an API has, from records of its calls, and what its specification does not say.
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json_text.hpp"
#include "discover/difference.hpp"
#include "discover/document.hpp"
#include "discover/learned_api.hpp"
#include "discover/source.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

using discover::Difference;

struct Options {
  std::vector<std::string> files;
  std::string spec;
  std::string out;
  std::string format = "text";
  std::string title = "Learned API";
  bool registering = false;
};

// One line on a terminal, rewritten a few times a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string file) : file_(std::move(file)), shown_(::isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
  }
  void operator()(std::uint64_t done, std::uint64_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    drawn_ = true;
    std::cerr << fmt::format("\r\x1b[K{}: {} MB", file_, done / 1'000'000);
    if (all != 0) std::cerr << fmt::format(" of {} ({} %)", all / 1'000'000, done * 100 / all);
    std::cerr << std::flush;
  }

 private:
  std::string file_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

bool write(const std::string& text, const std::string& file) {
  if (file.empty()) {
    std::cout << text << std::flush;
    return static_cast<bool>(std::cout);
  }
  std::ofstream out(file, std::ios::binary);
  out << text << std::flush;
  if (!out) std::cerr << file << ": cannot be written\n";
  return static_cast<bool>(out);
}

std::string text_of(const std::vector<discover::LearnedEndpoint>& endpoints, const std::vector<Difference>& differences,
                    bool against) {
  std::string out;
  if (!against) {
    for (const auto& one : endpoints) {
      std::vector<std::string> statuses;
      for (const auto& [status, calls] : one.seen.statuses) {
        if (status != 0) statuses.push_back(std::to_string(status));
      }
      out += fmt::format("{:<7} {}  {} calls{}\n", one.method, one.path, one.seen.calls,
                         statuses.empty() ? "" : fmt::format(", {}", fmt::join(statuses, " ")));
    }
    return out;
  }
  for (const Difference& one : differences) {
    out += fmt::format("{:<10} {:<7} {}", word(one.kind), one.method, one.path);
    if (!one.what.empty()) out += fmt::format("  {}", one.what);
    if (one.calls != 0) out += fmt::format("  ({} calls)", one.calls);
    out += '\n';
  }
  return out;
}

std::string json_of(const std::vector<discover::LearnedEndpoint>& endpoints,
                    const std::vector<Difference>& differences) {
  std::string out = R"({"endpoints":[)";
  const auto pair = [&](std::string_view name, std::string_view value) {
    if (out.back() != '{') out += ',';
    append_json(out, name);
    append_json(out += ':', value);
  };
  for (const auto& one : endpoints) {
    if (out.back() != '[') out += ',';
    out += '{';
    pair("method", one.method);
    pair("path", one.path);
    append_number(out += R"(,"calls":)", one.seen.calls);
    out += one.declared != nullptr ? R"(,"declared":true})" : R"(,"declared":false})";
  }
  out += R"(],"differences":[)";
  for (const Difference& one : differences) {
    if (out.back() != '[') out += ',';
    out += '{';
    pair("kind", word(one.kind));
    pair("method", one.method);
    pair("path", one.path);
    if (!one.what.empty()) pair("what", one.what);
    append_number(out += R"(,"calls":)", one.calls);
    out += '}';
  }
  return out + "]}\n";
}

int run_traffic(const Options& options) {
  std::optional<Spec> spec;
  auto api = std::make_unique<discover::LearnedApi>();
  if (!options.spec.empty()) {
    auto loaded = load_openapi(options.spec);
    if (!loaded) {
      std::cerr << loaded.error().text() << "\n";
      return usage;
    }
    auto against = discover::LearnedApi::against(*loaded);
    if (!against) {
      std::cerr << against.error().text() << "\n";
      return usage;
    }
    spec = std::move(*loaded);
    api = std::move(*against);
  }
  std::uint64_t passed_over = 0;
  for (const std::string& file : options.files) {
    ProgressLine progress(file);
    const auto report =
        discover::read_source(file, [&](const discover::Sighting& one) { api->add(one); }, std::ref(progress));
    if (!report) {
      std::cerr << report.error().text() << "\n";
      return usage;
    }
    passed_over += report->passed_over;
  }
  if (api->calls() == 0) {
    std::cerr << options.files.front() << ": no calls were found\n";
    return usage;
  }
  const auto endpoints = api->endpoints();
  const auto differences = spec ? discover::compare(*api, endpoints, *spec) : std::vector<Difference>{};
  const std::string text = options.format == "openapi" ? openapi_of(endpoints, options.title)
                           : options.format == "json"  ? json_of(endpoints, differences)
                                                       : text_of(endpoints, differences, spec.has_value());
  if (!write(text, options.out)) return usage;
  std::cerr << fmt::format("{} calls, {} endpoints", api->calls(), endpoints.size());
  if (passed_over != 0) std::cerr << fmt::format(", {} lines passed over", passed_over);
  if (api->left_out() != 0) std::cerr << fmt::format(", {} calls left out: too many different paths", api->left_out());
  std::cerr << "\n";
  const auto wrong = [](const Difference& one) { return one.kind != Difference::Kind::unused; };
  return std::ranges::any_of(differences, wrong) ? findings : good;
}

int run_spec(const Options& options) {
  bool lacking = false;
  for (const std::string& file : options.files) {
    const auto spec = load_openapi(file);
    if (!spec) {
      std::cerr << spec.error().text() << "\n";
      return usage;
    }
    const auto gaps = discover::gaps(*spec);
    for (const discover::Gap& gap : gaps) {
      std::cout << fmt::format("{}: {} {} lacks {}\n", gap.where, gap.method, gap.path, fmt::join(gap.lacks, ", "));
    }
    std::cerr << fmt::format("{}: {} operations, {} lack something\n", file, spec->operations.size(), gaps.size());
    lacking = lacking || !gaps.empty();
  }
  return lacking && options.registering ? findings : good;
}

}  // namespace

void add_discover(CLI::App& app, int& exit) {
  auto* verb =
      app.add_subcommand("discover", "Finds the endpoints of an API: from records of calls, or in its specification.");
  verb->footer("Example: sallyport discover traffic access.log --spec openapi.yaml");
  verb->require_subcommand(1);

  auto traffic = std::make_shared<Options>();
  auto* of_traffic =
      verb->add_subcommand("traffic", "Learns endpoints from access logs, HTTP archives and event logs.");
  of_traffic
      ->add_option("FILE", traffic->files,
                   "Access logs (combined, Envoy, ALB, JSON lines), HAR 1.2, events-*.jsonl; - for standard input")
      ->required();
  of_traffic->add_option("--spec", traffic->spec, "Compare with this specification");
  of_traffic->add_option("--format", traffic->format, "text, json, or openapi: a 3.1 description of what was learned")
      ->check(CLI::IsMember({"text", "json", "openapi"}))
      ->capture_default_str();
  of_traffic->add_option("--title", traffic->title, "Title of that description")->capture_default_str();
  of_traffic->add_option("-o,--output", traffic->out, "File to write to instead of standard output");
  of_traffic->footer(
      "Exit: 0 good, 1 calls and specification differ (operations that nobody called are no difference), 2 bad input.\n"
      "Example: sallyport discover traffic access.log --spec openapi.yaml");
  of_traffic->callback([traffic, &exit] { exit = run_traffic(*traffic); });

  auto spec = std::make_shared<Options>();
  auto* of_spec = verb->add_subcommand("spec", "Says which operations lack owner, purpose, data class or auth.");
  of_spec->add_option("FILE", spec->files, "OpenAPI 3.0, 3.1 or Swagger 2.0")->required();
  of_spec->add_flag("--register", spec->registering, "Exit with 1 when an operation lacks something: for CI");
  of_spec->footer(
      "Owner, purpose and data class stand in x-sallyport of the root, a path or an operation.\n"
      "Example: sallyport discover spec --register openapi.yaml");
  of_spec->callback([spec, &exit] { exit = run_spec(*spec); });
}

}  // namespace sallyport::cli
