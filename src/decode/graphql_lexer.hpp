// The tokens of GraphQL (October 2021 §2.1).
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "decode/refusal.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::decode {

struct GraphqlToken {
  enum class Kind : std::uint8_t { end, punctuator, spread, name, int_value, float_value, string };
  Kind kind = Kind::end;
  std::string_view text;  // a string: unescaped
  std::uint32_t offset = 0;
};

class GraphqlLexer {
 public:
  GraphqlLexer(std::string_view text, Arena& arena, std::uint32_t string_bytes)
      : text_(text), arena_(arena), string_bytes_(string_bytes) {}

  // False when there is no token: refusal() says why.
  bool next(GraphqlToken& token);
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  bool refuse(std::string_view rule, std::string_view detail, std::size_t at) {
    refusal_ = {rule, detail, at};
    return false;
  }
  void skip_ignored();
  bool number(GraphqlToken& token);
  bool string(GraphqlToken& token);
  bool block_string(GraphqlToken& token);
  bool escape(char*& to);
  std::string_view dedent(std::string_view raw);

  std::string_view text_;
  std::size_t at_ = 0;
  Arena& arena_;
  std::uint32_t string_bytes_;
  Refusal refusal_;
};

}  // namespace sallyport::decode
