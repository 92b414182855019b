// completion and manual: both made from the command line's own description, so that they cannot lag behind.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Choice {
  std::string name;  // "--config"
  std::string summary;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> values;  // when only these are taken
};

// Of "TEXT:{text,json}".
std::vector<std::string> listed_values(const std::string& type) {
  std::vector<std::string> out;
  const auto open = type.find('{');
  const auto close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return out;
  for (auto& word : CLI::detail::split(type.substr(open + 1, close - open - 1), ',')) out.push_back(std::move(word));
  return out;
}

std::vector<Choice> choices_of(const CLI::App& verb) {
  std::vector<Choice> out;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      Choice choice{"--" + name, option->get_description(), option->get_expected_max() > 0, false,
                    listed_values(option->get_type_name())};
      choice.takes_file = choice.takes_value && choice.values.empty();
      out.push_back(std::move(choice));
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* one) { return !one->get_name().empty(); });
}

std::string names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs_of(app)) names.push_back(verb->get_name());
  return joined(names);
}

std::string bash(const CLI::App& app) {
  std::string cases, values;
  for (const CLI::App* verb : verbs_of(app)) {
    std::vector<std::string> names;
    for (const Choice& choice : choices_of(*verb)) {
      names.push_back(choice.name);
      if (choice.values.empty()) continue;
      values += fmt::format("    {}:{}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n", verb->get_name(),
                            choice.name, joined(choice.values));
    }
    cases += fmt::format("    {}) words=\"{}\" ;;\n", verb->get_name(), joined(names));
  }
  return fmt::format(R"(# bash completion of sallyport
_sallyport() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} verb=${{COMP_WORDS[1]}} words=
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "{} --help" -- "$word"))
    return
  fi
  case $verb:${{COMP_WORDS[COMP_CWORD-1]}} in
{}  esac
  case $verb in
{}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _sallyport sallyport
)",
                     names_of(app), values, cases);
}

// Within single quotes, and without what zsh's _arguments takes for its own.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string zsh(const CLI::App& app) {
  std::string verbs, cases;
  for (const CLI::App* verb : verbs_of(app)) {
    verbs += fmt::format("    '{}:{}'\n", verb->get_name(), zsh_text(verb->get_description()));
    cases += fmt::format("    {}) _arguments", verb->get_name());
    for (const Choice& choice : choices_of(*verb)) {
      cases += fmt::format(" \\\n      '{}[{}]", choice.name, zsh_text(choice.summary));
      if (!choice.values.empty()) cases += fmt::format(":value:({})", joined(choice.values));
      if (choice.takes_file) cases += ":file:_files";
      cases += "'";
    }
    cases += " \\\n      '*:file:_files' ;;\n";
  }
  return fmt::format(R"(#compdef sallyport
_sallyport() {{
  local -a verbs
  verbs=(
{}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
{}  esac
}}
_sallyport "$@"
)",
                     verbs, cases);
}

std::string fish_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string fish(const CLI::App& app) {
  std::string out = "# fish completion of sallyport\n";
  const std::string all = names_of(app);
  for (const CLI::App* verb : verbs_of(app)) {
    out += fmt::format("complete -c sallyport -n 'not __fish_seen_subcommand_from {}' -f -a {} -d '{}'\n", all,
                       verb->get_name(), fish_text(verb->get_description()));
    for (const Choice& choice : choices_of(*verb)) {
      out += fmt::format("complete -c sallyport -n '__fish_seen_subcommand_from {}' -l {} -d '{}'", verb->get_name(),
                         choice.name.substr(2), fish_text(choice.summary));
      if (!choice.values.empty()) out += fmt::format(" -x -a '{}'", joined(choice.values));
      if (choice.takes_file) out += " -r";
      out += '\n';
    }
  }
  return out;
}

// For man(7): a backslash and a leading dot or quote mean something, and a plain dash is no minus.
std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_begins = c == '\n';
  }
  return out;
}

std::string footer_of(const CLI::App& app) {
  const std::string footer = app.get_footer();
  return footer.empty() ? "" : fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", roff(footer));
}

std::string manual(const CLI::App& app) {
  std::string out = fmt::format(
      ".TH SALLYPORT 1 \"\" \"sallyport {}\" \"User Commands\"\n.SH NAME\nsallyport \\- the guarded gate for APIs\n"
      ".SH SYNOPSIS\n.B sallyport\n.I VERB\n[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\nA gateway that stands in front of "
      "APIs: "
      "TLS, strict HTTP, the contract of each API, one record of every call.\n.SH VERBS\n",
      SALLYPORT_VERSION);
  for (const CLI::App* verb : verbs_of(app)) {
    out += fmt::format(".SS {}\n{}\n", roff(verb->get_name()), roff(verb->get_description()));
    for (const CLI::Option* option : verb->get_options()) {
      const std::string names = option->get_name(option->get_positional(), true);
      std::string value = option->get_type_name().empty() ? "" : " " + option->get_type_name();
      if (!option->get_default_str().empty()) value += " (" + option->get_default_str() + ")";
      out += fmt::format(".TP\n.B {}{}\n{}\n", roff(names), roff(value), roff(option->get_description()));
    }
    if (!verb->get_footer().empty()) out += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(verb->get_footer()));
  }
  out += ".SH EXIT STATUS\n0: good. 1: findings. 2: wrong use or configuration. 3: internal error.\n";
  return out + footer_of(app) + ".SH SEE ALSO\n\\fBsallyport reference\\fR prints every configuration key.\n";
}

}  // namespace

void add_completion(CLI::App& app, int& exit) {
  auto shell = std::make_shared<std::string>();
  auto* verb = app.add_subcommand("completion", "Prints the completion script of a shell.");
  verb->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->footer("Example: source <(sallyport completion bash)");
  verb->callback([&app, shell, &exit] {
    std::cout << (*shell == "bash" ? bash(app) : *shell == "zsh" ? zsh(app) : fish(app));
    exit = good;
  });
}

void add_manual(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("manual", "Prints the manual page.");
  verb->footer("Example: sallyport manual | man -l -");
  verb->callback([&app, &exit] {
    std::cout << manual(app);
    exit = good;
  });
}

}  // namespace sallyport::cli
