#include "identity/api_keys.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "base/private_file.hpp"
#include "base/random.hpp"
#include "decode/json.hpp"
#include "decode/value.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::identity {
namespace {

constexpr std::size_t hashing_bytes = 32;

std::string hashing_path(const std::string& path) { return path + ".hashing"; }

std::unexpected<Error> malformed(std::string what) { return fail(ErrorCode::invalid, std::move(what)); }

// Reads one record; the first thing that is wrong is kept in `wrong`.
class Reader {
 public:
  explicit Reader(const decode::Value& object) : object_(object) {}

  void text(const char* name, std::string& out, bool required = false) {
    const decode::Value* member = find(name, decode::Kind::string, required);
    if (member == nullptr) return;
    if (member->text().size() > ApiKeys::max_name) return refuse(name);
    out = member->text();
  }
  void texts(const char* name, std::vector<std::string>& out) {
    const decode::Value* member = find(name, decode::Kind::array, false);
    if (member == nullptr) return;
    if (member->size() > ApiKeys::max_list) return refuse(name);
    for (const decode::Value& item : *member) {
      if (!item.is(decode::Kind::string) || item.text().size() > ApiKeys::max_name) return refuse(name);
      out.emplace_back(item.text());
    }
  }
  void networks(const char* name, std::vector<config::Cidr>& out) {
    std::vector<std::string> written;
    texts(name, written);
    for (const std::string& text : written) {
      const auto network = config::parse_cidr(text);
      if (!network) return refuse(name);
      out.push_back(*network);
    }
  }
  void time(const char* name, std::optional<std::int64_t>& out, bool required = false) {
    const decode::Value* member = find(name, decode::Kind::number, required);
    if (member == nullptr) return;
    const std::string_view digits = member->text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return refuse(name);
    out = value;
  }
  // What is not known is refused: it could be a limit of a newer program.
  void nothing_else() {
    for (const decode::Value& member : object_) {
      if (std::ranges::find(seen_, member.name()) == seen_.end()) refuse(std::string(member.name()).c_str());
    }
  }
  std::optional<std::string> wrong;

 private:
  const decode::Value* find(const char* name, decode::Kind kind, bool required) {
    seen_.emplace_back(name);
    const decode::Value* member = object_.find(name);
    if (member == nullptr && required) refuse(name);
    if (member == nullptr || member->is(kind)) return member;
    refuse(name);
    return nullptr;
  }
  void refuse(const char* name) {
    if (!wrong) wrong = name;
  }
  const decode::Value& object_;
  std::vector<std::string_view> seen_;
};

Result<ApiKeyRecord> read_record(const decode::Value& object) {
  if (!object.is(decode::Kind::object)) return malformed("a key is no object");
  ApiKeyRecord record;
  std::optional<std::int64_t> created;
  Reader reader(object);
  reader.text("id", record.id, true);
  reader.text("hash", record.hash, true);
  reader.text("name", record.name, true);
  reader.texts("apis", record.apis);
  reader.texts("scopes", record.scopes);
  reader.texts("roles", record.roles);
  reader.networks("networks", record.networks);
  reader.text("client", record.client);
  reader.text("subject", record.subject);
  reader.text("tenant", record.tenant);
  reader.time("created", created, true);
  reader.time("expires", record.expires);
  reader.time("revoked", record.revoked);
  reader.text("replaces", record.replaces);
  reader.nothing_else();
  if (reader.wrong) return malformed("the key " + record.id + " has no good `" + *reader.wrong + "`");
  record.created = *created;
  return record;
}

void append_texts(std::string& out, const char* name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += std::string(",\"") + name + "\":[";
  for (const std::string& text : texts) {
    if (&text != texts.data()) out += ',';
    append_json(out, text);
  }
  out += ']';
}

void append_text(std::string& out, const char* name, const std::string& text) {
  if (text.empty()) return;
  out += std::string(",\"") + name + "\":";
  append_json(out, text);
}

void append_time(std::string& out, const char* name, const std::optional<std::int64_t>& time) {
  if (time) out += std::string(",\"") + name + "\":" + std::to_string(*time);
}

bool can_be_read_again(const ApiKeyRecord& record) {
  for (const std::string* text :
       {&record.id, &record.name, &record.client, &record.subject, &record.tenant, &record.replaces}) {
    if (text->size() > ApiKeys::max_name) return false;
  }
  for (const auto* list : {&record.apis, &record.scopes, &record.roles}) {
    if (list->size() > ApiKeys::max_list) return false;
    if (std::ranges::any_of(*list, [](const std::string& text) { return text.size() > ApiKeys::max_name; }))
      return false;
  }
  return record.networks.size() <= ApiKeys::max_list;
}

// One change of a file at a time, among processes.
class Lock {
 public:
  explicit Lock(const std::string& path)
      : fd_(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      ::close(fd_);
      fd_ = -1;
    }
  }
  ~Lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  [[nodiscard]] bool held() const { return fd_ >= 0; }

 private:
  int fd_;
};

Result<std::string> read_hashing_key(const std::string& path) {
  auto key = read_private_file(hashing_path(path), 1024);
  if (!key) return key;
  if (key->size() < hashing_bytes)
    return fail(ErrorCode::invalid, "the key for hashing is too short", hashing_path(path));
  return key;
}

Result<std::string> make_hashing_key(const std::string& path) {
  std::array<unsigned char, hashing_bytes> bytes;
  if (auto filled = fill_random(bytes); !filled) return std::unexpected(filled.error());
  const std::string key(bytes.begin(), bytes.end());
  if (auto written = replace_private_file(hashing_path(path), key); !written) return std::unexpected(written.error());
  return key;
}

}  // namespace

bool ApiKeyRecord::is_for(std::string_view api) const {
  return std::ranges::any_of(apis, [&](const std::string& one) { return one == "*" || one == api; });
}

bool ApiKeyRecord::is_from(const Address& client_address) const {
  return networks.empty() ||
         std::ranges::any_of(networks, [&](const config::Cidr& one) { return one.contains(client_address); });
}

Result<ApiKeys> ApiKeys::read(const std::string& path) {
  const auto text = read_private_file(path, max_bytes);
  if (!text) return std::unexpected(text.error());
  const auto hashing = read_hashing_key(path);
  if (!hashing) return std::unexpected(hashing.error());
  auto keys = parse(*text, *hashing);
  if (!keys) keys.error().where = path;
  return keys;
}

Result<ApiKeys> ApiKeys::parse(std::string_view json, std::string_view hashing_key) {
  Arena arena;
  decode::Limits limits;
  limits.names = limits.values = 20'000'000;
  const auto root = decode::parse_json(json, arena, limits);
  if (!root) return malformed("this is no JSON: " + std::string(root.error().detail));
  const decode::Value* version = (*root)->is(decode::Kind::object) ? (*root)->find("version") : nullptr;
  if (version == nullptr || version->text() != "1") return malformed("this is no file of API keys, version 1");
  const decode::Value* list = (*root)->find("keys");
  if (list == nullptr || !list->is(decode::Kind::array)) return malformed("the file has no list `keys`");
  ApiKeys keys(hashing_key);
  for (const decode::Value& item : *list) {
    auto record = read_record(item);
    if (!record) return std::unexpected(record.error());
    if (auto added = keys.add(std::move(*record)); !added) return std::unexpected(added.error());
  }
  return keys;
}

std::string ApiKeys::hash(std::string_view key) const {
  const auto code = hmac_.code(key);
  return encode_base64({reinterpret_cast<const char*>(code.data()), jose::size_of(jose::Hash::sha256)}, Base64::url);
}

const ApiKeyRecord* ApiKeys::find(const ApiKeyText& key) const {
  const auto code = hmac_.code(key.whole);  // also for ids that there are not: the time tells nothing
  const auto found = by_id_.find(key.id);
  if (found == by_id_.end()) return nullptr;
  std::array<char, 64> expected;
  const ApiKeyRecord& record = records_[found->second];
  const auto size = decode_base64(record.hash, Base64::url, expected.data());
  unsigned char difference = size == jose::size_of(jose::Hash::sha256) ? 0 : 1;
  for (std::size_t i = 0; i < jose::size_of(jose::Hash::sha256); ++i) {
    difference = static_cast<unsigned char>(difference | (code[i] ^ static_cast<unsigned char>(expected[i])));
  }
  return difference == 0 ? &record : nullptr;
}

Result<void> ApiKeys::add(ApiKeyRecord record) {
  if (records_.size() == max_keys)
    return fail(ErrorCode::limit, "there are " + std::to_string(max_keys) + " keys already");
  if (record.hash.size() != 43 || !decode_base64(record.hash, Base64::url))
    return malformed("the key " + record.id + " has no good `hash`");
  if (!can_be_read_again(record)) return fail(ErrorCode::limit, "a text or list of the key is too long");
  if (record.apis.empty()) return malformed("the key " + record.id + " is for no API");
  if (!by_id_.emplace(record.id, records_.size()).second) return malformed("two keys have the id " + record.id);
  records_.push_back(std::move(record));
  return {};
}

ApiKeyRecord* ApiKeys::edit(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &records_[found->second];
}

std::string ApiKeys::json() const {
  std::string out = "{\"version\":1,\"keys\":[";
  for (const ApiKeyRecord& record : records_) {
    out += &record == records_.data() ? "\n{\"id\":" : ",\n{\"id\":";
    append_json(out, record.id);
    append_text(out, "hash", record.hash);
    out += ",\"name\":";
    append_json(out, record.name);
    append_texts(out, "apis", record.apis);
    append_texts(out, "scopes", record.scopes);
    append_texts(out, "roles", record.roles);
    std::vector<std::string> networks;
    for (const config::Cidr& network : record.networks) networks.push_back(config::format_cidr(network));
    append_texts(out, "networks", networks);
    append_text(out, "client", record.client);
    append_text(out, "subject", record.subject);
    append_text(out, "tenant", record.tenant);
    append_time(out, "created", record.created);
    append_time(out, "expires", record.expires);
    append_time(out, "revoked", record.revoked);
    append_text(out, "replaces", record.replaces);
    out += '}';
  }
  return out + "\n]}\n";
}

Result<void> change_api_keys(const std::string& path, const std::function<Result<void>(ApiKeys&)>& change) {
  const Lock lock(path);
  if (!lock.held())
    return fail(ErrorCode::unavailable, std::string("cannot lock the file: ") + std::strerror(errno), path);
  auto keys = ApiKeys::read(path);
  if (!keys && keys.error().code == ErrorCode::not_found && ::access(path.c_str(), F_OK) != 0) {
    auto hashing = read_hashing_key(path);
    if (!hashing && hashing.error().code == ErrorCode::not_found) hashing = make_hashing_key(path);
    if (!hashing) return std::unexpected(hashing.error());
    keys = ApiKeys::none(*hashing);
  }
  if (!keys) return std::unexpected(keys.error());
  if (auto changed = change(*keys); !changed) return changed;
  const std::string text = keys->json();
  if (text.size() > ApiKeys::max_bytes) return fail(ErrorCode::limit, "the file would grow too long", path);
  return replace_private_file(path, text);
}

}  // namespace sallyport::identity
