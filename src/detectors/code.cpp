#include "detectors/code.hpp"

#include <array>

#include "detectors/search.hpp"

namespace sallyport::detectors {
namespace {

// Functions of PHP that run something, as "name(".
constexpr auto php_runs =
    words("system", "exec", "shell_exec", "passthru", "popen", "proc_open", "pcntl_exec", "eval", "assert",
          "create_function", "call_user_func", "call_user_func_array", "file_put_contents", "file_get_contents",
          "move_uploaded_file", "base64_decode", "gzinflate", "str_rot13", "phpinfo", "include", "require",
          "preg_replace", "array_map", "fwrite", "readfile", "show_source", "highlight_file", "print_r", "var_dump",
          "ini_set", "putenv", "md5", "getenv", "die", "scandir", "chr");

struct Sign {
  std::string_view text;
  Strength alone;
  Strength told;
};
// What only code on a server says.
constexpr std::array<Sign, 46> signs = {{
    {"$_get[", 5, 2},
    {"$_post[", 6, 2},
    {"$_request[", 6, 2},
    {"$_cookie[", 6, 2},
    {"$_server[", 4, 2},
    {"$globals[", 6, 2},
    {"${@", 8, 3},
    {"php://input", 7, 3},
    {"auto_prepend_file", 8, 4},
    {"allow_url_include", 8, 4},
    {"disable_functions", 5, 2},
    {"open_basedir", 5, 2},
    {"server.scripttimeout", 8, 3},
    {"response.write", 6, 2},
    {"server.createobject", 7, 3},
    {"wscript.shell", 8, 3},
    {"on error resume next", 6, 3},
    {"runat=\"server\"", 6, 3},
    {"runtime.getruntime", 8, 4},
    {"processbuilder(", 7, 3},
    {"java.lang.runtime", 9, 4},
    {"scriptenginemanager", 9, 4},
    {"class.module.classloader", 9, 5},
    {"class.classloader", 9, 5},
    {"child_process", 8, 3},
    {"process.mainmodule", 9, 4},
    {"global.process", 8, 4},
    {"process.binding", 8, 4},
    {"__import__(", 8, 4},
    {"os.system(", 7, 3},
    {"subprocess.", 5, 2},
    {"os.popen(", 7, 3},
    {"__builtins__", 8, 4},
    {"__subclasses__", 9, 4},
    {"kernel.exec", 6, 3},
    {"io.popen(", 7, 3},
    {"os.execute(", 7, 3},
    {"system.diagnostics.process", 8, 4},
    {"__globals__", 9, 4},
    {"@eval(", 7, 3},
    {"assert($", 7, 3},
    {"invokefunction", 7, 4},
    {"think\\app", 8, 4},
    {"#_memberaccess", 9, 5},
    {"getparameter(\"", 5, 3},
    {"<jsp:", 7, 3},
}};

void php_tags(Search& s) {
  for (std::size_t i = s.text.find("<?"), n = 0; i != Search::npos && n < 16; i = s.text.find("<?", i + 2), ++n) {
    const auto rest = s.text.substr(i + 2);
    if (begins(rest, "xml")) continue;
    const bool named = begins(rest, "php") && !is_word(at(rest, 3));
    const bool echo = at(rest, 0) == '=';
    if (!named && !echo && !is_space(at(rest, 0))) continue;
    // What it does: a call of something that runs, or input taken from the request.
    const auto body = rest.substr(0, 512);
    bool runs = body.find('`') != Search::npos || (holds(body, "$_") && body.find('(') != Search::npos);
    for (std::size_t j = 0; j < body.size() && !runs; ++j) {
      if (!is_letter(body[j])) continue;
      const std::size_t end = word_end(body, j);
      runs = at(body, skip_space(body, end)) == '(' && php_runs.has(body.substr(j, end - j));
      j = end;
    }
    s.add(runs ? 9 : named ? 7 : 5, 3, "code_php", i, i + 40);
  }
}

// phpinfo(); system('id'); alone in a value
void bare_call(Search& s) {
  const std::size_t begin = skip_space(s.text, 0);
  std::size_t i = begin;
  while (at(s.text, i) == ';' || at(s.text, i) == '\'' || at(s.text, i) == '"' || at(s.text, i) == '.' ||
         at(s.text, i) == ')' || at(s.text, i) == '@' || is_space(at(s.text, i)))
    ++i;
  if (i >= s.text.size()) return;
  const std::size_t end = word_end(s.text, i);
  const auto word = s.text.substr(i, end - i);
  if (at(s.text, skip_space(s.text, end)) != '(' || !php_runs.has(word)) return;
  const char argument = at(s.text, skip_space(s.text, skip_space(s.text, end) + 1));
  const bool general = same(word, "md5") || same(word, "chr") || same(word, "include") || same(word, "require") ||
                       same(word, "die") || same(word, "exec") || same(word, "array_map") || same(word, "preg_replace");
  const bool given = is_quote(argument) || argument == '$' || argument == ')';
  const bool prefixed = i > begin;
  s.add(given ? (general ? (prefixed ? 6 : 4) : 7) : (prefixed && is_digit(argument) ? 5 : 3), 2, "code_call", i,
        i + 40);
}

// Loops that hold up a database's or server's JavaScript: new Date(); do{…}while(…)
void loops(Search& s) {
  const auto date = find(s.text, "new date(");
  const bool timed =
      date != Search::npos &&
      (holds(s.text, "while") && (holds(s.text, "do{") || holds(s.text, "do {") || holds(s.text, "while(")));
  const bool endless = holds(s.text, "while(true)") || holds(s.text, "while(1)") || holds(s.text, "for(;;)");
  if (timed)
    s.add(7, 3, "code_loop", date, date + 40);
  else if (endless && s.text.size() < 256)
    s.add(5, 2, "code_loop", 0, 40);
}

// "Ev"&"al": text put together so that no filter reads it. Two or more times.
void pieces(Search& s) {
  int seen = 0;
  std::size_t first = 0;
  for (std::size_t i = s.text.find("\"&\""); i != Search::npos && seen < 4; i = s.text.find("\"&\"", i + 3)) {
    if (seen++ == 0) first = i;
  }
  if (seen >= 2) s.add(5, 3, "code_pieces", first, first + 32);
}

}  // namespace

void find_code(const Subject& subject, Findings& findings) noexcept {
  if (!subject.has(mark::paren | mark::angle | mark::dollar | mark::underscore | mark::dot | mark::hash)) return;
  Search s(Attack::code, subject, findings);
  if (subject.has(mark::angle) && subject.has(mark::bang)) php_tags(s);
  if (subject.has(mark::paren | mark::dollar | mark::underscore | mark::angle)) {
    // One pass over the bytes that the signs begin with or hold.
    const auto head = s.text.substr(0, 65536);
    for (const Sign& sign : signs) {
      const bool needs_paren = sign.text.find('(') != Search::npos;
      const bool needs_underscore = sign.text.find('_') != Search::npos;
      const bool needs_dollar = sign.text.find('$') != Search::npos;
      if (needs_paren && !subject.has(mark::paren)) continue;
      if (needs_underscore && !subject.has(mark::underscore)) continue;
      if (needs_dollar && !subject.has(mark::dollar)) continue;
      if (const auto at = find(head, sign.text); at != Search::npos)
        s.add(sign.alone, sign.told, "code_server", at, at + 40);
    }
  } else if (const auto at = find(s.text.substr(0, 4096), "class.module.classloader"); at != Search::npos) {
    s.add(9, 5, "code_server", at, at + 40);
  }
  if (!subject.has(mark::paren)) return;
  bare_call(s);
  if (subject.has(mark::semicolon | mark::brace)) loops(s);
  if (subject.has(mark::quote) && subject.has(mark::pipe)) pieces(s);
}

}  // namespace sallyport::detectors
