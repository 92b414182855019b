#include "detectors/tools.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

constexpr std::array<std::string_view, 22> callback_hosts = {
    "burpcollaborator", "oastify.com", "interact.sh", ".oast.pro",     ".oast.live", ".oast.site",
    ".oast.online",     ".oast.fun",   ".oast.me",    "interactsh",    "dnslog.cn",  "ceye.io",
    "xss.ht",           "bxss.me",     "requestbin.", "canarytokens.", "pingb.in",   "beeceptor.",
    "eyes.sh",          "dnslog.",     "vulnweb.com", "xss.report"};

constexpr std::array<std::string_view, 56> scanners = {
    "sqlmap",    "nikto",        "nmap",        "masscan",     "acunetix",   "nessus",   "openvas",    "wpscan",
    "dirbuster", "gobuster",     "ffuf",        "fuzz faster", "nuclei",     "zgrab",    "w3af",       "arachni",
    "jaeles",    "whatweb",      "commix",      "havij",       "netsparker", "qualys",   "appscan",    "webinspect",
    "skipfish",  "wfuzz",        "feroxbuster", "dirsearch",   "joomscan",   "cmsmap",   "droopescan", "xsser",
    "xsstrike",  "burpsuite",    "burp suite",  "owasp zap",   "zaproxy",    "hydra",    "metasploit", "paros",
    "vega/",     "grendel-scan", "n-stealth",   "bbqsql",      "jsql",       "sqlninja", "pangolin",   "absinthe",
    "webshag",   "golismero",    "detectify",   "probely",     ".nasl",      "morfeus",  "zmeu",       "whatwaf"};

}  // namespace

void find_callback(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::dot)) return;
  Search s(Attack::scanner, subject, findings);
  const auto text = s.text.substr(0, 8192);
  std::string_view which;
  // Every such host has a dot or stands before one: look around dots only.
  std::size_t tried = 0;
  for (std::size_t dot = text.find('.'); dot != Search::npos && tried < 32; dot = text.find('.', dot + 1), ++tried) {
    const std::size_t begin = dot > 18 ? dot - 18 : 0;
    const auto near = text.substr(begin, 32);
    if (const auto at = find_any(near, callback_hosts, &which); at != Search::npos) {
      const auto where = begin + at;
      if (which == "requestbin." || which == "beeceptor.") {
        s.add(3, 2, "callback_host", where, where + 32);
      } else {
        return s.add(7, 3, "callback_host", where, where + 32);
      }
    }
  }
}

void find_scanner(const Subject& subject, Findings& findings) noexcept {
  Search s(Attack::scanner, subject, findings);
  const auto text = s.text.substr(0, 1024);
  std::string_view which;
  if (const auto at = find_any(text, scanners, &which); at != Search::npos)
    s.add(8, 8, "scanner_name", at, at + which.size());
}

void find_introspection(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has_all(mark::underscore | mark::brace)) return;
  Search s(Attack::introspection, subject, findings);
  for (const std::string_view name : {"__schema", "__type"}) {
    const auto at = s.text.find(name);
    if (at == Search::npos || is_word(detectors::at(s.text, at + name.size()))) continue;
    const char after = detectors::at(s.text, skip_space(s.text, at + name.size()));
    if (after == '{' || after == '(' || after == '}' || after == '@') s.add(5, 2, "graphql_introspection", at, at + 24);
  }
}

}  // namespace sallyport::detectors
