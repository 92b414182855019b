#include "gateway/http2_flow.hpp"

#include <algorithm>
#include <array>

#include "gateway/http2_fields.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {
namespace {

// Suspends into a slot, which who resumes it empties.
class Wait {
 public:
  explicit Wait(std::coroutine_handle<>& slot) : slot_(slot) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) const noexcept { slot_ = waiting; }
  void await_resume() const noexcept {}

 private:
  std::coroutine_handle<>& slot_;
};

}  // namespace

std::uint32_t Http2Flow::take_data(std::string_view bytes) {
  if (stopped_ || closed_) {
    nghttp2_session_consume(link_->session(), id_, bytes.size());
    return NGHTTP2_NO_ERROR;
  }
  received_ += bytes.size();
  const bool too_long = has_length_ && received_ > announced_;
  if (too_long || !inbox_.add(bytes, link_->worker().buffers())) {
    stopped_ = true;  // nothing more of it is kept, and nothing forwarded as if it were whole
    nghttp2_session_consume_connection(link_->session(), bytes.size());
    link_->resume_soon(reader_);
    return too_long ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_FLOW_CONTROL_ERROR;
  }
  link_->resume_soon(reader_);
  return NGHTTP2_NO_ERROR;
}

bool Http2Flow::take_end() {
  if (has_length_ && received_ != announced_) return false;
  ended_ = true;
  link_->resume_soon(reader_);
  return true;
}

bool Http2Flow::take_trailer(std::string_view name, std::string_view value) { return trailers_in_.add(name, value); }

bool Http2Flow::submit_trailers() {
  if (trailers_out_.empty()) return false;
  std::array<nghttp2_nv, http::Trailers::max_fields> fields;
  std::size_t count = 0;
  for (const Field& field : trailers_out_) {
    if (count < fields.size()) fields[count++] = http2_field(field.name, field.value);
  }
  return nghttp2_submit_trailer(link_->session(), id_, fields.data(), count) == 0;
}

void Http2Flow::sent(std::size_t bytes, bool end_stream) {
  out_.remove_prefix(bytes);
  if (end_stream) end_sent_ = true;
  if (all_sent()) {
    link_->resume_soon(writer_);
  } else if (writer_) {
    link_->worker().wheel().arm(write_alarm_, write_patience_);
  }
}

std::string_view Http2Flow::take_at_hand() {
  const std::string_view bytes = inbox_.bytes();
  if (!bytes.empty()) nghttp2_session_consume(link_->session(), id_, bytes.size());
  inbox_.drop(bytes.size());
  return bytes;
}

Task<IoStatus> Http2Flow::read(BodyReader& body, Buffer& scratch, std::chrono::milliseconds patience) {
  if (inbox_.empty() && !ended_ && !closed_ && !stopped_) {
    Wheel& wheel = link_->worker().wheel();
    read_patience_ = patience;
    wheel.arm(read_alarm_, patience);
    co_await Wait(reader_);
    wheel.disarm(read_alarm_);
  }
  if (read_late_) co_return IoStatus::timed_out;
  if (stopped_ || (closed_ && !ended_)) co_return IoStatus::failed;
  const std::size_t size = inbox_.bytes().copy(scratch.data(), scratch.size());
  inbox_.drop(size);
  if (inbox_.empty()) inbox_.release();
  if (size != 0 && link_ != nullptr) {
    nghttp2_session_consume(link_->session(), id_, size);
    link_->pump();
  }
  IoStatus status = IoStatus::ok;
  if (size != 0) status = body.took({IoStatus::ok, size}, scratch, 0);
  if (ended_ && inbox_.empty()) status = body.took({IoStatus::closed, 0}, scratch, 0);
  co_return status;
}

Task<IoStatus> Http2Flow::wait_for_reader(std::chrono::milliseconds patience) {
  Wheel& wheel = link_->worker().wheel();
  read_patience_ = patience;
  wheel.arm(read_alarm_, patience);
  co_await Wait(reader_);
  wheel.disarm(read_alarm_);
  co_return read_late_ ? IoStatus::timed_out : IoStatus::ok;
}

void Http2Flow::prolong_read() {
  if (reader_) link_->worker().wheel().arm(read_alarm_, read_patience_);
}

IoStatus Http2Flow::offer(std::string_view piece, bool last) {
  if (closed_) return IoStatus::failed;
  out_ = piece;
  last_ = last;
  if (std::exchange(deferred_, false)) nghttp2_session_resume_data(link_->session(), id_);
  link_->pump();
  if (all_sent()) return IoStatus::ok;
  return closed_ ? IoStatus::failed : IoStatus::idle;
}

Task<IoStatus> Http2Flow::wait_until_sent(std::chrono::milliseconds patience) {
  if (!all_sent() && !closed_) {
    Wheel& wheel = link_->worker().wheel();
    write_patience_ = patience;
    wheel.arm(write_alarm_, patience);
    co_await Wait(writer_);
    wheel.disarm(write_alarm_);
  }
  if (all_sent()) co_return IoStatus::ok;
  out_ = {};
  last_ = false;  // what is missing must never be followed by an end
  co_return write_late_ ? IoStatus::timed_out : IoStatus::failed;
}

void Http2Flow::stop() {
  stopped_ = true;
  if (link_ != nullptr) link_->resume_soon(reader_);
}

void Http2Flow::give_back_unread() {
  if (!inbox_.empty()) nghttp2_session_consume_connection(link_->session(), inbox_.size());
  inbox_.drop(inbox_.size());
}

void Http2Flow::wake() {
  link_->resume_soon(reader_);
  link_->resume_soon(writer_);
}

void Http2Flow::read_is_late() {
  read_late_ = true;
  if (link_ != nullptr) link_->resume_soon(reader_);
}

void Http2Flow::write_is_late() {
  write_late_ = true;
  if (link_ != nullptr) link_->resume_soon(writer_);
}

}  // namespace sallyport::gateway
