// KeySet: the keys of an issuer (RFC 7517 §5), immutable. Keys that we cannot use or must not use –
// for encryption, of a weak or unknown kind – are left out, and ignored() says why. A set as a whole
// is refused when it is ambiguous: two usable keys with one id and type, or secrets beside public keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decode/value.hpp"
#include "jose/key.hpp"

#include <sallyport/result.hpp>

namespace sallyport::jose {

class KeySet {
 public:
  static constexpr std::size_t max_keys = 100;
  static constexpr std::size_t max_bytes = 256u << 10;  // of a JWK Set
  static constexpr std::size_t max_id_bytes = 512;
  static constexpr std::size_t max_tries = 16;  // keys tried for a token without `kid`

  // A JWK Set, or a single JWK.
  [[nodiscard]] static Result<KeySet> parse(std::string_view json);
  [[nodiscard]] static Result<KeySet> read(const decode::Value& json);
  [[nodiscard]] static Result<KeySet> of(std::vector<Key> keys);

  [[nodiscard]] std::span<const Key> keys() const { return keys_; }
  [[nodiscard]] std::span<const std::string> ignored() const { return ignored_; }

  // Another number for each set that was ever made.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  enum class Match : std::uint8_t {
    good,
    unknown_key,    // no key that fits has that id: newer keys may have one
    bad_signature,  // of every key that it could be
  };
  // `id` names the key exactly; without one, every key that fits may verify. Keys that have no id
  // themselves stand for any.
  [[nodiscard]] Match verify(Algorithm algorithm, std::optional<std::string_view> id, std::string_view text,
                             std::string_view signature) const;

 private:
  std::vector<Key> keys_;
  std::vector<std::string> ignored_;
  std::uint64_t version_ = 0;
};

}  // namespace sallyport::jose
