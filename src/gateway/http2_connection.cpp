// Long because the callbacks of the library and what they take notes for are read together.
#include "gateway/http2_connection.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "gateway/call.hpp"
#include "gateway/http2_stream.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

constexpr std::size_t frame_head = 9;

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Http2Stream* stream_of(nghttp2_session* session, std::int32_t id) {
  return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
}

bool ends_stream(const nghttp2_frame& frame) { return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0; }

}  // namespace

// What the library tells us. Nothing here starts or resumes a call.
struct Http2Connection::Callbacks {
  static Http2Connection& self(void* user) { return *static_cast<Http2Connection*>(user); }

  static int begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Connection& connection = self(user);
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    const std::int32_t id = frame->hd.stream_id;
    // Calls whose client reset them still cost something: they count until they have ended.
    if (connection.streams_.size() >= max_calls) {
      return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
    }
    auto stream = std::make_unique<Http2Stream>(connection.client_, connection, id);
    const Call::Blank blank = stream->call().open(*stream);
    connection.list_.start(connection.client_.connection.tls, connection.client_.listener->head, blank.arena,
                           blank.request);
    stream->position = connection.streams_.size();
    connection.streams_.push_back(stream.get());
    return nghttp2_session_set_stream_user_data(session, id, stream.release());
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                    void* user) {
    Http2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    Http2Connection& connection = self(user);
    const std::string_view key = text(name, name_size);
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
      return stream->take_trailer(key, text(value, value_size)) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    connection.list_.add(key, text(value, value_size));
    // A list far beyond the limit is no mistake: small bytes that expand (CVE-2016-6581).
    const bool bomb = connection.list_.size() > 4 * connection.client_.listener->head.head;
    return bomb ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
    Http2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    Http2Connection& connection = self(user);
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      ++connection.requests_;
      stream->head_complete(connection.list_.finish(ends_stream(*frame)), ends_stream(*frame));
      connection.begun_.push_back(stream);
      return 0;
    }
    // Trailers end the stream (RFC 9113 §8.1).
    if (frame->hd.type == NGHTTP2_HEADERS && !ends_stream(*frame))
      connection.reset(frame->hd.stream_id, NGHTTP2_PROTOCOL_ERROR);
    if (ends_stream(*frame) && !stream->take_end()) connection.reset(frame->hd.stream_id, NGHTTP2_PROTOCOL_ERROR);
    return 0;
  }

  static int data_chunk(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                        std::size_t size, void* user) {
    Http2Stream* stream = stream_of(session, id);
    if (stream == nullptr) return nghttp2_session_consume_connection(session, size);
    const std::uint32_t error = stream->take_data(text(data, size));
    if (error != NGHTTP2_NO_ERROR) self(user).reset(id, error);
    return 0;
  }

  static int stream_closed(nghttp2_session* session, std::int32_t id, std::uint32_t, void*) {
    if (Http2Stream* stream = stream_of(session, id)) {
      nghttp2_session_set_stream_user_data(session, id, nullptr);
      stream->closed();
    }
    return 0;
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) {
      // What a client makes us reset costs as much as what it resets (CVE-2025-8671).
      Http2Connection& connection = self(user);
      if (!connection.budget_.take_reset(connection.now())) connection.over_budget_ = true;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && ends_stream(*frame)) {
      if (Http2Stream* stream = stream_of(session, frame->hd.stream_id)) stream->sent(0, true);
    }
    return 0;
  }

  static ssize_t send(nghttp2_session*, const std::uint8_t* data, std::size_t size, int, void* user) {
    return self(user).append(text(data, size), {}) ? static_cast<ssize_t>(size) : NGHTTP2_ERR_WOULDBLOCK;
  }

  static ssize_t read_answer(nghttp2_session* session, std::int32_t id, std::uint8_t*, std::size_t length,
                             std::uint32_t* flags, nghttp2_data_source*, void*) {
    Http2Stream* stream = stream_of(session, id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::size_t size = std::min(length, stream->outgoing().size());
    const bool all = size == stream->outgoing().size();
    if (size == 0 && !stream->last_outgoing()) {
      stream->deferred();
      return NGHTTP2_ERR_DEFERRED;
    }
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (all && stream->last_outgoing()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  static int send_data(nghttp2_session* session, nghttp2_frame* frame, const std::uint8_t* head, std::size_t length,
                       nghttp2_data_source*, void* user) {
    Http2Stream* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Http2Connection& connection = self(user);
    if (!connection.append(text(head, frame_head), stream->outgoing().substr(0, length))) return NGHTTP2_ERR_WOULDBLOCK;
    connection.budget_.earn();
    stream->sent(length, ends_stream(*frame));
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

const nghttp2_data_provider& Http2Connection::answer_source() {
  static const nghttp2_data_provider provider{{}, Callbacks::read_answer};
  return provider;
}

// Resumed when there are frames to be sent, or the end has come.
class Http2Connection::WriterWait {
 public:
  explicit WriterWait(Http2Connection& connection) : connection_(connection) {}
  [[nodiscard]] bool await_ready() const noexcept { return connection_.out_size_ != 0 || connection_.closing_; }
  void await_suspend(std::coroutine_handle<> waiting) const noexcept { connection_.writer_ = waiting; }
  void await_resume() const noexcept {}

 private:
  Http2Connection& connection_;
};

Http2Connection::Http2Connection(const Client& client, Stream& stream) : client_(client), stream_(stream) {}

Http2Connection::~Http2Connection() = default;

std::chrono::milliseconds Http2Connection::now() const { return worker().wheel().now(); }

bool Http2Connection::begin() {
  nghttp2_session* made = nullptr;
  if (Callbacks::all() == nullptr || Callbacks::options() == nullptr) return false;
  if (nghttp2_session_server_new2(&made, Callbacks::all(), this, Callbacks::options()) != 0) return false;
  session_.reset(made);
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                             static_cast<std::uint32_t>(client_.listener->head.head)},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  return nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0 &&
         nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, connection_window) == 0;
}

Task<> Http2Connection::run(std::string_view first) {
  if (!begin()) co_return;
  writing_ = true;
  worker().spawn(write());
  pump();
  bool good = feed(first);
  Buffer in;
  while (good && !closing_ && stream_.is_open()) {
    co_await stream_.readable();
    if (closing_) break;
    in = worker().buffers().take(BufferPool::small);
    const std::span<char> room{in.data(), in.size()};
    Io io = stream_.read_now(room);
    if (io.status == IoStatus::idle) io = co_await stream_.read_some(room);
    good = io.status == IoStatus::ok && !closing_ && feed({in.data(), io.bytes});
    in.release();
  }
  // Nobody is there any more for the calls that are left; what was written already is sent.
  worker().wheel().disarm(head_alarm_);
  worker().wheel().disarm(idle_alarm_);
  closing_ = true;
  if (stream_.is_open()) stream_.deadline(farewell);
  for (std::size_t i = streams_.size(); i-- > 0;) {
    nghttp2_session_set_stream_user_data(session(), streams_[i]->id(), nullptr);
    streams_[i]->closed();
  }
  for (std::size_t i = 0; i < begun_.size(); ++i) worker().spawn(Http2Stream::run(begun_[i]));
  wake_writer();
  while (writing_ || !streams_.empty()) {
    waits_for_end_ = true;
    co_await ended_;
  }
}

bool Http2Connection::feed(std::string_view bytes) {
  if (!bytes.empty()) {
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
  }
  for (std::size_t i = 0; i < begun_.size(); ++i) worker().spawn(Http2Stream::run(begun_[i]));
  begun_.clear();
  if (requests_ >= client_.listener->max_requests) retire();
  pump();
  if (closing_) return false;
  watch();
  // After a GOAWAY of ours for an error of the client's the library reads nothing more.
  if (nghttp2_session_want_read(session()) == 0) {
    terminate(NGHTTP2_NO_ERROR);
    return false;
  }
  return true;
}

// Deadlines of the connection as such: for something begun, and for idleness.
void Http2Connection::watch() {
  Wheel& wheel = worker().wheel();
  if (!budget_.unfinished()) {
    wheel.disarm(head_alarm_);
    watched_ = ~std::uint64_t{0};
  } else if (watched_ != budget_.finished()) {
    watched_ = budget_.finished();
    wheel.arm(head_alarm_, client_.listener->timeouts.head);
  }
  if (!streams_.empty()) {
    wheel.disarm(idle_alarm_);
  } else if (!idle_alarm_.armed() && !shut_) {
    wheel.arm(idle_alarm_, requests_ == 0 ? client_.listener->timeouts.head : client_.listener->timeouts.keep_alive);
  }
}

void Http2Connection::is_idle() {
  if (shut_) return stream_.close();
  retire();
  pump();
  end_if_retired();
}

void Http2Connection::pump() {
  if (pumping_ || !session_) return;
  pumping_ = true;
  const int result = nghttp2_session_send(session());
  pumping_ = false;
  if (result != 0 && result != NGHTTP2_ERR_WOULDBLOCK) stream_.close();
  if (over_budget_ && !closing_) return terminate(NGHTTP2_ENHANCE_YOUR_CALM);
  if (out_size_ != 0) wake_writer();
}

void Http2Connection::wake_writer() {
  if (writer_) worker().reactor().resume_soon(std::exchange(writer_, nullptr));
}

void Http2Connection::resume_soon(std::coroutine_handle<>& waiting) {
  if (waiting) worker().reactor().resume_soon(std::exchange(waiting, nullptr));
}

bool Http2Connection::append(std::string_view head, std::string_view bytes) {
  if (!out_) out_ = worker().buffers().take(BufferPool::large);
  if (out_.size() - out_size_ < head.size() + bytes.size()) return false;
  head.copy(out_.data() + out_size_, head.size());
  bytes.copy(out_.data() + out_size_ + head.size(), bytes.size());
  out_size_ += head.size() + bytes.size();
  return true;
}

Task<> Http2Connection::write() {
  while (true) {
    if (out_size_ == 0 && closing_) break;
    co_await WriterWait(*this);
    if (out_size_ == 0) continue;
    sending_ = std::move(out_);
    Parts parts{std::string_view{sending_.data(), std::exchange(out_size_, 0)}, {}, {}, {}};
    IoStatus status = stream_.send(parts);
    if (status == IoStatus::ok && !is_empty(parts)) {
      stream_.deadline(closing_ ? farewell : client_.listener->timeouts.write);
      status = co_await stream_.finish(parts);
      if (!closing_) stream_.no_deadline();
    }
    sending_.release();
    if (status != IoStatus::ok) {
      stream_.close();
      break;
    }
    pump();  // what found no room before
    end_if_retired();
  }
  out_.release();
  out_size_ = 0;
  closing_ = true;
  writing_ = false;
  if (waits_for_end_) ended_.raise();
}

// Ends the connection for a fault of the client's; run() sees to the rest.
void Http2Connection::terminate(std::uint32_t code) {
  if (closing_) return;
  nghttp2_session_terminate_session(session(), code);
  over_budget_ = false;
  pump();
  closing_ = true;
  wake_writer();
  stream_.deadline(farewell);
}

void Http2Connection::retire() {
  if (retired_ || closing_) return;
  retired_ = true;
  nghttp2_submit_goaway(session(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

// RFC 9113 §6.8: first a notice, so that no request that is on its way is lost, then the end.
void Http2Connection::drain() {
  if (closing_ || !session_) return;
  if (++drain_ticks_ == 1) nghttp2_submit_shutdown_notice(session());
  if (drain_ticks_ == 4) retire();
  pump();
  end_if_retired();
}

void Http2Connection::end_if_retired() {
  if (!retired_ || closing_ || shut_ || !streams_.empty() || out_size_ != 0 || sending_) return;
  shut_ = true;
  stream_.shutdown_send();
  worker().wheel().arm(idle_alarm_, farewell);
}

void Http2Connection::reset(std::int32_t stream_id, std::uint32_t code) {
  nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, stream_id, code);
}

void Http2Connection::forget(Http2Stream& stream) {
  streams_[stream.position] = streams_.back();
  streams_[stream.position]->position = stream.position;
  streams_.pop_back();
}

void Http2Connection::discard(Http2Stream& stream) {
  forget(stream);
  delete &stream;
}

void Http2Connection::leave(Http2Stream& stream) {
  forget(stream);
  if (closing_) {
    if (waits_for_end_ && streams_.empty()) ended_.raise();
    return;
  }
  pump();
  watch();
  end_if_retired();
}

}  // namespace sallyport::gateway
