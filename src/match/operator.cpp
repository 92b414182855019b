#include "match/operator.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/address.hpp"
#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "http/characters.hpp"
#include "match/sqli.hpp"
#include "match/transform_shape.hpp"
#include "match/xss.hpp"

namespace sallyport::match {
namespace {

constexpr std::size_t max_phrase_file = 16u << 20;  // bytes

// How an operator's argument is read.
enum class Argument : std::uint8_t { none, text, pattern, words, word_files, range, networks, network_files, ignored };

struct Named {
  std::string_view name;  // lower case
  Operator kind;
  Argument argument;
};
constexpr auto known = std::to_array<Named>({
    {"beginswith", Operator::begins_with, Argument::text},
    {"contains", Operator::contains, Argument::text},
    {"containsword", Operator::contains_word, Argument::text},
    {"detectsqli", Operator::detect_sqli, Argument::none},
    {"detectxss", Operator::detect_xss, Argument::none},
    {"endswith", Operator::ends_with, Argument::text},
    {"eq", Operator::eq, Argument::text},
    {"ge", Operator::ge, Argument::text},
    {"geolookup", Operator::never, Argument::ignored},  // no database is configured
    {"gt", Operator::gt, Argument::text},
    {"ipmatch", Operator::ip_match, Argument::networks},
    {"ipmatchf", Operator::ip_match, Argument::network_files},
    {"ipmatchfromfile", Operator::ip_match, Argument::network_files},
    {"le", Operator::le, Argument::text},
    {"lt", Operator::lt, Argument::text},
    {"nomatch", Operator::never, Argument::ignored},
    {"pm", Operator::phrases, Argument::words},
    {"pmf", Operator::phrases, Argument::word_files},
    {"pmfromfile", Operator::phrases, Argument::word_files},
    {"rbl", Operator::never, Argument::ignored},  // look-ups of block lists are off
    {"rx", Operator::rx, Argument::pattern},
    {"streq", Operator::streq, Argument::text},
    {"strmatch", Operator::str_match, Argument::text},
    {"unconditionalmatch", Operator::unconditional_match, Argument::ignored},
    {"validatebyterange", Operator::validate_byte_range, Argument::range},
    {"validateurlencoding", Operator::validate_url_encoding, Argument::none},
    {"validateutf8encoding", Operator::validate_utf8_encoding, Argument::none},
    {"within", Operator::within, Argument::text},
});

bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

template <class Each>
void split(std::string_view text, std::string_view separators, Each each) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    const std::string_view part = trim(text.substr(0, end), true, true);
    if (!part.empty()) each(part);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// "a |62 63| d": hexadecimal bytes between bars, as Snort writes them.
std::string unbarred(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::size_t close = word[i] == '|' ? word.find('|', i + 1) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += word[i];
      continue;
    }
    std::string digits;
    bool hex = true;
    for (const char c : word.substr(i + 1, close - i - 1)) {
      hex = hex && (http::hex_value(c) >= 0 || c == ' ');
      if (c != ' ') digits += c;
    }
    if (!hex || digits.empty() || digits.size() % 2 != 0) {
      out += word[i];
      continue;
    }
    for (std::size_t k = 0; k < digits.size(); k += 2)
      out += static_cast<char>(http::hex_value(digits[k]) * 16 + http::hex_value(digits[k + 1]));
    i = close;
  }
  return out;
}

// The lines of files that are not empty or comments.
Result<std::vector<std::string>> lines_of_files(std::string_view names, const std::string& folder) {
  std::vector<std::string> lines;
  std::string error;
  split(names, " \t", [&](std::string_view name) {
    const std::string path = name.starts_with('/') ? std::string(name) : folder + "/" + std::string(name);
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    if (!(file && content << file.rdbuf()) && file.peek() != std::ifstream::traits_type::eof()) {
      error = "cannot read " + path;
      return;
    }
    if (content.view().size() > max_phrase_file) {
      error = path + " has more than 16 MiB";
      return;
    }
    split(content.view(), "\n", [&](std::string_view line) {
      if (line.front() != '#') lines.emplace_back(line);
    });
  });
  if (!error.empty()) return fail(ErrorCode::not_found, error);
  if (lines.empty()) return fail(ErrorCode::invalid, "no phrases in " + std::string(names));
  return lines;
}

Result<std::bitset<256>> byte_range(std::string_view text) {
  std::bitset<256> allowed;
  bool good = true;
  split(text, ",", [&](std::string_view part) {
    unsigned from = 0;
    unsigned to = 0;
    const char* const end = part.data() + part.size();
    auto [at, error] = std::from_chars(part.data(), end, from);
    to = from;
    if (error == std::errc{} && at != end && *at == '-')
      std::tie(at, error) = [&] {
        const auto second = std::from_chars(at + 1, end, to);
        return std::pair(second.ptr, second.ec);
      }();
    good = good && error == std::errc{} && at == end && from <= to && to <= 255;
    for (unsigned c = from; good && c <= to; ++c) allowed.set(c);
  });
  if (!good || allowed.none()) return fail(ErrorCode::invalid, "no byte range: " + std::string(text));
  return allowed;
}

Result<Network> network_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return fail(ErrorCode::invalid, "no address: " + std::string(text));
  unsigned bits = address->is_v4() ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const unsigned most = bits;
    const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || at != digits.data() + digits.size() || bits > most)
      return fail(ErrorCode::invalid, "no prefix length: " + std::string(text));
  }
  return Network{*address, static_cast<std::uint8_t>(address->is_v4() ? bits + 96 : bits)};
}

bool within_network(const Address& address, const Network& network) {
  for (unsigned bit = 0; bit < network.bits; bit += 8) {
    const unsigned left = std::min(8u, network.bits - bit);
    const auto mask = static_cast<unsigned>(0xff00u >> left) & 0xffu;
    if (((address.bytes[bit / 8] ^ network.address.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

Result<void> read_argument(Operation& operation, Argument how, const std::string& folder) {
  const std::string& text = operation.argument;
  switch (how) {
    case Argument::none:
    case Argument::ignored:
    case Argument::text:
      return {};
    case Argument::pattern: {
      if (text.find("%{") != std::string::npos) return {};  // compiled when its macros are known
      auto regex = Regex::compile(text);
      if (!regex) return std::unexpected(regex.error());
      operation.regex = std::make_shared<const Regex>(std::move(*regex));
      return {};
    }
    case Argument::words: {
      // Bytes between bars first: a space between them separates digits.
      const std::string plain = unbarred(text);
      split(plain, " \t", [&](std::string_view word) { operation.words.emplace_back(word); });
      if (operation.words.empty()) return fail(ErrorCode::invalid, "@pm without phrases");
      break;
    }
    case Argument::word_files: {
      auto lines = lines_of_files(text, folder);
      if (!lines) return std::unexpected(lines.error());
      operation.words = std::move(*lines);
      break;
    }
    case Argument::range: {
      auto allowed = byte_range(text);
      if (!allowed) return std::unexpected(allowed.error());
      operation.allowed = *allowed;
      return {};
    }
    case Argument::networks:
    case Argument::network_files: {
      std::vector<std::string> parts;
      if (how == Argument::networks) {
        split(text, ",", [&](std::string_view part) { parts.emplace_back(part); });
      } else {
        auto lines = lines_of_files(text, folder);
        if (!lines) return std::unexpected(lines.error());
        parts = std::move(*lines);
      }
      for (const std::string& part : parts) {
        auto network = network_of(part);
        if (!network) return std::unexpected(network.error());
        operation.networks.push_back(*network);
      }
      return {};
    }
  }
  operation.phrases = std::make_shared<const Phrases>(operation.words);
  return {};
}

// Where `word` stands in the text with no letter, digit or underscore beside it.
bool contains_word(std::string_view text, std::string_view word) {
  if (word.empty()) return true;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

bool bad_url_encoding(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || http::hex_value(text[i + 1]) < 0 || http::hex_value(text[i + 2]) < 0) return true;
    i += 2;
  }
  return false;
}

Applied yes(bool matched) { return {matched, false, 0}; }

Applied applied(const Operation& operation, std::string_view value, std::string_view argument, Captures* captures) {
  switch (operation.kind) {
    case Operator::begins_with:
      return yes(value.starts_with(argument));
    case Operator::contains:
    case Operator::str_match:
      return yes(value.find(argument) != std::string_view::npos);
    case Operator::contains_word:
      return yes(contains_word(value, argument));
    case Operator::detect_sqli: {
      if (!sqli_possible(value)) return yes(false);
      const auto found = find_sqli(value);
      if (found && captures != nullptr) captures->group[0] = *found;
      return {found.has_value(), false, found ? std::size_t{1} : 0};
    }
    case Operator::detect_xss:
      return yes(finds_xss(value));
    case Operator::ends_with:
      return yes(value.ends_with(argument));
    case Operator::eq:
      return yes(number_in(value) == number_in(argument));
    case Operator::ge:
      return yes(number_in(value) >= number_in(argument));
    case Operator::gt:
      return yes(number_in(value) > number_in(argument));
    case Operator::le:
      return yes(number_in(value) <= number_in(argument));
    case Operator::lt:
      return yes(number_in(value) < number_in(argument));
    case Operator::ip_match: {
      const auto address = parse_address(value);
      return yes(address && std::ranges::any_of(operation.networks, [&](const Network& network) {
                   return within_network(*address, network);
                 }));
    }
    case Operator::never:
      return yes(false);
    case Operator::phrases: {
      const auto found = operation.phrases->find(value);
      if (found && captures != nullptr) captures->group[0] = *found;
      return {found.has_value(), false, found ? std::size_t{1} : 0};
    }
    case Operator::rx: {
      if (operation.regex == nullptr) {
        // Its macros are filled in: compiled for this value alone.
        const auto regex = Regex::compile(std::string(argument));
        if (!regex) return {false, true, 0};
        const auto outcome = regex->match(value, captures);
        return {outcome == Regex::Outcome::match, outcome == Regex::Outcome::exhausted,
                outcome == Regex::Outcome::match && captures != nullptr ? captures->count : 0};
      }
      const auto outcome = operation.regex->match(value, captures);
      return {outcome == Regex::Outcome::match, outcome == Regex::Outcome::exhausted,
              outcome == Regex::Outcome::match && captures != nullptr ? captures->count : 0};
    }
    case Operator::streq:
      return yes(value == argument);
    case Operator::unconditional_match:
      return yes(true);
    case Operator::validate_byte_range:
      return yes(!std::ranges::all_of(value, [&](char c) { return operation.allowed[static_cast<unsigned char>(c)]; }));
    case Operator::validate_url_encoding:
      return yes(bad_url_encoding(value));
    case Operator::validate_utf8_encoding:
      return yes(find_invalid_utf8(value) != std::string_view::npos);
    case Operator::within:
      return yes(value.empty() || argument.find(value) != std::string_view::npos);
  }
  return yes(false);
}

}  // namespace

Result<Operation> compile_operation(std::string_view text, const std::string& folder) {
  Operation operation;
  text = trim(text, true, true);
  if (text.starts_with('!') && !text.starts_with("!=")) {
    operation.negated = true;
    text = trim(text.substr(1), true, true);
  }
  std::string name = "rx";
  if (text.starts_with('@')) {
    std::size_t end = 1;
    while (end < text.size() && !is_space(text[end])) ++end;
    name = text.substr(1, end - 1);
    for (char& c : name) c = http::lower(c);
    text = text.substr(std::min(end + 1, text.size()));
    if (name != "rx" && name != "streq") text = trim(text, true, true);
  }
  const auto found = std::ranges::find(known, std::string_view(name), &Named::name);
  if (found == known.end()) return fail(ErrorCode::invalid, "operator @" + name + " is not supported");
  operation.kind = found->kind;
  operation.argument = text;
  if (auto read = read_argument(operation, found->argument, folder); !read) return std::unexpected(read.error());
  return operation;
}

Applied apply(const Operation& operation, std::string_view value, std::string_view argument, Captures* captures) {
  Applied result = applied(operation, value, argument, captures);
  if (operation.negated) {
    result.matched = !result.matched && !result.exhausted;
    result.groups = 0;
  }
  return result;
}

std::int64_t number_in(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range)
    return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  return value;
}

}  // namespace sallyport::match
