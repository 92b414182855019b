// Session: one client connection. With HTTP/1.1 it is the exchange of one call after the other: it
// reads heads, hands each to a Call, and keeps what follows.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/exchange.hpp"
#include "gateway/stream.hpp"
#include "gateway/worker.hpp"
#include "http/head.hpp"

#include <sallyport/certificate.hpp>
#include <sallyport/message.hpp>
#include <sallyport/verdict.hpp>

namespace sallyport::gateway {

class Http2Connection;

class Session final : public Exchange {
 public:
  // Takes over the socket.
  Session(Worker& worker, int fd, std::shared_ptr<const Listener> listener, const boost::asio::ip::tcp::endpoint& peer);
  ~Session() override;

  // Lives until the connection ends.
  static Task<> run(std::unique_ptr<Session> self);
  // Ends the connection now, or when `idle_only`, only if no call is under way.
  void close(bool idle_only);

  // --- for its calls ---
  [[nodiscard]] bool is_last() const override { return requests_ >= client_.listener->max_requests; }
  [[nodiscard]] Task<IoStatus> read_body(BodyReader& body, Buffer& scratch) override;
  [[nodiscard]] Task<IoStatus> send_continue() override;
  void stop_body(bool answer_follows) override;
  [[nodiscard]] bool begin_answer(AnswerHead& head) override;
  [[nodiscard]] IoStatus send(std::string_view piece, bool last) override;
  [[nodiscard]] Task<IoStatus> finish() override;
  void abort() override { stream_.reset_on_close(); }
  [[nodiscard]] Stream* direct() override { return chunked_ || stream_.tls() != nullptr ? nullptr : &stream_; }

 private:
  friend class Worker;
  enum class Next : std::uint8_t { head, refused, end };

  Task<> serve();
  Task<> serve_http2(std::string_view first);
  Task<> serve_http1();
  Task<bool> read_proxy();
  Task<bool> begin_tls();
  void record_refusal(std::string_view control, Reason why);
  Task<bool> admitted();
  Task<Next> read_head();
  Task<bool> wait_for_bytes();
  void make_room();
  [[nodiscard]] std::string_view unread() const { return {in_.data() + begin_, end_ - begin_}; }
  Task<> linger();

  [[nodiscard]] const Listener& listener() const { return *client_.listener; }

  Client client_;
  Worker& worker_;
  Stream stream_;
  std::string sni_;
  std::unique_ptr<const ClientCertificate> certificate_;
  Buffer in_;  // received, not yet used bytes are [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  http::HeadEnd head_end_;
  std::size_t head_size_ = 0;
  http::Refusal refusal_;
  std::uint32_t requests_ = 0;
  std::size_t position_ = 0;  // in the worker's list
  bool in_call_ = false;
  Http2Connection* http2_ = nullptr;  // while it speaks that
  Buffer answer_head_;
  std::string_view head_text_;  // in it, until it is sent
  Parts left_{};                // of the answer, for finish()
  ChunkLine chunk_line_{};
  bool chunked_ = false;    // the answer's body
  bool websocket_ = false;  // it has become one
};

}  // namespace sallyport::gateway
