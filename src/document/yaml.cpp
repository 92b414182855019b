#include "document/yaml.hpp"

#include <yaml.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

namespace sallyport::document {
namespace {

std::string_view view(const yaml_char_t* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

Mark mark_of(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

// YAML 1.2 §10.3.2: the plain scalars that mean null.
bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

enum class Tag : std::uint8_t { none, null, text, plain, sequence, mapping, unknown };

Tag tag_of(const yaml_char_t* tag) {
  constexpr std::string_view standard = "tag:yaml.org,2002:";
  std::string_view name = view(tag);
  if (name.empty()) return Tag::none;
  if (name == "!") return Tag::text;
  if (!name.starts_with(standard)) return Tag::unknown;
  name.remove_prefix(standard.size());
  if (name == "str") return Tag::text;
  if (name == "null") return Tag::null;
  if (name == "int" || name == "float" || name == "bool") return Tag::plain;
  if (name == "seq") return Tag::sequence;
  if (name == "map") return Tag::mapping;
  return Tag::unknown;
}

class YamlReader {
 public:
  YamlReader(std::string_view text, Outline& outline) : text_(text), outline_(outline) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  ~YamlReader() {
    if (ready_) yaml_parser_delete(&parser_);
  }

  bool run() {
    if (!ready_) return outline_.refuse(ErrorCode::unavailable, {}, "out of memory");
    for (bool more = true; more;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) != 1) return refuse_syntax();
      const bool good = handle(event);
      more = event.type != YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
      if (!good) return false;
    }
    return true;
  }

 private:
  bool refuse(Mark at, std::string message) { return outline_.refuse(ErrorCode::invalid, at, std::move(message)); }

  bool refuse_syntax() {
    std::string message = parser_.problem ? parser_.problem : "not YAML";
    if (parser_.error == YAML_READER_ERROR) return refuse(mark_at(parser_.problem_offset), std::move(message));
    if (parser_.context) message += fmt::format(", {}", parser_.context);
    return refuse(mark_of(parser_.problem_mark), std::move(message));
  }

  Mark mark_at(std::size_t offset) const {
    Mark mark;
    for (const char c : text_.substr(0, offset)) {
      mark.column = c == '\n' ? 1 : mark.column + ((static_cast<unsigned char>(c) & 0xc0u) != 0x80 ? 1 : 0);
      if (c == '\n') ++mark.line;
    }
    return mark;
  }

  bool handle(const yaml_event_t& event) {
    const Mark at = mark_of(event.start_mark);
    switch (event.type) {
      case YAML_NO_EVENT:
      case YAML_STREAM_START_EVENT:
      case YAML_STREAM_END_EVENT:
      case YAML_DOCUMENT_END_EVENT:
        return true;
      case YAML_DOCUMENT_START_EVENT:
        return documents_++ == 0 || refuse(at, "more than one YAML document in a file");
      case YAML_ALIAS_EVENT:
        return alias(at, view(event.data.alias.anchor));
      case YAML_SCALAR_EVENT:
        return scalar(at, event);
      case YAML_SEQUENCE_START_EVENT:
        return open(at, Raw::Shape::sequence, Tag::sequence, event.data.sequence_start.tag,
                    event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return open(at, Raw::Shape::mapping, Tag::mapping, event.data.mapping_start.tag,
                    event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        outline_.close();
        return true;
    }
    return true;
  }

  bool refuse_tag(Mark at, const yaml_char_t* tag) {
    return refuse(at, fmt::format("the tag `{}` does not fit here", view(tag)));
  }

  void anchor(const yaml_char_t* name) {
    if (name) anchors_[std::string(view(name))] = outline_.next();
  }

  bool open(Mark at, Raw::Shape shape, Tag own, const yaml_char_t* tag, const yaml_char_t* name) {
    if (outline_.expects_key()) return refuse(at, "a key must be a scalar");
    const Tag given = tag_of(tag);
    if (given != Tag::none && given != own) return refuse_tag(at, tag);
    anchor(name);
    return outline_.open(at, shape);
  }

  bool scalar(Mark at, const yaml_event_t& event) {
    const auto& data = event.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
    const Tag tag = tag_of(data.tag);
    const bool quoted = data.style != YAML_PLAIN_SCALAR_STYLE;
    if (outline_.expects_key()) {
      if (tag != Tag::none && tag != Tag::text) return refuse_tag(at, data.tag);
      return outline_.key(at, outline_.keep(text), quoted || tag == Tag::text);
    }
    anchor(data.anchor);
    switch (tag) {
      case Tag::none:
        if (!quoted && is_null(text)) return outline_.null(at);
        return outline_.scalar(at, outline_.keep(text), quoted);
      case Tag::null:
        return is_null(text) ? outline_.null(at) : refuse_tag(at, data.tag);
      case Tag::text:
        return outline_.scalar(at, outline_.keep(text), true);
      case Tag::plain:
        return outline_.scalar(at, outline_.keep(text), false);
      case Tag::sequence:
      case Tag::mapping:
      case Tag::unknown:
        return refuse_tag(at, data.tag);
    }
    return true;
  }

  bool alias(Mark at, std::string_view name) {
    if (outline_.expects_key()) return refuse(at, "a key must be a scalar");
    const auto known = anchors_.find(std::string(name));
    if (known == anchors_.end()) return refuse(at, fmt::format("no anchor `&{}` before this alias", name));
    return outline_.alias(at, known->second);
  }

  std::string_view text_;
  Outline& outline_;
  yaml_parser_t parser_{};
  bool ready_ = false;
  std::size_t documents_ = 0;
  std::unordered_map<std::string, std::uint32_t> anchors_;
};

}  // namespace

bool outline_yaml(std::string_view text, Outline& outline) { return YamlReader(text, outline).run(); }

}  // namespace sallyport::document
