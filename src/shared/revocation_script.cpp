#include "shared/revocation_script.hpp"

#include <charconv>

namespace sallyport::shared {
namespace {

// Replies {-1} when the store knows of nothing, else {version, entry, …}: the oldest 64 that came after the version
// that the node has seen, and the version of the last of them. At most 100 ended entries go with each call that adds.
constexpr std::string_view script = R"lua(
local function text(n) return string.format('%.0f', n) end
local version = redis.call('GET', KEYS[3])
if #ARGV > 1 then
  local clock = redis.call('TIME')
  local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', clock[1], 'LIMIT', 0, 100)
  for _, entry in ipairs(ended) do
    redis.call('ZREM', KEYS[1], entry)
    redis.call('ZREM', KEYS[2], entry)
  end
  local newest = math.max(tonumber(version or '0') + 1, clock[1] * 1000000 + clock[2])
  for i = 2, #ARGV, 2 do
    if tonumber(ARGV[i + 1]) > tonumber(clock[1]) and not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
      redis.call('ZADD', KEYS[1], text(newest), ARGV[i])
      redis.call('ZADD', KEYS[2], ARGV[i + 1], ARGV[i])
      newest = newest + 1
    end
  end
  version = text(newest)
  redis.call('SET', KEYS[3], version)
end
if not version then return {'-1'} end
if version == ARGV[1] then return {version} end
local news = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 64)
local out = {version}
for i = 1, #news, 2 do
  out[#out + 1] = news[i]
  if #news == 128 then out[1] = text(tonumber(news[i + 1])) end
end
return out
)lua";

template <class Number>
bool take_number(std::string_view& text, Number& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

bool take_colon(std::string_view& text) {
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string revocations_name(std::string_view prefix) { return std::string(prefix) + "{revoked}"; }

std::string format_revocation(const Revocation& one) {
  return std::string(word(one.kind)) + ':' + std::to_string(one.at_s) + ':' + std::to_string(one.until_s) + ':' +
         one.value;
}

std::optional<Revocation> parse_revocation(std::string_view text) {
  Revocation out;
  const auto kind = revocation_kind_named(text.substr(0, text.find(':')));
  if (!kind) return std::nullopt;
  out.kind = *kind;
  text.remove_prefix(word(*kind).size());
  if (!take_colon(text) || !take_number(text, out.at_s) || !take_colon(text) || !take_number(text, out.until_s) ||
      !take_colon(text) || text.empty() || text.size() > Revocations::max_value) {
    return std::nullopt;
  }
  out.value = text;
  return out;
}

void append_poll(std::string& out, std::string_view prefix, const Revocations::Poll& poll) {
  const std::string name = revocations_name(prefix);
  const std::string until = name + ":until";
  const std::string version = name + ":version";
  const std::string known = std::to_string(poll.known);
  std::vector<std::string> texts;
  for (const Revocation& one : poll.news) {
    texts.push_back(format_revocation(one));
    texts.push_back(std::to_string(one.until_s));
  }
  std::vector<std::string_view> words{"EVAL", script, "3", name, until, version, known};
  words.insert(words.end(), texts.begin(), texts.end());
  append_command(out, words);
}

std::optional<RevocationNews> read_revocations(const Reply& reply) {
  if (reply.kind != Reply::Kind::list || reply.items.empty()) return std::nullopt;
  for (const Reply& item : reply.items) {
    if (item.kind != Reply::Kind::text) return std::nullopt;
  }
  RevocationNews out;
  std::string_view version = reply.items[0].text;
  if (!take_number(version, out.version) || !version.empty()) return std::nullopt;
  out.empty_store = out.version < 0;
  for (std::size_t i = 1; i < reply.items.size(); ++i) {
    if (auto one = parse_revocation(reply.items[i].text)) out.entries.push_back(std::move(*one));
  }
  return out;
}

}  // namespace sallyport::shared
