// ROCA (CVE-2017-15361): primes made by a flawed library are of the form k·M + (65537^a mod M), so the
// modulus is a power of 65537 modulo every small prime. Such a key can be factored.
#pragma once

#include <openssl/bn.h>

namespace sallyport::jose {

// The chance that a sound modulus is taken for a flawed one is below 2^-27.
[[nodiscard]] bool has_roca_trace(const BIGNUM* modulus);

}  // namespace sallyport::jose
