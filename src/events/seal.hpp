// Sealed text: AES-256-GCM (NIST SP 800-38D) under a key that is named by an id, so that keys can
// be rotated. The call id is the additional data: a sealed body cannot be moved to another event.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include <sallyport/operation.hpp>

#include <sallyport/event.hpp>

namespace sallyport::events {

// The key file (mode 0600) has one key a line, "<id> <64 hex digits>"; the last one seals, all
// unseal. It is made with one key when it is absent.
class Sealer {
 public:
  static constexpr std::size_t overhead = 12 + 16;  // nonce and tag

  [[nodiscard]] static Result<Sealer> open(const std::string& key_file);
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;
  Sealer(Sealer&&) noexcept = default;
  Sealer& operator=(Sealer&&) noexcept = default;
  ~Sealer();

  // Of the key that seals.
  [[nodiscard]] std::string_view key_id() const { return keys_.back().id; }
  // nonce | ciphertext | tag into `out` (text.size() + overhead bytes). False when the library
  // refuses: nothing is then to be recorded. Any thread.
  [[nodiscard]] bool seal(const CallId& call, std::string_view text, char* out) const;
  // The text again; an error when the key is unknown, or the event or the bytes are not the same.
  [[nodiscard]] Result<std::string> unseal(const CallId& call, std::string_view key_id, std::string_view sealed) const;

 private:
  struct Key {
    std::string id;
    std::array<std::uint8_t, 32> bytes{};
  };
  Sealer() = default;
  std::vector<Key> keys_;
};

}  // namespace sallyport::events
