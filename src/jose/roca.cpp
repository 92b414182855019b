#include "jose/roca.hpp"

#include <array>
#include <cstddef>

namespace sallyport::jose {
namespace {

constexpr unsigned generator = 65537;
constexpr auto primes =
    std::to_array<unsigned>({3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                             73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167});

bool is_power_of_generator(unsigned residue, unsigned prime) {
  unsigned power = 1;
  for (unsigned i = 0; i < prime; ++i) {
    if (power == residue) return true;
    power = power * (generator % prime) % prime;
  }
  return false;
}

}  // namespace

bool has_roca_trace(const BIGNUM* modulus) {
  for (const unsigned prime : primes) {
    const BN_ULONG residue = BN_mod_word(modulus, prime);
    if (!is_power_of_generator(static_cast<unsigned>(residue), prime)) return false;
  }
  return true;
}

}  // namespace sallyport::jose
