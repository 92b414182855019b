// keys: makes and ends API keys. A key is said once, on standard output, and never taken as an argument:
// what stands on a command line is seen by every user of the machine.
#include <ctime>
#include <iostream>
#include <memory>

#include "base/json_text.hpp"
#include "base/time_text.hpp"
#include "config/duration.hpp"
#include "identity/api_keys.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

using identity::ApiKeyRecord;
using identity::ApiKeys;

struct Options {
  std::string file = "api-keys.json";
  std::string id;
  std::string expires = "90d";
  std::string overlap = "24h";
  std::string format = "text";
  std::vector<std::string> networks;
  ApiKeyRecord record;
};

std::int64_t now() { return static_cast<std::int64_t>(std::time(nullptr)); }

int failed(const Error& error) {
  std::cerr << error.text() << "\n";
  return usage;
}

Result<std::int64_t> seconds_of(const char* option, const std::string& text) {
  const auto length = config::parse_duration(text);
  if (!length) return fail(ErrorCode::invalid, "`" + text + "` is no length of time", option, "such as 24h or 90d");
  return std::chrono::duration_cast<std::chrono::seconds>(*length).count();
}

Result<std::optional<std::int64_t>> end_of(const std::string& text) {
  if (text == "never") return std::nullopt;
  const auto length = seconds_of("--expires", text);
  if (!length) return std::unexpected(length.error());
  return now() + *length;
}

std::string day(std::int64_t time) { return rfc3339(time * 1'000'000, Fraction::none); }

const char* state_of(const ApiKeyRecord& record) {
  if (record.revoked) return "revoked";
  return record.expires && *record.expires <= now() ? "expired" : "good";
}

Result<void> not_there(const std::string& id) {
  return fail(ErrorCode::not_found, "there is no key with the id " + id, {}, "sallyport keys list shows them");
}

// Adds a new key with what the record says, and tells it.
Result<std::string> add_new(ApiKeys& keys, ApiKeyRecord record) {
  auto key = identity::make_api_key();
  if (!key) return key;
  record.id = identity::read_api_key(*key)->id;
  record.hash = keys.hash(*key);
  record.created = now();
  if (auto added = keys.add(std::move(record)); !added) return std::unexpected(added.error());
  return key;
}

int tell(const std::string& key) {
  std::cerr << "This is the key. It is shown this once; the file has only a keyed hash of it.\n";
  std::cout << key << "\n";
  return std::cout.flush() ? good : internal;
}

int create(Options options) {
  for (const std::string& text : options.networks) {
    const auto network = config::parse_cidr(text);
    if (!network) return failed(network.error());
    options.record.networks.push_back(*network);
  }
  const auto expires = end_of(options.expires);
  if (!expires) return failed(expires.error());
  options.record.expires = *expires;
  std::string key;
  const auto done = identity::change_api_keys(options.file, [&](ApiKeys& keys) -> Result<void> {
    auto made = add_new(keys, options.record);
    if (!made) return std::unexpected(made.error());
    key = std::move(*made);
    return {};
  });
  return done ? tell(key) : failed(done.error());
}

int rotate(const Options& options) {
  const auto overlap = seconds_of("--overlap", options.overlap);
  const auto expires = end_of(options.expires);
  if (!overlap) return failed(overlap.error());
  if (!expires) return failed(expires.error());
  std::string key;
  const auto done = identity::change_api_keys(options.file, [&](ApiKeys& keys) -> Result<void> {
    ApiKeyRecord* const old = keys.edit(options.id);
    if (old == nullptr) return not_there(options.id);
    if (state_of(*old) != std::string("good")) {
      return fail(ErrorCode::invalid, "the key " + options.id + " is " + state_of(*old) + ": make a new one");
    }
    const std::int64_t end = now() + *overlap;
    old->expires = std::min(old->expires.value_or(end), end);
    ApiKeyRecord fresh = *old;
    fresh.replaces = old->id;
    fresh.expires = *expires;
    auto made = add_new(keys, std::move(fresh));
    if (!made) return std::unexpected(made.error());
    key = std::move(*made);
    return {};
  });
  return done ? tell(key) : failed(done.error());
}

int revoke(const Options& options) {
  const auto done = identity::change_api_keys(options.file, [&](ApiKeys& keys) -> Result<void> {
    ApiKeyRecord* const record = keys.edit(options.id);
    if (record == nullptr) return not_there(options.id);
    if (!record->revoked) record->revoked = now();
    return {};
  });
  if (!done) return failed(done.error());
  std::cout << options.id << " is revoked; gateways that run refuse it within a second\n";
  return good;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ",") + text;
  return out;
}

int list(const Options& options) {
  const auto keys = ApiKeys::read(options.file);
  if (!keys) return failed(keys.error());
  if (options.format == "json") {
    std::string out = "[";
    for (const ApiKeyRecord& record : keys->all()) {
      out += &record == keys->all().data() ? "{\"id\":" : ",{\"id\":";
      append_json(out, record.id);
      out += ",\"name\":";
      append_json(out, record.name);
      out += std::string(",\"state\":\"") + state_of(record) + "\",\"created\":" + std::to_string(record.created);
      if (record.expires) out += ",\"expires\":" + std::to_string(*record.expires);
      if (record.revoked) out += ",\"revoked\":" + std::to_string(*record.revoked);
      out += '}';
    }
    std::cout << out << "]\n";
    return good;
  }
  for (const ApiKeyRecord& record : keys->all()) {
    std::cout << record.id << "  " << state_of(record) << "  " << record.name << "\n    for " << joined(record.apis);
    if (!record.scopes.empty()) std::cout << "; scopes " << joined(record.scopes);
    if (!record.roles.empty()) std::cout << "; roles " << joined(record.roles);
    if (!record.client.empty()) std::cout << "; with tokens of client " << record.client;
    if (!record.subject.empty()) std::cout << "; with tokens of user " << record.subject;
    if (!record.tenant.empty()) std::cout << "; tenant " << record.tenant;
    for (const config::Cidr& network : record.networks) std::cout << "; from " << config::format_cidr(network);
    std::cout << "\n    made " << day(record.created);
    if (!record.replaces.empty()) std::cout << " in place of " << record.replaces;
    std::cout << ", " << (record.expires ? "expires " + day(*record.expires) : "never expires");
    if (record.revoked) std::cout << ", revoked " << day(*record.revoked);
    std::cout << "\n";
  }
  std::cout << counted(keys->all().size(), "key") << "\n";
  return good;
}

}  // namespace

void add_keys(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* keys = app.add_subcommand("keys", "Makes, lists, rotates and revokes API keys.");
  keys->footer("Example: sallyport keys create --name billing --scope orders:read");
  keys->require_subcommand(1);
  const auto add = [&](const char* name, const char* summary, auto run) {
    auto* verb = keys->add_subcommand(name, summary);
    verb->add_option("-f,--file", options->file, "File of the keys, made with mode 0600")->capture_default_str();
    verb->callback([options, run, &exit] { exit = run(*options); });
    return verb;
  };
  const auto add_end = [&](CLI::App* verb) {
    verb->add_option("--expires", options->expires, "How long the new key is good, or `never`")->capture_default_str();
  };

  auto* create_verb = add("create", "Makes a key and prints it, this once.", create);
  create_verb->add_option("--name", options->record.name, "The application that gets it")->required();
  create_verb->add_option("--api", options->record.apis, "API that it is for; may be given again; * is any")
      ->required();
  create_verb->add_option("--scope", options->record.scopes, "Scope that it has; may be given again");
  create_verb->add_option("--role", options->record.roles, "Role that it has; may be given again");
  create_verb->add_option("--from", options->networks, "Network that it may be used from; may be given again");
  create_verb->add_option("--client", options->record.client, "OAuth client whose tokens must stand beside it");
  create_verb->add_option("--subject", options->record.subject, "User whose token must stand beside it");
  create_verb->add_option("--tenant", options->record.tenant, "Tenant that it, and a token beside it, is of");
  add_end(create_verb);
  create_verb->footer(
      "Example: sallyport keys create -f keys/api-keys.json --name 'Partner shop' --api orders --scope orders:read");

  auto* list_verb = add("list", "Lists the keys; what they are for, never the keys themselves.", list);
  list_verb->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();

  auto* rotate_verb = add("rotate", "Makes a key in place of another, which ends after the overlap.", rotate);
  rotate_verb->add_option("ID", options->id, "Id of the old key")->required();
  rotate_verb->add_option("--overlap", options->overlap, "How long the old one is good still")->capture_default_str();
  add_end(rotate_verb);

  auto* revoke_verb = add("revoke", "Ends a key now.", revoke);
  revoke_verb->add_option("ID", options->id, "Id of the key")->required();
}

}  // namespace sallyport::cli
