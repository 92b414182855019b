// Long because it is one reader: five styles in four places share the texts that they are read from.
#include "controls/contract/parameters.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "controls/contract/typed_text.hpp"
#include "decode/json.hpp"
#include "decode/tree_writer.hpp"

namespace sallyport::controls::contract {
namespace {

using decode::Kind;
using decode::Value;

// Percent-decoded once; nothing for a broken encoding or what is not UTF-8.
std::optional<std::string_view> decoded(std::string_view text, bool plus, Arena& arena) {
  if (text.find_first_of(plus ? "%+" : "%") != std::string_view::npos) {
    const auto room = arena.array<char>(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      char c = text[i];
      if (c == '+' && plus) {
        c = ' ';
      } else if (c == '%') {
        if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
        c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
      }
      room[size++] = c;
    }
    text = {room.data(), size};
  }
  if (find_invalid_utf8(text) != std::string_view::npos) return std::nullopt;
  return text;
}

struct Argument {
  std::string_view name;
  std::string_view raw;  // not decoded: delimiters of styles are looked for here
  bool used = false;
};

// A variable of a path template and what stands for it, or nothing.
std::optional<std::string_view> path_value(std::string_view path_template, std::string_view path,
                                           std::string_view name) {
  std::size_t at = 0;
  while (!path_template.empty()) {
    if (path_template.front() != '{') {
      // Literal text may be encoded otherwise in the path: both are taken by segments.
      const std::size_t length = std::min(path_template.find('{'), path_template.size());
      at += length;
      path_template.remove_prefix(length);
      continue;
    }
    const std::size_t close = path_template.find('}');
    if (close == std::string_view::npos || at > path.size()) return std::nullopt;
    const std::string_view variable = path_template.substr(1, close - 1);
    path_template.remove_prefix(close + 1);
    const std::string_view rest = path.substr(at);
    const std::string_view literal = path_template.substr(0, path_template.find_first_of("{/"));
    std::size_t end = std::min(rest.find('/'), rest.size());
    if (!literal.empty()) {
      const std::string_view segment = rest.substr(0, end);
      const bool last = literal.size() == path_template.size() || path_template[literal.size()] == '/';
      end = std::min(last ? segment.rfind(literal) : segment.find(literal), end);
    }
    if (variable == name) return rest.substr(0, end);
    at += end;
  }
  return std::nullopt;
}

class ParameterJudge {
 public:
  ParameterJudge(const Plan& plan, std::string_view path_template, const Request& request, Arena& arena)
      : plan_(plan), path_template_(path_template), request_(request), arena_(arena) {}

  std::optional<Misfit> run(const OperationPlan& operation, bool strict) {
    if (const auto bad = split_query()) return bad;
    for (const Parameter& parameter : operation.parameters) {
      if (auto bad = judge(parameter)) return bad;
    }
    if (!strict) return std::nullopt;
    for (const Argument& argument : arguments_) {
      if (argument.used || std::ranges::find(plan_.query_everywhere, argument.name) != plan_.query_everywhere.end())
        continue;
      return Misfit{"unknown_query_parameter", place("query parameter", argument.name)};
    }
    return std::nullopt;
  }

 private:
  std::string_view place(std::string_view what, std::string_view name) {
    constexpr std::size_t shown = 64;
    return arena_.concat(what, " `", name.substr(0, shown), "`");
  }
  std::string_view place(const Parameter& parameter) {
    static constexpr std::string_view words[] = {"path parameter", "query parameter", "header", "cookie"};
    return place(words[static_cast<std::size_t>(parameter.in)], parameter.name);
  }

  std::optional<Misfit> split_query() {
    std::string_view query = request_.query;
    if (query.empty()) return std::nullopt;
    const auto count = static_cast<std::size_t>(std::ranges::count(query, '&')) + 1;
    if (count > max_arguments) return Misfit{"too_many_arguments", "query"};
    arguments_ = arena_.array<Argument>(count);
    std::size_t used = 0;
    for (;;) {
      const std::size_t end = query.find('&');
      const std::string_view one = query.substr(0, end);
      const std::size_t equals = one.find('=');
      const auto name = decoded(one.substr(0, equals), true, arena_);
      const std::string_view raw = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
      if (!name || !decoded(raw, true, arena_)) return Misfit{"encoding", "query"};
      if (!one.empty()) arguments_[used++] = {*name, raw, false};
      if (end == std::string_view::npos) break;
      query.remove_prefix(end + 1);
    }
    arguments_ = arguments_.first(used);
    return std::nullopt;
  }

  // The texts a parameter was sent as; their number.
  std::size_t collect(const Parameter& parameter) {
    raws_ = {};
    switch (parameter.in) {
      case In::query: {
        std::size_t count = 0;
        for (const Argument& one : arguments_) count += one.name == parameter.name ? 1 : 0;
        raws_ = arena_.array<std::string_view>(count);
        count = 0;
        for (Argument& one : arguments_) {
          if (one.name != parameter.name) continue;
          one.used = true;
          raws_[count++] = one.raw;
        }
        return count;
      }
      case In::path: {
        const auto value = path_value(path_template_, request_.path, parameter.name);
        return value ? one_text(*value) : 0;
      }
      case In::header: {
        std::string_view joined;
        std::size_t count = 0;
        for (const Field& field : request_.fields.all()) {
          if (field.removed || !same_name(field.name, parameter.name)) continue;
          joined = count++ == 0 ? field.value : arena_.concat(joined, ",", field.value);
        }
        if (count > 1 && parameter.shape == Shape::scalar) return count;
        return count == 0 ? 0 : one_text(joined);
      }
      case In::cookie:
        return cookies(parameter.name);
    }
    return 0;
  }

  std::size_t one_text(std::string_view text) {
    raws_ = arena_.array<std::string_view>(1);
    raws_[0] = text;
    return 1;
  }

  std::size_t cookies(std::string_view name) {
    std::size_t count = 0;
    for (const Field& field : request_.fields.all()) {
      if (field.removed || field.known != FieldName::cookie) continue;
      for (std::string_view rest = field.value; !rest.empty();) {
        std::string_view one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos || one.substr(0, equals) != name) continue;
        if (count++ == 0) (void)one_text(one.substr(equals + 1));
      }
    }
    return count;
  }

  std::optional<Misfit> judge(const Parameter& parameter) {
    if (parameter.in == In::query && parameter.shape == Shape::object &&
        (parameter.style == Style::deep_object || (parameter.style == Style::form && parameter.explode))) {
      return judge_spread(parameter);
    }
    const std::size_t count = collect(parameter);
    if (count == 0) {
      if (parameter.required) return Misfit{"required", place(parameter)};
      return std::nullopt;
    }
    const bool many = parameter.shape == Shape::array && parameter.explode && parameter.in == In::query;
    if (count > 1 && !many) return Misfit{"repeated", place(parameter)};
    if (parameter.schema == schema::none) return std::nullopt;
    if (count == 1 && raws_[0].empty() && parameter.allow_empty) return std::nullopt;
    return judge_texts(parameter);
  }

  // "typed" first: 1 is a number where numbers are allowed; then as text, for schemas that take both.
  std::optional<Misfit> judge_texts(const Parameter& parameter) {
    std::optional<Misfit> first;
    for (const bool typed : {true, false}) {
      const Value* const value = parameter.style == Style::json ? json() : tree(parameter, typed);
      if (value == nullptr) return Misfit{"encoding", place(parameter)};
      if (!(first = verdict(parameter, *value, first)) || parameter.style == Style::json) break;
    }
    return first;
  }

  std::optional<Misfit> verdict(const Parameter& parameter, const Value& value, const std::optional<Misfit>& before) {
    const auto judged = schema::validate(plan_.requests, parameter.schema, value, arena_);
    if (judged.judgement == schema::Judgement::good) return std::nullopt;
    if (before) return before;
    return Misfit{judged.failure.rule, place(parameter)};
  }

  const Value* json() {
    const auto text = decoded(raws_[0], true, arena_);
    if (!text) return nullptr;
    const auto tree = decode::parse_json(*text, arena_);
    return tree ? *tree : nullptr;
  }

  bool put(decode::TreeWriter& out, schema::SchemaId schema, std::string_view raw, bool typed, bool plus) {
    const auto text = decoded(raw, plus, arena_);
    if (!text) return false;
    const std::uint8_t types = schema == schema::none ? 0x7f : plan_.requests.schemas[schema].types;
    const auto allows = [&](Kind kind) { return (types >> static_cast<unsigned>(kind) & 1u) != 0; };
    Kind kind = Kind::string;
    if (typed) {
      if ((allows(Kind::number) || (types & schema::Schema::integer_bit) != 0) && is_number(*text, arena_))
        kind = Kind::number;
      if (allows(Kind::boolean) && (*text == "true" || *text == "false")) kind = Kind::boolean;
      if (allows(Kind::null) && !allows(Kind::string) && text->empty()) return out.text(Kind::null, "null", 0);
    }
    return out.text(kind, *text, 0);
  }

  static char delimiter(const Parameter& parameter) {
    switch (parameter.style) {
      case Style::simple:
      case Style::form:
      case Style::json:
      case Style::deep_object:
        return ',';
      case Style::label:
        return parameter.explode ? '.' : ',';
      case Style::matrix:
        return parameter.explode ? ';' : ',';
      case Style::space_delimited:
        return ' ';
      case Style::pipe_delimited:
        return '|';
      case Style::tab_delimited:
        return '\t';
    }
    return ',';
  }

  // Takes the next part; the delimiters space, tab and bar arrive encoded.
  static std::string_view next(std::string_view& rest, char delimiter) {
    std::size_t end = rest.find(delimiter);
    std::size_t width = 1;
    const std::string_view coded = delimiter == ' ' ? "%20" : delimiter == '\t' ? "%09" : delimiter == '|' ? "%7C" : "";
    if (!coded.empty()) {
      for (std::size_t i = 0; i + 3 <= rest.size() && i < end; ++i) {
        if (rest[i] == '%' && rest[i + 1] == coded[1] && (rest[i + 2] | 0x20) == (coded[2] | 0x20)) {
          end = i;
          width = 3;
        }
      }
      if (delimiter == ' ') {
        if (const std::size_t plus = rest.find('+'); plus < end) {
          end = plus;
          width = 1;
        }
      }
    }
    const std::string_view part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + width);
    return part;
  }

  const Value* tree(const Parameter& parameter, bool typed) {
    [[clang::uninitialized]] decode::TreeWriter out(arena_, limits_);
    const bool plus = parameter.in == In::query;
    std::string_view text = raws_[0];
    if (parameter.style == Style::label) {
      if (!text.starts_with('.')) return nullptr;
      text.remove_prefix(1);
    }
    if (parameter.style == Style::matrix) {
      if (!text.starts_with(';')) return nullptr;
      text.remove_prefix(1);
      if (!(parameter.explode && parameter.shape != Shape::scalar)) {
        if (!text.starts_with(parameter.name) || text.size() <= parameter.name.size() ||
            text[parameter.name.size()] != '=')
          return nullptr;
        text.remove_prefix(parameter.name.size() + 1);
      }
    }
    if (parameter.shape == Shape::scalar) {
      if (!put(out, parameter.schema, text, typed, plus)) return nullptr;
      return out.finish();
    }
    if (parameter.shape == Shape::array) {
      if (!out.open(Kind::array, 0)) return nullptr;
      if (raws_.size() > 1 || (parameter.explode && plus)) {
        for (const std::string_view raw : raws_) {
          if (!put(out, parameter.items, raw, typed, plus)) return nullptr;
        }
      } else {
        const char by = delimiter(parameter);
        for (bool more = !text.empty(); more;) {
          const std::size_t before = text.size();
          std::string_view part = next(text, by);
          more = part.size() != before;
          if (parameter.style == Style::matrix && parameter.explode) {
            if (!part.starts_with(parameter.name) || part.size() <= parameter.name.size()) return nullptr;
            part.remove_prefix(parameter.name.size() + 1);
          }
          while (parameter.in == In::header && part.starts_with(' ')) part.remove_prefix(1);
          if (!put(out, parameter.items, part, typed, plus)) return nullptr;
        }
      }
      return out.close() ? out.finish() : nullptr;
    }
    return object(out, parameter, text, typed, plus);
  }

  // "a,1,b,2", or exploded "a=1,b=2".
  const Value* object(decode::TreeWriter& out, const Parameter& parameter, std::string_view text, bool typed,
                      bool plus) {
    if (!out.open(Kind::object, 0)) return nullptr;
    const char by = delimiter(parameter);
    while (!text.empty()) {
      std::string_view name = next(text, by);
      std::string_view value;
      if (parameter.explode) {
        const std::size_t equals = name.find('=');
        if (equals == std::string_view::npos) return nullptr;
        value = name.substr(equals + 1);
        name = name.substr(0, equals);
      } else {
        value = next(text, by);
      }
      const auto plain = decoded(name, plus, arena_);
      if (!plain || !out.name(*plain, 0) || !put(out, schema::none, value, typed, plus)) return nullptr;
    }
    return out.close() ? out.finish() : nullptr;
  }

  // An object whose members are query parameters of their own.
  std::optional<Misfit> judge_spread(const Parameter& parameter) {
    std::optional<Misfit> first;
    for (const bool typed : {true, false}) {
      [[clang::uninitialized]] decode::TreeWriter out(arena_, limits_);
      bool good = out.open(Kind::object, 0);
      std::size_t found = 0;
      for (Argument& one : arguments_) {
        std::string_view name = one.name;
        if (parameter.style == Style::deep_object) {
          if (!name.starts_with(parameter.name) || name.size() < parameter.name.size() + 3 ||
              name[parameter.name.size()] != '[' || name.back() != ']') {
            continue;
          }
          name = name.substr(parameter.name.size() + 1, name.size() - parameter.name.size() - 2);
        } else if (std::ranges::find(parameter.members, name) == parameter.members.end()) {
          continue;
        }
        one.used = true;
        ++found;
        good = good && out.name(name, 0) && put(out, schema::none, one.raw, typed, true);
      }
      if (found == 0) {
        if (parameter.required) return Misfit{"required", place(parameter)};
        return std::nullopt;
      }
      if (!good || !out.close())
        return Misfit{out.refusal().rule.empty() ? "encoding" : out.refusal().rule, place(parameter)};
      if (parameter.schema == schema::none || !(first = verdict(parameter, *out.finish(), first))) return std::nullopt;
    }
    return first;
  }

  const Plan& plan_;
  std::string_view path_template_;
  const Request& request_;
  Arena& arena_;
  decode::Limits limits_;
  std::span<Argument> arguments_;
  std::span<std::string_view> raws_;
};

}  // namespace

std::optional<Misfit> judge_parameters(const OperationPlan& operation, const Plan& plan, std::string_view path_template,
                                       const Request& request, bool strict, Arena& arena) {
  return ParameterJudge(plan, path_template, request, arena).run(operation, strict);
}

}  // namespace sallyport::controls::contract
