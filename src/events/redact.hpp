// Redactor: takes credentials and the values of sensitive names out of what is recorded, before
// it reaches the ring. What it writes in their place is "[redacted]", or for credentials the
// scheme and a keyed fingerprint: "bearer:9f2c41d07b1e55aa".
//
// Looked at, to a depth of four layers: name=value and name: value pairs, JSON, percent-encoding,
// base64 of such text, userinfo of URLs, JWTs anywhere, a credential after its scheme where a value
// begins with it, and in paths and queries long strings that
// look random. What is nested deeper, or cannot be judged, is redacted as a whole. A sensitive
// value extends to the end of its pair; where pairs cannot be told apart, to the end of the text.
// Linear in the length of the text for each layer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <sallyport/operation.hpp>

#include "base/siphash.hpp"
#include "events/sensitive_names.hpp"

namespace sallyport::events {

inline constexpr std::string_view redacted = "[redacted]";

// Bounded output: what does not fit is cut, and cut() says so.
class Sink {
 public:
  Sink(char* at, std::size_t size) : begin_(at), at_(at), end_(at + size) {}
  void append(std::string_view text) noexcept;
  [[nodiscard]] std::string_view text() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }
  [[nodiscard]] bool cut() const { return cut_; }

 private:
  char* begin_;
  char* at_;
  char* end_;
  bool cut_ = false;
};

class Redactor {
 public:
  Redactor(const SipKey& fingerprint_key, std::span<const std::string> more_names = {});

  // The value of a field: of credentials the fingerprint, of cookies the names, of other fields
  // the value without secrets.
  void field(const Field& field, Sink& out) const;
  void query(std::string_view query, Sink& out) const;
  // `path_template` may be empty; its variables with sensitive names are taken out.
  void path(std::string_view path, std::string_view path_template, Sink& out) const;
  // Any other text: a reason's detail, a request target that could not be parsed.
  void text(std::string_view text, Sink& out) const;

  // "bearer:9f2c41d07b1e55aa" of the value of an Authorization field; empty for an empty value.
  // `out` needs max_fingerprint bytes.
  static constexpr std::size_t max_fingerprint = 40;
  [[nodiscard]] std::string_view fingerprint(std::string_view authorization, char* out) const;

  [[nodiscard]] const SensitiveNames& names() const { return names_; }

 private:
  SipKey key_;
  SensitiveNames names_;
  std::array<bool, field_name_count> sensitive_{};  // of the fields that the gateway knows, by FieldName
};

}  // namespace sallyport::events
