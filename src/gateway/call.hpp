// Call: one request and its answer, through the engine and an upstream. Pooled: a worker uses the
// same few objects again and again, so that a call allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/body.hpp"
#include "gateway/exchange.hpp"
#include "gateway/grpc_web.hpp"
#include "gateway/http1_upstream.hpp"
#include "gateway/websocket_rules.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::gateway {

// Microseconds since 1970.
[[nodiscard]] std::int64_t wall_clock_us();

class Http2Request;

class Call {
 public:
  Call();
  ~Call();

  // What is left of the connection after a call.
  struct Left {
    bool keep_alive = false;
    std::string_view rest;  // bytes behind the request's body, in the session's or the call's buffer
    bool linger = false;    // the client may still be sending: drain before closing
  };

  // Serves the request whose head is given; `behind` are the bytes that arrived after it.
  [[nodiscard]] Task<Left> run(Exchange& exchange, std::string_view head, std::string_view behind);
  // The same in two steps, when the head comes in parts: they are read into the blank, and then the
  // call is served.
  struct Blank {
    Arena& arena;
    Request& request;
  };
  [[nodiscard]] Blank open(Exchange& exchange);
  struct Body {
    Framing framing = Framing::none;  // on the client's wire; until_close: until the exchange says so
    std::string_view at_hand;
    bool whole = false;  // at_hand is all of it
  };
  Task<Left> serve(http::Checked<void> head, Body body);
  // The client has gone: ends what the call waits for.
  void abandon();
  // Answers a request whose head could not even be delimited.
  Task<> refuse(Exchange& exchange, const http::Refusal& refusal);
  // Records a connection that a control did not admit.
  void record_refused_connection(Exchange& exchange);
  // Gives back everything held; the object can serve again.
  void reset();

  [[nodiscard]] Transaction& transaction() { return transaction_; }
  [[nodiscard]] const Request& request() const { return request_; }

 private:
  enum class Step : std::uint8_t { go_on, answered, broken };

  void begin(Exchange& exchange);
  void stamp();
  Task<Step> decide();
  Task<Step> settle(Verdict verdict);
  Task<Verdict> answered(Verdict verdict);
  Task<Answer> look_up(Lookup lookup);
  Task<Step> gather_request_body();
  Task<IoStatus> ask_client_for_body();
  Task<Step> body_did_not_come(IoStatus status);
  Task<Step> deny(const Problem& problem);
  Task<Step> deny_by_http(const http::Refusal& refusal);
  Task<Step> fail_upstream(IoStatus status, std::string_view rule);
  Task<Step> send_problem(const Problem& problem);
  Task<Step> send_grpc_problem(const Problem& problem);
  Task<Step> send_grpc_web_problem(const Problem& problem);
  void pass_over_body();
  Task<Step> refuse_websocket(Deny denied);

  // Upstream side: which target (call_target.cpp), then to it and back (call_forward.cpp).
  [[nodiscard]] bool take_target();
  [[nodiscard]] bool take_target_of(const Upstream& upstream);
  [[nodiscard]] bool goes_to(const Canary& canary);
  [[nodiscard]] std::uint64_t hash_for_target(const HashBy& by);
  Task<bool> wait_for_target();
  [[nodiscard]] bool may_try_another() const;
  [[nodiscard]] bool take_other_target();
  void give_target_back();
  void target_answered();
  void target_failed();
  Task<Step> fail_without_target();
  void send_copy(const std::shared_ptr<const Mirror>& mirror);
  Task<Step> forward();
  Task<Step> send_request(bool may_reuse);
  Task<Step> send_again(bool may_reuse);
  Task<IoStatus> open_upstream(bool may_reuse);
  void state_own_fields();
  [[nodiscard]] UpstreamHead upstream_head();
  Task<> upload();
  Task<> upload_ended();
  void release_upstream(bool whole);
  [[nodiscard]] bool can_repeat(IoStatus status) const;
  [[nodiscard]] bool can_move_on(IoStatus status) const;

  // Client side.
  Task<Step> answer();
  [[nodiscard]] const Problem* replacement(const Verdict& verdict) const;
  Task<Step> replace_answer(const Problem& problem);
  void take_rewritten(const Verdict& verdict);
  [[nodiscard]] bool body_at_hand(std::size_t limit);
  Task<Step> gather_response_body(std::size_t limit, bool& whole);
  [[nodiscard]] std::string_view gathered_body() const { return {gathered_.data(), gathered_size_}; }
  [[nodiscard]] Step cut_short(IoStatus status);
  void keep_upstream();
  Task<Step> relay();
  Task<Step> relay_unseen(Stream& upstream, Stream& client);
  Task<Step> send_piece(std::string_view piece, bool last);
  [[nodiscard]] std::string_view as_grpc_web(std::string_view piece, bool last);
  Task<Step> open_websocket();
  Task<Step> relay_websocket();
  [[nodiscard]] bool begin_answer(const BodyPlan& plan);
  [[nodiscard]] BodyPlan plan_answer() const;
  void publish();
  void complete();
  [[nodiscard]] bool can_keep_client() const;
  [[nodiscard]] bool http10() const { return request_.version.major == 1 && request_.version.minor == 0; }
  [[nodiscard]] std::string_view id() const { return {id_text_.data(), id_text_.size()}; }

  Exchange* exchange_ = nullptr;
  Worker* worker_ = nullptr;
  std::shared_ptr<const Snapshot> snapshot_;
  const Upstream* upstream_config_ = nullptr;
  const Target* target_ = nullptr;
  balance::Lease lease_;  // of the target's place; empty when nobody watches it
  std::array<std::uint16_t, 4> tried_{};
  std::uint8_t tried_count_ = 0;
  UpstreamExchange* upstream_ = nullptr;  // one of these two, while it is used
  Http1Upstream http1_;
  std::unique_ptr<Http2Request> http2_;
  Request request_;
  Response response_;
  Transaction transaction_;
  BodyReader in_body_;
  BodyReader out_body_;
  Buffer in_buffer_;                 // request body beyond what came with the head
  Buffer out_buffer_;                // response body
  Buffer request_body_;              // one that a control wants as a whole, or a small chunked one
  Buffer gathered_;                  // of the answer's body, what a control wants to see
  std::array<Field, 5> own_fields_;  // what the gateway says to the upstream itself
  std::string_view host_out_;
  std::string_view ready_;         // the start of the request body, decoded, to be sent with the head
  std::string_view held_back_;     // decoded behind ready_, not sent yet
  std::size_t gathered_size_ = 0;  // in gathered_
  std::int64_t start_us_ = 0;
  std::int64_t sent_us_ = 0;
  std::array<char, 36> id_text_{};
  bool request_complete_ = false;  // the whole request body is in ready_
  bool request_chunked_ = false;   // it goes upstream chunked
  bool answering_ = false;         // the answer's head is with the client's side
  bool close_client_ = false;
  bool published_ = false;
  bool abandoned_ = false;  // by the client
  bool grpc_ = false;
  bool uploading_ = false;
  IoStatus upload_status_ = IoStatus::ok;
  http::Refusal upload_refusal_;
  Signal upload_end_;
  std::string held_copy_;      // of held_back_, while the buffers move
  std::string_view held_out_;  // of the response's body, behind what was gathered
  std::string_view first_piece_;
  bool uninspected_ = false;  // the body was longer than what a control wanted
  GrpcWeb grpc_web_;          // what the client speaks, where it is translated
  bool web_answer_ = false;   // the answer is translated, too
  std::string web_piece_;     // that is being sent
  WebSocketHandshake websocket_;
};

// A call of the worker's pool, for as long as it is needed.
class CallLease {
 public:
  explicit CallLease(Worker& worker);
  ~CallLease();
  CallLease(const CallLease&) = delete;
  CallLease& operator=(const CallLease&) = delete;
  Call* operator->() { return call_.get(); }

 private:
  Worker& worker_;
  std::unique_ptr<Call> call_;
};

}  // namespace sallyport::gateway
