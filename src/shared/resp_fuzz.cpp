// Any bytes: a reply is read, waited for or refused; never read beyond, and what was complete
// stays what it is when more bytes follow.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "shared/resp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sallyport::shared;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  Reply reply;
  std::size_t used = 0;
  if (read_reply(text, reply, used) != RespRead::complete) return used == 0 ? 0 : (std::abort(), 0);
  if (used == 0 || used > size) std::abort();
  Reply again;
  std::size_t used_again = 0;
  if (read_reply(text.substr(0, used) + "x", again, used_again) != RespRead::complete || used_again != used)
    std::abort();
  if (again.kind != reply.kind || again.text != reply.text || again.items.size() != reply.items.size()) std::abort();
  return 0;
}
