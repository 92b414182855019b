// Password: the one password of the admin page, kept as a scrypt hash (RFC 7914) in a file that
// only its owner can read: "scrypt$ln=15,r=8,p=1$<salt>$<hash>", both in base64url.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sallyport/result.hpp>

namespace sallyport::admin {

class Password {
 public:
  // Reads the file. When it is absent, a random password of 24 characters (144 bits) is made, its
  // hash is written (mode 0600) and first() tells the password: nothing else ever does.
  // Errors: a file that others can read, or that holds no such hash.
  [[nodiscard]] static Result<Password> open(const std::string& file);

  [[nodiscard]] const std::optional<std::string>& first() const { return first_; }
  // Takes about 0.1 s and 32 MiB whatever the text; compared in constant time.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::string salt_, hash_;  // bytes
  unsigned log_n_ = 0, r_ = 0, p_ = 0;
  std::optional<std::string> first_;
};

// The text form of a hash with a fresh salt.
[[nodiscard]] Result<std::string> hash_password(std::string_view password);

}  // namespace sallyport::admin
