#include "match/prefilter.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "match/prefilter_cache.hpp"
#include "match/prefilter_plan.hpp"
#include "match/program.hpp"

#ifdef SALLYPORT_VECTORSCAN
#include <hs/hs.h>

#include <sallyport/message.hpp>
#endif

namespace sallyport::match {

#ifdef SALLYPORT_VECTORSCAN

namespace {

constexpr std::size_t largest_exact = 3000;  // bytes of a pattern that is looked for as it is
constexpr unsigned scan_flags = HS_FLAG_DOTALL | HS_FLAG_MULTILINE | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;

Joined judge(const std::string& pattern) {
  for (const auto& [flags, how] :
       {std::pair(scan_flags, Joined::exactly), std::pair(scan_flags | HS_FLAG_PREFILTER, Joined::loosely)}) {
    if (how == Joined::exactly && pattern.size() > largest_exact) continue;
    hs_expr_info_t* about = nullptr;
    hs_compile_error_t* error = nullptr;
    const hs_error_t outcome = hs_expression_info(pattern.c_str(), flags, &about, &error);
    std::free(about);
    hs_free_compile_error(error);
    if (outcome == HS_SUCCESS && pattern.find('\0') == std::string::npos) return how;
  }
  return Joined::never;
}

struct Database {
  hs_database_t* patterns = nullptr;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  Database(Database&& other) noexcept : patterns(std::exchange(other.patterns, nullptr)) {}
  Database& operator=(Database&&) = delete;
  ~Database() { hs_free_database(patterns); }
};

}  // namespace

struct Prefilter::Compiled {
  PrefilterPlan plan;
  const Program* program = nullptr;  // its chains
  std::vector<Database> databases;   // of each group
  hs_scratch_t* scratch = nullptr;   // what threads copy
  std::uint64_t number = 0;          // of this prefilter within the process

  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() { hs_free_scratch(scratch); }
};

namespace {

// What cannot be compiled as it is, is tried loosely; what cannot be compiled at all is left out, and
// `left_out` gets its bit.
Result<Database> compile(PrefilterGroup& group, std::vector<std::uint32_t>& left_out) {
  while (true) {
    std::vector<const char*> texts;
    std::vector<unsigned> flags;
    std::vector<unsigned> ids;
    for (const PrefilterPattern& pattern : group.patterns) {
      texts.push_back(pattern.text.c_str());
      flags.push_back(scan_flags | (pattern.loose ? HS_FLAG_PREFILTER : 0u) |
                      (pattern.caseless ? HS_FLAG_CASELESS : 0u));
      ids.push_back(pattern.bit);
    }
    Database made;
    if (texts.empty()) return made;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_multi(texts.data(), flags.data(), ids.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK,
                         nullptr, &made.patterns, &error) == HS_SUCCESS)
      return made;
    const int at = error != nullptr ? error->expression : -1;
    hs_free_compile_error(error);
    if (at < 0 || static_cast<std::size_t>(at) >= group.patterns.size())
      return fail(ErrorCode::internal, "the prefilter cannot be compiled");
    PrefilterPattern& pattern = group.patterns[static_cast<std::size_t>(at)];
    if (!pattern.loose) {
      pattern.loose = true;
      continue;
    }
    const std::uint32_t bit = pattern.bit;
    left_out.push_back(bit);
    std::erase_if(group.patterns, [bit](const PrefilterPattern& other) { return other.bit == bit; });
  }
}

// The scratch of this thread for a prefilter. A few are kept, for the rule sets of several APIs.
hs_scratch_t* thread_scratch_for(std::uint64_t number, hs_scratch_t* prototype) {
  struct Kept {
    std::uint64_t number = 0;
    hs_scratch_t* scratch = nullptr;
    Kept() = default;
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() { hs_free_scratch(scratch); }
  };
  thread_local std::array<Kept, 8> kept;
  thread_local std::size_t oldest = 0;
  for (Kept& one : kept) {
    if (one.number == number) return one.scratch;
  }
  Kept& place = kept[oldest++ % kept.size()];
  hs_free_scratch(place.scratch);
  place.scratch = nullptr;
  place.number = 0;
  if (hs_clone_scratch(prototype, &place.scratch) != HS_SUCCESS) return nullptr;
  place.number = number;
  return place.scratch;
}

int on_match(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
  auto* bits = static_cast<std::uint64_t*>(context);
  bits[id / 64] |= std::uint64_t{1} << (id % 64);
  return 0;
}

std::span<std::uint64_t> zeroed(Scratch& scratch, std::size_t words) {
  char* at = scratch.take(words * 8 + 8);
  at += (8 - reinterpret_cast<std::uintptr_t>(at) % 8) % 8;
  std::memset(at, 0, words * 8);
  return {reinterpret_cast<std::uint64_t*>(at), words};
}

// The values of a group, one after the other.
struct Values {
  const Item** items = nullptr;
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::uint32_t traits = 0;
};

Values values_of(const PrefilterGroup& group, const Input& input, Scratch& scratch) {
  Values out;
  std::size_t most = 0;
  for (const PrefilterSource& source : group.sources) most += input.of(source.variable).size();
  char* at = scratch.take(most * sizeof(const Item*) + 8);
  at += (8 - reinterpret_cast<std::uintptr_t>(at) % 8) % 8;
  out.items = reinterpret_cast<const Item**>(at);
  for (const PrefilterSource& source : group.sources) {
    for (const Item& item : input.of(source.variable)) {
      if (!source.name.empty() && !same_name(source.name, item.name)) continue;
      out.items[out.count++] = &item;
      out.bytes += item.value.size() + 1;
      out.traits |= item.traits;
    }
  }
  return out;
}

std::string_view after(const Program& program, std::uint32_t chain, std::string_view text, std::uint32_t traits,
                       Scratch& scratch) {
  const TransformationChain& link = program.chains[chain];
  if (chain == 0 || ((traits | trait::always) & link.triggers) == 0) return text;
  const std::string_view before = after(program, link.prefix, text, traits, scratch);
  return transform(link.last, before, scratch);
}

}  // namespace

Prefilter::Prefilter(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Prefilter::~Prefilter() = default;

Result<std::unique_ptr<const Prefilter>> Prefilter::build(Program& program, int paranoia,
                                                          const std::string& cache_folder) {
  static std::atomic<std::uint64_t> counter{0};
  auto compiled = std::make_unique<Compiled>();
  compiled->number = ++counter;
  compiled->plan = plan_prefilter(program, paranoia, judge);
  compiled->program = &program;
  const PrefilterCache cache(cache_folder, compiled->plan, hs_version());
  std::vector<std::string> kept = cache.load();
  if (kept.size() != compiled->plan.groups.size()) kept.clear();
  for (const std::string& bytes : kept) {
    Database made;
    if (hs_deserialize_database(bytes.data(), bytes.size(), &made.patterns) != HS_SUCCESS) {
      // Of another machine: compiled anew.
      compiled->databases.clear();
      break;
    }
    compiled->databases.push_back(std::move(made));
  }
  if (compiled->databases.size() != compiled->plan.groups.size()) {
    compiled->databases.clear();
    std::vector<std::string> serialized;
    bool whole = true;
    for (PrefilterGroup& group : compiled->plan.groups) {
      std::vector<std::uint32_t> left_out;
      auto made = compile(group, left_out);
      if (!made) return std::unexpected(made.error());
      for (Rule& rule : program.rules) {
        if (rule.phase == group.phase && rule.filter >= 0 &&
            std::ranges::find(left_out, static_cast<std::uint32_t>(rule.filter)) != left_out.end())
          rule.filter = -1;
      }
      whole = whole && left_out.empty();
      char* bytes = nullptr;
      std::size_t size = 0;
      if (hs_serialize_database(made->patterns, &bytes, &size) == HS_SUCCESS) serialized.emplace_back(bytes, size);
      std::free(bytes);
      compiled->databases.push_back(std::move(*made));
    }
    // A cache that does not know which rules were left out would lose them.
    if (whole && serialized.size() == compiled->plan.groups.size()) cache.store(serialized);
  }
  for (const Database& database : compiled->databases) {
    if (database.patterns == nullptr) continue;
    if (hs_alloc_scratch(database.patterns, &compiled->scratch) != HS_SUCCESS)
      return fail(ErrorCode::internal, "no memory for the prefilter");
  }
  // Patterns are in the databases now.
  for (PrefilterGroup& group : compiled->plan.groups) std::vector<PrefilterPattern>().swap(group.patterns);
  return std::unique_ptr<const Prefilter>(new Prefilter(std::move(compiled)));
}

Prefilter::Candidates Prefilter::scan(int phase, const Input& input, Scratch& scratch) const {
  const PrefilterPlan& plan = compiled_->plan;
  const std::size_t words = plan.bits[static_cast<std::size_t>(phase)] / 64 + 1;
  const std::span<std::uint64_t> out = zeroed(scratch, words);
  const std::span<std::uint64_t> found = zeroed(scratch, words);
  hs_scratch_t* own = plan.groups.empty() ? nullptr : thread_scratch_for(compiled_->number, compiled_->scratch);
  const auto all = [&out](const PrefilterVariant& variant) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] |= variant.mask[i];
  };
  for (std::size_t g = 0; g < plan.groups.size(); ++g) {
    const PrefilterGroup& group = plan.groups[g];
    if (group.phase != phase) continue;
    const Values values = values_of(group, input, scratch);
    if (values.count == 0) continue;
    struct Scanned {
      std::string_view text;
      std::span<const std::uint64_t> bits;
    };
    std::array<Scanned, 32> scanned;
    std::size_t texts = 0;
    bool plain = false;  // the untransformed text was scanned, as number 0
    for (const PrefilterVariant& variant : group.variants) {
      const bool same = variant.chain == 0 ||
                        ((values.traits | trait::always) & compiled_->program->chains[variant.chain].triggers) == 0;
      std::string_view joined;
      const Scanned* known = nullptr;
      if (same && plain) {
        known = &scanned[0];
      } else {
        std::size_t size = values.bytes;
        std::string_view* pieces = nullptr;
        if (!same) {
          char* at = scratch.take(values.count * sizeof(std::string_view) + 8);
          at += (8 - reinterpret_cast<std::uintptr_t>(at) % 8) % 8;
          pieces = reinterpret_cast<std::string_view*>(at);
          size = 0;
          for (std::size_t i = 0; i < values.count; ++i) {
            const Item& item = *values.items[i];
            pieces[i] = after(*compiled_->program, variant.chain, item.value, item.traits, scratch);
            size += pieces[i].size() + 1;
          }
        }
        char* const start = scratch.take(size);
        char* at = start;
        for (std::size_t i = 0; i < values.count; ++i) {
          const std::string_view piece = same ? values.items[i]->value : pieces[i];
          if (!piece.empty()) std::memcpy(at, piece.data(), piece.size());
          at += piece.size();
          *at++ = '\n';
        }
        joined = {start, static_cast<std::size_t>(at - start)};
        for (std::size_t i = 0; i < texts && known == nullptr; ++i) {
          if (scanned[i].text == joined) known = &scanned[i];
        }
      }
      if (known == nullptr) {
        std::memset(found.data(), 0, words * 8);
        // Lengths of Vectorscan have 32 bits; what does not fit, or fails, is all candidates.
        if (own == nullptr || joined.size() > (1u << 30) ||
            hs_scan(compiled_->databases[g].patterns, joined.data(), static_cast<unsigned>(joined.size()), 0, own,
                    on_match, found.data()) != HS_SUCCESS) {
          all(variant);
          continue;
        }
        const std::span<std::uint64_t> bits = zeroed(scratch, words);
        std::ranges::copy(found, bits.begin());
        if (texts < scanned.size()) {
          // The plain text stays first.
          scanned[texts] = {joined, bits};
          if (same && !plain) {
            std::swap(scanned[0], scanned[texts]);
            plain = true;
          }
          ++texts;
        }
        for (std::size_t i = 0; i < words; ++i) out[i] |= bits[i] & variant.mask[i];
        continue;
      }
      for (std::size_t i = 0; i < words; ++i) out[i] |= known->bits[i] & variant.mask[i];
    }
  }
  return {out};
}

std::size_t Prefilter::bytes() const {
  std::size_t sum = 0;
  for (const Database& database : compiled_->databases) {
    std::size_t size = 0;
    if (hs_database_size(database.patterns, &size) == HS_SUCCESS) sum += size;
  }
  return sum;
}

#else

struct Prefilter::Compiled {};
Prefilter::Prefilter(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Prefilter::~Prefilter() = default;
Result<std::unique_ptr<const Prefilter>> Prefilter::build(Program&, int, const std::string&) { return nullptr; }
Prefilter::Candidates Prefilter::scan(int, const Input&, Scratch&) const { return {}; }
std::size_t Prefilter::bytes() const { return 0; }

#endif

}  // namespace sallyport::match
