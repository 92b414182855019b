// A real PostgreSQL for tests: a cluster of its own in a folder of its own, reached by a Unix socket there, so
// that no port is taken. One for the whole test program, stopped at its end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace sallyport::store::testing {

class PostgresServer {
 public:
  [[nodiscard]] static bool is_installed() { return !programs().empty(); }
  // Null when it does not start.
  static PostgresServer* get() {
    static const std::unique_ptr<PostgresServer> self = [] {
      auto server = std::make_unique<PostgresServer>();
      return server->begin() ? std::move(server) : nullptr;
    }();
    return self.get();
  }
  ~PostgresServer() {
    if (!folder_.empty()) {
      static_cast<void>(stop());
      std::filesystem::remove_all(folder_);
    }
  }

  [[nodiscard]] std::string url() const { return "postgres:///postgres?host=" + folder_ + "&user=sallyport"; }
  bool start() {
    return run("pg_ctl -s -w -t 60 -D " + folder_ + "/data -l " + folder_ +
               "/log -o \"-c listen_addresses='' -c fsync=off -k " + folder_ + "\" start");
  }
  bool stop() { return run("pg_ctl -s -w -m immediate -D " + folder_ + "/data stop"); }

 private:
  static std::string programs() {
    std::string found;
    std::error_code ignored;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
      if (std::filesystem::exists(version.path() / "bin/initdb")) found = (version.path() / "bin").string();
    }
    return found;
  }
  bool begin() {
    if (!is_installed()) return false;
    std::string name = "/tmp/sallyport_pg_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return false;
    folder_ = name;
    // PostgreSQL does not run as root.
    if (::geteuid() == 0 && std::system(("chown postgres " + folder_).c_str()) != 0) return false;
    return run("initdb -D " + folder_ + "/data -A trust -U sallyport -E UTF8 --no-sync --locale=C >/dev/null") &&
           start();
  }
  bool run(const std::string& command) {
    const std::string as = ::geteuid() == 0 ? "cd / && setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
    return std::system((as + programs_ + "/" + command).c_str()) == 0;
  }

  const std::string programs_ = programs();
  std::string folder_;
};

}  // namespace sallyport::store::testing
