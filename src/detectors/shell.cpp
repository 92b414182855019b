// Long because of the lists of commands.
#include "detectors/shell.hpp"

#include <algorithm>
#include <array>

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Commands whose name alone after a separator says what is meant.
constexpr auto sharp = words(
    "base64", "bash", "busybox", "cat", "certutil", "chmod", "chown", "cmd", "cmd.exe", "crontab", "csh", "curl",
    "cscript", "dash", "dig", "getent", "gcc", "hostname", "id", "ifconfig", "ipconfig", "ksh", "ls", "lynx", "mkfifo",
    "mknod", "mshta", "nc", "ncat", "netcat", "netstat", "nmap", "nohup", "nslookup", "passwd", "perl", "php", "ping",
    "powershell", "powershell.exe", "printenv", "ps", "pwd", "pwsh", "python", "python2", "python3", "regsvr32", "rm",
    "ruby", "rundll32", "scp", "sh", "sleep", "socat", "ssh", "su", "sudo", "systeminfo", "tasklist", "tcpdump",
    "telnet", "tftp", "traceroute", "uname", "wget", "whoami", "wmic", "xxd", "zsh", "bitsadmin", "sysctl", "useradd",
    "usermod", "adduser", "tclsh", "lua", "node", "osascript", "gawk", "awk", "rev", "uptime", "lsof", "mount",
    "reboot", "shutdown", "killall", "systemctl", "xargs", "tee", "phpinfo", "ifconfig.exe", "net.exe");
// Commands that are words of a language too: something must follow that only a command has.
constexpr auto blunt = words(
    "at", "cp", "cut", "date", "del", "dir", "df", "echo", "env", "exec", "expr", "fetch", "file", "find", "finger",
    "ftp", "grep", "head", "history", "host", "kill", "last", "less", "ln", "locate", "mail", "make", "md", "mkdir",
    "more", "mv", "net", "nl", "od", "open", "print", "printf", "reg", "sc", "sed", "service", "set", "sort", "split",
    "start", "strings", "tac", "tail", "tar", "test", "time", "top", "touch", "type", "ver", "w", "wall", "watch",
    "which", "who", "write", "eval", "export", "source", "tree", "route", "arp", "iex", "invoke-expression",
    "invoke-webrequest", "iwr", "start-process", "get-content", "get-process", "rename", "copy", "git", "apt-get",
    "apt", "yum", "docker", "pip", "npm", "vi", "nano", "zip", "unzip", "gzip", "cd", "sqlite3", "mysql");

constexpr std::array<std::string_view, 12> certain = {
    "/dev/tcp/", "/dev/udp/",     "/bin/sh",           "/bin/bash",          "bash -i",    "bash -c",
    "sh -c ",    "powershell -e", "invoke-expression", "new-object net.web", "cmd.exe /c", "cmd /c ",
};

// One word of a command line with its quotes and backslashes taken out, as a shell reads it.
struct CommandWord {
  std::array<char, 32> letters{};
  std::size_t size = 0;
  std::size_t end = 0;
  bool disguised = false;  // quotes, backslashes or $@ within, or wildcards in a path

  [[nodiscard]] std::string_view text() const { return {letters.data(), size}; }
};

bool ends_word(char c) {
  return is_space(c) || c == ';' || c == '|' || c == '&' || c == '<' || c == '>' || c == '(' || c == ')' || c == '`' ||
         c == ',' || c == '}' || c == '{';
}

CommandWord read_word(std::string_view text, std::size_t i) {
  CommandWord word;
  bool wild = false;
  for (; i < text.size() && word.size < word.letters.size(); ++i) {
    const char c = text[i];
    if (c == '$') {
      const auto next = at(text, i + 1);
      if (next == '@' || next == '*' || next == '!' || is_digit(next)) {
        ++i;
        word.disguised = true;
        continue;
      }
      break;
    }
    if (c == '\\' || c == '\'' || c == '"' || c == '^') {
      // At its end a quote closes the value around.
      if (word.size > 0 && !is_word(at(text, i + 1)) && at(text, i + 1) != c) break;
      if (word.size > 0 && is_letter(at(text, i + 1))) word.disguised = true;
      if (at(text, i + 1) == c) word.disguised = true;
      if (c == '\\' && is_space(at(text, i + 1))) break;
      continue;
    }
    if (ends_word(c)) break;
    if (c == '/') {  // the last part of a path
      word.size = 0;
      continue;
    }
    if (c == '?' || c == '*' || c == '[') wild = true;
    word.letters[word.size++] = c;
  }
  word.end = i;
  word.disguised = word.disguised || (wild && i > 0);
  return word;
}

class ShellSearch {
 public:
  ShellSearch(const Subject& subject, Findings& findings) noexcept
      : subject_(subject), text_(subject.text()), findings_(findings) {}

  void run() noexcept {
    if (subject_.has(mark::dollar)) expansions();
    if (subject_.has(mark::semicolon | mark::pipe | mark::tick | mark::line | mark::dollar | mark::angle |
                     mark::close_angle | mark::brace)) {
      separators();
    }
    if (subject_.has(mark::slash | mark::dash | mark::percent)) whole();
  }

 private:
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    findings_.add(Attack::shell, subject_.told(begin) ? std::min(strength, weak) : strength, rule,
                  around(text_, begin, end));
  }

  // $IFS and its kin stand for a space nobody would write so.
  void expansions() noexcept {
    int tried = 0;
    for (std::size_t i = text_.find('$'); i != npos && tried < 32; i = text_.find('$', i + 1), ++tried) {
      const auto rest = text_.substr(i + 1);
      if (begins(rest, "ifs") && (rest.size() == 3 || !is_letter(rest[3]))) add(8, 3, "shell_expansion", i, i + 24);
      if (begins(rest, "{ifs")) add(8, 3, "shell_expansion", i, i + 24);
      if (rest.starts_with("{PATH:") || rest.starts_with("{HOME:") || rest.starts_with("{PWD:") ||
          rest.starts_with("{SHELL:")) {
        add(8, 3, "shell_expansion", i, i + 24);
      }
      if (rest.starts_with("'\\x") || rest.starts_with("'\\1")) add(6, 3, "shell_expansion", i, i + 24);
      if (rest.starts_with("((") && is_digit(at(rest, skip_space(rest, 2))) && rest.find("))") != npos) {
        add(text_.size() < 24 ? 5 : 3, 2, "shell_expansion", i, i + 24);
      }
    }
  }

  void separators() noexcept {
    int tried = 0;
    for (std::size_t i = 0; i < text_.size() && tried < max_tried; ++i) {
      const char c = text_[i];
      switch (c) {
        case ';':
        case '|':
        case '&':
        case '\n':
        case '\r': {
          std::size_t j = i + 1;
          while (at(text_, j) == '|' || at(text_, j) == '&' || at(text_, j) == ';') ++j;
          // &amp; and &lt; are no separators
          if (c == '&' && j == i + 1 && is_letter(at(text_, j)) && text_.substr(j, 8).find(';') != npos) break;
          command(i, skip_space(text_, j), c);
          ++tried;
          i = j - 1;
          break;
        }
        case '`':
          if (!subject_.shown(i + 1) || !subject_.prose()) substitution(i, i + 1);
          ++tried;
          break;
        case '$':
          if (at(text_, i + 1) == '(') {
            substitution(i, i + 2);
            ++tried;
          }
          break;
        case '<':
        case '>':
          if (at(text_, i + 1) == '(') {
            substitution(i, i + 2);
            ++tried;
          }
          break;
        case '{':
          braces(i);
          break;
        case '(':
          // () { :; }; – a function in the environment, CVE-2014-6271
          if (at(text_, i + 1) == ')' && at(text_, skip_space(text_, i + 2)) == '{') {
            const auto body = text_.substr(skip_space(text_, i + 2) + 1, 24);
            const std::size_t first = skip_space(body, 0);
            if (i == 0 && (at(body, first) == ':' || at(body, first) == '_' || body.find("};") != npos ||
                           body.find("; }") != npos)) {
              add(9, 4, "shell_function", i, i + 24);
            }
          }
          break;
        default:
          break;  // any other byte
      }
    }
  }

  // Whether the text before is a value and not a command line or sentence of its own.
  [[nodiscard]] bool value_before(std::size_t end) const noexcept {
    if (skip_space(text_, 0) >= end) return true;
    const auto before = text_.substr(0, std::min<std::size_t>(end, 512));
    std::size_t words_seen = 0;
    for (std::size_t i = 0; i < before.size() && words_seen < 5;) {
      i = skip_space(before, i);
      if (i >= before.size()) break;
      while (i < before.size() && !is_space(before[i])) ++i;
      ++words_seen;
    }
    return words_seen <= 2 && !starts_with_command();
  }

  [[nodiscard]] bool starts_with_command() const noexcept {
    const auto word = read_word(text_, skip_space(text_, 0));
    const bool arguments = at(text_, word.end) == ' ' && is_letter(at(text_, word.end + 1));
    return (sharp.has(word.text()) || blunt.has(word.text())) && (arguments || at(text_, word.end) == ' ');
  }

  // After a separator at `begin`, a command at `i`.
  void command(std::size_t begin, std::size_t i, char separator) noexcept {
    if (i >= text_.size()) return;
    while (at(text_, i) == '(' || at(text_, i) == '{' || at(text_, i) == '!') i = skip_space(text_, i + 1);
    const bool by_path = at(text_, i) == '/' || (at(text_, i) == '.' && at(text_, i + 1) == '/');
    const auto word = read_word(text_, i);
    const bool is_sharp = sharp.has(word.text());
    const bool is_blunt = !is_sharp && blunt.has(word.text());
    if (!is_sharp && !is_blunt) {
      if (by_path && word.disguised && word.size > 1) add(6, 2, "shell_command", begin, word.end + 16);
      return;
    }
    const char after = at(text_, word.end);
    const char argument = at(text_, skip_space(text_, word.end));
    const bool ends = word.end >= text_.size() || after == ';' || after == '|' || after == '&' || after == '#' ||
                      after == '`' || after == ')' || after == '>' || after == '\n' || after == '\r' || after == '\'' ||
                      after == '"';
    const bool spaced = is_space(after) || after == '$' || after == '<' || after == '{' || after == ',' || ends ||
                        after == '/' || after == '%';
    if (!spaced) return;
    // Arguments that only a command line has.
    const auto rest = text_.substr(word.end, 96);
    const bool argued = argument == '-' || argument == '/' || argument == '$' || argument == '~' || argument == '\'' ||
                        argument == '"' || argument == '*' || argument == '.' || is_digit(argument) ||
                        rest.find("://") != npos || rest.find('/') != npos || rest.find('\\') != npos;
    const bool line = separator == '\n' || separator == '\r';
    const bool value = value_before(begin);
    Strength strength = 0;
    if (word.disguised) {
      strength = 9;
    } else if (is_sharp) {
      strength = ends || argued ? 8 : 6;
    } else {
      strength = ends ? 4 : argued ? 6 : 3;
      if (separator == '|' && argued) strength = 6;
    }
    if (line)
      strength = static_cast<Strength>(
          is_sharp && (argued || ends) ? (text_.find('\n', begin + 1) == npos && value ? 6 : 3) : 1);
    // One & joins parameters of a URL, and "AT&T"; a bar divides a table: | id | name |
    if (separator == '&' && at(text_, begin + 1) != '&' && is_letter(at(text_, begin + 1)) && !argued)
      strength = std::min<Strength>(strength, 3);
    if (separator == '&' && text_.substr(0, std::min<std::size_t>(begin, 2048)).find('?') != npos)
      strength = std::min<Strength>(strength, 3);
    if (after == '=') return;
    if (is_sharp && !word.disguised && list_of_words(separator)) strength = std::min<Strength>(strength, 4);
    if (separator == '|' && argument == '|') strength = std::min<Strength>(strength, 2);
    if (separator == ';' && begin > 0 && text_.substr(0, 8) == "Mozilla/") strength = std::min<Strength>(strength, 2);
    if (!value) strength = std::min<Strength>(strength, certain_near(begin) ? 7 : 4);
    add(strength, certain_near(begin) ? 4 : 3, "shell_command", begin, word.end + 24);
  }

  // name;id;email – three or more words and nothing else.
  [[nodiscard]] bool list_of_words(char separator) const noexcept {
    if (text_.size() > 256 || !is_letter(text_[0]) || !is_word(text_.back())) return false;
    int items = 1;
    for (const char c : text_) {
      if (c == separator)
        ++items;
      else if (!is_word(c) && c != ' ')
        return false;
    }
    return items >= 3;
  }

  [[nodiscard]] bool certain_near(std::size_t begin) const noexcept {
    std::string_view which;
    const auto near = text_.substr(begin, 160);
    return find_any(near, certain, &which) != npos || holds(near, "/etc/passwd") || holds(near, "/etc/shadow");
  }

  // `cmd`, $(cmd), <(cmd)
  void substitution(std::size_t begin, std::size_t i) noexcept {
    i = skip_space(text_, i);
    const auto word = read_word(text_, i);
    const char c = text_[begin];
    const char after = at(text_, word.end);
    const bool sharp_word = sharp.has(word.text());
    const bool blunt_word = blunt.has(word.text()) && (is_space(after) || after == c || after == ')');
    if (!sharp_word && !blunt_word) return;
    if (!is_space(after) && after != c && after != ')' && after != '$' && after != '{' && after != '<' &&
        after != '|' && after != ';')
      return;
    if (c == '`') {
      const auto close = text_.find('`', begin + 1);
      if (close == npos) return;
      // The name of a command between backticks is how people write about it.
      const bool alone = begin == 0 && close + 1 == text_.size();
      const bool glued =
          (begin > 0 && !is_space(text_[begin - 1])) || (close + 1 < text_.size() && !is_space(text_[close + 1]) &&
                                                         text_[close + 1] != '.' && text_[close + 1] != ',');
      return add(alone || glued || word.disguised ? 7 : 4, 3, "shell_substitution", begin, close + 1);
    }
    add(sharp_word ? 8 : 6, 3, "shell_substitution", begin, word.end + 24);
  }

  // {cat,/etc/passwd}: a command without a space
  void braces(std::size_t begin) noexcept {
    const auto word = read_word(text_, begin + 1);
    if (at(text_, word.end) != ',' || !sharp.has(word.text())) return;
    const char argument = at(text_, word.end + 1);
    if (argument == '/' || argument == '-' || argument == 'h') add(7, 3, "shell_substitution", begin, word.end + 16);
  }

  // A value that is a command line and nothing else, or holds what has no other use.
  void whole() noexcept {
    std::string_view which;
    if (const auto at = find_any(text_.substr(0, 16384), certain, &which); at != npos) {
      const bool network = which.starts_with("/dev/");
      const bool starts = at == 0 || value_before(at);
      add(network ? 9 : starts ? 7 : 4, 3, "shell_interpreter", at, at + 32);
    }
    if (subject_.has(mark::percent) &&
        (holds(text_, "%comspec%") || holds(text_, "%systemroot%") || holds(text_, "%programfiles"))) {
      add(6, 3, "shell_expansion", 0, 32);
    }
    // cat /etc/passwd is found by its path; wget http://… | sh by what follows.
    const auto first = read_word(text_, skip_space(text_, 0));
    if (sharp.has(first.text()) && at(text_, first.end) == ' ' && !subject_.prose()) {
      const auto rest = text_.substr(first.end + 1);
      if (first.disguised) add(6, 3, "shell_command", 0, 40);
      if ((begins(rest, "http://") || begins(rest, "https://") || rest.starts_with("-O ") || rest.starts_with("-o ") ||
           rest.starts_with("-L ") || rest.starts_with("-e ") || rest.starts_with("/etc/"))) {
        add(6, 3, "shell_command", 0, 40);
      }
    }
  }

  static constexpr int max_tried = 256;

  const Subject& subject_;
  std::string_view text_;
  Findings& findings_;
};

}  // namespace

void find_shell(const Subject& subject, Findings& findings) noexcept {
  constexpr std::uint32_t any = mark::semicolon | mark::pipe | mark::tick | mark::line | mark::dollar | mark::brace |
                                mark::angle | mark::close_angle | mark::slash | mark::dash | mark::percent;
  if (!subject.has(any)) return;
  ShellSearch(subject, findings).run();
}

}  // namespace sallyport::detectors
