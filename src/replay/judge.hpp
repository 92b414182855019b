// Judge: drives the engine with one recorded call, in the order in which the gateway does
// (docs/request-life.md), and says how it ends now.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "assembly/assembly.hpp"
#include "http/head.hpp"
#include "replay/call.hpp"

#include <sallyport/engine.hpp>

namespace sallyport::replay {

struct Judged {
  Decision decision;
  bool refused_by_http = false;  // the head, before any control was asked
  Lacks lacks;                   // what some control asked for and the record has not
  // The controls that were to judge such a body, and their modes.
  struct Blind {
    std::string_view control;
    Mode mode = Mode::enforce;
    bool only_notes = false;  // no verdict of its depends on the body
  };
  std::vector<Blind> blind;
};

class Judge {
 public:
  // Its policy is shared, its limits are copied. Listeners are not part of a record: of those that
  // serve the call's scheme the largest limits hold.
  explicit Judge(const assembly::Assembled& assembled);

  // Not thread-safe. `call` must not be unjudgeable. The answer's views live as long as the policy.
  [[nodiscard]] Judged judge(const Call& call);

 private:
  // What ends the driving: true when the call went through that step.
  [[nodiscard]] bool admitted(const Call& call, Judged& out);
  [[nodiscard]] bool read_head(const Call& call, Judged& out);
  [[nodiscard]] bool request(const Call& call, Judged& out);
  [[nodiscard]] bool request_body(const Call& call, Judged& out);
  void answer(const Call& call, Judged& out);
  void answer_body(const Call& call, Judged& out);
  [[nodiscard]] Verdict settled(Verdict verdict);
  void blind(Phase phase, Lack lack, Judged& out) const;
  void unseen(Phase phase, Judged& out) const;
  void unseeing(Phase phase, bool only_notes, Judged& out) const;
  void take_event(Judged& out) const;

  std::shared_ptr<const Policy> policy_;
  http::HeadLimits limits_[2];  // without TLS, with TLS
  std::vector<std::uint64_t> max_body_;
  Connection connection_;
  Request request_;
  Response response_;
  Transaction transaction_;
};

}  // namespace sallyport::replay
