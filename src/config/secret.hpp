// A value that must never be seen: it comes from a file or a systemd credential, is wiped from
// memory with its last copy and is never shown in errors, documents or dumps.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::config {

class Secret {
 public:
  static constexpr std::size_t max_bytes = 64u << 10;

  Secret() = default;
  // `source` is what may be shown, such as "file certs/edge.key".
  Secret(std::string_view value, std::string source);

  // A regular file that only its owner can read (mode & 077 == 0), neither empty nor larger than
  // max_bytes. One line feed (or CR LF) at the end is not part of the value.
  [[nodiscard]] static Result<Secret> from_file(const std::string& path);
  // The file `name` in $CREDENTIALS_DIRECTORY (systemd.exec(5)), whose access systemd guards.
  [[nodiscard]] static Result<Secret> from_credential(std::string_view name);

  // The value; valid as long as a copy of this Secret.
  [[nodiscard]] std::string_view reveal() const { return value_ ? std::string_view(*value_) : std::string_view(); }
  [[nodiscard]] bool empty() const { return reveal().empty(); }
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  std::shared_ptr<const std::string> value_;
  std::string source_;
};

}  // namespace sallyport::config
