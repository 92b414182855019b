// MintingKeys: the keys by which the gateway signs what it tells APIs about callers, in a file that is made
// when there is none. A new key comes each `rotation`; it is published a while before it signs, and the old
// ones a while after, so that an API that fetches keys now and then always has the one it needs.
//
// Part of Services: one object a program, with one file. Calls read the key in use without waiting.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/services.hpp"
#include "identity/published.hpp"
#include "jose/signing_key.hpp"

namespace sallyport::identity {

class MintingKeys {
 public:
  static constexpr std::int64_t rotation = 86'400;  // seconds from one key to the next
  static constexpr std::int64_t published_before = 3'600;
  static constexpr std::int64_t published_after = 3'600;
  static constexpr std::size_t max_bytes = 64u << 10;  // of the file
  static constexpr std::size_t max_keys = 16;
  using Tell = std::function<void(const std::string&)>;

  explicit MintingKeys(engine::Services&) {}
  ~MintingKeys();
  MintingKeys(const MintingKeys&) = delete;
  MintingKeys& operator=(const MintingKeys&) = delete;

  // Some control signs. Without that nothing is made or read.
  void need(const std::string& path);
  // Reads or makes the file and begins the thread; once. Nothing when no control signs.
  [[nodiscard]] Result<void> start(Tell tell);

  // Null before start().
  [[nodiscard]] std::shared_ptr<const jose::SigningKey> current() const { return current_.get(); }
  // A JWK Set (RFC 7517 §5) of all keys that may verify now; empty without any.
  [[nodiscard]] std::string jwks() const;

  // Reads the file if that was not done, makes a new key if it is time, and lets old ones go: what the
  // thread does now and then. `now` in seconds since 1970.
  [[nodiscard]] Result<void> turn(std::int64_t now);

 private:
  struct Made {
    std::int64_t at = 0;
    jose::SigningKey key;
  };
  [[nodiscard]] Result<void> read();
  [[nodiscard]] Result<void> write() const;
  void publish(std::int64_t now);
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string path_;
  bool read_ = false;
  std::vector<Made> keys_;  // oldest first
  Published<jose::SigningKey> current_;
  Published<std::string> jwks_;
  Tell tell_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sallyport::identity
