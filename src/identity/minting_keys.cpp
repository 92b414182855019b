#include "identity/minting_keys.hpp"

#include <charconv>
#include <ctime>

#include "base/json_text.hpp"
#include "base/private_file.hpp"
#include "decode/json.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::identity {
namespace {

constexpr std::chrono::seconds look_again{60};

std::unexpected<Error> malformed(const std::string& path) {
  return fail(ErrorCode::invalid, "this is no file of the gateway's own keys", path, "move it away: a new one is made");
}

}  // namespace

MintingKeys::~MintingKeys() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void MintingKeys::need(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (path_.empty()) path_ = path;
}

Result<void> MintingKeys::start(Tell tell) {
  {
    const std::lock_guard lock(mutex_);
    if (path_.empty() || thread_.joinable()) return {};
  }
  if (auto turned = turn(static_cast<std::int64_t>(std::time(nullptr))); !turned) return turned;
  tell_ = std::move(tell);
  thread_ = std::thread([this] { run(); });
  return {};
}

std::string MintingKeys::jwks() const {
  const auto text = jwks_.get();
  return text ? *text : R"({"keys":[]})";
}

Result<void> MintingKeys::turn(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!read_) {
    if (auto done = read(); !done) return done;
    read_ = true;
  }
  const auto before = keys_;
  // A key signs from published_before on after it was made; the one before it then goes on for an hour.
  while (keys_.size() > 1 && keys_[1].at + published_before + published_after <= now) keys_.erase(keys_.begin());
  if (keys_.empty() || keys_.back().at + rotation <= now) {
    auto key = jose::SigningKey::generate();
    if (!key) return std::unexpected(key.error());
    keys_.push_back({now, std::move(*key)});
  }
  const bool changed = keys_.size() != before.size() || keys_.back().at != (before.empty() ? -1 : before.back().at);
  if (changed) {
    if (auto written = write(); !written) {
      keys_ = before;  // what is not kept must not sign: nobody could verify it after a restart
      if (keys_.empty()) return written;
      publish(now);
      return written;
    }
  }
  publish(now);
  return {};
}

// The newest that was published long enough, or else the oldest.
void MintingKeys::publish(std::int64_t now) {
  const Made* signs = &keys_.front();
  std::string jwks = R"({"keys":[)";
  for (const Made& made : keys_) {
    if (made.at + published_before <= now) signs = &made;
    if (&made != keys_.data()) jwks += ',';
    jwks += made.key.jwk();
  }
  current_.set(std::make_shared<const jose::SigningKey>(signs->key));
  jwks_.set(std::make_shared<const std::string>(jwks + "]}"));
}

Result<void> MintingKeys::read() {
  const auto text = read_private_file(path_, max_bytes);
  if (!text && text.error().code == ErrorCode::not_found) return {};
  if (!text) return std::unexpected(text.error());
  Arena arena;
  const auto root = decode::parse_json(*text, arena);
  const decode::Value* list = root && (*root)->is(decode::Kind::object) ? (*root)->find("keys") : nullptr;
  if (list == nullptr || !list->is(decode::Kind::array) || list->size() > max_keys) return malformed(path_);
  for (const decode::Value& item : *list) {
    const decode::Value* at = item.is(decode::Kind::object) ? item.find("made") : nullptr;
    const decode::Value* pem = item.is(decode::Kind::object) ? item.find("key") : nullptr;
    if (at == nullptr || pem == nullptr || !at->is(decode::Kind::number) || !pem->is(decode::Kind::string)) {
      return malformed(path_);
    }
    std::int64_t time = 0;
    const std::string_view digits = at->text();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), time);
    auto key = jose::SigningKey::read(pem->text());
    const bool ordered = keys_.empty() || keys_.back().at < time;
    if (error != std::errc() || end != digits.data() + digits.size() || !ordered || !key) return malformed(path_);
    keys_.push_back({time, std::move(*key)});
  }
  return {};
}

Result<void> MintingKeys::write() const {
  std::string text = "{\"keys\":[";
  for (const Made& made : keys_) {
    const auto pem = made.key.pem();
    if (!pem) return std::unexpected(pem.error());
    text += (&made == keys_.data() ? "\n{\"made\":" : ",\n{\"made\":") + std::to_string(made.at) + ",\"key\":";
    append_json(text, *pem);
    text += '}';
  }
  return replace_private_file(path_, text + "\n]}\n");
}

void MintingKeys::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, look_again, [this] { return stopping_; })) return;
    }
    const auto turned = turn(static_cast<std::int64_t>(std::time(nullptr)));
    if (!turned && tell_) tell_("the gateway's own keys go on as they were: " + turned.error().text());
  }
}

}  // namespace sallyport::identity
