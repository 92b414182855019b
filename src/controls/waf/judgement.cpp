#include "controls/waf/judgement.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "detectors/nosql.hpp"
#include "detectors/object.hpp"
#include "detectors/text.hpp"

#include <sallyport/message.hpp>

namespace sallyport::controls::waf {
namespace {

using decode::Leaf;
using decode::Place;
using detectors::Attack;
using detectors::Evidence;

// Fields that the protocol reads and whose grammar leaves no room, or that say nothing of the client.
constexpr auto plain_fields = detectors::words(
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "cache-control", "connection",
    "content-length", "date", "dnt", "host", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since",
    "keep-alive", "pragma", "priority", "range", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform",
    "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "te", "traceparent", "tracestate",
    "transfer-encoding", "upgrade", "upgrade-insecure-requests", "content-disposition");

bool opaque_name(std::string_view name) {
  for (const std::string_view part : {"pass", "pwd", "secret", "passphrase", "pin"}) {
    const auto at = detectors::find(name, part);
    if (at != std::string_view::npos && (part != "pin" || name.size() <= 4)) return true;
  }
  return false;
}

bool is_name(Place place) {
  return place == Place::query_name || place == Place::form_name || place == Place::json_name ||
         place == Place::part_name || place == Place::cookie_name;
}

// A GraphQL document in a JSON member or parameter.
bool graphql_document(const Leaf& leaf) {
  if (leaf.place != Place::json_string && leaf.place != Place::query_value && leaf.place != Place::form_value &&
      leaf.place != Place::text)
    return false;
  if (leaf.place != Place::text && leaf.name != "query" && leaf.name != "mutation") return false;
  const auto text = leaf.value.substr(detectors::skip_space(leaf.value, 0));
  const auto brace = text.find('{');
  if (brace == std::string_view::npos || text.find('}') == std::string_view::npos) return false;
  for (const std::string_view word : {"query", "mutation", "subscription", "fragment"}) {
    if (text.starts_with(word) && !detectors::is_word(detectors::at(text, word.size()))) return true;
  }
  // The short form: { user { name } }
  const char first = detectors::at(text, detectors::skip_space(text, brace + 1));
  return brace == 0 && is_letter(first) && text.find(':') == std::string_view::npos;
}

const decode::Value* parent_of(const Leaf& leaf) {
  if (leaf.json == nullptr || leaf.root == nullptr) return nullptr;
  constexpr int max_back = 256;
  int left = max_back;
  for (const decode::Value* at = leaf.json; at != leaf.root && left > 0; --left) {
    --at;
    if (at->is_container() && at + at->descendants() >= leaf.json) return at;
  }
  return nullptr;
}

}  // namespace

void Judgement::look(const Leaf& leaf) {
  detectors::Site site;
  bool wrapped_only = false;
  switch (leaf.place) {
    case Place::header_name:
    case Place::json_number:
    case Place::xml_name:
      return;
    case Place::header_value:
      wrapped_only = detectors::same(leaf.name, "authorization");
      if (plain_fields.has(leaf.name) && !wrapped_only) return;
      site.user_agent = detectors::same(leaf.name, "user-agent");
      break;
    case Place::part_name:
      in_file_ = false;
      break;
    case Place::part_filename:
      in_file_ = true;
      break;
    case Place::part_header:
      if (plain_fields.has(leaf.name)) return;
      break;
    case Place::part_content:
      site.inert = in_file_;
      break;
    case Place::bytes:
      site.inert = true;
      break;
    case Place::path_segment:
    case Place::query_name:
    case Place::query_value:
    case Place::cookie_name:
    case Place::cookie_value:
    case Place::json_name:
    case Place::json_string:
    case Place::form_name:
    case Place::form_value:
    case Place::xml_attribute:
    case Place::xml_text:
    case Place::xml_cdata:
    case Place::xml_comment:
    case Place::xml_instruction:
    case Place::graphql_name:
    case Place::graphql_literal:
    case Place::text:
      break;
  }
  site.name = is_name(leaf.place);
  site.opaque = !site.name && opaque_name(leaf.name);
  if (site.name) keys(leaf);
  if (graphql_document(leaf)) {
    site.graphql = true;
    value(leaf, leaf.value, site, 0, false);
    return literals(leaf, leaf.value);
  }
  if (!wrapped_only) value(leaf, leaf.value, site, 0, false);
  if (site.inert) return;
  for (const decode::Nested& form : unwrapper_.unwrap(leaf.value)) {
    const auto last = form.path().empty() ? decode::Wrapping::percent : form.path().back();
    detectors::Site inner = site;
    inner.name = form.is_name;
    inner.opaque = site.opaque || opaque_name(form.name);
    value(leaf, form.text, inner, form.depth, last == decode::Wrapping::html);
  }
}

void Judgement::look_at_path(std::string_view path) {
  if (path.size() < 2) return;
  look({Place::path_segment, {}, path.substr(1)});
}

void Judgement::value(const Leaf& leaf, std::string_view text, detectors::Site site, std::uint8_t depth,
                      bool from_html) {
  detectors::Findings findings;
  detectors::inspect(detectors::fold(text, arena_), site, findings);
  if (!findings.empty()) charge(leaf, findings, depth, from_html);
}

// Strings of a GraphQL document (October 2021 §2.9.4): "…" and """…""".
void Judgement::literals(const Leaf& leaf, std::string_view document) {
  constexpr int max_literals = 256;
  int seen = 0;
  for (std::size_t i = document.find('"'); i != std::string_view::npos && seen < max_literals; ++seen) {
    const bool block = document.substr(i, 3) == "\"\"\"";
    const std::size_t begin = i + (block ? 3 : 1);
    std::size_t end = begin;
    while (end < document.size() && (block ? document.substr(end, 3) != "\"\"\"" : document[end] != '"')) {
      end += document[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, document.size());
    Leaf literal = leaf;
    literal.place = Place::graphql_literal;
    literal.name = {};
    literal.value = document.substr(begin, end - begin);
    if (!literal.value.empty()) look(literal);
    if (end >= document.size()) return;
    i = document.find('"', end + (block ? 3 : 1));
  }
}

void Judgement::keys(const Leaf& leaf) {
  detectors::Findings findings;
  detectors::find_prototype(leaf.value, findings);
  if (leaf.place == Place::json_name) {
    const decode::Value* parent = parent_of(leaf);
    const auto field = parent == nullptr ? std::string_view() : parent->name();
    detectors::find_nosql_key(leaf.value, field, findings);
    if (leaf.value == "prototype" && field == "constructor")
      findings.add(Attack::prototype, 8, "prototype_key", leaf.value);
  }
  if (!findings.empty()) charge(leaf, findings, 0, false);
}

void Judgement::charge(const Leaf& leaf, const detectors::Findings& findings, std::uint8_t depth, bool from_html) {
  for (const Evidence& evidence : findings.all()) {
    if (evidence.strength == 0) continue;
    int score = evidence.strength;
    switch (leaf.place) {
      case Place::part_filename:
        // A file's name holds no folder at all.
        if (evidence.attack == Attack::path) score += 3;
        break;
      case Place::path_segment:
        if (evidence.rule == "path_file") score += 2;
        break;
      case Place::json_name:
        // Members of a JSON object are checked by find_nosql_key, which knows the field around.
        if (evidence.attack == Attack::nosql && evidence.rule == "nosql_operator" && depth == 0 &&
            leaf.json != nullptr && evidence.strength < 8) {
          score = std::min(score, 3);
        }
        break;
      case Place::header_value:
        // A line break cannot stand there; what looks like one was encoded on purpose.
        if (evidence.attack == Attack::header) score += 1;
        break;
      case Place::query_name:
      case Place::query_value:
      case Place::header_name:
      case Place::cookie_name:
      case Place::cookie_value:
      case Place::json_string:
      case Place::json_number:
      case Place::form_name:
      case Place::form_value:
      case Place::part_name:
      case Place::part_header:
      case Place::part_content:
      case Place::xml_name:
      case Place::xml_attribute:
      case Place::xml_text:
      case Place::xml_cdata:
      case Place::xml_comment:
      case Place::xml_instruction:
      case Place::graphql_name:
      case Place::graphql_literal:
      case Place::text:
      case Place::bytes:
        break;
    }
    // Escaped markup within markup is text that shows markup.
    if (from_html && evidence.attack == Attack::markup && leaf.value.contains('<')) score = std::min(score, 4);
    if (score <= heaviest_.score || excluded(evidence, leaf.name)) continue;
    heaviest_ = {score, evidence, leaf.place, leaf.name, depth};
  }
}

bool Judgement::excluded(const Evidence& evidence, std::string_view field) const {
  return std::ranges::any_of(config_.exclusions, [&](const Exclusion& one) {
    return (one.rule.empty() || one.rule == evidence.rule || one.rule == detectors::name(evidence.attack)) &&
           (one.operation.empty() || one.operation == operation_) && (one.field.empty() || same_name(one.field, field));
  });
}

std::string_view masked(std::string_view span, Arena& arena) {
  constexpr std::size_t longest = 64;
  constexpr std::size_t longest_word = 16;
  span = span.substr(0, longest);
  const auto out = arena.array<char>(span.size());
  for (std::size_t i = 0; i < span.size();) {
    const std::size_t end = detectors::word_end(span, i);
    if (end == i) {
      const auto c = static_cast<unsigned char>(span[i]);
      out[i] = c >= 0x20 && c < 0x7f ? span[i] : '.';
      ++i;
      continue;
    }
    // Long words and those with several digits may be secrets: only that they are there.
    const auto digits = std::ranges::count_if(span.substr(i, end - i), is_digit);
    const bool hide = end - i > longest_word || digits > 4;
    for (; i < end; ++i) out[i] = hide ? (is_digit(span[i]) ? '0' : 'a') : span[i];
  }
  return {out.data(), span.size()};
}

}  // namespace sallyport::controls::waf
