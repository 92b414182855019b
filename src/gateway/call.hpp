// Call: one request and its answer, through the engine and an upstream. Pooled: a worker uses the
// same few objects again and again, so that a call allocates nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/body.hpp"
#include "gateway/head_writer.hpp"
#include "gateway/session.hpp"
#include "gateway/upstream_pool.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::gateway {

// Microseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_us();

class Call {
 public:
  // What is left of the connection after a call.
  struct Left {
    bool keep_alive = false;
    std::string_view rest;  // bytes behind the request's body, in the session's or the call's buffer
    bool linger = false;    // the client may still be sending: drain before closing
  };

  // Serves the request whose head is given; `behind` are the bytes that arrived after it.
  Task<Left> run(Session& session, std::string_view head, std::string_view behind);
  // Answers a request whose head could not even be delimited.
  Task<> refuse(Session& session, const http::Refusal& refusal);
  // Records a connection that a control did not admit.
  void record_refused_connection(Session& session);
  // Gives back everything held; the object can serve again.
  void reset();

  [[nodiscard]] Transaction& transaction() { return transaction_; }

 private:
  enum class Step : std::uint8_t { go_on, answered, broken };

  void begin(Session& session);
  void stamp();
  Task<Step> decide();
  Task<Step> settle(Verdict verdict);
  Task<Step> gather_request_body();
  Task<IoStatus> ask_client_for_body();
  Task<Step> body_did_not_come(IoStatus status);
  Task<Step> deny(const Problem& problem);
  Task<Step> deny_by_http(const http::Refusal& refusal);
  Task<Step> fail_upstream(IoStatus status, std::string_view rule);
  Task<Step> send_problem(const Problem& problem);

  // Upstream side.
  Task<Step> forward();
  Task<Step> send_request(bool may_retry);
  [[nodiscard]] bool write_request_head();
  Task<> upload();
  Task<> upload_ended();
  Task<IoStatus> read_answer_head();
  [[nodiscard]] bool can_retry(IoStatus status) const;

  // Client side.
  Task<Step> answer();
  [[nodiscard]] const Problem* replacement(const Verdict& verdict) const;
  Task<Step> replace_answer(const Problem& problem);
  [[nodiscard]] bool body_at_hand(std::size_t limit);
  Task<Step> gather_response_body(std::size_t limit, bool& whole);
  [[nodiscard]] std::string_view gathered_body() const { return {gathered_.data(), gathered_size_}; }
  Task<IoStatus> read_upstream_body();
  Task<IoStatus> read_upstream_piece();
  [[nodiscard]] Step cut_short(IoStatus status);
  void keep_upstream();
  Task<Step> relay();
  Task<Step> relay_unseen();
  Task<Step> send_piece(std::string_view piece, bool last);
  [[nodiscard]] bool write_answer_head(const BodyPlan& plan);
  [[nodiscard]] BodyPlan plan_answer() const;
  // Hands the parts to the kernel as far as it takes them; finish_to_client() sends what is left.
  [[nodiscard]] IoStatus begin_to_client(Parts& parts);
  Task<IoStatus> finish_to_client(Parts parts);
  Task<IoStatus> to_client(Parts parts);
  void publish();
  void complete();
  [[nodiscard]] bool can_keep_client() const;

  Session* session_ = nullptr;
  Worker* worker_ = nullptr;
  std::shared_ptr<const Snapshot> snapshot_;
  const Upstream* upstream_config_ = nullptr;
  const Target* target_ = nullptr;
  std::unique_ptr<UpstreamConnection> upstream_;
  Request request_;
  Response response_;
  Transaction transaction_;
  BodyReader in_body_;
  BodyReader out_body_;
  Buffer in_buffer_;     // request body beyond what came with the head
  Buffer answer_head_;   // response_ points into it until the event is recorded
  Buffer out_buffer_;    // response body
  Buffer request_body_;  // one that a control wants as a whole, or a small chunked one
  Buffer gathered_;      // of the answer's body, what a control wants to see
  Buffer head_out_;
  std::string_view head_text_;     // in head_out_
  std::string_view ready_;         // the start of the request body, decoded, to be sent with the head
  std::string_view held_back_;     // decoded behind ready_, not sent yet
  std::size_t gathered_size_ = 0;  // in gathered_
  std::int64_t start_us_ = 0;
  std::int64_t sent_us_ = 0;
  std::array<char, 36> id_text_{};
  bool request_complete_ = false;  // the whole request body is in ready_
  bool request_chunked_ = false;   // it goes upstream chunked
  bool head_sent_ = false;         // of the answer, to the client
  bool client_chunked_ = false;    // the answer goes to the client chunked
  bool close_client_ = false;
  bool published_ = false;
  bool uploading_ = false;
  IoStatus upload_status_ = IoStatus::ok;
  http::Refusal upload_refusal_;
  Signal upload_end_;
  std::string held_copy_;      // of held_back_, while the buffers move
  std::string_view held_out_;  // of the response's body, behind what was gathered
  std::string_view first_piece_;
  std::string_view answer_rule_;  // what the upstream's head broke
  std::size_t answer_bytes_ = 0;
  bool uninspected_ = false;  // the body was longer than what a control wanted
};

}  // namespace sallyport::gateway
