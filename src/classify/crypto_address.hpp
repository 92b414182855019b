// Addresses of Bitcoin (Base58Check; Bech32 and Bech32m, BIP 173 and 350) and Ethereum.
#pragma once

#include <cstddef>
#include <string_view>

#include "classify/findings.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {

[[nodiscard]] bool is_base58check(std::string_view text);
// Lower case, "bc1…".
[[nodiscard]] bool is_bech32(std::string_view text);
// At text[at] a word begins. Where the finding ends, or 0.
std::size_t find_crypto_address(const Subject& subject, std::size_t at, Findings& out);

}  // namespace sallyport::classify
