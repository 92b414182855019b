#include "config/include.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "config/file_path.hpp"
#include "document/compose.hpp"

namespace sallyport::config {
namespace {

using document::Entry;
using document::Kind;
using document::Node;

constexpr std::string_view wildcards = "*?[";

std::string escaped(std::string_view directory) {
  std::string out;
  for (const char c : directory) {
    if (wildcards.find(c) != std::string_view::npos || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::vector<std::string> matches(std::string_view pattern, std::string_view origin) {
  std::string directory = std::filesystem::path(origin).parent_path().string();
  if (!directory.empty()) directory += '/';
  const std::string full = pattern.starts_with('/') ? std::string(pattern) : escaped(directory) + std::string(pattern);
  glob_t found = {};
  std::vector<std::string> paths;
  if (::glob(full.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::ranges::sort(paths);
  return paths;
}

std::string identity(const std::string& path) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(path, error);
  return error ? path : canonical.string();
}

// A key of the merged mapping.
struct Slot {
  const Entry* first;
  std::vector<Node> items;  // when it is a list
};

}  // namespace

class Assembly {
 public:
  explicit Assembly(Report& report) : report_(report) {}

  Result<Loaded> run(const std::string& path) {
    auto document = document::load(path);
    if (!document) return std::unexpected(std::move(document.error()));
    const Node& root = document->root();
    add(std::move(*document), path);
    std::vector<Entry> entries;
    entries.reserve(order_.size());
    for (const std::string& key : order_) entries.push_back(take(slots_.at(key)));
    auto merged = root.is_mapping() ? document::mapping_of(std::move(entries), root) : root;
    loaded_.root_ = std::make_unique<const Node>(std::move(merged));
    return std::move(loaded_);
  }

 private:
  void add(document::Document document, const std::string& path) {
    loaded_.files_.push_back(path);
    included_.insert(identity(path));
    loaded_.documents_.push_back(std::move(document));
    const Node& root = loaded_.documents_.back().root();
    if (!root.is_mapping()) {
      // What stands at the top of the first file is for its reader to judge.
      if (loaded_.files_.size() > 1 && root.kind() != Kind::null) {
        report_.error(root, fmt::format("expected a mapping, found {}", found(root)));
      }
      return;
    }
    const Entry* include = nullptr;
    for (const Entry& entry : root.entries()) {
      if (entry.key == "include") {
        include = &entry;
      } else {
        merge(entry);
      }
    }
    if (include == nullptr) return;
    const Report::Below below(report_, "include");
    open_.push_back(identity(path));
    follow(include->value);
    open_.pop_back();
  }

  void merge(const Entry& entry) {
    const std::string key(entry.key);
    const auto known = slots_.find(key);
    if (known == slots_.end()) {
      order_.push_back(key);
      const auto items = entry.value.items();
      slots_.emplace(key, Slot{&entry, {items.begin(), items.end()}});
    } else if (known->second.first->value.is_sequence() && entry.value.is_sequence()) {
      const auto items = entry.value.items();
      known->second.items.insert(known->second.items.end(), items.begin(), items.end());
    } else {
      report_.error(entry, fmt::format("{} is already set at {}", shown(key), known->second.first->where()),
                    "only lists are joined across files");
    }
  }

  static Entry take(Slot& slot) {
    if (!slot.first->value.is_sequence()) return *slot.first;
    return Entry{slot.first->key, slot.first->line, slot.first->column,
                 document::sequence_of(std::move(slot.items), slot.first->value)};
  }

  void follow(const Node& include) {
    if (include.kind() == Kind::scalar) return follow_pattern(include);
    if (!include.is_sequence()) {
      return report_.error(include, fmt::format("expected a path or a list of paths, found {}", found(include)));
    }
    for (const Node& item : include.items()) {
      if (item.kind() == Kind::scalar) {
        follow_pattern(item);
      } else {
        report_.error(item, fmt::format("expected a path, found {}", found(item)));
      }
    }
  }

  void follow_pattern(const Node& at) {
    const std::string_view pattern = at.text();
    if (pattern.empty() || pattern.find('\0') != std::string_view::npos) {
      return report_.error(at, fmt::format("expected a path, found {}", found(at)));
    }
    if (pattern.find_first_of(wildcards) == std::string_view::npos) {
      return follow_file(at, resolve_path(pattern, at.origin()).path);
    }
    for (const std::string& path : matches(pattern, at.origin())) follow_file(at, resolve_path(path, "").path);
  }

  void follow_file(const Node& at, const std::string& path) {
    const std::string name = identity(path);
    if (std::ranges::find(open_, name) != open_.end()) {
      return report_.error(at, fmt::format("{} includes itself", shown(path)));
    }
    if (included_.contains(name)) return report_.error(at, fmt::format("{} is included twice", shown(path)));
    if (open_.size() > Loaded::max_depth) {
      return report_.error(at, fmt::format("includes nested deeper than {} levels", Loaded::max_depth));
    }
    if (loaded_.files_.size() == Loaded::max_files) {
      return report_.error(at, fmt::format("more than {} files", Loaded::max_files));
    }
    auto document = document::load(path);
    if (!document && document.error().where == path) {  // not read at all
      return report_.error(at, fmt::format("{}: {}", path, document.error().message));
    }
    if (!document) return report_.error(document.error());
    add(std::move(*document), path);
  }

  Report& report_;
  Loaded loaded_;
  std::vector<std::string> order_;  // of the keys
  std::map<std::string, Slot> slots_;
  std::set<std::string> included_;  // identities of all files
  std::vector<std::string> open_;   // identities of the files around the current one
};

Result<Loaded> load_with_includes(const std::string& path, Report& report) { return Assembly(report).run(path); }

}  // namespace sallyport::config
