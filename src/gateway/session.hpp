// Session: one client connection. Reads heads, hands each to a Call, keeps what follows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/snapshot.hpp"
#include "gateway/stream.hpp"
#include "gateway/worker.hpp"
#include "http/head.hpp"

#include <sallyport/message.hpp>

namespace sallyport::gateway {

class Session {
 public:
  // Takes over the socket.
  Session(Worker& worker, int fd, std::shared_ptr<const Listener> listener, const boost::asio::ip::tcp::endpoint& peer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Lives until the connection ends.
  static Task<> run(std::unique_ptr<Session> self);
  // Ends the connection now, or when `idle_only`, only if no call is under way.
  void close(bool idle_only);

  // --- for its calls ---
  Stream& stream() { return stream_; }
  Worker& worker() { return worker_; }
  [[nodiscard]] const Listener& listener() const { return *listener_; }
  [[nodiscard]] const Connection& connection() const { return connection_; }
  [[nodiscard]] bool last_request() const;
  [[nodiscard]] std::string_view client_text() const { return client_text_; }

 private:
  friend class Worker;
  class Lease;
  enum class Next : std::uint8_t { head, refused, end };

  Task<> serve();
  Task<bool> begin_tls();
  Task<bool> admitted();
  Task<Next> read_head();
  Task<bool> wait_for_bytes();
  void make_room();
  [[nodiscard]] std::string_view unread() const { return {in_.data() + begin_, end_ - begin_}; }
  Task<> linger();

  Worker& worker_;
  Stream stream_;
  std::shared_ptr<const Listener> listener_;
  Connection connection_;
  std::string sni_;
  std::string client_text_;  // the client's address
  Buffer in_;                // received, not yet used bytes are [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  http::HeadEnd head_end_;
  std::size_t head_size_ = 0;
  http::Refusal refusal_;
  std::uint32_t requests_ = 0;
  std::size_t position_ = 0;  // in the worker's list
  bool in_call_ = false;
};

}  // namespace sallyport::gateway
