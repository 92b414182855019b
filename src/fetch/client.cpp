#include "fetch/client.hpp"

#include <openssl/err.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "fetch/connection.hpp"
#include "http/chunked.hpp"
#include "http/head.hpp"
#include "tls/peer.hpp"

namespace sallyport::fetch {
namespace {

std::unexpected<Error> bad_answer(std::string what) {
  return std::unexpected(
      Error{ErrorCode::unavailable, std::move(what), {}, {}, ErrorSource::upstream, /*retryable=*/true});
}

std::string head_of(const Call& call) {
  std::string head = (call.form.empty() ? "GET " : "POST ") + call.url.target +
                     " HTTP/1.1\r\nHost: " + call.url.authority() +
                     "\r\nUser-Agent: sallyport\r\nAccept: application/json\r\n";
  if (!call.authorization.empty()) head += "Authorization: " + call.authorization + "\r\n";
  if (!call.form.empty()) {
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(call.form.size()) +
            "\r\n";
  }
  return head + "Connection: close\r\n\r\n";
}

// Reads on: an error also when nothing more comes.
Result<void> read_more(Connection& connection, std::string& text) {
  std::array<char, 16384> piece;
  const auto got = connection.read(piece);
  if (!got) return std::unexpected(got.error());
  if (*got == 0) return bad_answer("the answer broke off");
  text.append(piece.data(), *got);
  return {};
}

Result<std::string> read_chunked(Connection& connection, std::string wire, std::size_t limit) {
  http::ChunkedDecoder decoder;
  std::string body;
  std::size_t at = 0;
  while (true) {
    const auto step = decoder.next(std::string_view(wire).substr(at));
    if (!step) return bad_answer("the answer is malformed: " + std::string(step.error().detail));
    body += step->data;
    if (body.size() > limit) return bad_answer("the answer is too long");
    at += step->consumed;
    if (decoder.done()) return body;
    if (step->consumed != 0) continue;
    wire.erase(0, std::exchange(at, 0));
    if (auto more = read_more(connection, wire); !more) return std::unexpected(more.error());
  }
}

Result<std::string> read_body(Connection& connection, const Response& head, std::string wire, std::size_t limit) {
  switch (head.framing) {
    case Framing::none:
      return std::string();
    case Framing::chunked:
      return read_chunked(connection, std::move(wire), limit);
    case Framing::length:
      if (head.content_length > limit) return bad_answer("the answer is too long");
      while (wire.size() < head.content_length) {
        if (auto more = read_more(connection, wire); !more) return std::unexpected(more.error());
      }
      wire.resize(static_cast<std::size_t>(head.content_length));
      return wire;
    case Framing::until_close:
      break;
  }
  std::array<char, 16384> piece;
  while (wire.size() <= limit) {
    const auto got = connection.read(piece);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) return wire;
    wire.append(piece.data(), *got);
  }
  return bad_answer("the answer is too long");
}

Result<Answer> read_answer(Connection& connection, const Call& call, std::size_t limit) {
  constexpr int max_interim = 4;  // 1xx answers before the final one
  std::string wire;
  for (int interim = 0;; ++interim) {
    http::HeadEnd end;
    std::size_t size = 0;
    while (true) {
      const auto found = wire.empty() ? http::HeadEnd::need_more : end.find(wire, Client::max_head);
      if (!found) return bad_answer("the answer is malformed: " + std::string(found.error().detail));
      if (size = *found; size != http::HeadEnd::need_more) break;
      if (auto more = read_more(connection, wire); !more) return std::unexpected(more.error());
    }
    Response head;
    const auto read = http::read_response_head(std::string_view(wire).substr(0, size),
                                               call.form.empty() ? Method::get : Method::post, {}, head);
    if (!read) return bad_answer("the answer is malformed: " + std::string(read.error().detail));
    const int status = head.status;
    if (status >= 100 && status < 200 && status != 101 && interim < max_interim) {
      wire.erase(0, size);
      continue;
    }
    if (status < 200) return bad_answer("the answer is malformed");
    if (status >= 300 && status < 400) return bad_answer("it points elsewhere, which is not followed");
    if (head.fields.find("Content-Encoding") != nullptr) return bad_answer("the answer is encoded, unasked");
    auto body = read_body(connection, head, wire.substr(size), limit);
    if (!body) return std::unexpected(body.error());
    return Answer{status, std::move(*body)};
  }
}

}  // namespace

Interrupt::Interrupt() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::runtime_error("no eventfd");
}
Interrupt::~Interrupt() { ::close(fd_); }

void Interrupt::raise() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
}

Result<Client> Client::make(Options options) {
  Client made;
  made.tls_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX* const context = made.tls_.get();
  ERR_clear_error();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return fail(ErrorCode::internal, "TLS cannot be used");
  }
  if (auto verified = tls::verify_peers(*context, options.ca); !verified) return std::unexpected(verified.error());
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  made.options_ = std::move(options);
  return made;
}

Result<Answer> Client::call(const Call& call, const Interrupt& interrupt) const {
  const auto answer = [&]() -> Result<Answer> {
    Connection connection(std::chrono::steady_clock::now() + options_.deadline, interrupt);
    if (auto open = connection.open(call.url, options_.private_network, tls_.get()); !open) {
      return std::unexpected(open.error());
    }
    if (auto sent = connection.write(head_of(call) + call.form); !sent) return std::unexpected(sent.error());
    return read_answer(connection, call, options_.max_bytes);
  };
  auto given = answer();
  if (!given) given.error().where = call.url.text().substr(0, call.url.text().find('?'));
  return given;
}

}  // namespace sallyport::fetch
