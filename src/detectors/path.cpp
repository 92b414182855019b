#include "detectors/path.hpp"

#include <algorithm>
#include <array>

#include "detectors/text.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Without the leading separator; "/" stands for either one. Absolute, or reached by climbing.
constexpr std::array<std::string_view, 44> system_files = {
    "etc/passwd",
    "etc/shadow",
    "etc/group",
    "etc/hosts",
    "etc/hostname",
    "etc/issue",
    "etc/sudoers",
    "etc/crontab",
    "etc/fstab",
    "etc/motd",
    "etc/master.passwd",
    "etc/security/passwd",
    "etc/ssh/",
    "etc/nginx/",
    "etc/apache2/",
    "etc/httpd/",
    "etc/mysql/",
    "etc/php",
    "etc/ssl/private",
    "etc/kubernetes/",
    "etc/environment",
    "etc/os-release",
    "etc/resolv.conf",
    "etc/profile",
    "proc/self/",
    "proc/version",
    "proc/cmdline",
    "proc/1/",
    "proc/net/",
    "proc/mounts",
    "proc/cpuinfo",
    "var/log/",
    "var/run/secrets",
    "var/mail/",
    "root/.",
    "usr/local/etc/",
    "windows/win.ini",
    "windows/system32",
    "windows/system.ini",
    "winnt/",
    "boot.ini",
    "inetpub/",
    "windows/repair",
    "dev/tcp/",
};
// Telling under any folder.
constexpr std::array<std::string_view, 22> private_files = {
    "web-inf/",     "meta-inf/",     ".ssh/id_",         ".ssh/authorized", ".aws/credentials", ".git/config",
    ".git/head",    ".svn/entries",  ".htpasswd",        ".bash_history",   ".mysql_history",   ".docker/config",
    ".kube/config", "wp-config.php", "system32/drivers", "system32/config", "system32/cmd",     ".env",
    "id_rsa",       "web.config",    "win.ini",          ".htaccess",
};
constexpr std::array<std::string_view, 12> wrappers = {
    "php://", "phar://", "expect://", "zip://", "compress.zlib://", "glob://",
    "ogg://", "rar://",  "ssh2.",     "zlib:",  "netdoc:/",         "jar:file"};

constexpr bool slash(char c) { return c == '/' || c == '\\'; }

bool matches(std::string_view text, std::string_view file) {
  if (text.size() < file.size()) return false;
  for (std::size_t i = 0; i < file.size(); ++i) {
    if (file[i] == '/' ? !slash(text[i]) : lower(text[i]) != file[i]) return false;
  }
  if (file.back() == '/' || file.back() == '.' || file.back() == '_') return true;
  // passwd.md is another file; passwd- and passwd~ are copies
  const char after = at(text, file.size());
  return !is_word(after) && !(after == '.' && is_word(at(text, file.size() + 1)));
}

class PathSearch {
 public:
  PathSearch(const Subject& subject, Findings& findings) noexcept
      : subject_(subject), text_(subject.text()), findings_(findings) {}

  void run() noexcept {
    if (subject_.has(mark::dot | mark::slash | mark::backslash)) scan();
    if (subject_.has(mark::colon)) wrapper();
    if (subject_.has(mark::control)) nul();
  }

 private:
  void add(Strength strength, Strength weak, std::string_view rule, std::size_t begin, std::size_t end) noexcept {
    findings_.add(Attack::path, subject_.told(begin) ? std::min(strength, weak) : strength, rule,
                  around(text_, begin, end));
  }

  // ../ and what some reader takes for it: ..\ ....// ..;/ .%00./ (decoded: a NUL between)
  [[nodiscard]] std::size_t climb(std::size_t i) const noexcept {
    std::size_t j = i;
    int dots = 0;
    while (j < text_.size() && j - i < 8 && (text_[j] == '.' || text_[j] == '\0')) {
      dots += text_[j] == '.' ? 1 : 0;
      ++j;
    }
    if (dots < 2) return 0;
    if (at(text_, j) == ';') ++j;
    if (!slash(at(text_, j))) return 0;
    while (slash(at(text_, j))) ++j;
    return j - i;
  }

  void scan() noexcept {
    int climbs = 0;
    std::size_t first = 0;
    bool strange = false;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '.' && (i == 0 || text_[i - 1] != '.')) {
        if (const std::size_t size = climb(i); size > 0) {
          const bool segment = i == 0 || !is_word(text_[i - 1]);
          if (segment) {
            if (climbs++ == 0) first = i;
            strange = strange || size != 3 || text_[i + size - 1] == '\\';
            i += size - 1;
            if (climbs > 0) file(i + 1, true, first);
            continue;
          }
        }
        file(i, false, i);
      } else if (slash(c)) {
        const char before = i == 0 ? '\0' : text_[i - 1];
        const bool absolute = !is_word(before) && before != '.' && before != '-' && before != '~';
        if (absolute || climbs > 0)
          file(i + 1, true, climbs > 0 ? first : i);
        else if (is_letter(at(text_, i + 1)) || at(text_, i + 1) == '.')
          file(i + 1, false, i);
      } else if (c == ' ' || c == '\n') {
        climbed(climbs, first, i, strange);
        climbs = 0;
        strange = false;
      } else if (i == 0 && is_letter(c)) {
        file(0, false, 0);
        if (matches(text_, "etc/passwd") || matches(text_, "etc/shadow")) add(5, 2, "path_file", 0, 16);
      } else if (c == ':' && i == 1 && slash(at(text_, 2))) {
        file(3, true, 0);
      }
    }
    climbed(climbs, first, text_.size(), strange);
  }

  void climbed(int climbs, std::size_t begin, std::size_t end, bool strange) noexcept {
    if (climbs == 0) return;
    // src/../lib is a path, ../../../../ leaves every root. A relative import climbs two or three.
    Strength strength = climbs >= 4 ? 7 : climbs == 3 ? 5 : climbs == 2 ? 3 : 2;
    if (strange && climbs >= 2) strength = std::max<Strength>(strength, 6);
    if (strange && climbs == 1) strength = 4;
    if (text_.find('\0', begin) != npos) strength = std::max<Strength>(strength, 7);
    add(strength, 3, "path_traversal", begin, end);
  }

  void file(std::size_t i, bool reached, std::size_t begin) noexcept {
    while (slash(at(text_, i)) || (at(text_, i) == '.' && slash(at(text_, i + 1)))) ++i;
    const char c = lower(at(text_, i));
    if (!is_letter(c) && c != '.') return;
    const auto rest = text_.substr(i, 32);
    const bool climbed = begin < i && text_.substr(begin, i - begin).find("..") != npos;
    if (reached) {
      for (const auto name : system_files) {
        if (c == name[0] && matches(rest, name)) {
          // /var/log is what operators write about; /etc/passwd is what attackers ask for.
          const bool famous = matches(rest, "etc/passwd") || matches(rest, "etc/shadow") ||
                              matches(rest, "windows/win.ini") || matches(rest, "boot.ini") ||
                              matches(rest, "proc/self/");
          const bool whole = begin == 0 || climbed;
          return add(climbed                               ? 9
                     : famous                              ? 6
                     : whole && !subject_.has(mark::space) ? 5
                                                           : 3,
                     climbed ? 5 : 3, "path_file", begin, i + name.size());
        }
      }
    }
    for (const auto name : private_files) {
      if (c == name[0] && matches(rest, name)) {
        const bool whole = i <= 3 && i + name.size() + 8 >= text_.size();
        return add(climbed ? 9 : whole || name.back() == '/' ? 4 : 3, 2, "path_file", begin, i + name.size());
      }
    }
  }

  void wrapper() noexcept {
    std::string_view which;
    const auto at = find_any(text_.substr(0, 8192), wrappers, &which);
    if (at == npos || (at > 0 && is_word(text_[at - 1]))) return;
    add(which.starts_with("php") || which.starts_with("exp") || which.starts_with("phar") ||
                which.starts_with("netdoc") || which.starts_with("jar")
            ? 8
            : 5,
        3, "path_wrapper", at, at + 40);
  }

  // A name that ends for C where it goes on for others: shell.php\0.jpg
  void nul() noexcept {
    const auto at = text_.find('\0');
    if (at == npos || text_.size() > 1024) return;
    const bool name =
        at + 1 < text_.size() ? detectors::at(text_, at + 1) == '.' : at >= 4 && text_.substr(0, at).find('.') != npos;
    add(name ? 6 : 3, 3, "path_nul", at, at + 8);
  }

  const Subject& subject_;
  std::string_view text_;
  Findings& findings_;
};

}  // namespace

void find_path(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::slash | mark::backslash | mark::dot | mark::control)) return;
  PathSearch(subject, findings).run();
}

}  // namespace sallyport::detectors
