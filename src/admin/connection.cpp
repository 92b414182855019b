#include "admin/connection.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>

#include "admin/limits.hpp"
#include "base/address.hpp"

namespace sallyport::admin {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

std::optional<Answer> refusal(const beast::error_code& error) {
  if (error == http::error::header_limit)
    return problem(431, "Request header fields too large", "The head is too large.");
  if (error == http::error::body_limit) return problem(413, "Content too large", "The body is too large.");
  if (error.category() == make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream &&
      error != http::error::partial_message) {
    return problem(400, "Bad request", "The request could not be read.");
  }
  return std::nullopt;  // the connection ended
}

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, Application& application, std::size_t& open)
    : stream_(std::move(socket)), application_(application), open_(open), buffer_(max_head + max_body) {
  ++open_;
  beast::error_code error;
  const auto remote = stream_.socket().remote_endpoint(error);
  if (!error) peer_ = parse_address(remote.address().to_string()).value_or(Address{});
}

Connection::~Connection() { --open_; }

void Connection::read() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(max_head));
  parser_->body_limit(max_body);
  stream_.expires_after(io_timeout);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_read(error); });
}

void Connection::on_read(beast::error_code error) {
  if (error) {
    if (auto answer = refusal(error)) return write(std::move(*answer), false, false);
    return close();
  }
  const auto& request = parser_->get();
  write(answer_of(request), request.method() == http::verb::head, request.keep_alive());
}

Answer Connection::answer_of(const Parser::value_type& request) {
  const auto field = [&](http::field name) {
    const auto at = request.find(name);
    return at == request.end() ? std::string_view() : view(at->value());
  };
  const auto named = [&](std::string_view name) {
    const auto at = request.find(view(name));
    return at == request.end() ? std::string_view() : view(at->value());
  };
  const std::string_view target = view(request.target());
  if (!target.starts_with('/') || request.count(http::field::host) != 1 || request.count(http::field::origin) > 1) {
    return problem(400, "Bad request", "The request could not be read.");
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  Ask ask;
  ask.method = view(request.method_string());
  ask.path = target.substr(0, mark);
  ask.query = target.substr(std::min(mark + 1, target.size()));
  ask.host = field(http::field::host);
  ask.origin = field(http::field::origin);
  ask.cookie = field(http::field::cookie);
  ask.fetch_site = named("Sec-Fetch-Site");
  ask.mark = named("X-Sallyport-Request");
  ask.body = request.body();
  ask.peer = peer_;
  try {
    return application_.answer(ask, std::chrono::steady_clock::now());
  } catch (const std::exception&) {  // out of memory, for one; the data plane must not end for it
    return problem(500, "Internal error", "The answer could not be made.");
  }
}

void Connection::write(Answer answer, bool head, bool keep_alive) {
  Response& response = response_.emplace();
  response.version(11);
  response.result(answer.status);
  response.keep_alive(keep_alive);
  response.set("Content-Security-Policy", view(content_security_policy));
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.set(http::field::cache_control, view(answer.cache));
  for (const auto& [name, value] : answer.fields) response.set(view(name), value);
  if (!answer.media_type.empty()) {
    response.set(http::field::content_type, view(answer.media_type));
    response.content_length(answer.body.size());
  }
  if (!head) response.body() = std::move(answer.body);
  stream_.expires_after(io_timeout);
  http::async_write(stream_, response, [self = shared_from_this(), keep_alive](beast::error_code error, std::size_t) {
    if (error || !keep_alive) return self->close();
    self->read();
  });
}

void Connection::close() {
  beast::error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.close();
}

}  // namespace sallyport::admin
