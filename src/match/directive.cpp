#include "match/directive.hpp"

#include "base/ascii.hpp"
#include "http/characters.hpp"
#include "match/transform_shape.hpp"

namespace sallyport::match {
namespace {

// The next word of a directive: up to white space, or what stands in quotes.
Result<std::string> next_word(std::string_view& rest) {
  std::string word;
  const char quote = rest.front();
  if (quote != '"' && quote != '\'') {
    std::size_t end = 0;
    while (end < rest.size() && !is_space(rest[end])) ++end;
    word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != quote) {
    if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == quote || rest[1] == '\\')) rest.remove_prefix(1);
    word += rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) return fail(ErrorCode::invalid, "a quote is not closed");
  rest.remove_prefix(1);
  return word;
}

Result<Directive> read_directive(std::string_view line, Place place) {
  Directive directive{.name = {}, .arguments = {}, .place = place};
  for (line = trim(line, true, true); !line.empty(); line = trim(line, true, true)) {
    auto word = next_word(line);
    if (!word) return std::unexpected(word.error());
    if (directive.name.empty()) {
      directive.name = std::move(*word);
    } else {
      directive.arguments.push_back(std::move(*word));
    }
  }
  return directive;
}

}  // namespace

Result<void> read_directives(std::string_view text, std::string_view name, std::uint32_t file,
                             std::vector<Directive>& out) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string joined;
  std::uint32_t number = 0;
  std::uint32_t first = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (joined.empty()) first = number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool continued = line.ends_with('\\');
    if (continued) line.remove_suffix(1);
    joined += line;
    const auto where = [&] { return std::string(name) + ":" + std::to_string(first); };
    if (joined.size() > max_directive_bytes)
      return fail(ErrorCode::limit, "a directive has more than 256 KiB", where());
    if (continued && !text.empty()) continue;
    const std::string_view whole = trim(joined, true, true);
    if (!whole.empty() && whole.front() != '#') {
      if (out.size() == max_directives) return fail(ErrorCode::limit, "more than 100000 directives", where());
      auto directive = read_directive(whole, {file, first});
      if (!directive) return fail(ErrorCode::invalid, directive.error().message, where());
      out.push_back(std::move(*directive));
    }
    joined.clear();
  }
  return {};
}

Result<std::vector<ActionText>> read_actions(std::string_view text) {
  std::vector<ActionText> actions;
  std::size_t at = 0;
  const auto skip = [&](std::string_view set) {
    while (at < text.size() && (is_space(text[at]) || set.find(text[at]) != std::string_view::npos)) ++at;
  };
  for (skip(","); at < text.size(); skip(",")) {
    const std::size_t start = at;
    while (at < text.size() && text[at] != ':' && text[at] != ',' && !is_space(text[at])) ++at;
    ActionText action{lower_case(text.substr(start, at - start)), {}, false};
    skip("");
    if (at < text.size() && text[at] == ':') {
      ++at;
      skip("");
      action.has_value = true;
      if (at < text.size() && text[at] == '\'') {
        ++at;
        while (at < text.size() && text[at] != '\'') {
          if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '\'') ++at;
          action.value += text[at++];
        }
        if (at == text.size()) return fail(ErrorCode::invalid, "the quote of action " + action.name + " is not closed");
        ++at;
      } else {
        const std::size_t begin = at;
        while (at < text.size() && text[at] != ',') ++at;
        action.value = trim(text.substr(begin, at - begin), true, true);
      }
    } else if (at < text.size() && text[at] != ',') {
      return fail(ErrorCode::invalid, "a comma is missing behind action " + action.name);
    }
    if (action.name.empty()) return fail(ErrorCode::invalid, "an action without a name");
    actions.push_back(std::move(action));
  }
  return actions;
}

}  // namespace sallyport::match
