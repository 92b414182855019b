#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "outlet/sink.hpp"

namespace sallyport::outlet {
namespace {

constexpr std::size_t max_head = 16u << 10;

class WebhookSink final : public Sink {
 public:
  WebhookSink(Peer peer, std::string path, std::string secret)
      : peer_(std::move(peer)), path_(path.empty() ? "/" : std::move(path)), secret_(std::move(secret)) {}

  Result<void> send(std::span<const Message> messages, const std::string& batch) override {
    std::string body;
    for (const Message& message : messages) (body += message.text) += '\n';
    const bool v6 = peer_.host.contains(':');
    std::string request = fmt::format(
        "POST {} HTTP/1.1\r\nHost: {}{}{}:{}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n"
        "User-Agent: sallyport\r\nSallyport-Delivery: {}\r\nConnection: close\r\n",
        path_, v6 ? "[" : "", peer_.host, v6 ? "]" : "", peer_.port, body.size(), batch);
    if (!secret_.empty()) {
      request += fmt::format("Sallyport-Signature: {}\r\n", webhook_signature(secret_, std::time(nullptr), body));
    }
    auto stream = Stream::connect(peer_);
    if (!stream) return std::unexpected(std::move(stream.error()));
    if (auto written = (*stream)->write(request + "\r\n" + body); !written) return written;
    return answer(**stream);
  }

 private:
  // "HTTP/1.1 204 …"
  Result<void> answer(Stream& stream) const {
    std::string head;
    while (!head.contains("\r\n") && head.size() < max_head) {
      const auto more = stream.read();
      if (!more) return std::unexpected(more.error());
      if (more->empty()) break;
      head += *more;
    }
    unsigned status = 0;
    if (head.starts_with("HTTP/1.") && head.size() >= 12) std::from_chars(head.data() + 9, head.data() + 12, status);
    if (status >= 200 && status < 300) return {};
    Error error;
    error.code = ErrorCode::unavailable;
    error.message = status == 0 ? "it did not answer in HTTP" : fmt::format("it answered with {}", status);
    error.where = fmt::format("{}:{}", peer_.host, peer_.port);
    error.retryable = true;
    return std::unexpected(std::move(error));
  }

  Peer peer_;
  std::string path_;
  std::string secret_;
};

}  // namespace

std::string webhook_signature(const std::string& secret, std::int64_t time_s, std::string_view body) {
  const std::string bytes = fmt::format("{}.{}", time_s, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  return fmt::format("t={},v1={}", time_s, to_hex({reinterpret_cast<const char*>(out.data()), size}));
}

std::unique_ptr<Sink> webhook_sink(const Peer& peer, const std::string& path, const std::string& secret) {
  return std::make_unique<WebhookSink>(peer, path, secret);
}

}  // namespace sallyport::outlet
