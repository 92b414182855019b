#include "match/prefilter.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "base/random.hpp"
#include "match/joined_text.hpp"
#include "match/prefilter_cache.hpp"
#include "match/prefilter_plan.hpp"
#include "match/program.hpp"
#include "match/value_memory.hpp"

#ifdef SALLYPORT_VECTORSCAN
#include <hs/hs.h>

#include <sallyport/message.hpp>
#endif

namespace sallyport::match {

#ifdef SALLYPORT_VECTORSCAN

namespace {

constexpr unsigned scan_flags = HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
constexpr std::size_t most_learned = 64;     // values of a group in one scan
constexpr std::size_t kept_text = 1u << 20;  // that it keeps

Joined judge(const std::string& pattern) {
  for (const auto& [flags, how] :
       {std::pair(scan_flags, Joined::exactly), std::pair(scan_flags | HS_FLAG_PREFILTER, Joined::loosely)}) {
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
  std::vector<Database> databases;  // of each group
  hs_scratch_t* scratch = nullptr;  // what threads copy
  std::uint64_t number = 0;         // of this prefilter within the process
  SipKey secret{};                  // of the values that threads remember
  bool remembers = false;

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

// What a thread has for a prefilter.
struct ThreadMemory {
  std::uint64_t number = 0;  // of the prefilter
  hs_scratch_t* scratch = nullptr;
  std::vector<ValueMemory> values;  // of each group

  ThreadMemory() = default;
  ThreadMemory(const ThreadMemory&) = delete;
  ThreadMemory& operator=(const ThreadMemory&) = delete;
  ~ThreadMemory() { hs_free_scratch(scratch); }
};

// A few are kept, for the rule sets of several APIs. Null: there is no memory.
ThreadMemory* thread_memory_for(std::uint64_t number, hs_scratch_t* prototype, std::size_t groups) {
  thread_local std::array<ThreadMemory, 8> kept;
  thread_local std::size_t oldest = 0;
  for (ThreadMemory& one : kept) {
    if (one.number == number) return &one;
  }
  ThreadMemory& place = kept[oldest++ % kept.size()];
  hs_free_scratch(place.scratch);
  place.scratch = nullptr;
  place.number = 0;
  place.values.clear();
  if (hs_clone_scratch(prototype, &place.scratch) != HS_SUCCESS) return nullptr;
  place.values.resize(groups);
  place.number = number;
  return &place;
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

}  // namespace

Prefilter::Prefilter(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Prefilter::~Prefilter() = default;

Result<std::unique_ptr<const Prefilter>> Prefilter::build(Program& program, int paranoia,
                                                          const std::string& cache_folder) {
  static std::atomic<std::uint64_t> counter{0};
  auto compiled = std::make_unique<Compiled>();
  compiled->number = ++counter;
  // Without random bytes values are scanned each time.
  compiled->remembers = fill_random(compiled->secret).has_value();
  compiled->plan = plan_prefilter(program, paranoia, judge);
  hs_platform_info_t platform{};
  (void)hs_populate_platform(&platform);
  const PrefilterCache cache(
      cache_folder, compiled->plan,
      std::string(hs_version()) + " " + std::to_string(platform.tune) + " " + std::to_string(platform.cpu_features));
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
  thread_local TextMemory memory;
  const PrefilterPlan& plan = compiled_->plan;
  const std::size_t words = plan.bits[static_cast<std::size_t>(phase)] / 64 + 1;
  Candidates out;
  const std::span<std::uint64_t> bits = zeroed(scratch, words * value_kinds);
  for (std::size_t kind = 0; kind < value_kinds; ++kind) out.hits[kind] = bits.subspan(kind * words, words);
  ThreadMemory* own = nullptr;
  for (std::size_t g = 0; g < plan.groups.size(); ++g) {
    const PrefilterGroup& group = plan.groups[g];
    if (group.phase != phase) continue;
    std::size_t values = 0;
    for (const PrefilterFeed& feed : group.feeds) values += input.of(feed.variable).size();
    if (values == 0) continue;
    const std::span<std::uint64_t> found = bits.subspan(static_cast<std::size_t>(group.kind) * words, words);
    if (own == nullptr) own = thread_memory_for(compiled_->number, compiled_->scratch, plan.groups.size());
    if (own == nullptr) {
      std::ranges::fill(found, ~std::uint64_t{0});
      continue;
    }
    const hs_database_t* const patterns = compiled_->databases[g].patterns;
    // Lengths of Vectorscan have 32 bits; what does not fit, or fails, is all candidates.
    const auto search = [&](std::string_view text, std::span<std::uint64_t> into) {
      if (text.size() > (1u << 30) || hs_scan(patterns, text.data(), static_cast<unsigned>(text.size()), 0,
                                              own->scratch, on_match, into.data()) != HS_SUCCESS)
        std::ranges::fill(into, ~std::uint64_t{0});
    };
    ValueMemory& known = own->values[g];
    struct Repeated {
      ValueMemory::Key key;
      const Item* item;
      std::uint64_t chains;
    };
    std::array<Repeated, most_learned> repeated;
    std::size_t repeats = 0;
    JoinedText joined(memory, group, values, scratch);
    bool whole = true;
    for (const PrefilterFeed& feed : group.feeds) {
      for (const Item& item : input.of(feed.variable)) {
        std::uint64_t chains = feed.chains;
        for (const PrefilterFeed::Member& member : feed.members) {
          if (member.name.size() == item.name.size() && same_name(member.name, item.name)) chains |= member.chains;
        }
        if (chains == 0) continue;
        if (compiled_->remembers && item.value.size() <= ValueMemory::longest_value) {
          const ValueMemory::Key key = ValueMemory::key_of(compiled_->secret, item.value, chains);
          const ValueMemory::Answer answer = known.look(key, found);
          if (answer == ValueMemory::Answer::known) continue;
          if (answer == ValueMemory::Answer::again && repeats < repeated.size())
            repeated[repeats++] = {key, &item, chains};
        }
        whole = joined.add(item.value, item.traits, chains) && whole;
      }
    }
    if (!whole) {
      std::ranges::fill(found, ~std::uint64_t{0});
      continue;
    }
    if (!joined.empty()) search(joined.text(), found);
    for (const Repeated& one : std::span(repeated).first(repeats)) {
      JoinedText alone(memory, group, 1, scratch);
      if (!alone.add(one.item->value, one.item->traits, one.chains)) continue;
      const std::span<std::uint64_t> hits = zeroed(scratch, words);
      search(alone.text(), hits);
      known.learn(one.key, hits);
    }
    if (memory.size > kept_text) memory = {};
  }
  return out;
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
