// ApiKeys: the keys that applications call with, as they stand in a file. The keys themselves do not: only
// a keyed hash of each, whose key is in a second file beside (FILE.hashing), so that who gets hold of one
// of the two can neither use a key nor test a guess.
//
// Immutable; times and networks are judged for every call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/cidr.hpp"
#include "identity/api_key.hpp"
#include "jose/hmac.hpp"

#include <sallyport/result.hpp>

namespace sallyport::identity {

// What a key is for. Times in seconds since 1970.
struct ApiKeyRecord {
  std::string id = {};
  std::string hash = {};               // HMAC-SHA256 of the whole key, base64url
  std::string name = {};               // of the application
  std::vector<std::string> apis = {};  // names of APIs; "*" is any
  std::vector<std::string> scopes = {};
  std::vector<std::string> roles = {};
  std::vector<config::Cidr> networks = {};  // where it may be used from; none: anywhere
  std::string client = {};                  // a token beside it must be of this OAuth client
  std::string subject = {};                 // and of this user
  std::string tenant = {};
  std::int64_t created = 0;
  std::optional<std::int64_t> expires = {};
  std::optional<std::int64_t> revoked = {};
  std::string replaces = {};  // the id of the key that it was rotated from

  [[nodiscard]] bool is_for(std::string_view api) const;
  [[nodiscard]] bool is_from(const Address& client_address) const;
};

class ApiKeys {
 public:
  static constexpr std::size_t max_keys = 100'000;
  static constexpr std::size_t max_bytes = 64u << 20;  // of the file
  static constexpr std::size_t max_name = 200;         // bytes of each text of a record
  static constexpr std::size_t max_list = 100;         // entries of each list of a record

  // Both files must be there, and readable by their owner alone.
  [[nodiscard]] static Result<ApiKeys> read(const std::string& path);
  [[nodiscard]] static Result<ApiKeys> parse(std::string_view json, std::string_view hashing_key);
  // None, with this key for hashing.
  [[nodiscard]] static ApiKeys none(std::string_view hashing_key) { return ApiKeys(hashing_key); }

  // Null when there is no such key; compared in constant time. It may be revoked or expired.
  [[nodiscard]] const ApiKeyRecord* find(const ApiKeyText& key) const;
  [[nodiscard]] std::string hash(std::string_view key) const;

  [[nodiscard]] std::span<const ApiKeyRecord> all() const { return records_; }
  // Refused: a second one with its id, too many, or what could not be read again.
  [[nodiscard]] Result<void> add(ApiKeyRecord record);
  // Null when there is none. Ids stay as they are.
  [[nodiscard]] ApiKeyRecord* edit(std::string_view id);
  [[nodiscard]] std::string json() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  explicit ApiKeys(std::string_view hashing_key) : hmac_(jose::Hash::sha256, hashing_key) {}

  jose::Hmac hmac_;
  std::vector<ApiKeyRecord> records_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_id_;
};

// For a file that `sallyport keys` works on: made, with its hashing key, when there is none. `change` sees
// the keys and may edit them; then the file is replaced. Others who do the same wait.
[[nodiscard]] Result<void> change_api_keys(const std::string& path,
                                           const std::function<Result<void>(ApiKeys&)>& change);

}  // namespace sallyport::identity
