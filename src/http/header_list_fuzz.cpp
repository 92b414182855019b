// Any list of fields: what is accepted can be written as a head of HTTP/1.1 that says the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/header_list.hpp"

namespace {

void expect(bool good) {
  if (!good) std::abort();
}

bool is_clean(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

// Pairs of lines: a name, then its value; the first byte says whether a body follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  if (size == 0) return 0;
  const bool end_stream = (data[0] & 1) != 0;
  std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  Arena arena;
  Request request;
  http::RequestList list;
  list.start((data[0] & 2) != 0, {}, arena, request);
  while (!rest.empty()) {
    const std::size_t name_end = rest.find('\x01');
    const std::string_view name = rest.substr(0, name_end);
    rest = name_end == std::string_view::npos ? std::string_view{} : rest.substr(name_end + 1);
    const std::size_t value_end = rest.find('\x01');
    list.add(name, rest.substr(0, value_end));
    rest = value_end == std::string_view::npos ? std::string_view{} : rest.substr(value_end + 1);
  }
  if (!list.finish(end_stream)) return 0;

  std::string head(request.method_token);
  head.append(" ").append(request.path);
  if (request.has_query) head.append("?").append(request.query);
  head.append(" HTTP/1.1\r\nHost: ").append(request.host);
  if (request.port != 0) head.append(":").append(std::to_string(request.port));
  head.append("\r\n");
  for (const Field& field : request.fields.all()) {
    expect(is_clean(field.name) && is_clean(field.value));
    if (field.removed || field.known == FieldName::host) continue;
    head.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  head.append("\r\n");
  http::HeadEnd end;
  const auto found = end.find(head, head.size());
  expect(found && *found == head.size());
  Arena second;
  Request again;
  http::HeadLimits limits;
  limits.head = limits.target = head.size();
  limits.fields = Fields::capacity;
  expect(http::read_request_head(head, request.https, limits, second, again).has_value());
  expect(again.path == request.path && again.host == request.host && again.query == request.query);
  expect(again.method == request.method && again.port == request.port);
  return 0;
}
