#include "match/rule_set.hpp"

#include "match/compiler.hpp"
#include "match/fold.hpp"
#include "match/prefilter.hpp"
#include "match/program.hpp"

namespace sallyport::match {

RuleSet::RuleSet() = default;
RuleSet::~RuleSet() = default;

Result<std::shared_ptr<const RuleSet>> RuleSet::compile(std::span<const Source> sources, const Options& options) {
  Compiler compiler;
  for (const Source& source : sources) {
    if (auto read = compiler.read(source); !read) return std::unexpected(read.error());
  }
  auto program = compiler.finish();
  if (!program) return std::unexpected(program.error());
  std::shared_ptr<RuleSet> made(new RuleSet());
  auto kept = std::make_unique<Program>(std::move(*program));
  if (options.fold) fold(*kept);
  if (options.prefilter) {
    auto prefilter = Prefilter::build(*kept, options.paranoia, options.cache_folder);
    if (!prefilter) return std::unexpected(prefilter.error());
    made->prefilter_ = std::move(*prefilter);
  }
  made->program_ = std::move(kept);
  return made;
}

std::size_t RuleSet::size() const { return program_->rules.size(); }
bool RuleSet::has_phase(int phase) const { return !program_->phases[static_cast<std::size_t>(phase)].empty(); }
std::span<const std::string> RuleSet::response_types() const { return program_->response_types; }

}  // namespace sallyport::match
