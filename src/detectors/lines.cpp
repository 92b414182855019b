#include "detectors/lines.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

constexpr auto response_fields =
    words("set-cookie", "location", "content-type", "content-length", "content-disposition", "refresh",
          "transfer-encoding", "access-control-allow-origin", "x-xss-protection", "host", "connection", "link",
          "content-encoding", "status", "referer", "cookie", "x-forwarded-for", "authorization", "cache-control");
constexpr auto mail_fields = words("bcc", "cc", "to", "from", "reply-to", "subject", "mime-version",
                                   "content-transfer-encoding", "sender", "return-path");
constexpr auto imap_commands =
    words("capability", "fetch", "login", "logout", "select", "examine", "create", "delete", "list", "status", "search",
          "store", "copy", "uid", "noop", "append", "expunge", "starttls", "authenticate", "lsub");

// Behind a line break, at `i`.
void header(const Subject& subject, Findings& findings, std::string_view text, std::size_t begin, std::size_t i,
            bool lone) {
  std::size_t end = i;
  while (end < text.size() && end - i < 40 && (is_word(text[end]) || text[end] == '-')) ++end;
  const auto word = text.substr(i, end - i);
  if (word.empty()) return;
  Search header(Attack::header, subject, findings);
  Search mail(Attack::mail, subject, findings);
  const bool first = lone;  // one break in a short value; a text of many lines quotes mails
  if (at(text, end) == ':') {
    // Words of addresses and reports too: then the value must be a field's.
    const bool common = same(word, "location") || same(word, "status") || same(word, "host") || same(word, "link") ||
                        same(word, "connection") || same(word, "referer");
    const auto value = text.substr(end, 48);
    const bool field =
        !common || value.find("//") != std::string_view::npos || is_digit(at(value, skip_space(value, 1)));
    if (field && response_fields.has(word))
      header.add(same(word, "set-cookie") ? (first ? 8 : 5)
                 : first                  ? 6
                                          : 3,
                 first ? 5 : 2, "header_field", begin, end + 24);
    if (mail_fields.has(word)) {
      const bool address = text.substr(end, 80).find('@') != Search::npos;
      mail.add(same(word, "bcc")                                                           ? (first ? 7 : 4)
               : first && (address || same(word, "mime-version") || same(word, "subject")) ? 6
                                                                                           : 3,
               2, "mail_header", begin, end + 24);
    }
    return;
  }
  if (begins(word, "http") && text.substr(end, 3).starts_with("/1"))
    header.add(8, 3, "header_response", begin, end + 24);
  const auto rest = text.substr(end, 64);
  const bool recipient = same(word, "rcpt") && begins(rest, " to:");
  const bool sender = same(word, "mail") && begins(rest, " from:");
  if (recipient || sender) mail.add(7, 3, "mail_command", begin, end + 24);
  const bool bare = end >= text.size() || text[end] == '\r' || text[end] == '\n';
  if (bare && (word == "DATA" || word == "QUIT" || word == "RSET" || word == "VRFY"))
    mail.add(lone ? 6 : 4, 3, "mail_command", begin, end);
  if ((word == "EHLO" || word == "HELO" || word == "VRFY" || word == "EXPN") && at(text, end) == ' ')
    mail.add(5, 3, "mail_command", begin, end);
  // A tag and a command of IMAP: V100 CAPABILITY
  if (at(text, end) == ' ' && word.size() <= 8 && is_digit(word.back())) {
    const std::size_t next = end + 1;
    const std::size_t next_end = word_end(text, next);
    const auto command = text.substr(next, next_end - next);
    const bool upper =
        !command.empty() && command[0] >= 'A' && command[0] <= 'Z' && at(command, 1) >= 'A' && at(command, 1) <= 'Z';
    if (upper && imap_commands.has(command)) mail.add(6, 3, "mail_command", begin, next_end);
  }
}

}  // namespace

void find_lines(const Subject& subject, Findings& findings) noexcept {
  const auto text = subject.text();
  if (!subject.has(mark::line | mark::high)) return;
  if (subject.has(mark::line)) {
    std::size_t lines = 0;
    bool broken = false;
    for (const char c : text.substr(0, 4096)) {
      const bool breaks = c == '\n' || c == '\r';
      lines += breaks && !broken ? 1 : 0;
      broken = breaks;
    }
    const bool lone = text.size() < 1024 && lines <= 2;
    int tried = 0;
    for (std::size_t i = 0; i < text.size() && tried < 64; ++i) {
      if (text[i] != '\n' && text[i] != '\r') continue;
      const std::size_t begin = i;
      while (at(text, i) == '\r' || at(text, i) == '\n' || at(text, i) == ' ' || at(text, i) == '\t' ||
             at(text, i) == '.')
        ++i;
      ++tried;
      if (i < text.size()) header(subject, findings, text, begin, i, lone);
      if (i > begin) --i;
    }
  }
  // U+560A and U+560D end in the bytes of LF and CR for who cuts characters to one byte.
  if (subject.has(mark::high)) {
    for (std::size_t i = text.find("\xE5\x98"), n = 0; i != std::string_view::npos && n < 16;
         i = text.find("\xE5\x98", i + 2), ++n) {
      const char last = at(text, i + 2);
      if (last == '\x8a' || last == '\x8d') {
        std::size_t next = i + 3;
        while (text.substr(next, 2) == "\xE5\x98") next += 3;
        header(subject, findings, text, i, next, true);
      }
    }
  }
}

void find_format_string(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::percent)) return;
  Search s(Attack::format_string, subject, findings);
  const auto text = s.text.substr(0, 8192);
  int run = 0;
  int writes = 0;
  std::size_t first = 0;
  std::size_t last_end = Search::npos;
  int best = 0;
  std::size_t best_at = 0;
  for (std::size_t i = text.find('%'); i != Search::npos; i = text.find('%', i + 1)) {
    std::size_t j = i + 1;
    while (is_digit(at(text, j)) || at(text, j) == '.' || at(text, j) == '$' || at(text, j) == '#') ++j;
    while (at(text, j) == 'l' || at(text, j) == 'h') ++j;
    const char c = at(text, j);
    const bool conversion = c == 'n' || c == 's' || c == 'x' || c == 'p' || c == 'X';
    if (!conversion || is_word(at(text, j + 1))) {
      run = 0;
      last_end = Search::npos;
      continue;
    }
    const bool near = last_end != Search::npos && i - last_end <= 2;
    if (!near) {
      run = 0;
      first = i;
    }
    ++run;
    if (c == 'n') ++writes;
    if (run > best) {
      best = run;
      best_at = first;
    }
    last_end = j + 1;
  }
  if (best >= 3) s.add(best >= 5 || writes > 0 ? 6 : 4, 2, "format_string", best_at, best_at + 24);
}

}  // namespace sallyport::detectors
