// Request and response heads: no crash, and what is accepted is canonical.
#include <cstdlib>
#include <string>

#include "http/head.hpp"
#include "http/path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sallyport;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  http::HeadEnd end;
  const auto found = end.find(text, http::HeadLimits{}.head);
  if (!found || *found == http::HeadEnd::need_more) return 0;
  Arena arena;
  Request request;
  if (http::read_request_head(text.substr(0, *found), false, {}, arena, request) && request.path != "*") {
    const auto again = http::canonical_path(request.path, arena);
    if (!again || again->text != request.path) std::abort();
    if (request.host.empty() || request.path.front() != '/') std::abort();
  }
  Response response;
  (void)http::read_response_head(text.substr(0, *found), Method::get, {}, response);
  return 0;
}
