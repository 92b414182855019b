// Any bytes as a proof, and as the payload of one whose signature is good: nothing but a clean answer.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64.hpp"
#include "identity/dpop.hpp"
#include "jose/testing/signer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport;
  static const auto signer = jose::testing::Signer::ed25519();
  static const std::string header = R"({"typ":"dpop+jwt","alg":"EdDSA","jwk":)" + signer.jwk() + "}";
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const identity::DpopCall call{.method = "GET", .host = "api.test", .path = "/", .token = "token"};
  Arena arena;
  static_cast<void>(identity::check_dpop(text, call, {}, 1'700'000'000, arena));
  static_cast<void>(
      identity::check_dpop(signer.token(jose::Algorithm::eddsa, header, text), call, {}, 1'700'000'000, arena));
  return 0;
}
