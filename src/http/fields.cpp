// Field names and the flat list of fields.
#include <array>
#include <utility>

#include "http/characters.hpp"

#include <sallyport/message.hpp>

namespace sallyport {
namespace {

struct Known {
  std::string_view name;  // lower case
  FieldName id;
};

constexpr auto known_names = std::to_array<Known>({
    {"accept", FieldName::accept},
    {"accept-encoding", FieldName::accept_encoding},
    {"accept-language", FieldName::accept_language},
    {"authorization", FieldName::authorization},
    {"cache-control", FieldName::cache_control},
    {"connection", FieldName::connection},
    {"content-encoding", FieldName::content_encoding},
    {"content-length", FieldName::content_length},
    {"content-type", FieldName::content_type},
    {"cookie", FieldName::cookie},
    {"date", FieldName::date},
    {"etag", FieldName::etag},
    {"expect", FieldName::expect},
    {"forwarded", FieldName::forwarded},
    {"host", FieldName::host},
    {"http2-settings", FieldName::http2_settings},
    {"keep-alive", FieldName::keep_alive},
    {"last-modified", FieldName::last_modified},
    {"location", FieldName::location},
    {"origin", FieldName::origin},
    {"proxy-authenticate", FieldName::proxy_authenticate},
    {"proxy-authorization", FieldName::proxy_authorization},
    {"proxy-connection", FieldName::proxy_connection},
    {"referer", FieldName::referer},
    {"server", FieldName::server},
    {"set-cookie", FieldName::set_cookie},
    {"te", FieldName::te},
    {"traceparent", FieldName::traceparent},
    {"tracestate", FieldName::tracestate},
    {"trailer", FieldName::trailer},
    {"transfer-encoding", FieldName::transfer_encoding},
    {"upgrade", FieldName::upgrade},
    {"user-agent", FieldName::user_agent},
    {"vary", FieldName::vary},
    {"via", FieldName::via},
    {"x-forwarded-for", FieldName::x_forwarded_for},
    {"x-forwarded-host", FieldName::x_forwarded_host},
    {"x-forwarded-port", FieldName::x_forwarded_port},
    {"x-forwarded-proto", FieldName::x_forwarded_proto},
    {"x-powered-by", FieldName::x_powered_by},
    {"x-real-ip", FieldName::x_real_ip},
    {"x-request-id", FieldName::x_request_id},
});

static_assert(known_names.size() + 1 == field_name_count);
static_assert(
    [] {
      for (std::size_t i = 0; i < known_names.size(); ++i) {
        if (static_cast<std::size_t>(known_names[i].id) != i + 1) return false;
      }
      return true;
    }(),
    "names stand in the order of FieldName");

// A perfect-enough hash: length, first and last letter choose at most four candidates.
constexpr std::size_t bucket_count = 128;
constexpr std::size_t bucket_size = 4;
constexpr std::size_t bucket_of(std::string_view name) {
  const auto first = static_cast<unsigned char>(http::lower(name.front()));
  const auto last = static_cast<unsigned char>(http::lower(name.back()));
  return (name.size() * 7 + first * std::size_t{5} + last * std::size_t{11}) % bucket_count;
}
constexpr auto buckets = [] {
  std::array<std::array<std::uint8_t, bucket_size>, bucket_count> table{};
  for (std::size_t i = 0; i < known_names.size(); ++i) {
    auto& bucket = table[bucket_of(known_names[i].name)];
    std::size_t at = 0;
    while (bucket.at(at) != 0) ++at;  // .at(): a full bucket does not compile
    bucket[at] = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}();

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (http::lower(a[i]) != http::lower(b[i])) return false;
  }
  return true;
}

FieldName known_field(std::string_view name) noexcept {
  if (name.empty()) return FieldName::other;
  for (const std::uint8_t entry : buckets[bucket_of(name)]) {
    if (entry == 0) break;
    if (same_name(known_names[entry - 1].name, name)) return known_names[entry - 1].id;
  }
  return FieldName::other;
}

std::string_view field_name(FieldName name) noexcept {
  return name == FieldName::other ? std::string_view{} : known_names[static_cast<std::size_t>(name) - 1].name;
}

const Field* Fields::find(FieldName name) const noexcept {
  for (const Field& field : all()) {
    if (field.known == name && !field.removed) return &field;
  }
  return nullptr;
}

const Field* Fields::find(std::string_view name) const noexcept {
  for (const Field& field : all()) {
    if (!field.removed && same_name(field.name, name)) return &field;
  }
  return nullptr;
}

void Fields::remove(FieldName name) noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    if (items_[i].known == name) items_[i].removed = true;
  }
}

void Fields::remove(std::string_view name) noexcept {
  if (const FieldName known = known_field(name); known != FieldName::other) return remove(known);
  for (std::size_t i = 0; i < count_; ++i) {
    if (same_name(items_[i].name, name)) items_[i].removed = true;
  }
}

void Request::clear() noexcept {
  method = Method::other;
  method_token = target = host = path = query = {};
  https = has_query = expect_continue = path_parameters = encoded_slash = false;
  keep_alive = true;
  port = 0;
  version = {};
  fields.clear();
  framing = Framing::none;
  content_length = 0;
}

void Response::clear() noexcept {
  status = 0;
  version = {};
  fields.clear();
  framing = Framing::none;
  content_length = 0;
  keep_alive = true;
}

bool Address::is_v4() const noexcept {
  for (std::size_t i = 0; i < 10; ++i) {
    if (bytes[i] != 0) return false;
  }
  return bytes[10] == 0xff && bytes[11] == 0xff;
}

}  // namespace sallyport
