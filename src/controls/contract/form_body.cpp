#include "controls/contract/form_body.hpp"

#include <span>

#include "controls/contract/typed_text.hpp"
#include "decode/json.hpp"
#include "decode/media_type.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::Value;

// One value as it was sent.
struct Sent {
  std::string_view name;
  std::string_view member;  // of `name[member]`
  std::string_view text;
  std::string_view type;  // of a part; empty: it says none
  bool part = false;
  bool done = false;
};

std::unexpected<Misfit> misfit(std::string_view rule, std::string_view name, Arena& arena) {
  constexpr std::size_t shown = 64;
  return std::unexpected(Misfit{rule, arena.concat("body field `", name.substr(0, shown), "`")});
}

class FormTree {
 public:
  FormTree(const Media& media, const schema::Program& program, Arena& arena)
      : media_(media), program_(program), arena_(arena) {}

  BodyTree run(const decode::Content& content) {
    take(content);
    [[clang::uninitialized]] decode::TreeWriter out(arena_, {});
    if (!out.open(Kind::object, 0)) return refused(out, {});
    for (std::size_t i = 0; i < sent_.size(); ++i) {
      if (sent_[i].done) continue;
      const std::string_view name = sent_[i].name;
      const FormField* const field = media_.field(name);
      if (field == nullptr && media_.closed) return misfit("unknown", name, arena_);
      std::span<Sent> same = collect(i);
      if (!out.name(name, 0)) return refused(out, name);
      if (auto bad = write(out, field, same)) return std::unexpected(*bad);
    }
    for (const FormField& field : media_.fields) {
      if (field.required && !was_sent(field.name)) return misfit("required", field.name, arena_);
    }
    if (!out.close()) return refused(out, {});
    return out.finish();
  }

 private:
  void take(const decode::Content& content) {
    const bool multipart = content.format == decode::Format::multipart;
    sent_ = arena_.array<Sent>(multipart ? content.multipart.parts.size() : content.form.items.size());
    std::size_t count = 0;
    if (multipart) {
      for (const decode::Part& part : content.multipart.parts) {
        if (!part.container) sent_[count++] = {part.name, {}, part.content, part.content_type, true, false};
      }
    } else {
      for (const decode::Pair& pair : content.form.items) {
        Sent one{pair.name, {}, pair.value, {}, false, false};
        const std::size_t bracket = pair.name.find('[');
        if (bracket != std::string_view::npos && pair.name.back() == ']') {
          const FormField* const field = media_.field(pair.name.substr(0, bracket));
          if (field != nullptr && field->style == Style::deep_object) {
            one.name = pair.name.substr(0, bracket);
            one.member = pair.name.substr(bracket + 1, pair.name.size() - bracket - 2);
          }
        }
        sent_[count++] = one;
      }
    }
    sent_ = sent_.first(count);
  }

  // All of the same name, in order.
  std::span<Sent> collect(std::size_t first) {
    const auto out = arena_.array<Sent>(sent_.size() - first);
    std::size_t count = 0;
    for (std::size_t i = first; i < sent_.size(); ++i) {
      if (sent_[i].done || sent_[i].name != sent_[first].name) continue;
      out[count++] = sent_[i];
      sent_[i].done = i != first;
    }
    sent_[first].done = true;
    return out.first(count);
  }

  [[nodiscard]] bool was_sent(std::string_view name) const {
    for (const Sent& one : sent_) {
      if (one.name == name) return true;
    }
    return false;
  }

  std::optional<Misfit> write(decode::TreeWriter& out, const FormField* field, std::span<const Sent> same) {
    const std::string_view name = same.front().name;
    if (field == nullptr) {
      if (same.size() > 1) return misfit("repeated", name, arena_).error();
      return out.text(Kind::string, same.front().text, 0) ? std::nullopt : limit(out, name);
    }
    if (field->style == Style::deep_object) return deep(out, *field, same);
    if (field->shape != Shape::array) {
      if (same.size() > 1) return misfit("repeated", name, arena_).error();
      return item(out, *field, field->schema, field->shape == Shape::object, same.front());
    }
    // A part may hold the whole array as JSON.
    if (same.size() == 1 && is_json(same.front())) return item(out, *field, field->schema, true, same.front());
    if (!out.open(Kind::array, 0)) return limit(out, name);
    for (Sent one : same) {
      if (one.part || field->explode) {
        if (auto bad = item(out, *field, field->items, field->items_are_objects, one)) return bad;
        continue;
      }
      if (same.size() > 1) return misfit("repeated", name, arena_).error();
      const char by = field->style == Style::space_delimited ? ' ' : field->style == Style::pipe_delimited ? '|' : ',';
      for (std::string_view rest = one.text;;) {
        const std::size_t end = rest.find(by);
        one.text = rest.substr(0, end);
        if (auto bad = item(out, *field, field->items, field->items_are_objects, one)) return bad;
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
      }
    }
    return out.close() ? std::nullopt : limit(out, name);
  }

  // name[a]=1&name[b]=2
  std::optional<Misfit> deep(decode::TreeWriter& out, const FormField& field, std::span<const Sent> same) {
    if (!out.open(Kind::object, 0)) return limit(out, field.name);
    for (const Sent& one : same) {
      // What each member is, the schema of the whole says when it is judged: numbers are tried first.
      const Kind kind = is_number(one.text, arena_) ? Kind::number : Kind::string;
      if (!out.name(one.member, 0) || !write_text(out, kind, one.text)) return limit(out, field.name);
    }
    return out.close() ? std::nullopt : limit(out, field.name);
  }

  std::optional<Misfit> item(decode::TreeWriter& out, const FormField& field, schema::SchemaId schema, bool object,
                             const Sent& one) {
    if (one.part && !type_is_good(field, one)) return misfit("part_type", field.name, arena_).error();
    const bool untyped = one.type.empty();
    if (is_json(one) || (object && untyped)) {
      const auto tree = decode::parse_json(one.text, arena_);
      if (!tree) return misfit(tree.error().rule, field.name, arena_).error();
      return write_tree(out, **tree) ? std::nullopt : limit(out, field.name);
    }
    const Kind kind = kind_of_text(one.text, program_, schema, arena_);
    return write_text(out, kind, one.text) ? std::nullopt : limit(out, field.name);
  }

  static bool is_json(const Sent& one) {
    const auto type = decode::parse_media_type(one.type);
    return one.part && type && type->is_json();
  }

  // A part that says no type is text (RFC 7578 §4.4).
  static bool type_is_good(const FormField& field, const Sent& one) {
    if (field.types.empty()) return true;
    const auto type = decode::parse_media_type(one.type.empty() ? "text/plain" : one.type);
    if (!type) return false;
    for (const std::string& good : field.types) {
      if (Media{good}.takes(*type)) return true;
    }
    return false;
  }

  std::optional<Misfit> limit(const decode::TreeWriter& out, std::string_view name) const {
    return refused(out, name).error();
  }
  std::unexpected<Misfit> refused(const decode::TreeWriter& out, std::string_view name) const {
    return misfit(out.refusal().rule, name, arena_);
  }

  const Media& media_;
  const schema::Program& program_;
  Arena& arena_;
  std::span<Sent> sent_;
};

}  // namespace

BodyTree form_tree(const decode::Content& content, const Media& media, const schema::Program& program, Arena& arena) {
  return FormTree(media, program, arena).run(content);
}

}  // namespace sallyport::controls::contract
