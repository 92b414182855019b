#include "match/regex.hpp"

#include <algorithm>
#include <ctime>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sallyport::match {
namespace {

// What a thread needs to match.
struct Workspace {
  Workspace() {
    pcre2_set_match_limit(context, Regex::match_limit);
    pcre2_set_depth_limit(context, Regex::match_limit);
    pcre2_set_heap_limit(context, 16u << 10);  // KiB
    pcre2_jit_stack_assign(context, nullptr, stack);
  }
  ~Workspace() {
    pcre2_jit_stack_free(stack);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  pcre2_match_data* data = pcre2_match_data_create(10, nullptr);
  pcre2_match_context* context = pcre2_match_context_create(nullptr);
  pcre2_jit_stack* stack = pcre2_jit_stack_create(std::size_t{32} << 10, std::size_t{512} << 10, nullptr);
};

Workspace& workspace() {
  thread_local Workspace own;
  return own;
}

constexpr std::int64_t quick_ns = 200'000;  // of one window: the next may be larger

// CPU time of this thread: another process on the core spends nobody's budget.
std::int64_t thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void Regex::Free::operator()(void* code) const noexcept { pcre2_code_free(static_cast<pcre2_code*>(code)); }

Result<Regex> Regex::compile(const std::string& pattern, Case mode) {
  int error = 0;
  std::size_t at = 0;
  std::uint32_t options = PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_USE_OFFSET_LIMIT;
  if (mode == Case::insensitive) options |= PCRE2_CASELESS;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &at, nullptr);
  if (code == nullptr) {
    std::array<char, 160> text{};
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text.data()), text.size());
    return fail(ErrorCode::invalid,
                "the regular expression is wrong at offset " + std::to_string(at) + ": " + text.data());
  }
  Regex made;
  made.pattern_ = pattern;
  made.code_.reset(code);
  // Without the JIT it is matched all the same, more slowly.
  (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return made;
}

Regex::Outcome Regex::match(std::string_view text, Captures* captures) const {
  Workspace& own = workspace();
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
  int found = PCRE2_ERROR_NOMATCH;
  if (text.size() <= short_text) {
    pcre2_set_match_limit(own.context, match_limit);
    pcre2_set_offset_limit(own.context, PCRE2_UNSET);
    found = pcre2_match(code, subject, text.size(), 0, 0, own.data, own.context);
  } else {
    pcre2_set_match_limit(own.context, long_match_limit);
    const std::int64_t begin = thread_ns();
    std::int64_t last = begin;
    std::size_t window = first_window;
    for (std::size_t start = 0; start <= text.size();) {
      pcre2_set_offset_limit(own.context, std::min(start + window - 1, text.size()));
      found = pcre2_match(code, subject, text.size(), start, 0, own.data, own.context);
      if (found != PCRE2_ERROR_NOMATCH) break;
      const std::int64_t now = thread_ns();
      if (now - begin > budget_ns) return Outcome::exhausted;
      start += window;
      window = now - last < quick_ns ? std::min(window * 2, last_window) : std::max(window / 2, first_window);
      last = now;
    }
  }
  if (found == PCRE2_ERROR_NOMATCH) return Outcome::no_match;
  if (found < 0) return Outcome::exhausted;
  if (captures != nullptr) {
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(own.data);
    captures->count = found == 0 ? captures->group.size() : static_cast<std::size_t>(found);
    for (std::size_t i = 0; i < captures->group.size(); ++i) {
      const bool set = i < captures->count && ends[2 * i] != PCRE2_UNSET && ends[2 * i] <= ends[2 * i + 1];
      captures->group[i] = set ? text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]) : std::string_view{};
    }
  }
  return Outcome::match;
}

}  // namespace sallyport::match
