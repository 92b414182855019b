#include "replay/event_call.hpp"

#include <algorithm>

#include "base/address.hpp"
#include "base/uuid.hpp"
#include "events/json_line.hpp"
#include "events/redact.hpp"
#include "replay/head_text.hpp"

namespace sallyport::replay {
namespace {

constexpr std::string_view stand_in_word = "redacted";
constexpr std::string_view stand_in_digit = "0";
constexpr std::string_view not_utf8 = "\xef\xbf\xbd";  // U+FFFD: the log's word for bytes that JSON cannot hold

// What of a text was sent is not known: remembers whose, and puts something else there.
class Restored {
 public:
  Restored(StandIn stand_in, std::vector<std::string>& names) : stand_in_(stand_in), names_(names) {}

  std::string text(std::string_view text, std::string_view name) {
    std::string out;
    std::size_t at = text.find(events::redacted);
    if (at != std::string_view::npos || text.find(not_utf8) != std::string_view::npos) remember(name);
    for (; at != std::string_view::npos; at = text.find(events::redacted)) {
      out += text.substr(0, at);
      out += stand_in_ == StandIn::word ? stand_in_word : stand_in_digit;
      text.remove_prefix(at + events::redacted.size());
    }
    return out.append(text);
  }

  void field(const events::Pair& field, HeadText& head) {
    const FieldName known = known_field(field.name);
    const bool credential = known == FieldName::authorization || known == FieldName::proxy_authorization;
    const bool whole = field.value == events::redacted || (credential && !field.value.empty());
    if (!whole) return head.field(field.name, text(field.value, field.name));
    remember(field.name);
    if (stand_in_ == StandIn::absent) return;
    // "bearer:9f2c41d07b1e55aa": the scheme is known, and unless it is this word, it was one.
    const std::string_view scheme = field.value.substr(0, field.value.find(':'));
    const bool named = credential && scheme.size() != field.value.size() && scheme != "credential";
    head.field(field.name, named ? std::string(scheme) + " " + std::string(stand_in_word) : std::string(stand_in_word));
  }

 private:
  void remember(std::string_view name) {
    if (std::ranges::find(names_, name) == names_.end()) names_.emplace_back(name);
  }
  StandIn stand_in_;
  std::vector<std::string>& names_;
};

Decision decision_of(const events::RecordView& record) {
  Decision decision{
      events::word(record.outcome), std::string(record.control), std::string(record.rule), record.status, {},
      record.notes_dropped != 0};
  for (const events::NoteView& note : record.notes) {
    decision.notes.push_back({std::string(note.control), note.action, std::string(note.rule)});
  }
  std::ranges::sort(decision.notes);
  return decision;
}

void write_request(const events::RecordView& record, Restored& restored, Call& call) {
  HeadText head;
  std::string target = restored.text(record.path, "path");
  if (!record.query.empty()) target += "?" + restored.text(record.query, "query");
  const std::string version = "HTTP/" + std::to_string(record.http.major) + "." + std::to_string(record.http.minor);
  head.request_line(record.method, target, version);
  for (const events::Pair& field : record.fields) restored.field(field, head);
  call.head = std::move(head).finish();
}

void write_answer(const events::RecordView& record, Restored& restored, Call& call) {
  HeadText head;
  head.status_line(record.upstream_status);
  for (const events::Pair& field : record.response_fields) restored.field(field, head);
  if (auto text = std::move(head).finish()) {
    call.answer_head = std::move(*text);
  } else {
    call.lacks.add(Lack::response);
  }
}

// The record has one name, whose form says what it is.
ClientCertificate certificate_of(const events::CertificateView& shown) {
  ClientCertificate made;
  made.thumbprint = shown.thumbprint;
  made.subject = shown.subject;
  made.issuer = shown.issuer;
  made.serial = shown.serial;
  const std::string name(shown.name);
  if (name.starts_with("spiffe://")) made.spiffe = name;
  if (name.empty()) return made;
  if (parse_address(name)) {
    made.addresses.push_back(name);
  } else if (name.contains(':')) {
    made.uris.push_back(name);
  } else if (name.contains('@')) {
    made.emails.push_back(name);
  } else {
    made.dns.push_back(name);
  }
  return made;
}

}  // namespace

Call call_of(const events::RecordView& record, std::string where, StandIn stand_in) {
  Call call;
  call.where = std::move(where);
  call.id.resize(uuid_text_bytes);
  format_uuid(record.id, std::span<char, uuid_text_bytes>(call.id));
  call.method = record.method;
  call.target = record.path;
  call.time_us = record.time_us;
  call.client = record.client;
  call.client_port = record.client_port;
  call.tls = record.https;
  call.tls_version = record.tls_version;
  call.sni = record.sni;
  if (!record.certificate.thumbprint.empty()) call.certificate = certificate_of(record.certificate);
  call.recorded = decision_of(record);
  call.recorded_by_gateway = true;
  call.body_bytes = record.bytes_in;
  call.answer_uninspected = record.bytes_uninspected != 0;
  if (record.http.major == 0) return call;
  // A target that was refused stands there as it came; one that is cut is another one.
  if (record.path.size() >= events::max_target) call.unjudgeable = "the path is cut in the record";
  if (record.query.size() >= events::max_target) call.lacks.add(Lack::query);
  if (record.fields_cut) call.lacks.add(Lack::request_fields);
  if (record.response_fields_cut) call.lacks.add(Lack::response_fields);
  Restored restored(stand_in, call.stand_ins);
  write_request(record, restored, call);
  if (record.upstream_status != 0) write_answer(record, restored, call);
  return call;
}

}  // namespace sallyport::replay
