#include "controls/contract/xml_body.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <type_traits>

#include "controls/contract/typed_text.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::XmlAttribute;
using decode::XmlKind;
using decode::XmlNode;

constexpr std::string_view blank = " \t\r\n";

class XmlTree {
 public:
  XmlTree(const std::vector<XmlShape>& shapes, const schema::Program& program, Arena& arena)
      : shapes_(shapes), program_(program), arena_(arena), out_(arena, {}) {}

  BodyTree run(const XmlNode& root, const Media& media) {
    if (!media.root.empty() && root.local != media.root) return std::unexpected(misfit("xml_root", root));
    if (!value(root, media.xml)) return std::unexpected(bad_);
    return out_.finish();
  }

 private:
  Misfit misfit(std::string_view rule, const XmlNode& at) {
    constexpr std::size_t shown = 64;
    return {rule, arena_.concat("body element `", at.local.substr(0, shown), "`")};
  }
  bool refuse(std::string_view rule, const XmlNode& at) {
    bad_ = misfit(rule, at);
    return false;
  }
  // A step of the writer that failed: its limit.
  bool written(bool good, const XmlNode& at) { return good || refuse(out_.refusal().rule, at); }

  bool value(const XmlNode& element, std::uint32_t place) {
    if (place == schema::none) return unknown(element);
    const XmlShape& shape = shapes_[place];
    switch (shape.shape) {
      case Shape::scalar:
        return scalar(element, shape.schema);
      case Shape::array:
        return array(element, shape);
      case Shape::object:
        return object(element, shape);
    }
    return false;
  }

  // What nobody described: its text, or that it holds elements.
  bool unknown(const XmlNode& element) {
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      if (child->kind == XmlKind::element) return written(out_.open(Kind::object, 0) && out_.close(), element);
    }
    return scalar(element, schema::none);
  }

  bool scalar(const XmlNode& element, schema::SchemaId schema) {
    std::string_view text;
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      if (child->kind == XmlKind::element) return refuse("xml_text", *child);
      if (child->kind != XmlKind::text && child->kind != XmlKind::cdata) continue;
      text = text.empty() ? child->text : arena_.concat(text, child->text);
    }
    return written(write_text(out_, kind_of_text(text, program_, schema, arena_), text), element);
  }

  bool no_text(const XmlNode& element) {
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      const bool text = child->kind == XmlKind::text || child->kind == XmlKind::cdata;
      if (text && child->text.find_first_not_of(blank) != std::string_view::npos) return refuse("xml_text", element);
    }
    return true;
  }

  bool array(const XmlNode& element, const XmlShape& shape) {
    if (!no_text(element) || !written(out_.open(Kind::array, 0), element)) return false;
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      if (child->kind != XmlKind::element) continue;
      if (!shape.item_name.empty() && child->local != shape.item_name) return refuse("unknown", *child);
      if (!value(*child, shape.items)) return false;
    }
    return written(out_.close(), element);
  }

  static bool is(const XmlNode& element, const XmlShape::Member& member) {
    return element.kind == XmlKind::element && element.local == member.name &&
           (member.space.empty() || element.namespace_ == member.space);
  }
  static bool is(const XmlAttribute& attribute, const XmlShape::Member& member) {
    return attribute.local == member.name && (member.space.empty() || attribute.namespace_ == member.space);
  }
  // Declarations of namespaces, and hints of XML Schema, say nothing about the value.
  static bool is_markup(const XmlAttribute& attribute) {
    return attribute.name == "xmlns" || attribute.name.starts_with("xmlns:") || attribute.name.starts_with("xml:") ||
           attribute.namespace_ == "http://www.w3.org/2001/XMLSchema-instance";
  }

  bool object(const XmlNode& element, const XmlShape& shape) {
    if (!no_text(element) || !written(out_.open(Kind::object, 0), element)) return false;
    for (const XmlShape::Member& member : shape.members) {
      if (member.attribute ? !attribute_of(element, member) : !elements_of(element, member)) return false;
    }
    return others(element, shape) && written(out_.close(), element);
  }

  bool attribute_of(const XmlNode& element, const XmlShape::Member& member) {
    for (const XmlAttribute& attribute : element.attributes) {
      if (is_markup(attribute) || !is(attribute, member)) continue;
      const schema::SchemaId schema = shapes_[member.shape].schema;
      const Kind kind = kind_of_text(attribute.value, program_, schema, arena_);
      return written(out_.name(member.property, 0) && write_text(out_, kind, attribute.value), element);
    }
    return true;
  }

  bool elements_of(const XmlNode& element, const XmlShape::Member& member) {
    bool any = false;
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      if (!is(*child, member)) continue;
      if (any && !member.unwrapped) return refuse("repeated", *child);
      if (!any && !written(out_.name(member.property, 0), *child)) return false;
      if (!any && member.unwrapped && !written(out_.open(Kind::array, 0), *child)) return false;
      any = true;
      if (!value(*child, member.unwrapped ? shapes_[member.shape].items : member.shape)) return false;
    }
    return !any || !member.unwrapped || written(out_.close(), element);
  }

  // The first of each name, and a few names, are enough to have them refused by a closed schema.
  bool others(const XmlNode& element, const XmlShape& shape) {
    std::array<std::string_view, 8> names;
    std::size_t count = 0;
    for (const XmlNode* child = element.first_child; child != nullptr; child = child->next_sibling) {
      if (child->kind != XmlKind::element || named(*child, shape)) continue;
      const auto seen = std::span(names).first(count);
      if (count == names.size() || std::ranges::find(seen, child->local) != seen.end()) continue;
      names[count++] = child->local;
      if (!written(out_.name(child->local, 0), *child) || !unknown(*child)) return false;
    }
    for (const XmlAttribute& attribute : element.attributes) {
      if (is_markup(attribute) || named(attribute, shape)) continue;
      const std::string_view name = arena_.concat("@", attribute.name);
      if (!written(out_.name(name, 0) && out_.text(Kind::string, attribute.value, 0), element)) return false;
    }
    return true;
  }

  template <class What>
  static bool named(const What& what, const XmlShape& shape) {
    constexpr bool attribute = std::is_same_v<What, XmlAttribute>;
    for (const XmlShape::Member& member : shape.members) {
      if (member.attribute == attribute && is(what, member)) return true;
    }
    return false;
  }

  const std::vector<XmlShape>& shapes_;
  const schema::Program& program_;
  Arena& arena_;
  decode::TreeWriter out_;
  Misfit bad_;
};

}  // namespace

BodyTree xml_tree(const decode::XmlDocument& document, const Media& media, const std::vector<XmlShape>& shapes,
                  const schema::Program& program, Arena& arena) {
  return XmlTree(shapes, program, arena).run(*document.root, media);
}

}  // namespace sallyport::controls::contract
