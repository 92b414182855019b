#include "shared/calendar.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

namespace sallyport::shared {
namespace {

constexpr std::size_t largest_file = 64 * 1024;

// Big-endian numbers of a file in memory; beyond its end there are zeros and `good` is false.
class Bytes {
 public:
  explicit Bytes(std::string_view text) : text_(text) {}
  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    if (text_.size() < width) good = false;
    for (std::size_t i = 0; i < width; ++i)
      value = value << 8 | (i < text_.size() ? static_cast<unsigned char>(text_[i]) : 0u);
    skip(width);
    return width == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
  }
  void skip(std::size_t count) {
    if (count > text_.size()) good = false;
    text_.remove_prefix(std::min(count, text_.size()));
  }
  [[nodiscard]] bool starts_with(std::string_view what) const { return text_.starts_with(what); }
  bool good = true;

 private:
  std::string_view text_;
};

struct Header {
  std::size_t isut, isstd, leap, times, types, chars;
};

Header read_header(Bytes& bytes) {
  bytes.skip(20);  // magic, version, reserved
  const auto next = [&bytes] { return static_cast<std::size_t>(std::max<std::int64_t>(bytes.number(4), 0)); };
  Header h{};
  h.isut = next();
  h.isstd = next();
  h.leap = next();
  h.times = next();
  h.types = next();
  h.chars = next();
  return h;
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name, const std::string& folder) {
  TimeZone zone;
  if (name == "UTC") return zone;
  const auto unknown = [&name] {
    return fail(ErrorCode::not_found, "`" + std::string(name) + "` is no time zone", {},
                "UTC, or a name such as Europe/Berlin");
  };
  if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos) return unknown();
  std::ifstream file(folder + "/" + std::string(name), std::ios::binary);
  if (!file) return unknown();
  std::string text(std::istreambuf_iterator<char>(file), {});
  Bytes bytes(text);
  if (text.size() > largest_file || !bytes.starts_with("TZif") || text.size() < 44 || text[4] < '2') return unknown();
  const Header old = read_header(bytes);  // of the 32-bit part, which is passed over
  if (std::max({old.times, old.types, old.chars, old.leap, old.isstd, old.isut}) > largest_file) return unknown();
  bytes.skip(old.times * 5 + old.types * 6 + old.chars + old.leap * 8 + old.isstd + old.isut);
  const Header now = read_header(bytes);
  if (!bytes.good || now.types == 0 || std::max(now.times, now.types) > largest_file) return unknown();
  std::vector<std::int64_t> times(now.times);
  for (auto& time : times) time = bytes.number(8);
  std::vector<std::size_t> kinds(now.times);
  for (auto& kind : kinds) kind = static_cast<std::size_t>(bytes.number(1));
  std::vector<std::int64_t> offsets(now.types);
  for (auto& offset : offsets) {
    offset = bytes.number(4);
    bytes.skip(2);
  }
  if (!bytes.good || !std::ranges::is_sorted(times)) return unknown();
  zone.first_ = offsets[0];
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (kinds[i] >= offsets.size()) return unknown();
    zone.transitions_.push_back({times[i], offsets[kinds[i]]});
  }
  return zone;
}

std::int64_t TimeZone::offset(std::int64_t at) const noexcept {
  const auto after = std::ranges::upper_bound(transitions_, at, {}, &Transition::from);
  return after == transitions_.begin() ? first_ : std::prev(after)->offset;
}

std::int64_t TimeZone::end_of(Period period, std::int64_t now_us) const noexcept {
  using namespace std::chrono;
  const std::int64_t now = now_us >= 0 ? now_us / 1'000'000 : 0;
  const sys_seconds local{seconds(now + offset(now))};
  sys_seconds end;
  switch (period) {
    case Period::hour:
      end = floor<hours>(local) + hours(1);
      break;
    case Period::day:
      end = floor<days>(local) + days(1);
      break;
    case Period::month: {
      const year_month_day today(floor<days>(local));
      end = sys_days((today.year() / today.month() / 1) + months(1));
      break;
    }
  }
  // The offset may change on the way there.
  const std::int64_t wall = end.time_since_epoch().count();
  std::int64_t at = wall - offset(wall - offset(now));
  if (at <= now) at = wall - offset(now);
  return at * 1'000'000;
}

}  // namespace sallyport::shared
