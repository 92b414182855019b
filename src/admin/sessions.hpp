// Sessions: who is logged in. A token is 256 random bits; only its SHA-256 is kept. A session ends
// after session_life, or session_idle without use; when there are max_sessions, a new one takes the
// place of the one that was not used for longest.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sallyport/result.hpp>

#include "admin/limits.hpp"

namespace sallyport::admin {

using Instant = std::chrono::steady_clock::time_point;

class Sessions {
 public:
  explicit Sessions(std::size_t max = max_sessions) : max_(max) {}

  // The token in base64url, 43 characters. An error without random numbers.
  [[nodiscard]] Result<std::string> start(Instant now);
  // Is it a session? Using it keeps it from idling.
  [[nodiscard]] bool use(std::string_view token, Instant now);
  void end(std::string_view token);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Session {
    Digest digest;
    Instant started, used;
  };
  [[nodiscard]] static bool digest(std::string_view token, Digest& out);
  std::vector<Session>::iterator find(std::string_view token);

  std::size_t max_;
  std::vector<Session> sessions_;
};

}  // namespace sallyport::admin
