#include "identity/api_key_files.hpp"

#include <sys/stat.h>

namespace sallyport::identity {

bool ApiKeyFile::look() {
  struct stat facts{};
  Seen now;
  if (::stat(path_.c_str(), &facts) == 0) {
    now = {facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec, facts.st_ino, facts.st_size};
  }
  if (now == seen_ && (failure_ || keys_.get())) return false;
  seen_ = now;
  failure_.reset();
  if (auto keys = ApiKeys::read(path_)) {
    keys_.set(std::make_shared<const ApiKeys>(std::move(*keys)));
  } else {
    failure_ = std::move(keys.error());
  }
  return true;
}

ApiKeyFiles::~ApiKeyFiles() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::shared_ptr<ApiKeyFile>> ApiKeyFiles::get(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<ApiKeyFile>& known = files_[path];
  auto file = known.lock();
  const bool fresh = file == nullptr;
  if (fresh) file = std::make_shared<ApiKeyFile>(path);
  file->look();
  if (file->failure()) return std::unexpected(*file->failure());
  if (fresh) known = file;
  return file;
}

void ApiKeyFiles::start(Tell tell) {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  tell_ = std::move(tell);
  thread_ = std::thread([this] { run(); });
}

void ApiKeyFiles::look() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, known] : files_) {
    const auto file = known.lock();
    if (!file) continue;
    if (file->look() && file->failure() && tell_) tell_("API keys go on as they were: " + file->failure()->text());
  }
}

void ApiKeyFiles::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, rest, [this] { return stopping_; })) return;
    }
    look();
  }
}

}  // namespace sallyport::identity
