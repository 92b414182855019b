// ApiKeyFiles: the files of API keys that a program uses, read again when they change. One thread looks at
// all of them twice a second: a key that is revoked is refused within a second. A file that went or is
// malformed changes nothing: keys that are known go on, and the operator hears of it. Part of Services.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/services.hpp"
#include "identity/api_keys.hpp"
#include "identity/published.hpp"

namespace sallyport::identity {

class ApiKeyFile {
 public:
  explicit ApiKeyFile(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::shared_ptr<const ApiKeys> keys() const { return keys_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  // Reads it if it changed since; true when it did. One thread at a time.
  bool look();
  // Why it could not be read as it is now; null when it could.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  struct Seen {
    std::int64_t modified_ns = -1;
    ino_t inode = 0;
    off_t size = -1;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  std::string path_;
  Published<ApiKeys> keys_;
  Seen seen_;
  std::optional<Error> failure_;
};

class ApiKeyFiles {
 public:
  using Tell = std::function<void(const std::string&)>;
  static constexpr std::chrono::milliseconds rest{500};

  explicit ApiKeyFiles(engine::Services&) {}
  ~ApiKeyFiles();

  // The file is read at once; an error when it cannot be. One object a path, as long as somebody keeps it.
  [[nodiscard]] Result<std::shared_ptr<ApiKeyFile>> get(const std::string& path);
  // From now on files are looked at; once.
  void start(Tell tell);
  // Looks at all of them: what the thread does.
  void look();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::weak_ptr<ApiKeyFile>> files_;
  Tell tell_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sallyport::identity
