#include "gateway/http2_link.hpp"

#include <algorithm>

#include "gateway/http2_flow.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::size_t frame_head = 9;

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Http2Flow* flow_of(nghttp2_session* session, std::int32_t id) {
  return static_cast<Http2Flow*>(nghttp2_session_get_stream_user_data(session, id));
}

bool ends_stream(const nghttp2_frame& frame) { return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0; }

}  // namespace

// What the library tells us. Nothing here starts or resumes a call.
struct Http2Link::Callbacks {
  static Http2Link& self(void* user) { return *static_cast<Http2Link*>(user); }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return self(user).began_headers(*frame);
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                    void* user) {
    if (flow_of(session, frame->hd.stream_id) == nullptr) return 0;
    return self(user).took_header(*frame, text(name, name_size), text(value, value_size));
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_SETTINGS && (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) self(user).took_settings();
    if (frame->hd.type == NGHTTP2_GOAWAY) self(user).took_goaway();
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    Http2Flow* flow = flow_of(session, frame->hd.stream_id);
    if (flow == nullptr) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS) {
      self(user).took_headers(*frame, *flow);
    } else if (ends_stream(*frame) && !flow->take_end()) {
      self(user).reset(frame->hd.stream_id, NGHTTP2_PROTOCOL_ERROR);
    }
    return 0;
  }

  static int data_chunk(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                        std::size_t size, void* user) {
    Http2Flow* flow = flow_of(session, id);
    if (flow == nullptr) return nghttp2_session_consume_connection(session, size);
    const std::uint32_t error = flow->take_data(text(data, size));
    if (error != NGHTTP2_NO_ERROR) self(user).reset(id, error);
    return 0;
  }

  static int stream_closed(nghttp2_session* session, std::int32_t id, std::uint32_t code, void*) {
    if (Http2Flow* flow = flow_of(session, id)) {
      nghttp2_session_set_stream_user_data(session, id, nullptr);
      flow->closed(code);
    }
    return 0;
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) {
      // What a client makes us reset costs as much as what it resets (CVE-2025-8671).
      Http2Link& link = self(user);
      if (!link.budget_.take_reset(link.now())) link.over_budget_ = true;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && ends_stream(*frame)) {
      if (Http2Flow* flow = flow_of(session, frame->hd.stream_id)) flow->sent(0, true);
    }
    return 0;
  }

  static int frame_not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS) self(user).not_sent(frame->hd.stream_id);
    return 0;
  }

  static ssize_t send(nghttp2_session*, const std::uint8_t* data, std::size_t size, int, void* user) {
    return self(user).append(text(data, size), {}) ? static_cast<ssize_t>(size) : NGHTTP2_ERR_WOULDBLOCK;
  }

  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t*, std::size_t length,
                           std::uint32_t* flags, nghttp2_data_source*, void*) {
    Http2Flow* flow = flow_of(session, id);
    if (flow == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::size_t size = std::min(length, flow->outgoing().size());
    const bool all = size == flow->outgoing().size();
    if (size == 0 && !flow->last_outgoing()) {
      flow->deferred();
      return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (all && flow->last_outgoing()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (flow->submit_trailers()) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    }
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session* session, nghttp2_frame* frame, const std::uint8_t* head, std::size_t length,
                       nghttp2_data_source*, void* user) {
    Http2Flow* flow = flow_of(session, frame->hd.stream_id);
    if (flow == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Http2Link& link = self(user);
    if (!link.append(text(head, frame_head), flow->outgoing().substr(0, length))) return NGHTTP2_ERR_WOULDBLOCK;
    link.budget_.earn();
    flow->sent(length, ends_stream(*frame));
    return 0;
  }

  static const nghttp2_session_callbacks* all() {
    static const nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* callbacks = nullptr;
      if (nghttp2_session_callbacks_new(&callbacks) != 0) return callbacks;
      nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
      nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
      nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
      nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
      nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frame_not_sent);
      nghttp2_session_callbacks_set_send_callback(callbacks, send);
      nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
      return callbacks;
    }();
    return made;
  }

  static const nghttp2_option* options() {
    static const nghttp2_option* const made = [] {
      nghttp2_option* option = nullptr;
      if (nghttp2_option_new(&option) != 0) return option;
      nghttp2_option_set_no_auto_window_update(option, 1);  // what is read is given back: back-pressure
      nghttp2_option_set_no_http_messaging(option, 1);      // by http/header_list.hpp, as for HTTP/1.1
      nghttp2_option_set_no_closed_streams(option, 1);
      nghttp2_option_set_max_continuations(option, FrameBudget::max_continuations);
      return option;
    }();
    return made;
  }
};

const nghttp2_data_provider& Http2Link::body_source() {
  static const nghttp2_data_provider provider{{}, Callbacks::read_body};
  return provider;
}

// Resumed when there are frames to be sent, or the end has come.
class Http2Link::WriterWait {
 public:
  explicit WriterWait(Http2Link& link) : link_(link) {}
  [[nodiscard]] bool await_ready() const noexcept { return link_.out_size_ != 0 || link_.closing_; }
  void await_suspend(std::coroutine_handle<> waiting) const noexcept { link_.writer_ = waiting; }
  void await_resume() const noexcept {}

 private:
  Http2Link& link_;
};

Http2Link::Http2Link(Worker& worker, Stream& stream, FrameBudget::From peer, std::chrono::milliseconds write_patience)
    : worker_(worker),
      stream_(stream),
      budget_(peer, peer == FrameBudget::From::client ? FrameBudget::preface : 0),
      write_patience_(write_patience) {}

Http2Link::~Http2Link() = default;

std::chrono::milliseconds Http2Link::now() const { return worker_.wheel().now(); }

bool Http2Link::open(Role role, std::span<const nghttp2_settings_entry> settings, std::uint32_t window) {
  nghttp2_session* made = nullptr;
  if (Callbacks::all() == nullptr || Callbacks::options() == nullptr) return false;
  const auto make = role == Role::server ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
  if (make(&made, Callbacks::all(), this, Callbacks::options()) != 0) return false;
  session_.reset(made);
  writing_ = true;
  return nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0 &&
         nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(window)) == 0;
}

bool Http2Link::feed(std::string_view bytes) {
  if (!budget_.take(bytes, now())) {
    terminate(NGHTTP2_ENHANCE_YOUR_CALM);
    return false;
  }
  const ssize_t taken =
      nghttp2_session_mem_recv(session(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    terminate(taken == NGHTTP2_ERR_FLOODED ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
    return false;
  }
  return true;
}

void Http2Link::pump() {
  if (pumping_ || !session_) return;
  pumping_ = true;
  const int result = nghttp2_session_send(session());
  pumping_ = false;
  if (result != 0 && result != NGHTTP2_ERR_WOULDBLOCK) stream_.close();
  if (over_budget_ && !closing_) return terminate(NGHTTP2_ENHANCE_YOUR_CALM);
  if (out_size_ != 0) wake_writer();
}

void Http2Link::wake_writer() {
  if (writer_) worker_.reactor().resume_soon(std::exchange(writer_, nullptr));
}

void Http2Link::resume_soon(std::coroutine_handle<>& waiting) {
  if (waiting) worker_.reactor().resume_soon(std::exchange(waiting, nullptr));
}

bool Http2Link::append(std::string_view head, std::string_view bytes) {
  if (!out_) out_ = worker_.buffers().take(BufferPool::large);
  if (out_.size() - out_size_ < head.size() + bytes.size()) return false;
  head.copy(out_.data() + out_size_, head.size());
  bytes.copy(out_.data() + out_size_ + head.size(), bytes.size());
  out_size_ += head.size() + bytes.size();
  return true;
}

Task<> Http2Link::write() {
  while (true) {
    if (out_size_ == 0 && closing_) break;
    co_await WriterWait(*this);
    if (out_size_ == 0) continue;
    sending_ = std::move(out_);
    Parts parts{std::string_view{sending_.data(), std::exchange(out_size_, 0)}, {}, {}, {}};
    IoStatus status = stream_.send(parts);
    if (status == IoStatus::ok && !is_empty(parts)) {
      stream_.deadline(closing_ ? farewell : write_patience_);
      status = co_await stream_.finish(parts);
      if (!closing_) stream_.no_deadline();
    }
    sending_.release();
    if (status != IoStatus::ok) {
      stream_.close();
      break;
    }
    pump();  // what found no room before
    wrote();
  }
  out_.release();
  out_size_ = 0;
  closing_ = true;
  writing_ = false;
  writer_ended();
}

void Http2Link::finish_writing() {
  closing_ = true;
  if (stream_.is_open()) stream_.deadline(farewell);
  wake_writer();
}

// Ends the connection for a fault of the peer's; the reader sees to the rest.
void Http2Link::terminate(std::uint32_t code) {
  if (closing_) return;
  nghttp2_session_terminate_session(session(), code);
  over_budget_ = false;
  pump();
  finish_writing();
}

void Http2Link::reset(std::int32_t stream_id, std::uint32_t code) {
  nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, stream_id, code);
}

void Http2Link::add(Http2Flow& flow) {
  flow.position = flows_.size();
  flows_.push_back(&flow);
}

void Http2Link::forget(Http2Flow& flow) {
  flows_[flow.position] = flows_.back();
  flows_[flow.position]->position = flow.position;
  flows_.pop_back();
}

}  // namespace sallyport::gateway
