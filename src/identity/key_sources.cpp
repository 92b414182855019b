#include "identity/key_sources.hpp"

#include <charconv>

namespace sallyport::identity {

// The provider outlives this object by its own share.
struct KeySources::Shared {
  std::mutex mutex;
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::shared_ptr<KeySource>> sources;
  std::shared_ptr<KeySource::Tell> tell = std::make_shared<KeySource::Tell>();
};

class KeySources::Asked final : public engine::Answerer {
 public:
  explicit Asked(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  void ask(std::string_view key, Reply reply) override {
    std::uint64_t number = 0;
    std::from_chars(key.data(), key.data() + key.size(), number);
    std::shared_ptr<KeySource> source;
    {
      const std::lock_guard lock(shared_->mutex);
      const auto found = shared_->sources.find(number);
      if (found != shared_->sources.end()) source = found->second;
    }
    if (source) return source->ask(std::chrono::steady_clock::now(), std::move(reply));
    reply(false, {});
  }

 private:
  std::shared_ptr<Shared> shared_;
};

KeySources::KeySources(engine::Services& services)
    : shared_(std::make_shared<Shared>()), provider_(services.lookups().add(std::make_shared<Asked>(shared_))) {}

KeySources::Kept KeySources::get(const KeyLocation& location) {
  std::vector<std::shared_ptr<KeySource>> ended;  // their threads are waited for without the lock
  const std::lock_guard lock(shared_->mutex);
  std::erase_if(shared_->sources, [&](auto& entry) {
    if (entry.second->is_used()) return false;
    ended.push_back(std::move(entry.second));
    return true;
  });
  for (const auto& [number, source] : shared_->sources) {
    if (source->location() == location) return {source->use(), source, std::to_string(number)};
  }
  const auto client = std::make_shared<Result<fetch::Client>>(
      fetch::Client::make({.ca = location.ca, .private_network = location.private_network}));
  auto load = [location, client](const fetch::Interrupt& interrupt) -> Result<jose::KeySet> {
    if (!*client) return std::unexpected(client->error());
    return fetch_keys(location, **client, interrupt);
  };
  auto tell = [hears = shared_->tell](const std::string& what) {
    if (*hears) (*hears)(what);
  };
  auto source = std::make_shared<KeySource>(location, std::move(load), std::move(tell));
  const std::uint64_t number = shared_->next++;
  shared_->sources.emplace(number, source);
  auto use = source->use();
  return {std::move(use), std::move(source), std::to_string(number)};
}

std::vector<Error> KeySources::start(std::chrono::milliseconds patience, KeySource::Tell tell) {
  std::vector<std::shared_ptr<KeySource>> sources;
  {
    const std::lock_guard lock(shared_->mutex);
    if (!*shared_->tell) *shared_->tell = std::move(tell);
    for (const auto& [number, source] : shared_->sources) {
      if (source->is_used()) sources.push_back(source);
    }
  }
  for (const auto& source : sources) source->start();
  const auto until = std::chrono::steady_clock::now() + patience;
  std::vector<Error> without;
  for (const auto& source : sources) {
    source->wait_for_first(until);
    if (source->keys()) continue;
    auto failure = source->failure();
    without.push_back(failure ? std::move(*failure) : Error{ErrorCode::timeout, "no answer in time", {}, {}});
    without.back().message = "no keys of " + source->location().issuer + " yet: " + without.back().message;
    without.back().hint = "its tokens are refused until there are";
  }
  return without;
}

}  // namespace sallyport::identity
