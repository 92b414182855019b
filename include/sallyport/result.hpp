// Result<T>: a value or an Error. Every fallible function of Sallyport returns one; exceptions
// do not cross a room.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace sallyport {

enum class ErrorCode : std::uint8_t {
  invalid,      // the input is wrong: configuration, specification, message
  not_found,    // a file, a name or an address does not exist
  limit,        // a named limit was exceeded
  unavailable,  // a peer or the operating system refused, for now
  timeout,      // a deadline passed
  internal,     // a defect of Sallyport itself
};

// Where the fault lies: decides blame in events and whether a retry can help.
enum class ErrorSource : std::uint8_t { configuration, client, upstream, internal };

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one line for a person, without trailing full stop
  std::string where;    // "file:line:column", a field path, or empty
  std::string hint;     // what to do about it, or empty
  ErrorSource source = ErrorSource::internal;
  bool retryable = false;  // the same call may succeed later

  // "where: message (hint)", the form that is shown to people.
  [[nodiscard]] std::string text() const {
    std::string out = where.empty() ? message : where + ": " + message;
    if (!hint.empty()) out += "\n  hint: " + hint;
    return out;
  }
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {},
                                                 std::string hint = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(where), std::move(hint)});
}

}  // namespace sallyport
