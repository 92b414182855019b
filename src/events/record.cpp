// The binary form of a record: a fixed head, then texts with 16-bit lengths. encode_record and
// decode_record read and write the same sequence.
#include "events/record.hpp"

#include <cstring>

#include "events/recorder.hpp"

#include <sallyport/certificate.hpp>

namespace sallyport::events {
namespace {

constexpr std::uint8_t over_tls = 1, with_certificate = 2;  // bits of Head::tls

struct Head {
  CallId id;
  std::int64_t time_us;
  std::uint64_t duration_us, upstream_us, engine_ns, bytes_in, bytes_out, bytes_uninspected;
  Address client;
  std::uint16_t client_port, port, status, upstream_status;
  std::uint16_t fields, response_fields, notes;
  std::uint8_t tls, https, route, outcome, major, minor, fields_cut, response_fields_cut;
  std::uint32_t notes_dropped;
};

constexpr std::size_t max_method = 64;
constexpr std::size_t max_host = 512;

class Writer {
 public:
  explicit Writer(char* at) : begin_(at), at_(at + sizeof(Head)), end_(at + max_record) {}
  void text(std::string_view text) {
    text = text.substr(0, std::min<std::size_t>(text.size(), 65535));
    Sink sink = open();
    sink.append(text);
    close(sink);
  }
  // Appends what `write` puts into a sink of at most `limit` bytes; true when something was cut.
  template <class Write>
  bool bounded(std::size_t limit, Write write) {
    Sink sink = open(limit);
    write(sink);
    close(sink);
    return sink.cut();
  }
  [[nodiscard]] bool room(std::size_t bytes) const { return static_cast<std::size_t>(end_ - at_) >= bytes + 64; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  Sink open(std::size_t limit = 65535) {
    const std::size_t left = end_ - at_ > 2 ? static_cast<std::size_t>(end_ - at_ - 2) : 0;
    return {at_ + 2, std::min(limit, left)};
  }
  void close(const Sink& sink) {
    if (end_ - at_ < 2) return;
    const auto size = static_cast<std::uint16_t>(sink.text().size());
    std::memcpy(at_, &size, 2);
    at_ += 2 + size;
  }
  char* begin_;
  char* at_;
  char* end_;
};

// Names and redacted values, each value and their sum bounded; the number that fit. `credential`
// is the fingerprint of the field `authorization`.
std::uint16_t write_fields(const Fields& fields, const Redactor& redactor, const Field* authorization,
                           std::string_view credential, CleanFields& clean, Writer& out, std::uint8_t& cut) {
  std::uint16_t count = 0;
  const std::size_t start = out.size();
  for (const Field& field : fields.all()) {
    if (out.size() - start + field.name.size() > max_fields || !out.room(field.name.size() + max_value + 4)) {
      cut = 1;
      break;
    }
    out.text(field.name);
    if (&field == authorization) {
      out.text(credential);
    } else if (clean.hold(field.name, field.value)) {
      out.text(field.value);
    } else {
      const bool was_cut = out.bounded(max_value, [&](Sink& sink) {
        redactor.field(field, sink);
        if (sink.text() == field.value) clean.add(field.name, field.value);
      });
      if (was_cut) cut = 1;
    }
    ++count;
  }
  return count;
}

void write_actor(const Actor* actor, Writer& out) {
  const Actor nobody;
  const Actor& who = actor != nullptr ? *actor : nobody;
  out.text(word(who.how));
  for (const std::string_view name : {who.subject, who.issuer, who.client, who.tenant, who.key_id}) {
    out.text(name.substr(0, max_name));
  }
}

void write_certificate(const ClientCertificate& shown, Writer& out) {
  std::string_view name = shown.spiffe;
  for (const auto* names : {&shown.uris, &shown.dns, &shown.emails, &shown.addresses}) {
    if (name.empty() && !names->empty()) name = names->front();
  }
  for (const std::string_view text :
       std::initializer_list<std::string_view>{shown.thumbprint, shown.subject, shown.issuer, shown.serial, name}) {
    out.text(text.substr(0, max_name));
  }
}

// The field that came, also when it was taken out for the API.
const Field* credentials_of(const Request& request) {
  for (const Field& field : request.fields.all()) {
    if (field.known == FieldName::authorization) return &field;
  }
  return nullptr;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::string_view text() {
    std::uint16_t size = 0;
    if (rest_.size() < 2) return bad();
    std::memcpy(&size, rest_.data(), 2);
    if (rest_.size() - 2 < size) return bad();
    const std::string_view out = rest_.substr(2, size);
    rest_.remove_prefix(2u + size);
    return out;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::string_view bad() {
    good_ = false;
    rest_ = {};
    return {};
  }
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string_view word(Authentication how) {
  switch (how) {
    case Authentication::anonymous:
      return {};
    case Authentication::jwt:
      return "jwt";
    case Authentication::opaque_token:
      return "opaque_token";
    case Authentication::api_key:
      return "api_key";
    case Authentication::mtls:
      return "mtls";
    case Authentication::signature:
      return "signature";
    case Authentication::basic:
      return "basic";
    case Authentication::session:
      return "session";
  }
  return {};
}

std::size_t encode_record(const Event& event, const Redactor& redactor, const Sealer& sealer, CleanFields& clean,
                          char* out) {
  Writer writer(out);
  Head head{};
  const Request* const request = event.request;
  const Response* const response = event.response;
  const Connection* const connection = event.connection;
  head.id = event.id;
  head.time_us = event.time_us;
  head.duration_us = event.duration_us;
  head.upstream_us = event.upstream_us;
  head.engine_ns = event.engine_ns;
  head.bytes_in = event.bytes_in;
  head.bytes_out = event.bytes_out;
  head.bytes_uninspected = event.bytes_uninspected;
  head.status = event.status;
  head.route = static_cast<std::uint8_t>(event.route.kind);
  head.outcome = static_cast<std::uint8_t>(event.outcome);
  head.notes_dropped = event.notes_dropped;
  if (connection != nullptr) {
    head.client = connection->client;
    head.client_port = connection->client_port;
    head.tls = connection->tls ? over_tls : 0;
    if (connection->certificate != nullptr) head.tls |= with_certificate;
  }
  writer.text(connection != nullptr ? connection->tls_version : std::string_view{});
  writer.text(connection != nullptr ? connection->sni.substr(0, max_host) : std::string_view{});
  if ((head.tls & with_certificate) != 0) write_certificate(*connection->certificate, writer);

  char fingerprint[Redactor::max_fingerprint];
  std::string_view credential;
  const Field* authorization = nullptr;
  if (request != nullptr) {
    authorization = credentials_of(*request);
    if (authorization != nullptr) credential = redactor.fingerprint(authorization->value, fingerprint);
  }
  writer.text(credential);
  write_actor(event.actor, writer);
  const Route& route = event.route;
  writer.text(route.api != nullptr ? std::string_view(route.api->name) : std::string_view{});
  writer.text(route.operation != nullptr ? std::string_view(route.operation->label) : std::string_view{});
  writer.text(route.operation != nullptr ? std::string_view(route.operation->operation_id) : std::string_view{});
  const std::string_view path_template = route.kind == RouteKind::prefix && route.api != nullptr
                                             ? std::string_view(route.api->base_path)
                                             : route.path_template;
  writer.text(path_template);
  if (request != nullptr) {
    head.https = request->https ? 1 : 0;
    head.port = request->port;
    head.major = request->version.major;
    head.minor = request->version.minor;
    writer.text(request->method_token.substr(0, max_method));
    writer.text(request->host.substr(0, max_host));
    // A target that was refused has no canonical path: it is recorded as it came, redacted.
    const std::string_view path = request->path.empty() ? request->target : request->path;
    writer.bounded(max_target, [&](Sink& sink) { redactor.path(path.substr(0, path.find('?')), path_template, sink); });
    writer.bounded(max_target, [&](Sink& sink) { redactor.query(request->query, sink); });
    head.fields = write_fields(request->fields, redactor, authorization, credential, clean, writer, head.fields_cut);
  } else {
    for (int i = 0; i < 4; ++i) writer.text({});
  }
  writer.text(event.control);
  writer.text(event.reason.rule);
  writer.bounded(max_value, [&](Sink& sink) { redactor.text(event.reason.detail, sink); });
  for (const Note& note : event.all_notes()) {
    if (!writer.room(max_value + note.control.size() + note.reason.rule.size() + 8)) {
      ++head.notes_dropped;
      continue;
    }
    const char action = static_cast<char>(note.action);
    writer.text(note.control);
    writer.text({&action, 1});
    writer.text(note.reason.rule);
    writer.bounded(max_value, [&](Sink& sink) { redactor.text(note.reason.detail, sink); });
    ++head.notes;
  }
  writer.text(event.upstream);
  if (response != nullptr) {
    head.upstream_status = response->status;
    head.response_fields =
        write_fields(response->fields, redactor, nullptr, {}, clean, writer, head.response_fields_cut);
  }
  const std::string_view body = event.sealed.substr(0, max_sealed);
  if (!body.empty() && writer.room(body.size() + Sealer::overhead + 64)) {
    char sealed[max_sealed + Sealer::overhead];
    const bool done = sealer.seal(event.id, body, sealed);
    writer.text(done ? sealer.key_id() : std::string_view{});
    writer.text(done ? std::string_view(sealed, body.size() + Sealer::overhead) : std::string_view{});
  } else {
    writer.text({});
    writer.text({});
  }
  std::memcpy(out, &head, sizeof head);
  return writer.size();
}

bool decode_record(std::string_view bytes, RecordParts& parts, RecordView& out) {
  Head head{};
  if (bytes.size() < sizeof head) return false;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.route > static_cast<std::uint8_t>(RouteKind::no_api) ||
      head.outcome > static_cast<std::uint8_t>(Outcome::aborted))
    return false;
  Reader reader(bytes.substr(sizeof head));
  out = RecordView{};
  parts.fields.clear();
  parts.response_fields.clear();
  parts.notes.clear();
  out.id = head.id;
  out.time_us = head.time_us;
  out.duration_us = head.duration_us;
  out.upstream_us = head.upstream_us;
  out.engine_ns = head.engine_ns;
  out.bytes_in = head.bytes_in;
  out.bytes_out = head.bytes_out;
  out.bytes_uninspected = head.bytes_uninspected;
  out.client = head.client;
  out.client_port = head.client_port;
  out.tls = (head.tls & over_tls) != 0;
  out.https = head.https != 0;
  out.port = head.port;
  out.status = head.status;
  out.upstream_status = head.upstream_status;
  out.route = static_cast<RouteKind>(head.route);
  out.outcome = static_cast<Outcome>(head.outcome);
  out.http = {head.major, head.minor};
  out.fields_cut = head.fields_cut != 0;
  out.response_fields_cut = head.response_fields_cut != 0;
  out.notes_dropped = head.notes_dropped;
  out.tls_version = reader.text();
  out.sni = reader.text();
  if ((head.tls & with_certificate) != 0) {
    for (std::string_view* part : {&out.certificate.thumbprint, &out.certificate.subject, &out.certificate.issuer,
                                   &out.certificate.serial, &out.certificate.name}) {
      *part = reader.text();
    }
  }
  out.credential = reader.text();
  for (std::string_view* part : {&out.actor.how, &out.actor.subject, &out.actor.issuer, &out.actor.client,
                                 &out.actor.tenant, &out.actor.key_id}) {
    *part = reader.text();
  }
  out.api = reader.text();
  out.operation = reader.text();
  out.operation_id = reader.text();
  out.path_template = reader.text();
  out.method = reader.text();
  out.host = reader.text();
  out.path = reader.text();
  out.query = reader.text();
  const auto pair = [&reader] {
    Pair one;
    one.name = reader.text();
    one.value = reader.text();
    return one;
  };
  for (unsigned i = 0; i < head.fields && reader.good(); ++i) parts.fields.push_back(pair());
  out.control = reader.text();
  out.rule = reader.text();
  out.detail = reader.text();
  for (unsigned i = 0; i < head.notes && reader.good(); ++i) {
    NoteView note;
    note.control = reader.text();
    const std::string_view action = reader.text();
    if (action.size() != 1 || action[0] < 0 || action[0] > static_cast<char>(Note::Action::failed)) return false;
    note.action = static_cast<Note::Action>(action[0]);
    note.rule = reader.text();
    note.detail = reader.text();
    parts.notes.push_back(note);
  }
  out.upstream = reader.text();
  for (unsigned i = 0; i < head.response_fields && reader.good(); ++i) parts.response_fields.push_back(pair());
  out.seal_key = reader.text();
  out.sealed = reader.text();
  out.fields = parts.fields;
  out.notes = parts.notes;
  out.response_fields = parts.response_fields;
  return reader.good();
}

Recorder::Recorder(Ring& ring, const Redactor& redactor, const Sealer& sealer)
    : ring_(ring), redactor_(redactor), sealer_(sealer), scratch_(std::make_unique_for_overwrite<char[]>(max_record)) {}

bool Recorder::publish(const Event& event) noexcept {
  const std::size_t size = encode_record(event, redactor_, sealer_, clean_, scratch_.get());
  return ring_.push({scratch_.get(), size});
}

}  // namespace sallyport::events
