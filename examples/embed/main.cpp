// The gate without a gateway: your own server asks the engine about each request.
//   embed FILE...     judges request heads from files and prints one line for each
#include <fstream>
#include <iostream>
#include <iterator>

#include <sallyport/engine.hpp>

constexpr std::string_view configuration = R"(
version: 1
listen: [{ address: 127.0.0.1:0, cleartext: true }]  # the engine itself opens no socket
apis:
  - name: orders
    hosts: ["*"]
    upstream: http://127.0.0.1:3000
    access: [{ action: deny, paths: /admin/** }]
)";

int main(int argc, char** argv) {
  const auto policy = sallyport::parse_policy(configuration, "embedded");
  if (!policy) {
    std::cerr << policy.error().text() << '\n';
    return 2;
  }
  sallyport::Transaction call;  // reusable: after the first calls it allocates nothing
  sallyport::Request request;
  sallyport::Connection client;  // fill in address and TLS of the socket
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string head(std::istreambuf_iterator<char>(file), {});
    if (const auto read = sallyport::parse_request(head, false, call.fresh_arena(), request); !read) {
      std::cout << argv[i] << ": 400 " << read.error().message << '\n';
      continue;
    }
    call.begin(**policy, client, request, {});
    const sallyport::Verdict verdict = call.request_head();
    if (const auto* deny = std::get_if<sallyport::Deny>(&verdict)) {
      std::cout << argv[i] << ": " << deny->problem.status << ' ' << call.event().control << ": " << deny->reason.rule
                << '\n';
    } else {
      std::cout << argv[i] << ": pass " << request.path << '\n';
    }
    call.end();
  }
}
