#define PCRE2_CODE_UNIT_WIDTH 8
#include "schema/pattern.hpp"

#include <pcre2.h>
#include <re2/re2.h>

#include <array>

namespace sallyport::schema {
namespace {

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

// What a thread matches with, made once.
struct Bench {
  std::unique_ptr<pcre2_match_data, Free> data{pcre2_match_data_create(1, nullptr)};
  std::unique_ptr<pcre2_match_context, Free> context{pcre2_match_context_create(nullptr)};
  Bench() {
    if (data == nullptr || context == nullptr) return;
    pcre2_set_match_limit(context.get(), Pattern::max_steps);
    pcre2_set_depth_limit(context.get(), 10'000);
    pcre2_set_heap_limit(context.get(), 1024);  // KiB
  }
};

std::unexpected<Error> refused(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return fail(ErrorCode::invalid, reinterpret_cast<const char*>(text.data()));
}

}  // namespace

// One of the two.
struct Pattern::Code {
  std::unique_ptr<const re2::RE2> linear;
  std::unique_ptr<pcre2_code, Free> backtracking;
};

Pattern::Pattern(std::unique_ptr<Code> code) : code_(std::move(code)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view expression) {
  int error = 0;
  return compile(expression, error);
}

bool Pattern::is_expression(std::string_view expression) {
  int error = 0;
  return compile(expression, error) || error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH;
}

Result<Pattern> Pattern::compile(std::string_view expression, int& error) {
  const auto text = translated(expression);
  if (!text) return std::unexpected(text.error());
  auto code = std::make_unique<Code>();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(max_memory);
  auto linear = std::make_unique<const re2::RE2>(*text, options);
  if (linear->ok()) {
    code->linear = std::move(linear);
    return Pattern(std::move(code));
  }
  PCRE2_SIZE offset = 0;
  code->backtracking.reset(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text->data()), text->size(),
                    PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C, &error,
                    &offset, nullptr));
  if (code->backtracking == nullptr) return refused(error);
  pcre2_jit_compile(code->backtracking.get(), PCRE2_JIT_COMPLETE);  // where there is none, it is interpreted
  return Pattern(std::move(code));
}

Found Pattern::search(std::string_view text) const noexcept {
  if (code_->linear != nullptr) {
    return code_->linear->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(), re2::RE2::UNANCHORED,
                                nullptr, 0)
               ? Found::yes
               : Found::no;
  }
  static thread_local const Bench bench;
  if (bench.data == nullptr || bench.context == nullptr) return Found::undecided;
  const int found = pcre2_match(code_->backtracking.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                                PCRE2_NO_UTF_CHECK, bench.data.get(), bench.context.get());
  if (found >= 0) return Found::yes;
  return found == PCRE2_ERROR_NOMATCH ? Found::no : Found::undecided;
}

}  // namespace sallyport::schema
