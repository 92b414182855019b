// Decoded: what became of a body. Decoded once a phase, shared by all controls that ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport {

namespace decode {
class Value;  // decode/value.hpp
}

struct Decoded {
  enum class State : std::uint8_t {
    none,     // there is no body
    tree,     // `value` is its root
    refused,  // it should be readable and is not: `rule` and `detail` say why, `offset` where
    unknown,  // no decoder knows this media type, or none is said: `rule` and `detail` say which
  };
  State state = State::none;
  const decode::Value* value = nullptr;  // lives as long as the phase's body and the call's arena
  std::string_view rule;                 // stable id: "syntax", "duplicate_name", "media_type"
  std::string_view detail;               // safe for the client: nothing of the body is in it
  std::size_t offset = 0;                // in the body, in bytes

  // Nothing to judge, and nothing that could not be judged.
  [[nodiscard]] bool empty() const noexcept { return state == State::none; }
};

}  // namespace sallyport
