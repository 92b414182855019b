// One JSON Web Key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2) as a key that verifies.
#pragma once

#include "decode/value.hpp"
#include "jose/key.hpp"

#include <sallyport/result.hpp>

namespace sallyport::jose {

// Private members are not read. The error says why the key cannot be used.
[[nodiscard]] Result<Key> read_jwk(const decode::Value& jwk);

}  // namespace sallyport::jose
