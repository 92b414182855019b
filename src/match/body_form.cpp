#include "http/characters.hpp"
#include "match/body_reader.hpp"

namespace sallyport::match {
namespace {

// '+' is a space; what is no valid escape stays, and is told.
std::string_view decoded(Arena& arena, std::string_view text, bool& wrong) {
  if (text.find_first_of("%+") == std::string_view::npos) return text;
  const auto out = arena.array<char>(text.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out[size++] = ' ';
      continue;
    }
    if (text[i] != '%') {
      out[size++] = text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? http::hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? http::hex_value(text[i + 2]) : -1;
    if (low < 0) {
      wrong = true;
      out[size++] = '%';
      continue;
    }
    out[size++] = static_cast<char>(high * 16 + low);
    i += 2;
  }
  return {out.data(), size};
}

}  // namespace

void add_argument(Evaluation& evaluation, std::string_view name, std::string_view value, ArgumentsFrom from) {
  Input& input = evaluation.input();
  Arena& arena = evaluation.arena();
  const bool query = from == ArgumentsFrom::query;
  const Item own{name, value, traits_of(value)};
  const Item of_name{name, name, traits_of(name)};
  input.add(arena, Variable::args, own);
  input.add(arena, Variable::args_names, of_name);
  input.add(arena, query ? Variable::args_get : Variable::args_post, own);
  input.add(arena, query ? Variable::args_get_names : Variable::args_post_names, of_name);
}

const char* read_form(Evaluation& evaluation, std::string_view text, ArgumentsFrom from) {
  bool wrong = false;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view name = decoded(evaluation.arena(), pair.substr(0, equals), wrong);
    const std::string_view value = equals == std::string_view::npos
                                       ? std::string_view{}
                                       : decoded(evaluation.arena(), pair.substr(equals + 1), wrong);
    add_argument(evaluation, name, value, from);
  }
  return wrong ? "an invalid percent-encoding" : nullptr;
}

}  // namespace sallyport::match
