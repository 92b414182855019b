#include "gateway/head_writer.hpp"

#include <charconv>

namespace sallyport::gateway {

void HeadWriter::number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  put({digits, static_cast<std::size_t>(end - digits)});
}

void HeadWriter::fields(std::span<const Field> fields) {
  for (const Field& one : fields) {
    if (belongs_to_a_head(one)) field(one.name, one.value);
  }
}

void HeadWriter::framing(const BodyPlan& plan) {
  switch (plan.framing) {
    case Framing::none:
      break;
    case Framing::length:
      put("Content-Length: ");
      number(plan.length);
      put("\r\n");
      break;
    case Framing::chunked:
      put("Transfer-Encoding: chunked\r\n");
      break;
    case Framing::until_close:
      break;
  }
}

std::size_t wire_size(std::span<const Field> fields) {
  std::size_t size = 0;
  for (const Field& field : fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

void frame_chunk(Parts& parts, bool last, ChunkLine& line) {
  const std::string_view piece = parts[2];
  if (!piece.empty()) {
    char* end = std::to_chars(line.data(), line.data() + 16, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    parts[1] = {line.data(), static_cast<std::size_t>(end - line.data())};
  }
  if (last) {
    parts[3] = piece.empty() ? std::string_view{"0\r\n\r\n"} : std::string_view{"\r\n0\r\n\r\n"};
  } else if (!piece.empty()) {
    parts[3] = "\r\n";
  }
}

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";  // RFC 9112 §4: clients ignore the phrase
  }
}

}  // namespace sallyport::gateway
