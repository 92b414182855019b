// Long because every directive that makes rules is read here; actions stand in compile_actions.cpp, directives that
// change rules in compile_updates.cpp.
#include "match/compiler.hpp"

#include <glob.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::match {
namespace {

// Directives of ModSecurity as a module of a web server. Here they would do nothing, or something
// else; a file that holds them says so instead of being half obeyed.
constexpr auto host_directives = std::to_array<std::string_view>({"secauditengine",
                                                                  "secauditlog",
                                                                  "secauditlog2",
                                                                  "secauditlogdirmode",
                                                                  "secauditlogfilemode",
                                                                  "secauditlogformat",
                                                                  "secauditlogparts",
                                                                  "secauditlogrelevantstatus",
                                                                  "secauditlogstoragedir",
                                                                  "secauditlogtype",
                                                                  "secconnengine",
                                                                  "secdatadir",
                                                                  "secdebuglog",
                                                                  "secdebugloglevel",
                                                                  "secpcrematchlimit",
                                                                  "secpcrematchlimitrecursion",
                                                                  "secrequestbodyinmemorylimit",
                                                                  "secrequestbodylimit",
                                                                  "secrequestbodylimitaction",
                                                                  "secrequestbodynofileslimit",
                                                                  "secresponsebodylimit",
                                                                  "secresponsebodylimitaction",
                                                                  "secserversignature",
                                                                  "secstatusengine",
                                                                  "sectmpdir",
                                                                  "secuploaddir",
                                                                  "secuploadfilelimit",
                                                                  "secuploadfilemode",
                                                                  "secuploadkeepfiles",
                                                                  "secunicodemapfile"});

}  // namespace

Compiler::Compiler() {
  program_.chains.emplace_back();  // number 0: no transformation
  for (std::size_t i = 0; i < program_.capture_slots.size(); ++i)
    program_.capture_slots[i] = slot(Variable::tx, std::to_string(i));
  program_.block.fill(Disruptive::pass);
  program_.block_status.fill(403);
}

std::string Compiler::where(Place place) const { return program_.files[place.file] + ":" + std::to_string(place.line); }

Result<void> Compiler::read(const Source& source) {
  if (source.inline_text) return read_text(source.text, source.path, ".", 0);
  if (source.path.find_first_of("*?[") != std::string::npos || source.optional ||
      std::filesystem::exists(source.path)) {
    Directive directive{.name = "Include", .arguments = {source.path}, .place = {}};
    program_.files.push_back(source.path);
    directive.place.file = static_cast<std::uint32_t>(program_.files.size() - 1);
    return include(directive, ".", 0, source.optional);
  }
  return fail(ErrorCode::not_found, "there is no file " + source.path, source.path);
}

Result<void> Compiler::read_file(const std::string& path, int depth) {
  if (++files_read_ > max_files) return fail(ErrorCode::limit, "more than 5000 rule files", path);
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (!file) return fail(ErrorCode::not_found, "cannot read the rule file", path);
  if (file.peek() != std::ifstream::traits_type::eof() && !(content << file.rdbuf()))
    return fail(ErrorCode::not_found, "cannot read the rule file", path);
  if (content.view().size() > max_file_bytes) return fail(ErrorCode::limit, "a rule file has more than 16 MiB", path);
  return read_text(content.view(), path, std::filesystem::path(path).parent_path().string(), depth);
}

Result<void> Compiler::read_text(std::string_view text, const std::string& name, const std::string& folder, int depth) {
  program_.files.push_back(name);
  const auto file = static_cast<std::uint32_t>(program_.files.size() - 1);
  std::vector<Directive> directives;
  if (auto read = read_directives(text, name, file, directives); !read) return read;
  for (const Directive& directive : directives) {
    if (auto taken = take(directive, folder, depth); !taken) {
      Error error = taken.error();
      if (error.where.empty()) error.where = where(directive.place);
      return std::unexpected(std::move(error));
    }
  }
  if (expect_link_) return fail(ErrorCode::invalid, "the file ends within a chain of rules", name);
  return {};
}

Result<void> Compiler::take(const Directive& directive, const std::string& folder, int depth) {
  const std::string name = lower_case(directive.name);
  const auto needs = [&](std::size_t least, std::size_t most) -> Result<void> {
    if (directive.arguments.size() >= least && directive.arguments.size() <= most) return {};
    return fail(ErrorCode::invalid,
                directive.name + " has " + std::to_string(directive.arguments.size()) + " arguments");
  };
  if (expect_link_ && name != "secrule" && name != "secaction")
    return fail(ErrorCode::invalid, "the rule before this line ends with chain, but no rule follows");
  if (name == "secrule") return rule(directive, folder);
  if (name == "secaction") {
    if (auto good = needs(1, 1); !good) return good;
    return rule(directive, folder);
  }
  if (name == "secmarker") {
    if (auto good = needs(1, 1); !good) return good;
    Marker marker{directive.arguments[0], {}};
    for (int phase = first_phase; phase <= last_phase; ++phase) {
      const auto p = static_cast<std::size_t>(phase);
      marker.at[p] = static_cast<std::uint32_t>(program_.phases[p].size());
    }
    markers_.push_back(std::move(marker));
    return {};
  }
  if (name == "secdefaultaction") {
    if (auto good = needs(1, 1); !good) return good;
    return default_action(directive);
  }
  if (name == "include" || name == "includeoptional") {
    if (auto good = needs(1, 1); !good) return good;
    return include(directive, folder, depth, name == "includeoptional");
  }
  if (name == "secruleremovebyid") return remove(directive, Pending::By::id);
  if (name == "secruleremovebytag") return remove(directive, Pending::By::tag);
  if (name == "secruleremovebymsg") return remove(directive, Pending::By::message);
  if (name == "secruleupdatetargetbyid") return update_targets(directive, Pending::By::id);
  if (name == "secruleupdatetargetbytag") return update_targets(directive, Pending::By::tag);
  if (name == "secruleupdatetargetbymsg") return update_targets(directive, Pending::By::message);
  if (name == "secruleupdateactionbyid") {
    if (auto good = needs(2, 2); !good) return good;
    return update_actions(directive);
  }
  return engine_setting(directive, name);
}

Result<void> Compiler::engine_setting(const Directive& directive, const std::string& name) {
  if (std::ranges::find(host_directives, std::string_view(name)) != host_directives.end())
    return fail(ErrorCode::invalid, directive.name + " configures ModSecurity's host, not rules", {},
                "take it out; limits and logs are Sallyport's own keys");
  const std::string argument = directive.arguments.empty() ? std::string{} : lower_case(directive.arguments[0]);
  if (name == "secresponsebodymimetype") {
    for (const std::string& type : directive.arguments) program_.response_types.push_back(lower_case(type));
    return {};
  }
  if (name == "secresponsebodymimetypesclear") {
    program_.response_types.clear();
    return {};
  }
  if (directive.arguments.size() != 1)
    return fail(ErrorCode::invalid, directive.name + " is not supported, or has not one argument");
  if (name == "seccomponentsignature" || name == "seccollectiontimeout") return {};
  if (name == "secruleengine") {
    if (argument != "on" && argument != "off" && argument != "detectiononly")
      return fail(ErrorCode::invalid, "SecRuleEngine is On, DetectionOnly or Off");
    program_.engine_on = argument != "off";
    return {};
  }
  const auto only = [&](std::string_view value) -> Result<void> {
    if (argument == value) return {};
    return fail(ErrorCode::invalid, directive.name + " is supported as \"" + std::string(value) + "\" only");
  };
  if (name == "secrequestbodyaccess" || name == "secresponsebodyaccess") return only("on");
  if (name == "secargumentseparator") return only("&");
  if (name == "seccookieformat") return only("0");
  return fail(ErrorCode::invalid, "directive " + directive.name + " is not supported");
}

Result<void> Compiler::include(const Directive& directive, const std::string& folder, int depth, bool optional) {
  if (depth >= max_include_depth) return fail(ErrorCode::limit, "includes are nested more than 16 deep");
  const std::string& written = directive.arguments[0];
  const std::string path = written.starts_with('/') || folder.empty() ? written : folder + "/" + written;
  glob_t found{};
  const int outcome = ::glob(path.c_str(), GLOB_ERR, nullptr, &found);
  std::vector<std::string> paths;
  for (std::size_t i = 0; outcome == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (paths.empty() && !optional && path.find_first_of("*?[") == std::string::npos)
    return fail(ErrorCode::not_found, "there is no file " + path);
  if (outcome != 0 && outcome != GLOB_NOMATCH) return fail(ErrorCode::not_found, "cannot list " + path);
  for (const std::string& one : paths) {
    if (std::filesystem::is_directory(one)) continue;
    if (auto read = read_file(one, depth + 1); !read) return read;
  }
  return {};
}

Result<void> Compiler::default_action(const Directive& directive) {
  auto actions = read_actions(directive.arguments[0]);
  if (!actions) return std::unexpected(actions.error());
  Rule probe;
  transformations_.clear();
  probe.phase = 0;
  for (const ActionText& one : *actions) {
    if (auto read = action(one, probe); !read) return read;
  }
  if (probe.phase == 0) return fail(ErrorCode::invalid, "SecDefaultAction without a phase");
  if (probe.disruptive == Disruptive::block) return fail(ErrorCode::invalid, "SecDefaultAction says what block means");
  program_.block[probe.phase] = probe.disruptive == Disruptive::none ? Disruptive::pass : probe.disruptive;
  program_.block_status[probe.phase] = probe.status;
  std::erase_if(*actions, [](const ActionText& one) { return one.name == "phase"; });
  defaults_[probe.phase] = {std::move(*actions)};
  return {};
}

Result<void> Compiler::rule(const Directive& directive, const std::string& folder) {
  const bool unconditional = lower_case(directive.name) == "secaction";
  const std::size_t operands = unconditional ? 0 : 2;
  if (directive.arguments.size() < operands || directive.arguments.size() > operands + 1)
    return fail(ErrorCode::invalid,
                directive.name + " has " + std::to_string(directive.arguments.size()) + " arguments");
  if (program_.rules.size() == max_rules) return fail(ErrorCode::limit, "more than 60000 rules");
  Rule rule;
  rule.place = directive.place;
  rule.unconditional = unconditional;
  rule.chained = expect_link_;
  rule.phase = 2;
  if (rule.chained) rule.phase = program_.rules.back().phase;
  if (!unconditional) {
    if (auto read = targets(directive.arguments[0], rule); !read) return read;
    auto operation = compile_operation(directive.arguments[1], folder);
    if (!operation) return std::unexpected(operation.error());
    rule.operation = std::move(*operation);
    auto argument = macro(rule.operation.argument);
    const bool has_macros = rule.operation.argument.find("%{") != std::string::npos;
    if (has_macros && !argument) return std::unexpected(argument.error());
    if (has_macros) rule.argument_macro = std::make_shared<const Macro>(std::move(*argument));
  }
  std::vector<ActionText> given;
  if (directive.arguments.size() > operands) {
    auto read = read_actions(directive.arguments[operands]);
    if (!read) return std::unexpected(read.error());
    given = std::move(*read);
  }
  if (auto read = actions(std::move(given), rule, false); !read) return read;
  if (!rule.chained && rule.id == 0) return fail(ErrorCode::invalid, "a rule without an id");
  if (rule.chained) rule.id = program_.rules.back().id;
  const auto index = static_cast<std::uint32_t>(program_.rules.size());
  if (!rule.chained) {
    for (const Rule& other : program_.rules) {
      if (other.id == rule.id) return fail(ErrorCode::invalid, "the id " + std::to_string(rule.id) + " is used twice");
    }
    Step step;
    step.rule = index;
    program_.phases[rule.phase].push_back(step);
  }
  expect_link_ = rule.continues;
  if (rule.chained) {
    std::size_t links = 1;
    while (links < program_.rules.size() && program_.rules[program_.rules.size() - links].chained) ++links;
    if (links >= max_chain) return fail(ErrorCode::limit, "a chain of more than 64 rules");
  }
  program_.rules.push_back(std::move(rule));
  removed_.push_back(false);
  return {};
}

Result<Selector> Compiler::selector(std::string_view text) const {
  Selector out;
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, text.size() - 2);
  if (text.empty()) return out;
  if (text.size() >= 2 && text.front() == '/' && text.back() == '/' && text != "//") {
    auto regex = Regex::compile(std::string(text.substr(1, text.size() - 2)), Regex::Case::insensitive);
    if (!regex) return std::unexpected(regex.error());
    // Of names and "^name" the text is enough.
    const std::string_view pattern = text.substr(1, text.size() - 2);
    const std::string_view literal = pattern.starts_with('^') ? pattern.substr(1) : pattern;
    if (!literal.empty() &&
        std::ranges::all_of(literal, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; })) {
      out.kind = literal == pattern ? Selector::Kind::infix : Selector::Kind::prefix;
      out.name = lower_case(literal);
      return out;
    }
    out.kind = Selector::Kind::pattern;
    out.pattern = std::make_shared<const Regex>(std::move(*regex));
    return out;
  }
  out.kind = Selector::Kind::name;
  out.name = text;
  return out;
}

Result<void> Compiler::targets(std::string_view text, Rule& rule) {
  while (!text.empty()) {
    // A name, and what may stand behind a colon: in quotes, between slashes, or up to a bar.
    std::size_t end = text.find_first_of("|,:");
    std::string_view name = http::trim_blanks(text.substr(0, end));
    std::string_view member;
    if (end != std::string_view::npos && text[end] == ':') {
      const std::string_view rest = text.substr(end + 1);
      std::size_t length = rest.find_first_of("|,");
      if (rest.starts_with('\'') || (rest.starts_with('/') && rest.find('/', 1) != std::string_view::npos &&
                                     !rest.starts_with("//") && !rest.starts_with("/*"))) {
        length = 1;
        while (length < rest.size() && (rest[length] != rest[0] || rest[length - 1] == '\\')) ++length;
        if (length == rest.size()) return fail(ErrorCode::invalid, "a selector is not closed: " + std::string(rest));
        ++length;
      }
      member = rest.substr(0, length);
      end = length == std::string_view::npos || length >= rest.size() ? std::string_view::npos : end + 1 + length;
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (name.empty()) continue;
    const bool exclude = name.starts_with('!');
    const bool count = name.starts_with('&');
    if (exclude || count) name.remove_prefix(1);
    const auto variable = variable_named(name);
    if (!variable) return fail(ErrorCode::invalid, "variable " + std::string(name) + " is not supported");
    if (!member.empty() && variable_kind(*variable) == VariableKind::scalar)
      return fail(ErrorCode::invalid, "variable " + std::string(name) + " has no members");
    auto chosen = selector(member);
    if (!chosen) return std::unexpected(chosen.error());
    if (*variable == Variable::xml && chosen->name != "/*" && chosen->name != "//@*")
      return fail(ErrorCode::invalid, "XML is supported as XML:/* and XML://@* only");
    if (exclude) {
      rule.exclusions.push_back({*variable, std::move(*chosen)});
      continue;
    }
    Target target{*variable, std::move(*chosen), count, no_slot, {}};
    if (variable_kind(*variable) == VariableKind::store && target.selector.kind == Selector::Kind::name)
      target.slot = slot(*variable, target.selector.name);
    rule.targets.push_back(std::move(target));
  }
  if (rule.targets.empty() && rule.exclusions.empty()) return fail(ErrorCode::invalid, "a rule without variables");
  return {};
}

std::uint32_t Compiler::slot(Variable store, std::string_view name) {
  const std::string key = std::string(variable_name(store)) + "." + lower_case(name);
  const auto [at, fresh] = slots_.try_emplace(key, static_cast<std::uint32_t>(program_.slots.size()));
  if (fresh) program_.slots.push_back({store, lower_case(name)});
  return at->second;
}

std::uint32_t Compiler::chain_of(std::span<const Transformation> transformations) {
  std::uint32_t chain = 0;
  for (const Transformation last : transformations) {
    const auto& chains = program_.chains;
    const auto found = std::find_if(chains.begin() + 1, chains.end(), [&](const TransformationChain& known) {
      return known.prefix == chain && known.last == last;
    });
    const auto index = static_cast<std::uint32_t>(found - chains.begin());
    if (found == chains.end()) program_.chains.push_back({chain, last, chains[chain].triggers | triggers_of(last)});
    chain = index;
  }
  return chain;
}

Result<Macro> Compiler::macro(std::string_view text) {
  Macro out;
  const auto literal = [&out](std::string_view part) {
    if (part.empty()) return;
    if (!out.parts.empty() && !out.parts.back().variable) {
      out.parts.back().text += part;
    } else {
      out.parts.push_back({std::string(part), std::nullopt, no_slot});
    }
  };
  while (!text.empty()) {
    const std::size_t open = text.find("%{");
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      literal(text);
      break;
    }
    literal(text.substr(0, open));
    const std::string_view inner = text.substr(open + 2, close - open - 2);
    const std::size_t dot = inner.find_first_of(".:");
    const auto variable = variable_named(inner.substr(0, dot));
    if (!variable) return fail(ErrorCode::invalid, "variable " + std::string(inner) + " is not supported");
    MacroPart part{dot == std::string_view::npos ? std::string{} : std::string(inner.substr(dot + 1)), *variable,
                   no_slot};
    if (variable_kind(*variable) == VariableKind::store) part.slot = slot(*variable, part.text);
    out.parts.push_back(std::move(part));
    text.remove_prefix(close + 1);
  }
  return out;
}

Result<Program> Compiler::finish() {
  filter_removed();
  for (std::size_t phase = first_phase; phase <= last_phase; ++phase) {
    auto& order = program_.phases[phase];
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Rule& rule = program_.rules[order[i].rule];
      std::uint32_t& next = order[i].next;
      next = static_cast<std::uint32_t>(i + 1);
      if (!rule.skip_after.empty()) {
        // The next marker of that name, or behind the rule with that id; else nothing more runs.
        next = static_cast<std::uint32_t>(order.size());
        for (const Marker& marker : markers_) {
          if (marker.name != rule.skip_after || marker.at[phase] <= i) continue;
          next = marker.at[phase];
          break;
        }
        for (std::size_t k = i + 1; k < order.size(); ++k) {
          if (std::to_string(program_.rules[order[k].rule].id) == rule.skip_after)
            next = static_cast<std::uint32_t>(k + 1);
        }
      }
      next = static_cast<std::uint32_t>(std::min<std::size_t>(std::size_t{next} + rule.skip, order.size()));
    }
  }
  program_.slot_index = SlotIndex(program_.slots);
  for (Rule& rule : program_.rules) {
    for (Target& target : rule.targets) {
      if (variable_kind(target.variable) != VariableKind::store || target.slot != no_slot) continue;
      for (std::size_t i = 0; i < program_.slots.size(); ++i) {
        if (program_.slots[i].store == target.variable && selects(target.selector, program_.slots[i].name))
          target.slots.push_back(static_cast<std::uint32_t>(i));
      }
    }
  }
  for (const Pending& pending : pending_) {
    auto found = select(pending.by, pending.text);
    if (!found) {
      Error error = found.error();
      error.where = where(program_.rules[pending.rule].place);
      return std::unexpected(std::move(error));
    }
    program_.rules[pending.rule].settings[pending.setting].rules = std::move(*found);
  }
  return std::move(program_);
}

}  // namespace sallyport::match
