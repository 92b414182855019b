#include "replay/head_text.hpp"

#include <utility>

namespace sallyport::replay {
namespace {

// What the HTTP rules say of such a part (http/request_head.cpp, http/field_line.cpp).
constexpr http::Refusal no_request_line{400, "request_line", "CR or LF within the request line"};
constexpr http::Refusal no_name{400, "field_name", "a field name that is no token"};
constexpr http::Refusal no_value{400, "field_value", "a control character in a field value"};

}  // namespace

void HeadText::part(std::string_view text, const http::Refusal& otherwise) {
  if (!refused_ && text.find_first_of("\r\n") != std::string_view::npos) refused_ = otherwise;
  text_ += text;
}

void HeadText::request_line(std::string_view method, std::string_view target, std::string_view version) {
  part(method, no_request_line);
  text_ += ' ';
  part(target, no_request_line);
  text_ += ' ';
  part(version, no_request_line);
  text_ += "\r\n";
}

void HeadText::status_line(std::uint16_t status) { text_ += "HTTP/1.1 " + std::to_string(status) + "\r\n"; }

void HeadText::field(std::string_view name, std::string_view value) {
  // A colon in the name would move the border between name and value.
  if (!refused_ && name.find(':') != std::string_view::npos) refused_ = no_name;
  part(name, no_name);
  text_ += ": ";
  part(value, no_value);
  text_ += "\r\n";
}

http::Checked<std::string> HeadText::finish() && {
  if (refused_) return std::unexpected(*refused_);
  return std::move(text_) + "\r\n";
}

}  // namespace sallyport::replay
