// RuleSet: rules in ModSecurity's language, such as the OWASP Core Rule Set, compiled once and run
// for every call.
//
//   auto rules = match::RuleSet::compile({match::Source::file("/etc/crs/crs-setup.conf"),
//                                         match::Source::files("/etc/crs/rules/*.conf")}, options);
//
//   // per call; the evaluation lies in the call's arena and needs no destructor
//   auto* evaluation = match::Evaluation::begin(**rules, arena, now_us);
//   match::fill_request_head(evaluation->input(), …);   // http_input.hpp, or any other way
//   evaluation->run(1);
//   match::fill_request_body(…);
//   evaluation->run(2);
//   for (const match::Match& match : evaluation->matches()) …   // rule, place, severity, message
//   evaluation->number("tx", "anomaly_score");                  // what the rules summed up
//   evaluation->denied();                                       // what a "deny" of the rules said
//
// A set is immutable and shared by all threads. A directive, variable, operator, transformation or
// action that this engine does not have is an error with file and line; nothing is passed over.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "match/evaluation.hpp"

namespace sallyport::match {

struct Program;
class Prefilter;

// Where rules come from, in order.
struct Source {
  std::string path;  // may be a glob, and then match nothing; relative to the working directory
  std::string text;  // rules in place of a file; path then names them in messages
  bool inline_text = false;
  bool optional = false;  // a file that is not there is no error

  static Source file(std::string path) { return {std::move(path), {}, false, false}; }
  static Source optional_file(std::string path) { return {std::move(path), {}, false, true}; }
  static Source rules(std::string text, std::string name) { return {std::move(name), std::move(text), true, false}; }
};

struct Options {
  // The level that the rules will run at: what is written for higher ones is not put into the
  // prefilter, and runs without it if it runs after all.
  int paranoia = 1;
  // One scan for all patterns, when the build has Vectorscan. Off: each rule matches by itself.
  bool prefilter = true;
  // What is alike for every call is worked out at load (fold.hpp). Off, as the prefilter is off: the
  // slow way that both are compared with.
  bool fold = true;
  // Where compiled prefilters are kept (0600); empty: they are compiled anew each time.
  std::string cache_folder;
};

class RuleSet {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const RuleSet>> compile(std::span<const Source> sources,
                                                                      const Options& options);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  [[nodiscard]] std::size_t size() const;  // rules
  [[nodiscard]] bool has_phase(int phase) const;
  // Media types whose response bodies the rules want ("text/html"), in lower case; CRS leaves them
  // to its host.
  [[nodiscard]] std::span<const std::string> response_types() const;

  [[nodiscard]] const Program& program() const { return *program_; }
  [[nodiscard]] const Prefilter* prefilter() const { return prefilter_.get(); }

 private:
  RuleSet();
  std::unique_ptr<const Program> program_;
  std::unique_ptr<const Prefilter> prefilter_;
};

}  // namespace sallyport::match
