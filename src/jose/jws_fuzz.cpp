// Any bytes as a token, and any bytes as a key set: nothing but a refusal may come of them, and a
// token that was read must be the one that came.
#include <cstdlib>
#include <string_view>

#include "base/base64.hpp"
#include "jose/claims.hpp"
#include "jose/jws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  Arena arena;
  const auto jws = jose::read_jws(text, arena);
  if (!jws) return 0;
  const std::string again = std::string(jws->signing_input) + "." + encode_base64(jws->signature, Base64::url);
  if (again != text) std::abort();
  const auto claims = jose::read_claims(*jws, arena);
  if (!claims) return 0;
  jose::TokenRules rules;
  rules.audiences = {"a"};
  rules.algorithms = {jws->algorithm};
  (void)jose::check_claims(*jws, **claims, rules, 1'700'000'000);
  return 0;
}
