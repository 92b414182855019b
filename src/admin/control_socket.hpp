// ControlSocket: how verbs reach the gateway that runs. A Unix socket (mode 0600, in a directory
// that only its owner can write to); only the same user and root are heard. One line each way:
//
//   {"verb":"reload"}  →  {"ok":true,"result":…}  or  {"ok":false,"error":"…"}
//
// Further members are the verb's own arguments, texts of at most 512 bytes.
//
// Serves one peer at a time, on a thread of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <sallyport/result.hpp>

namespace sallyport::admin {

// Gives a JSON value in one line.
using Arguments = std::map<std::string, std::string, std::less<>>;
using Verb = std::function<Result<std::string>(const Arguments&)>;
using Verbs = std::map<std::string, Verb, std::less<>>;

class ControlSocket {
 public:
  // A socket that nobody listens on any more is replaced; one that answers is an error.
  [[nodiscard]] static Result<std::unique_ptr<ControlSocket>> open(const std::string& path, Verbs verbs);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  ControlSocket(int listener, int wake, std::string path, Verbs verbs);
  void run();
  void serve(int peer);
  [[nodiscard]] std::string reply(std::string_view line) const;

  int listener_;
  int wake_;
  std::string path_;
  Verbs verbs_;
  std::thread thread_;
};

// Asks the gateway behind that socket: the result of the verb as JSON. Errors: unavailable or
// timeout when no gateway answers, invalid with what it said when it refused.
[[nodiscard]] Result<std::string> ask_control(const std::string& path, std::string_view verb,
                                              const Arguments& arguments = {});

}  // namespace sallyport::admin
