#include "gateway/body.hpp"

#include <algorithm>
#include <cstring>

#include "engine/driver_rules.hpp"

namespace sallyport::gateway {

void BodyReader::start(Framing framing, std::uint64_t length, std::string_view at_hand, std::uint64_t limit) {
  framing_ = framing;
  left_ = length;
  limit_ = limit;
  total_ = 0;
  pending_ = at_hand;
  chunks_.reset();
  ended_ = false;
  done_ = framing == Framing::none || (framing == Framing::length && length == 0);
}

http::Checked<BodyReader::Piece> BodyReader::next() {
  Piece piece;
  if (done_) {
    piece.last = true;
    return piece;
  }
  switch (framing_) {
    case Framing::none:
      done_ = true;
      break;
    case Framing::length: {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, pending_.size()));
      piece.data = pending_.substr(0, size);
      pending_.remove_prefix(size);
      left_ -= size;
      done_ = left_ == 0;
      break;
    }
    case Framing::chunked: {
      const auto step = chunks_.next(pending_);
      if (!step) return std::unexpected(step.error());
      piece.data = step->data;
      pending_.remove_prefix(step->consumed);
      done_ = chunks_.done();
      break;
    }
    case Framing::until_close:
      piece.data = pending_;
      pending_ = {};
      done_ = ended_;
      break;
  }
  total_ += piece.data.size();
  if (total_ > limit_) return std::unexpected(engine::body_too_long);
  piece.last = done_;
  piece.need_more = piece.data.empty() && !done_;
  return piece;
}

Task<IoStatus> BodyReader::fill(Stream& stream, Buffer& scratch) {
  const std::size_t kept = pending_.size();
  if (kept != 0) std::memmove(scratch.data(), pending_.data(), kept);
  if (kept == scratch.size()) co_return IoStatus::failed;  // a chunk line is bounded far below
  pending_ = {scratch.data(), kept};
  const Io io = co_await stream.read_some({scratch.data() + kept, scratch.size() - kept});
  co_return took(io, scratch, kept);
}

Task<IoStatus> BodyReader::fill_patiently(Stream& stream, Buffer& scratch, BufferPool& buffers) {
  if (!scratch) scratch = buffers.take(BufferPool::large);
  if (nothing_pending()) {
    const IoStatus status = fill_now(stream, scratch);
    if (status != IoStatus::idle) co_return status;
    // The calls of a core read into the same few buffers, which its cache knows.
    scratch.release();
    co_await stream.readable();
    scratch = buffers.take(BufferPool::large);
  }
  co_return co_await fill(stream, scratch);
}

IoStatus BodyReader::fill_now(Stream& stream, Buffer& scratch) {
  return took(stream.read_now({scratch.data(), scratch.size()}), scratch, 0);
}

IoStatus BodyReader::took(const Io& io, const Buffer& scratch, std::size_t kept) {
  if (io.status == IoStatus::closed && framing_ == Framing::until_close) {
    ended_ = true;
    return IoStatus::ok;
  }
  if (io.status == IoStatus::ok) pending_ = {scratch.data(), kept + io.bytes};
  return io.status;
}

void BodyReader::move_pending(Buffer& to) {
  if (!pending_.empty()) std::memcpy(to.data(), pending_.data(), pending_.size());
  pending_ = {to.data(), pending_.size()};
}

}  // namespace sallyport::gateway
