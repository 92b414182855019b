#include "decode/leaves.hpp"

#include <algorithm>
#include <string>

#include "decode/cookies.hpp"
#include "decode/escapes.hpp"
#include "http/characters.hpp"

namespace sallyport::decode {
namespace {

class Walk {
 public:
  Walk(Arena& arena, const Visit& visit) : arena_(arena), visit_(visit) {}

  [[nodiscard]] const Visited& result() const { return result_; }

  void head(const Request& request) {
    path(request.path);
    if (request.has_query) query(request.query);
    for (const Field& field : request.fields.all()) {
      if (result_.stopped) return;
      if (field.removed) continue;
      if (field.known == FieldName::cookie) {
        cookies(field.value);
        continue;
      }
      give({Place::header_name, field.name, field.name}) && give({Place::header_value, field.name, field.value});
    }
  }

  void content(const Content& content, bool part) {
    switch (content.format) {
      case Format::json:
      case Format::json_lines:
      case Format::json_sequence:
        for (const Value* root : content.values) json(*root);
        break;
      case Format::form:
        pairs(content.form, Place::form_name, Place::form_value);
        break;
      case Format::multipart:
        if (part) {
          give({Place::bytes, {}, content.text});
        } else {
          multipart(content.multipart);
        }
        break;
      case Format::xml:
        xml(content.xml);
        break;
      case Format::text:
      case Format::graphql:
        if (!content.text.empty()) give({part ? Place::part_content : Place::text, {}, content.text});
        break;
      case Format::binary:
      case Format::protobuf:
      case Format::grpc:
        if (!content.text.empty()) give({part ? Place::part_content : Place::bytes, {}, content.text});
        break;
    }
  }

 private:
  bool give(const Leaf& leaf) {
    if (!result_.stopped) result_.stopped = !visit_(leaf);
    return !result_.stopped;
  }
  void unread(const Refusal& refusal) {
    if (result_.unread_count++ == 0) result_.unread = refusal.rule;
  }

  void path(std::string_view path) {
    for (std::size_t at = 0; at < path.size() && !result_.stopped;) {
      const std::size_t end = std::min(path.find('/', at + 1), path.size());
      const std::string_view segment = path.substr(at + 1, end - at - 1);
      // The canonical path holds no malformed escapes, and no '+' means a space there.
      if (!segment.empty()) give({Place::path_segment, {}, decoded(segment)});
      at = end;
    }
  }
  std::string_view decoded(std::string_view segment) {
    if (!segment.contains('%')) return segment;
    const auto out = arena_.array<char>(segment.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < segment.size(); ++i) {
      const int high = segment[i] == '%' && i + 2 < segment.size() ? http::hex_value(segment[i + 1]) : -1;
      const int low = high >= 0 ? http::hex_value(segment[i + 2]) : -1;
      out[size++] = low >= 0 ? static_cast<char>(high * 16 + low) : segment[i];
      if (low >= 0) i += 2;
    }
    return {out.data(), size};
  }

  void query(std::string_view text) {
    const auto read = read_pairs(text, arena_);
    if (read) return pairs(*read, Place::query_name, Place::query_value);
    unread(read.error());
    give({Place::query_value, {}, text});
    if (const auto plain = undo_percent(text, arena_)) give({Place::query_value, {}, *plain});
  }

  void pairs(const Pairs& list, Place name, Place value) {
    for (const Pair& pair : list.items) {
      const bool named = pair.name.empty() || give({name, pair.name, pair.name});
      if (!named || (!pair.value.empty() && !give({value, pair.name, pair.value}))) return;
    }
  }

  void cookies(std::string_view text) {
    const auto read = read_cookies(text, arena_);
    if (read) return pairs(*read, Place::cookie_name, Place::cookie_value);
    unread(read.error());
    give({Place::cookie_value, {}, text});
  }

  void json(const Value& root) {
    for (const Value* at = &root; at != root.after() && !result_.stopped; ++at) {
      if (!at->name().empty() && !give({Place::json_name, at->name(), at->name(), at, &root})) return;
      if (at->is(Kind::string)) give({Place::json_string, at->name(), at->text(), at, &root});
      if (at->is(Kind::number)) give({Place::json_number, at->name(), at->text(), at, &root});
    }
  }

  void multipart(const Multipart& parts) {
    for (const Part& part : parts.parts) {
      if (!part.name.empty() && !give({Place::part_name, part.name, part.name})) return;
      if (part.has_filename && !give({Place::part_filename, part.name, part.filename})) return;
      for (const PartField& field : part.fields) {
        if (!give({Place::part_header, field.name, field.value})) return;
      }
      if (part.container || part.content.empty()) continue;
      typed_part(part);
      if (result_.stopped) return;
    }
  }

  // A part as its type says, and as text as well: not every server minds the type.
  void typed_part(const Part& part) {
    if (!give({Place::part_content, part.name, part.content})) return;
    if (part.content_type.empty()) return;
    const auto inner = read_typed(part.content_type, part.content, arena_);
    if (!inner) return unread(inner.error());
    const bool plain = inner->format == Format::text || inner->format == Format::binary;
    if (!plain || inner->text.data() != part.content.data()) content(*inner, true);
  }

  void xml(const XmlDocument& document) {
    for (const XmlNode* at = document.first; at != nullptr && !result_.stopped; at = at->next()) {
      const std::string_view around = at->parent == nullptr ? std::string_view() : at->parent->name;
      switch (at->kind) {
        case XmlKind::element:
          element(*at);
          break;
        case XmlKind::text:
          // White space between elements carries nothing.
          if (at->text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            give({Place::xml_text, around, at->text});
          }
          break;
        case XmlKind::cdata:
          give({Place::xml_cdata, around, at->text});
          break;
        case XmlKind::comment:
          give({Place::xml_comment, around, at->text});
          break;
        case XmlKind::instruction:
          give({Place::xml_instruction, at->name, at->text});
          break;
      }
    }
  }
  void element(const XmlNode& node) {
    if (!give({Place::xml_name, node.name, node.name})) return;
    for (const XmlAttribute& attribute : node.attributes) {
      const bool named = give({Place::xml_name, attribute.name, attribute.name});
      if (!named || !give({Place::xml_attribute, attribute.name, attribute.value})) return;
    }
  }

  Arena& arena_;
  const Visit& visit_;
  Visited result_;
};

}  // namespace

std::string_view place_name(Place place) noexcept {
  switch (place) {
    case Place::path_segment:
      return "path_segment";
    case Place::query_name:
      return "query_name";
    case Place::query_value:
      return "query_value";
    case Place::header_name:
      return "header_name";
    case Place::header_value:
      return "header_value";
    case Place::cookie_name:
      return "cookie_name";
    case Place::cookie_value:
      return "cookie_value";
    case Place::json_name:
      return "json_name";
    case Place::json_string:
      return "json_string";
    case Place::json_number:
      return "json_number";
    case Place::form_name:
      return "form_name";
    case Place::form_value:
      return "form_value";
    case Place::part_name:
      return "part_name";
    case Place::part_filename:
      return "part_filename";
    case Place::part_header:
      return "part_header";
    case Place::part_content:
      return "part_content";
    case Place::xml_name:
      return "xml_name";
    case Place::xml_attribute:
      return "xml_attribute";
    case Place::xml_text:
      return "xml_text";
    case Place::xml_cdata:
      return "xml_cdata";
    case Place::xml_comment:
      return "xml_comment";
    case Place::xml_instruction:
      return "xml_instruction";
    case Place::graphql_name:
      return "graphql_name";
    case Place::graphql_literal:
      return "graphql_literal";
    case Place::text:
      return "text";
    case Place::bytes:
      return "bytes";
  }
  return "";
}

Visited visit_head(const Request& request, Arena& arena, const Visit& visit) {
  Walk walk(arena, visit);
  walk.head(request);
  return walk.result();
}

Visited visit_content(const Content& content, Arena& arena, const Visit& visit) {
  Walk walk(arena, visit);
  walk.content(content, false);
  return walk.result();
}

}  // namespace sallyport::decode
