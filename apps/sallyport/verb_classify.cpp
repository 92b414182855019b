// classify: which sensitive data stand in recorded bodies.
#include <fstream>
#include <iostream>
#include <memory>

#include "base/json_text.hpp"
#include "classify/walk.hpp"
#include "decode/json.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string least = "medium";
};

constexpr decode::Limits lenient{
    .depth = 120, .names = 1'000'000, .values = 1'000'000, .string_bytes = 64u << 20, .duplicates = true};
constexpr std::size_t everything = std::size_t{1} << 40;

class Lines {
 public:
  explicit Lines(const Options& options)
      : scan_({.bytes = everything, .values = everything, .items = everything, .least = least_of(options.least)}) {}

  // False when the line is no JSON.
  bool line(std::string_view text) {
    arena_.reset();
    const auto read = decode::parse_json(text, arena_, lenient);
    if (!read) return false;
    const decode::Value& root = **read;
    const decode::Value* const body = root.is(decode::Kind::object) ? root.find("body") : nullptr;
    const decode::Value* const id = root.is(decode::Kind::object) ? root.find("id") : nullptr;
    out_ = R"({"id":)";
    if (id != nullptr && id->is(decode::Kind::number)) {
      out_ += id->text();
    } else {
      append_json(out_, id != nullptr ? id->text() : std::string_view());
    }
    out_ += R"(,"findings":[)";
    if (body == nullptr) {
      tree(root);
    } else if (body->is(decode::Kind::string)) {
      const auto inner = decode::parse_json(body->text(), arena_, lenient);
      if (inner) {
        tree(**inner);
      } else {
        add(scan_.text(body->text()), "");
      }
    } else {
      tree(*body);
    }
    if (out_.back() == ',') out_.pop_back();
    out_ += "]}\n";
    std::cout << out_;
    return true;
  }
  [[nodiscard]] std::size_t found() const { return found_; }

 private:
  static classify::Confidence least_of(std::string_view word) {
    return word == "low"    ? classify::Confidence::low
           : word == "high" ? classify::Confidence::high
                            : classify::Confidence::medium;
  }
  void tree(const decode::Value& root) {
    scan_.run(root, [this](const classify::BodyScan::Place& place, const classify::Findings& found) {
      path_.clear();
      place.append_pointer(path_);
      add(found, path_);
    });
  }
  void add(const classify::Findings& found, std::string_view path) {
    constexpr std::array<std::string_view, 3> confidences = {"low", "medium", "high"};
    classify::TypeSet told;
    for (const classify::Finding& finding : found.all()) {
      if (told.has(finding.type)) continue;
      told.add(finding.type);
      ++found_;
      out_ += R"({"type":")";
      out_ += name_of(finding.type);
      out_ += R"(","class":")";
      out_ += name_of(class_of(finding.type));
      out_ += R"(","confidence":")";
      out_ += confidences[static_cast<std::size_t>(finding.confidence)];
      out_ += R"(","path":)";
      append_json(out_, path);
      out_ += "},";
    }
  }
  Arena arena_;
  classify::BodyScan scan_;
  std::string out_, path_;
  std::size_t found_ = 0;
};

int run_classify(const Options& options) {
  auto lines = std::make_unique<Lines>(options);
  bool bad = false;
  for (const std::string& file : options.files) {
    std::ifstream opened;
    if (file != "-") opened.open(file, std::ios::binary);
    std::istream& in = file == "-" ? std::cin : opened;
    if (!in) {
      std::cerr << file << ": cannot be opened\n";
      return usage;
    }
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
      if (line.empty() || lines->line(line)) continue;
      std::cerr << file << ":" << number << ": no JSON\n";
      bad = true;
    }
  }
  std::cout.flush();
  if (bad || !std::cout) return usage;
  return good;
}

}  // namespace

void add_classify(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb =
      app.add_subcommand("classify", "Finds sensitive data in recorded bodies: types and where they stand, no values.");
  verb->add_option("FILE", options->files, "JSON lines with `id` and `body`, or any JSON lines; - for standard input")
      ->required();
  verb->add_option("--least", options->least, "Least confidence to tell of: low, medium or high")
      ->check(CLI::IsMember({"low", "medium", "high"}))
      ->capture_default_str();
  verb->footer(
      "Writes a line {\"id\", \"findings\": [{\"type\", \"class\", \"confidence\", \"path\"}]} for each line read.\n"
      "Exit: 0 all lines read, 2 some are no JSON.\n"
      "Example: sallyport classify answers.jsonl");
  verb->callback([options, &exit] { exit = run_classify(*options); });
}

}  // namespace sallyport::cli
