#include "controls/rate_limit/classes.hpp"

#include <algorithm>
#include <vector>

namespace sallyport::controls::rate_limit {
namespace {

struct Word {
  std::string_view word;
  Class is;
};

// The first word that is found decides, in this order: a log-in that also says "export" is a log-in.
constexpr auto words = std::to_array<Word>({
    {"login", Class::login},
    {"signin", Class::login},
    {"logon", Class::login},
    {"authenticate", Class::login},
    {"authentication", Class::login},
    {"token", Class::login},
    {"otp", Class::login},
    {"mfa", Class::login},
    {"2fa", Class::login},
    {"password", Class::login},
    {"passwd", Class::login},
    {"credentials", Class::login},
    {"signup", Class::login},
    {"register", Class::login},
    {"sessions", Class::login},
    {"export", Class::exports},
    {"exports", Class::exports},
    {"dump", Class::exports},
    {"download", Class::exports},
    {"downloads", Class::exports},
    {"backup", Class::exports},
    {"backups", Class::exports},
    {"report", Class::exports},
    {"reports", Class::exports},
    {"batch", Class::batch},
    {"batches", Class::batch},
    {"bulk", Class::batch},
    {"import", Class::batch},
    {"imports", Class::batch},
    {"mass", Class::batch},
    {"health", Class::health},
    {"healthz", Class::health},
    {"livez", Class::health},
    {"readyz", Class::health},
    {"ping", Class::health},
    {"liveness", Class::health},
    {"readiness", Class::health},
});

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9'); }

// "exportOrders" and "/export-orders" are the words "export" and "orders"; two neighbours are also
// tried as one, so that "sign in" is found. Variables ("{report}") say nothing.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  bool within = false;
  bool variable = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') variable = true;
    if (c == '}') variable = false;
    if (variable || !is_word(c)) {
      within = false;
      continue;
    }
    const bool hump = is_upper(c) && i > 0 && !is_upper(text[i - 1]);
    if (!within || hump) out.emplace_back();
    within = true;
    out.back() += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const std::size_t single = out.size();
  for (std::size_t i = 1; i < single; ++i) out.push_back(out[i - 1] + out[i]);
  return out;
}

// Log-ins are posted; probes and exports that change nothing else are asked for.
bool fits(Class is, std::string_view method) {
  switch (is) {
    case Class::login:
      return method == "POST" || method == "PUT";
    case Class::health:
      return method == "GET" || method == "HEAD";
    case Class::batch:
      return method != "GET" && method != "HEAD";
    case Class::exports:
      return method == "GET" || method == "POST";
    case Class::data:
      return true;
  }
  return false;
}

}  // namespace

std::string_view name_of(Class one) {
  for (const auto& named : enum_names(static_cast<const Class*>(nullptr))) {
    if (named.value == one) return named.name;
  }
  return "data";
}

Classified classify(const Operation& operation) {
  const auto in_id = words_of(operation.operation_id);
  const auto in_path = words_of(operation.path_template);
  for (const Word& one : words) {
    if (!fits(one.is, operation.method_token)) continue;
    const bool id = std::ranges::find(in_id, one.word) != in_id.end();
    if (!id && std::ranges::find(in_path, one.word) == in_path.end()) continue;
    return {one.is, operation.method_token + ", and " + (id ? "operationId" : "the path") + " says `" +
                        std::string(one.word) + "`"};
  }
  return {Class::data, "no word says otherwise"};
}

Class classify(std::string_view method, std::string_view path) {
  if (method != "POST") return Class::data;
  const std::string_view last = path.substr(path.rfind('/') + 1);
  constexpr std::size_t longest = 16;
  if (last.size() > longest) return Class::data;
  std::array<char, longest> lower{};
  std::size_t size = 0;
  for (const char c : last) {
    if (c != '-' && c != '_') lower[size++] = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  const std::string_view word{lower.data(), size};
  return std::ranges::any_of(words, [&](const Word& one) { return one.is == Class::login && one.word == word; })
             ? Class::login
             : Class::data;
}

}  // namespace sallyport::controls::rate_limit
