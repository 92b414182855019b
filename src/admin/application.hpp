// Application: the admin listener's answers, apart from any socket. Used by one thread.
//
//   without login   /livez  /readyz  /metrics  and the dashboard's files
//   POST            /api/v1/login  /api/v1/logout
//   with login      /api/v1/session, summary, calls, calls/{id}, operations, shadow
#pragma once

#include <string>
#include <vector>

#include "admin/exchange.hpp"
#include "admin/login_limiter.hpp"
#include "admin/password.hpp"
#include "admin/sessions.hpp"
#include "admin/sources.hpp"

namespace sallyport::admin {

class Application {
 public:
  // `host_names`: further values of the Host field that are ours.
  Application(Sources sources, Password password, std::vector<std::string> host_names);

  [[nodiscard]] Answer answer(const Ask& ask, Instant now);

 private:
  [[nodiscard]] Answer probe(const Ask& ask) const;
  [[nodiscard]] Answer api(const Ask& ask, Instant now);
  [[nodiscard]] Answer read(const Ask& ask) const;
  [[nodiscard]] Answer login(const Ask& ask, Instant now);
  [[nodiscard]] Answer logout(const Ask& ask);
  [[nodiscard]] Answer calls(const Ask& ask) const;
  [[nodiscard]] Answer call(std::string_view id) const;
  [[nodiscard]] Answer findings(const Ask& ask) const;
  [[nodiscard]] Answer change_finding(const Ask& ask);
  [[nodiscard]] Answer revoke(const Ask& ask) const;
  [[nodiscard]] Answer audit(const Ask& ask) const;
  [[nodiscard]] Answer series(const Ask& ask) const;
  [[nodiscard]] Result<void> note(const Ask& ask, std::string action, std::string detail) const;
  [[nodiscard]] Answer endpoints(const Ask& ask, bool as_csv) const;
  [[nodiscard]] Answer ready() const;

  Sources sources_;
  Password password_;
  std::vector<std::string> host_names_;
  Sessions sessions_;
  LoginLimiter limiter_;
  std::int64_t started_us_;
};

}  // namespace sallyport::admin
