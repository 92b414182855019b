#include "http/header_list.hpp"

#include <algorithm>
#include <initializer_list>

#include "http/characters.hpp"
#include "http/host.hpp"
#include "http/request_parts.hpp"

namespace sallyport::http {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_one_of(FieldName name, std::initializer_list<FieldName> set) {
  return std::ranges::find(set, name) != set.end();
}

// RFC 9113 §8.2.1 and §8.2.2.
Checked<Field> check_list_field(std::string_view name, std::string_view value) {
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') return refuse("field_case", "a field name in upper case");
  }
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) {
    return refuse("field_value", "whitespace around a field value");
  }
  const auto field = check_field(name, value);
  if (!field) return field;
  if (is_one_of(field->known, {FieldName::connection, FieldName::keep_alive, FieldName::proxy_connection,
                               FieldName::transfer_encoding, FieldName::upgrade, FieldName::http2_settings})) {
    return refuse("field_of_connection", "a field of the connection in HTTP/2");
  }
  if (field->known == FieldName::te && value != "trailers") {
    return refuse("field_of_connection", "TE is not exactly \"trailers\"");
  }
  return field;
}

bool expects_a_body(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch;
}

}  // namespace

void RequestList::start(bool https, const HeadLimits& limits, Arena& arena, Request& out, bool websockets) {
  out.clear();
  out.https = https;
  out.version = {2, 0};
  out_ = &out;
  arena_ = &arena;
  limits_ = limits;
  refusal_ = {};
  once_ = {};
  method_ = scheme_ = path_ = authority_ = protocol_ = {};
  has_method_ = has_scheme_ = has_path_ = has_authority_ = has_protocol_ = in_fields_ = false;
  websockets_ = websockets;
  size_ = count_ = crumb_count_ = 0;
}

void RequestList::refuse_by(Refusal refusal) {
  if (refusal_.rule.empty()) refusal_ = refusal;
}

void RequestList::add(std::string_view name, std::string_view value) {
  size_ += name.size() + value.size() + field_overhead;
  if (size_ > limits_.head) return refuse_by({431, "head_limit", "the head is too long"});
  if (!refusal_.rule.empty()) return;
  const auto taken = !name.empty() && name.front() == ':' ? pseudo(name, value) : regular(name, value);
  if (!taken) refuse_by(taken.error());
}

Checked<void> RequestList::pseudo(std::string_view name, std::string_view value) {
  if (in_fields_) return refuse("pseudo_order", "a pseudo-field behind a field");
  struct Known {
    std::string_view name;
    std::string_view RequestList::* value;
    bool RequestList::* present;
  };
  static constexpr Known known[] = {{":method", &RequestList::method_, &RequestList::has_method_},
                                    {":scheme", &RequestList::scheme_, &RequestList::has_scheme_},
                                    {":path", &RequestList::path_, &RequestList::has_path_},
                                    {":authority", &RequestList::authority_, &RequestList::has_authority_},
                                    {":protocol", &RequestList::protocol_, &RequestList::has_protocol_}};
  for (const Known& one : known) {
    if (name != one.name || (one.value == &RequestList::protocol_ && !websockets_)) continue;
    if (this->*one.present) return refuse("pseudo_repeated", "a pseudo-field that occurs twice");
    this->*one.present = true;
    this->*one.value = arena_->copy(value);
    return {};
  }
  return refuse("pseudo_unknown", "an unknown pseudo-field");
}

Checked<void> RequestList::regular(std::string_view name, std::string_view value) {
  in_fields_ = true;
  const auto field = check_list_field(name, value);
  if (!field) return std::unexpected(field.error());
  if (auto once = once_.see(field->known); !once) return once;
  if (++count_ > limits_.fields || count_ > max_fields) return refuse("fields_limit", "too many fields", 431);
  const std::string_view kept = arena_->copy(value);
  if (field->known == FieldName::cookie) {
    crumbs_[crumb_count_++] = kept;
    return {};
  }
  // Known names are constants of the program.
  const std::string_view kept_name = field->known == FieldName::other ? arena_->copy(name) : field_name(field->known);
  if (!out_->fields.append(kept_name, kept, field->known)) return refuse("fields_limit", "too many fields", 431);
  return {};
}

Checked<void> RequestList::extended_connect() {
  if (method_ != "CONNECT") return refuse("pseudo_unknown", ":protocol without CONNECT");
  if (!same_name(protocol_, "websocket")) return refuse("connect_protocol", "a protocol that is not spoken", 501);
  method_ = "GET";
  for (const FieldName name : {FieldName::upgrade, FieldName::connection}) {
    const std::string_view value = name == FieldName::upgrade ? "websocket" : "Upgrade";
    if (!out_->fields.append(field_name(name), value, name)) return refuse("fields_limit", "too many fields", 431);
  }
  return {};
}

Checked<void> RequestList::target() {
  if (!has_method_ || !has_scheme_ || !has_path_) return refuse("pseudo_missing", "a pseudo-field is missing");
  if (has_protocol_) {
    if (auto made = extended_connect(); !made) return made;
  }
  if (auto method = read_method(method_, *out_); !method) return method;
  // A gateway behind a TLS terminator is asked for https in the clear; over TLS "http" is a lie.
  if (scheme_ != "https" && (scheme_ != "http" || out_->https)) return refuse("scheme", "not the scheme of this port");
  out_->target = path_;
  if (path_.size() > limits_.target) return refuse("target_limit", "the target is too long", 414);
  if (path_ == "*") {
    if (out_->method != Method::options) return refuse("target_asterisk", "\"*\" is for OPTIONS only");
    return read_path(path_, *arena_, *out_);
  }
  if (path_.empty() || path_.front() != '/') return refuse("target_form", ":path is no path");
  const auto raw = split_query(path_, *out_);
  if (!raw) return std::unexpected(raw.error());
  return read_path(*raw, *arena_, *out_);
}

Checked<void> RequestList::authority() {
  const Field* host = out_->fields.find(FieldName::host);
  if (!has_authority_ && host == nullptr) return refuse("host_missing", "neither :authority nor Host");
  const auto named = parse_authority(has_authority_ ? authority_ : host->value, *arena_);
  if (!named) return std::unexpected(named.error());
  out_->host = named->host;
  out_->port = named->port;
  if (host == nullptr) {
    if (!out_->fields.append("host", authority_, FieldName::host))
      return refuse("fields_limit", "too many fields", 431);
    return {};
  }
  const auto other = parse_authority(host->value, *arena_);
  if (!other) return std::unexpected(other.error());
  if (other->host != named->host || other->port != named->port) {
    return refuse("authority_mismatch", ":authority is not Host");
  }
  return {};
}

Checked<void> RequestList::framing(bool end_stream) {
  const auto body = read_body_fields(out_->fields, Version{1, 1});
  if (!body) return std::unexpected(body.error());
  out_->content_length = body->length;
  if (has_protocol_) {
    // What follows are no bytes of a body.
    if (body->has_length || end_stream) return refuse("connect_body", "CONNECT with a length or without a stream");
  } else if (!end_stream) {
    out_->framing = body->has_length ? Framing::length : Framing::chunked;
  } else if (body->length != 0) {
    return refuse("content_length_sum", "Content-Length and no body");
  } else if (body->has_length || expects_a_body(out_->method)) {
    out_->framing = Framing::length;  // of nothing, and HTTP/1.1 says so (RFC 9110 §8.6)
  }
  if (auto expect = read_expect(*out_); !expect) return expect;
  out_->expect_continue = out_->expect_continue && !end_stream;
  return {};
}

bool RequestList::join_cookies() {
  if (crumb_count_ == 0) return true;
  std::string_view joined = crumbs_[0];
  if (crumb_count_ > 1) {
    std::size_t size = (crumb_count_ - 1) * 2;
    for (std::size_t i = 0; i < crumb_count_; ++i) size += crumbs_[i].size();
    const auto text = arena_->array<char>(size);
    char* at = text.data();
    for (std::size_t i = 0; i < crumb_count_; ++i) {
      if (i != 0) {
        *at++ = ';';
        *at++ = ' ';
      }
      crumbs_[i].copy(at, crumbs_[i].size());
      at += crumbs_[i].size();
    }
    joined = {text.data(), text.size()};
  }
  return out_->fields.append("cookie", joined, FieldName::cookie);
}

Checked<void> RequestList::finish(bool end_stream) {
  // As with HTTP/1.1, what could be read is in `out` also when something was refused.
  const bool fits = join_cookies();
  const auto aimed = target();
  if (!refusal_.rule.empty()) return std::unexpected(refusal_);
  if (!aimed) return aimed;
  if (!fits) return refuse("fields_limit", "too many fields", 431);
  if (auto named = authority(); !named) return named;
  if (auto framed = framing(end_stream); !framed) return framed;
  bool keep_alive = true;
  return apply_connection(out_->fields, Version{1, 1}, keep_alive);
}

void ResponseList::start(const HeadLimits& limits, Arena& arena, Response& out) {
  out.clear();
  out.version = {2, 0};
  out_ = &out;
  arena_ = &arena;
  limits_ = limits;
  refusal_ = {};
  once_ = {};
  has_status_ = in_fields_ = false;
  size_ = 0;
}

void ResponseList::add(std::string_view name, std::string_view value) {
  size_ += name.size() + value.size() + field_overhead;
  const auto take = [&]() -> Checked<void> {
    if (size_ > limits_.head) return refuse("head_limit", "the head is too long");
    if (name == ":status") {
      const bool code = value.size() == 3 && all(value, character::digit) && value[0] >= '1' && value[0] <= '5';
      if (has_status_ || in_fields_ || !code) return refuse("status_code", "not one status code");
      has_status_ = true;
      out_->status = static_cast<std::uint16_t>((value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0'));
      return {};
    }
    in_fields_ = true;
    const auto field = check_list_field(name, value);
    if (!field) return std::unexpected(field.error());
    if (auto once = once_.see(field->known); !once) return once;
    if (out_->fields.size() == limits_.fields) return refuse("fields_limit", "too many fields");
    const std::string_view kept = field->known == FieldName::other ? arena_->copy(name) : field_name(field->known);
    if (!out_->fields.append(kept, arena_->copy(value), field->known)) return refuse("fields_limit", "too many fields");
    return {};
  };
  if (!refusal_.rule.empty()) return;
  if (const auto taken = take(); !taken) refusal_ = taken.error();
}

Checked<void> ResponseList::finish(bool end_stream, Method method) {
  if (!refusal_.rule.empty()) return std::unexpected(refusal_);
  if (!has_status_) return refuse("status_code", "no status code");
  if (out_->status == 101) return refuse("status_code", "101 in HTTP/2");
  const auto body = read_body_fields(out_->fields, Version{1, 1});
  if (!body) return std::unexpected(body.error());
  bool keep_alive = true;
  if (auto connection = apply_connection(out_->fields, Version{1, 1}, keep_alive); !connection) return connection;
  out_->content_length = body->length;
  const bool no_body = method == Method::head || out_->status < 200 || out_->status == 204 || out_->status == 304;
  if (no_body || (end_stream && !body->has_length)) {
    out_->framing = Framing::none;
  } else if (body->has_length) {
    if (end_stream && body->length != 0) return refuse("content_length_sum", "Content-Length and no body");
    out_->framing = Framing::length;
  } else {
    out_->framing = Framing::until_close;
  }
  return {};
}

Checked<Field> check_trailer(std::string_view name, std::string_view value) {
  if (!name.empty() && name.front() == ':') return refuse("trailer_pseudo", "a pseudo-field in a trailer");
  auto field = check_list_field(name, value);
  if (!field) return field;
  if (is_one_of(field->known, {FieldName::authorization, FieldName::content_encoding, FieldName::content_length,
                               FieldName::content_type, FieldName::cookie, FieldName::expect, FieldName::host,
                               FieldName::set_cookie, FieldName::te, FieldName::trailer})) {
    return refuse("trailer_field", "a field that must stand in a head");
  }
  return field;
}

bool Trailers::add(std::string_view name, std::string_view value) {
  bytes_ += name.size() + value.size() + field_overhead;
  if (count_ == max_fields || bytes_ > max_bytes) return false;
  const auto field = check_trailer(name, value);
  if (!field) return false;
  fields_[count_++] = Field{arena_->copy(name), arena_->copy(value), field->known, false};
  return true;
}

}  // namespace sallyport::http
