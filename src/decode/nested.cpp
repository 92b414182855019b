#include "decode/nested.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/utf8.hpp"
#include "decode/charset.hpp"
#include "decode/coding.hpp"
#include "decode/escapes.hpp"
#include "decode/json.hpp"
#include "decode/value.hpp"
#include "decode/xml.hpp"
#include "http/characters.hpp"

#include <sallyport/message.hpp>

namespace sallyport::decode {
namespace {

// What each byte says about the text it stands in.
namespace sign {
constexpr std::uint8_t percent = 1;
constexpr std::uint8_t backslash = 2;
constexpr std::uint8_t ampersand = 4;
constexpr std::uint8_t no_base64 = 8;
constexpr std::uint8_t no_token = 16;  // base64url and dots: a JWT
}  // namespace sign

constexpr auto signs = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(sign::no_base64 | sign::no_token);
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")) {
    table[static_cast<unsigned char>(c)] = 0;
  }
  for (const char c : std::string_view("+/= \r\n")) table[static_cast<unsigned char>(c)] = sign::no_token;
  table['.'] = sign::no_base64;
  table['%'] |= sign::percent;
  table['\\'] |= sign::backslash;
  table['&'] |= sign::ampersand;
  return table;
}();

std::uint8_t signs_of(std::string_view text) {
  std::uint8_t all = 0;
  for (const char c : text) all |= signs[static_cast<unsigned char>(c)];
  return all;
}

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// Bytes that someone wrote to be read: UTF-8 without controls but white space.
bool is_text(std::string_view bytes) {
  const auto control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  };
  return !bytes.empty() && std::ranges::none_of(bytes, control) && find_invalid_utf8(bytes) == std::string_view::npos;
}

// The base64 of "data:text/html;base64,…" and of "Basic …"; empty when it is none.
std::string_view announced_base64(std::string_view text) {
  constexpr std::string_view data = "data:";
  constexpr std::string_view mark = ";base64,";
  constexpr std::string_view basic = "basic ";
  if (same_name(text.substr(0, basic.size()), basic)) return text.substr(basic.size());
  if (!same_name(text.substr(0, data.size()), data)) return {};
  const std::size_t at = text.substr(0, 256).find(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + mark.size());
}

}  // namespace

// The forms of one value: what is found is looked into in turn.
struct Unwrapper::Work {
  std::string_view source;
  std::vector<Nested> found;
  bool last_depth = false;  // only whether there is more is asked

  // A form of `outer`; false when there is no room for more.
  bool add(const Nested& outer, Wrapping wrapping, std::string_view text, std::string_view name, bool is_name,
           Unwrapper& unwrapper) {
    if (text.empty() || text == source) return true;
    if (std::ranges::find(found, text, &Nested::text) != found.end()) return true;
    if (last_depth) {
      ++unwrapper.skipped_.deep;
      return false;
    }
    if (found.size() == unwrapper.limits_.forms || unwrapper.forms_ == unwrapper.limits_.all_forms) {
      ++unwrapper.skipped_.forms;
      return false;
    }
    ++unwrapper.forms_;
    Nested form = outer;
    form.text = text;
    form.name = name.empty() ? outer.name : name;
    form.is_name = is_name;
    form.wrappings[form.depth++] = wrapping;
    found.push_back(form);
    return true;
  }
};

std::string_view wrapping_name(Wrapping wrapping) noexcept {
  switch (wrapping) {
    case Wrapping::percent:
      return "percent";
    case Wrapping::backslash:
      return "backslash";
    case Wrapping::html:
      return "html";
    case Wrapping::base64:
      return "base64";
    case Wrapping::utf16:
      return "utf16";
    case Wrapping::gzip:
      return "gzip";
    case Wrapping::jwt:
      return "jwt";
    case Wrapping::json:
      return "json";
    case Wrapping::xml:
      return "xml";
  }
  return "";
}

Unwrapper::Unwrapper(Arena& arena, const NestedLimits& limits) : arena_(arena), limits_(limits) {
  limits_.depth = std::min<std::uint32_t>(limits_.depth, NestedLimits::max_depth);
}

bool Unwrapper::afford(std::size_t bytes) {
  if (bytes_ + bytes > limits_.bytes) {
    skipped_.bytes += bytes;
    return false;
  }
  bytes_ += bytes;
  return true;
}

namespace {

// Strings and names of a JSON text.
template <class Add>
bool add_json(std::string_view text, const NestedLimits& limits, Arena& arena, Add add) {
  Limits json;
  json.values = limits.json_values;
  json.names = limits.json_values;
  json.duplicates = true;
  const auto tree = parse_json(text, arena, json);
  if (!tree) return tree.error().rule != "values" && tree.error().rule != "names" && tree.error().rule != "depth";
  const Value* const root = *tree;
  for (const Value* at = root; at != root->after(); ++at) {
    if (!at->name().empty() && !add(at->name(), std::string_view(), true)) return true;
    if (at->is(Kind::string) && !add(at->text(), at->name(), false)) return true;
  }
  return true;
}

template <class Add>
void add_xml(std::string_view text, Arena& arena, Add add) {
  const auto document = parse_xml(text, arena);
  if (!document) return;
  for (const XmlNode* at = document->first; at != nullptr; at = at->next()) {
    for (const XmlAttribute& attribute : at->attributes) {
      if (!add(attribute.value, attribute.name, false)) return;
    }
    const std::string_view name = at->kind == XmlKind::element || at->parent == nullptr ? at->name : at->parent->name;
    if (at->kind != XmlKind::element && !trimmed(at->text).empty() && !add(at->text, name, false)) return;
  }
}

}  // namespace

void Unwrapper::open(Work& work, const Nested& outer) {
  const std::string_view text = outer.text;
  const std::uint8_t seen = signs_of(text);
  const auto add = [&](Wrapping wrapping, std::optional<std::string_view> form) {
    if (form) work.add(outer, wrapping, *form, {}, false, *this);
  };
  // Every decoder's output is at most twice its input, most of them the input.
  if ((seen & sign::percent) != 0 && afford(text.size())) add(Wrapping::percent, undo_percent(text, arena_));
  if ((seen & sign::backslash) != 0 && afford(text.size())) add(Wrapping::backslash, undo_backslash(text, arena_));
  if ((seen & sign::ampersand) != 0 && afford(text.size())) add(Wrapping::html, undo_html(text, arena_));

  const std::string_view inner = trimmed(text);
  const auto ends = [&](char first, char last) {
    return inner.size() > 1 && inner.front() == first && inner.back() == last;
  };
  if ((ends('{', '}') || ends('[', ']') || ends('"', '"')) && afford(text.size())) {
    const bool complete = add_json(inner, limits_, arena_, [&](std::string_view form, std::string_view name, bool is) {
      return work.add(outer, Wrapping::json, form, name, is, *this);
    });
    if (!complete) skipped_.bytes += text.size();
  }
  if (ends('<', '>') && afford(text.size())) {
    add_xml(inner, arena_, [&](std::string_view form, std::string_view name, bool is) {
      return work.add(outer, Wrapping::xml, form, name, is, *this);
    });
  }

  const auto add_base64 = [&](std::string_view coded, Wrapping wrapping) {
    if (coded.size() < 8 || !afford(coded.size())) return;
    const auto bytes = undo_base64(coded, arena_);
    if (!bytes) return;
    if (is_text(*bytes)) return add(wrapping, bytes);
    if (bytes->starts_with("\x1f\x8b") && afford(bytes->size())) {
      CodingLimits limits;
      limits.decoded_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(limits_.bytes - bytes_, 256u << 10));
      limits.free_bytes = limits.decoded_bytes;
      const auto plain = undo(Coding::gzip, *bytes, arena_, limits);
      if (plain && afford(plain->size())) return add(Wrapping::gzip, *plain);
      if (!plain && plain.error().rule == "decoded_bytes") skipped_.bytes += limits.decoded_bytes;
      return;
    }
    const Charset charset = detect_charset(*bytes);
    if (charset != Charset::utf16_le && charset != Charset::utf16_be) return;
    const auto wide = to_utf8(*bytes, charset, arena_);
    if (wide && is_text(*wide)) add(Wrapping::utf16, *wide);
  };
  if (const std::string_view coded = announced_base64(text); !coded.empty()) {
    add_base64(coded, Wrapping::base64);
  } else if ((seen & sign::no_base64) == 0) {
    add_base64(text, Wrapping::base64);
  }
  constexpr std::string_view bearer = "bearer ";
  const std::string_view token = same_name(text.substr(0, bearer.size()), bearer) ? text.substr(bearer.size()) : text;
  // "{" followed by a quote or white space begins every JWT's head: "ey", "eA", "ew".
  if (token.starts_with('e') && token.contains('.') && (signs_of(token) & sign::no_token) == 0) {
    const std::size_t first = token.find('.');
    const std::size_t second = std::min(token.find('.', first + 1), token.size());
    add_base64(token.substr(0, first), Wrapping::jwt);
    add_base64(token.substr(first + 1, second - first - 1), Wrapping::jwt);
  }
}

std::span<const Nested> Unwrapper::unwrap(std::string_view text) {
  if (text.size() < 3) return {};
  Work work;
  work.source = text;
  Nested source;
  source.text = text;
  open(work, source);
  for (std::size_t i = 0; i < work.found.size(); ++i) {
    const Nested form = work.found[i];  // a copy: the list grows
    work.last_depth = form.depth == limits_.depth;
    if (form.text.size() >= 3) open(work, form);
  }
  if (work.found.empty()) return {};
  const auto out = arena_.array<Nested>(work.found.size());
  std::ranges::copy(work.found, out.begin());
  return out;
}

}  // namespace sallyport::decode
