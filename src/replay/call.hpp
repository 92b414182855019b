// A call as a record holds it: what the engine is driven with, and what was decided then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.hpp"

#include <sallyport/certificate.hpp>
#include <sallyport/event.hpp>

namespace sallyport::replay {

// One note of a decision. The detail is left out: it is for people, and may be reworded.
struct Noted {
  std::string control;
  Note::Action action = Note::Action::noted;
  std::string rule;
  friend auto operator<=>(const Noted&, const Noted&) = default;
};

// How a call ended, as the event log says it.
struct Decision {
  // A word of the log's schema, or one of two that only replay has, both without a status:
  static constexpr std::string_view passes = "passes";      // goes to the API; its answer is not in the record
  static constexpr std::string_view admitted = "admitted";  // a connection, of which the record has no request

  std::string_view outcome = passes;
  std::string control;
  std::string rule;
  std::uint16_t status = 0;
  std::vector<Noted> notes;  // sorted
  bool notes_dropped = false;
};

// What a record may not have, and a verdict may need.
enum class Lack : std::uint8_t { request_body, response_body, response, request_fields, response_fields, query };
inline constexpr unsigned lack_count = 6;

class Lacks {
 public:
  void add(Lack lack) { bits_ |= 1u << static_cast<unsigned>(lack); }
  void add(Lacks others) { bits_ |= others.bits_; }
  [[nodiscard]] bool has(Lack lack) const { return (bits_ >> static_cast<unsigned>(lack) & 1u) != 0; }
  [[nodiscard]] bool none() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;
};

struct Call {
  std::string where;  // "events.jsonl:17"
  std::string id;     // of the event; empty for an archive
  std::string method;
  std::string target;  // for people; method and target are not what is judged
  std::int64_t time_us = 0;

  Address client;
  std::uint16_t client_port = 0;
  bool tls = false;
  std::string tls_version;
  std::string sni;
  std::optional<ClientCertificate> certificate;  // as far as the record has it

  // The head of the request as it stood on the wire, or why no client can have sent it. Empty when
  // the record has none: a connection that was refused, or bytes that were no head.
  http::Checked<std::string> head;
  std::optional<std::string> body;  // null: not in the record
  std::uint64_t body_bytes = 0;     // its size, when known, also when it is not in the record

  std::string answer_head;            // of the API's answer; empty: there is none in the record
  std::optional<std::string> answer;  // its body; null: not in the record
  bool answer_uninspected = false;    // it was too long for the controls then

  Lacks lacks;                         // what the record cut off
  std::vector<std::string> stand_ins;  // of what something else stands here than was sent: "Authorization"
  std::string unjudgeable;             // why the engine cannot be asked at all; or empty

  std::optional<Decision> recorded;
  bool recorded_by_gateway = false;  // otherwise only the status is known
};

}  // namespace sallyport::replay
