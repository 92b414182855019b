// Every limit of the admin listener.
#pragma once

#include <chrono>
#include <cstddef>

namespace sallyport::admin {

inline constexpr std::size_t max_head = 16u << 10;
inline constexpr std::size_t max_body = 16u << 10;
inline constexpr std::size_t max_connections = 64;
inline constexpr std::chrono::seconds io_timeout{10};  // for a whole request, and for a whole answer

inline constexpr std::size_t max_page = 1000;  // calls in one answer
inline constexpr std::size_t default_page = 200;
inline constexpr std::size_t max_password = 1024;

inline constexpr std::size_t max_sessions = 100;
inline constexpr std::chrono::seconds session_life{12 * 3600};
inline constexpr std::chrono::seconds session_idle{3600};

inline constexpr unsigned free_login_failures = 5;  // before the first delay
inline constexpr std::chrono::seconds max_login_delay{300};
inline constexpr std::chrono::seconds login_memory{900};  // a peer that did not fail for so long starts anew
inline constexpr std::size_t max_login_peers = 1024;

inline constexpr std::size_t max_control_line = 16u << 10;
inline constexpr std::size_t max_control_reply = 1u << 20;

}  // namespace sallyport::admin
