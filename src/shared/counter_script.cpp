#include "shared/counter_script.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sallyport::shared {
namespace {

// Replies {units granted, remaining, wait, reset}, times in microseconds. State is one packed value
// that expires when it is again as if the key had never been seen. A server's clock that goes back
// (a replica took over) never opens a limit: what was noted later than now counts as noted now.
constexpr std::string_view script = R"lua(
local kind = ARGV[1]
local amount, window, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local least, fraction = tonumber(ARGV[5]), tonumber(ARGV[6])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local packed = redis.call('GET', KEYS[1])
local state = packed and cmsgpack.unpack(packed)

local function keep(value, after)
  redis.call('SET', KEYS[1], cmsgpack.pack(value), 'PX', math.ceil(after / 1000) + 1)
end
local function lot(room)
  if room < least then return 0 end
  if fraction == 0 then return least end
  return math.max(least, math.floor(room / fraction))
end

if kind == 'bucket' then
  if least > burst then return {0, 0, -1, 0} end
  local used, at = 0, now
  if state then used, at = state[1], state[2] end
  used = math.max(0, used - math.max(0, now - at) * amount / window)
  local back = tonumber(ARGV[8])
  used = math.max(0, used - back)
  local give = lot(math.floor(burst - used))
  local wait = 0
  if give == 0 and least > 0 then wait = math.ceil((used + least - burst) * window / amount) + 1 end
  used = used + give
  if used > 0 or back > 0 then keep({used, now}, used * window / amount) end
  return {give, math.floor(burst - used), wait, math.ceil(used * window / amount)}
end

if least > amount then return {0, 0, -1, 0} end

if kind == 'quota' then
  local ends = tonumber(ARGV[7])
  local used = 0
  if state and state[2] >= ends then used, ends = state[1], state[2] end
  local give = lot(amount - used)
  -- A node whose clock is behind may ask for a period that has ended here.
  local left = math.max(ends - now, 1)
  if give > 0 then keep({used + give, ends}, math.max(left, 60000000)) end
  local wait = 0
  if give == 0 and least > 0 then wait = left end
  return {give, amount - used - give, wait, left}
end

if amount <= 10 then
  local log = {}
  for _, t in ipairs(state or {}) do
    if t > now then t = now end
    if now - t < window then log[#log + 1] = t end
  end
  local give = lot(amount - #log)
  local wait = 0
  if give == 0 and least > 0 then wait = log[#log + least - amount] + window - now end
  for _ = 1, give do log[#log + 1] = now end
  local reset = 0
  if #log > 0 then
    reset = log[#log] + window - now
    keep(log, window)
  end
  return {give, amount - #log, wait, reset}
end

local slices = 11
local length = math.ceil(window / (slices - 1))
local slice = math.floor(now / length)
local newest, marks = slice, {}
if state then newest, marks = state[1], state[2] end
for i = 1, slices do marks[i] = marks[i] or 0 end
if newest > slice + slices then
  local sum = 0
  for i = 1, slices do sum = sum + marks[i] end
  marks = {sum, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  newest = slice
end
if newest > slice then slice = newest end
local passed = slice - newest
if passed > 0 then
  for i = slices, 1, -1 do marks[i] = i > passed and marks[i - passed] or 0 end
end
local sum = 0
for i = 1, slices do sum = sum + marks[i] end
local function freed(units)
  local free = 0
  for i = slices, 1, -1 do
    free = free + marks[i]
    if free >= units then return (slice + slices - i + 1) * length - now end
  end
  return slices * length
end
local give = lot(amount - sum)
local wait = 0
if give == 0 and least > 0 then wait = freed(sum + least - amount) end
marks[1] = marks[1] + give
sum = sum + give
local reset = 0
if sum > 0 then
  reset = freed(sum)
  keep({slice, marks}, (slice + slices) * length - now)
end
return {give, amount - sum, wait, reset}
)lua";

constexpr std::string_view heartbeat = R"lua(
local clock = redis.call('TIME')
redis.call('ZADD', KEYS[1], clock[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock[1] - 5)
redis.call('EXPIRE', KEYS[1], 60)
return redis.call('ZCARD', KEYS[1])
)lua";

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::bucket:
      return "bucket";
    case Algorithm::window:
      return "window";
    case Algorithm::quota:
      return "quota";
    case Algorithm::concurrency:
      break;  // never asked: it is counted on each node
  }
  return "none";
}

// Decimal digits that live as long as this.
class Digits {
 public:
  explicit Digits(std::int64_t value) { end_ = std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr; }
  [[nodiscard]] std::string_view view() const { return {text_.data(), static_cast<std::size_t>(end_ - text_.data())}; }

 private:
  std::array<char, 20> text_;
  char* end_;
};

}  // namespace

std::string_view counter_script() { return script; }

std::string counter_name(std::string_view prefix, std::uint64_t key) {
  std::array<char, 16> digits;
  digits.fill('0');
  std::array<char, 16> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), key, 16).ptr;
  std::copy(text.data(), end, digits.end() - (end - text.data()));
  std::string out(prefix);
  return out.append(digits.data(), digits.size());
}

void append_ask(std::string& out, std::string_view sha, std::string_view name, const Ask& ask) {
  const Digits amount(ask.limit.amount);
  const Digits window(ask.limit.window_us);
  const Digits burst(ask.limit.burst);
  const Digits least(ask.least);
  const Digits fraction(ask.fraction);
  const Digits end(ask.end_us);
  const Digits back(ask.back);
  append_command(out, {"EVALSHA", sha, "1", name, name_of(ask.limit.algorithm), amount.view(), window.view(),
                       burst.view(), least.view(), fraction.view(), end.view(), back.view()});
}

Grant read_grant(const Reply& reply) {
  if (reply.kind != Reply::Kind::list || reply.items.size() != 4) return {};
  for (const Reply& item : reply.items) {
    if (item.kind != Reply::Kind::integer) return {};
  }
  const auto units = [](const Reply& item) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(item.integer, 0, Limit::max_amount));
  };
  const std::int64_t wait = reply.items[2].integer;
  return {true, units(reply.items[0]), units(reply.items[1]), wait < 0 ? Outcome::never_us : wait,
          std::max<std::int64_t>(reply.items[3].integer, 0)};
}

std::string heartbeat_name(std::string_view prefix) { return std::string(prefix) + "nodes"; }

void append_heartbeat(std::string& out, std::string_view prefix, std::string_view id) {
  append_command(out, {"EVAL", heartbeat, "1", heartbeat_name(prefix), id});
}

}  // namespace sallyport::shared
