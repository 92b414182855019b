// Connection: one HTTP/1.1 connection to the admin listener, from its socket to its last answer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>

#include "admin/application.hpp"

namespace sallyport::admin {

// Lives as long as an operation of it is under way. `open` counts connections.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Application& application, std::size_t& open);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  void read();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  void on_read(boost::beast::error_code error);
  void write(Answer answer, bool head, bool keep_alive);
  [[nodiscard]] Answer answer_of(const Parser::value_type& request);
  void close();

  boost::beast::tcp_stream stream_;
  Application& application_;
  std::size_t& open_;
  Address peer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Response> response_;
};

}  // namespace sallyport::admin
