// One function a verb; each adds its options to the command line and runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>

namespace sallyport::cli {

// "1 operation", "2 operations".
[[nodiscard]] inline std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// What every verb answers to its caller.
enum Exit : int { good = 0, findings = 1, usage = 2, internal = 3 };

void add_run(CLI::App& app, int& exit);
void add_check(CLI::App& app, int& exit);
void add_init(CLI::App& app, int& exit);
void add_reload(CLI::App& app, int& exit);
void add_status(CLI::App& app, int& exit);
void add_replay(CLI::App& app, int& exit);
void add_classify(CLI::App& app, int& exit);
void add_keys(CLI::App& app, int& exit);
void add_revoke(CLI::App& app, int& exit);
void add_discover(CLI::App& app, int& exit);
void add_version(CLI::App& app, int& exit);
void add_debug(CLI::App& app, int& exit);
void add_reference(CLI::App& app, int& exit);
void add_completion(CLI::App& app, int& exit);
void add_manual(CLI::App& app, int& exit);

}  // namespace sallyport::cli
