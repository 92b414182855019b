#include "jose/algorithm.hpp"

#include <array>

namespace sallyport::jose {
namespace {

struct Row {
  std::string_view name;
  Algorithm algorithm;
  Family family;
  Hash hash;
};

constexpr std::array<Row, algorithm_count> rows = {{
    {"HS256", Algorithm::hs256, Family::hmac, Hash::sha256},
    {"HS384", Algorithm::hs384, Family::hmac, Hash::sha384},
    {"HS512", Algorithm::hs512, Family::hmac, Hash::sha512},
    {"RS256", Algorithm::rs256, Family::rsa_pkcs1, Hash::sha256},
    {"RS384", Algorithm::rs384, Family::rsa_pkcs1, Hash::sha384},
    {"RS512", Algorithm::rs512, Family::rsa_pkcs1, Hash::sha512},
    {"PS256", Algorithm::ps256, Family::rsa_pss, Hash::sha256},
    {"PS384", Algorithm::ps384, Family::rsa_pss, Hash::sha384},
    {"PS512", Algorithm::ps512, Family::rsa_pss, Hash::sha512},
    {"ES256", Algorithm::es256, Family::ecdsa, Hash::sha256},
    {"ES384", Algorithm::es384, Family::ecdsa, Hash::sha384},
    {"ES512", Algorithm::es512, Family::ecdsa, Hash::sha512},
    {"EdDSA", Algorithm::eddsa, Family::eddsa, Hash::sha512},
}};

const Row& row(Algorithm algorithm) { return rows[static_cast<std::size_t>(algorithm)]; }

}  // namespace

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (const Row& one : rows) {
    if (one.name == name) return one.algorithm;
  }
  return std::nullopt;
}

std::string_view name_of(Algorithm algorithm) { return row(algorithm).name; }
Family family_of(Algorithm algorithm) { return row(algorithm).family; }
Hash hash_of(Algorithm algorithm) { return row(algorithm).hash; }

}  // namespace sallyport::jose
