// protect_logins: guessing passwords, trying stolen ones, and locking others out. Contract in README.md.
#include "controls/protect_logins/protect_logins.hpp"

#include <algorithm>
#include <new>

#include "base/random.hpp"
#include "controls/protect_logins/counters.hpp"
#include "controls/protect_logins/operations.hpp"
#include "controls/rate_limit/limits.hpp"
#include "engine/controls_of.hpp"
#include "engine/descriptor.hpp"
#include "engine/driver_rules.hpp"
#include "engine/provider.hpp"
#include "jose/claims.hpp"

namespace sallyport::controls::protect_logins {
namespace {

using Login = Operations::Login;

// Of what passwords are kept by, for an hour: never leaves the process.
struct PasswordKey {
  explicit PasswordKey(engine::Services&) {}
  SipKey key = random_value<SipKey>();
};

enum class Step : std::uint8_t { fresh, peeking, charging, giving_back, on_its_way, settling, done };

struct State {
  const Login* login = nullptr;
  Step step = Step::fresh;
  Attempt* attempt = nullptr;  // in the arena: other calls pay for a pointer
  Counters::Refusal refusal;
};

class ProtectLogins final : public Control {
 public:
  ProtectLogins(Operations operations, Counters counters, shared::Leases* leases, shared::OnStoreError on_store_error)
      : operations_(std::move(operations)),
        counters_(std::move(counters)),
        leases_(leases),
        on_store_error_(on_store_error) {}

  [[nodiscard]] Phases phases() const override {
    if (operations_.empty()) return {};
    return {Phase::request_head, Phase::request_body, Phase::response_head, Phase::response_body, Phase::end};
  }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }
  [[nodiscard]] const Operations& operations() const { return operations_; }

  Verdict on_request_head(const Context& context) const override {
    State& state = context.state<State>();
    state.login = operations_.find(context);
    if (state.login == nullptr) return Pass{};
    context.want_body(engine::max_whole_body);
    if (state.login->rule.success_field.empty()) return Pass{};
    const auto edits = context.arena().array<Edit>(1);  // the answer must be readable
    edits[0] = {Edit::Kind::remove, 0, "Accept-Encoding", {}};
    return Rewrite{edits, nullptr, {}};
  }

  Verdict on_request_body(const Context& context) const override {
    State& state = context.state<State>();
    if (state.login == nullptr) return Pass{};
    switch (state.step) {
      case Step::fresh:
        return begin(context, state);
      case Step::peeking:
        if (const auto grants = grants_in(context); !grants.empty()) return charge(context, state, grants);
        return without_store(context, state);
      case Step::charging:
        if (const auto grants = grants_in(context); !grants.empty()) return conclude(context, state, grants);
        return without_store(context, state);
      case Step::giving_back:
        return refuse(context, state);
      case Step::on_its_way:
      case Step::settling:
      case Step::done:
        break;
    }
    return Pass{};
  }

  Verdict on_response_head(const Context& context) const override {
    State& state = context.state<State>();
    if (state.step == Step::settling) return settled(state);
    if (state.step != Step::on_its_way) return Pass{};
    switch (judge(state.login->rule, context.response().status)) {
      case Outcome::success:
        break;
      case Outcome::failure:
        return failed(context, state);
      case Outcome::neither:
        return settle(context, state, false);
    }
    if (state.login->rule.success_field.empty()) return settle(context, state, true);
    context.want_body(engine::max_whole_body);  // what is longer or empty is no success: the charge stays
    return Pass{};
  }

  Verdict on_response_body(const Context& context) const override {
    State& state = context.state<State>();
    if (state.step == Step::settling) return settled(state);
    if (state.step != Step::on_its_way) return Pass{};
    const LoginOperation& rule = state.login->rule;
    const Decoded& body = context.decoded();
    const decode::Value* field =
        body.state == Decoded::State::tree ? jose::find_claim(*body.value, rule.success_field) : nullptr;
    const bool success = field != nullptr && !field->is_container() &&
                         std::ranges::find(rule.success_values, field->text()) != rule.success_values.end();
    return success ? settle(context, state, true) : failed(context, state);
  }

  // Nothing came back: nobody learned anything. What other nodes count cannot be given back from here.
  void on_end(const Context& context) const override {
    State& state = context.state<State>();
    if (state.step != Step::on_its_way || (leases_ != nullptr && !state.attempt->alone)) return;
    if (state.login->rule.success_field.empty()) give_back_here(context, state, false);
  }

 private:
  enum class Outcome : std::uint8_t { success, failure, neither };

  static Outcome judge(const LoginOperation& rule, std::uint16_t status) {
    if (std::ranges::find(rule.failure_status, status) != rule.failure_status.end()) return Outcome::failure;
    if (!rule.success_status.empty()) {
      const bool good = std::ranges::find(rule.success_status, status) != rule.success_status.end();
      if (good) return Outcome::success;
    } else if (status < 400) {
      return Outcome::success;
    }
    return status < 500 ? Outcome::failure : Outcome::neither;
  }

  [[nodiscard]] static std::span<const shared::Grant> grants_in(const Context& context) {
    const Answer* answer = context.answer();
    if (answer == nullptr || !answer->found) return {};
    const auto grants = shared::grants_in(answer->value);
    return std::ranges::all_of(grants, &shared::Grant::answered) ? grants : std::span<const shared::Grant>{};
  }

  static Verdict need(const Context& context, const Counters::Asks& asks) {
    const auto kept = context.arena().array<shared::Ask>(asks.count);
    std::ranges::copy(asks.all(), kept.begin());
    return Need{{engine::Provider::counters, shared::packed(std::span<const shared::Ask>(kept))}};
  }

  [[nodiscard]] std::span<const shared::Grant> here(const Context& context, const Counters::Asks& asks) const {
    const auto grants = context.arena().array<shared::Grant>(asks.count);
    counters_.answer(asks.all(), grants, leases_ != nullptr ? leases_->nodes() : 1, context.now_us());
    return grants;
  }

  Verdict begin(const Context& context, State& state) const {
    const LoginOperation& rule = state.login->rule;
    const auto credentials = read_credentials(context, rule);
    if (!credentials) return unreadable(credentials.error());
    state.attempt = ::new (context.arena().allocate(sizeof(Attempt), alignof(Attempt))) Attempt;
    counters_.identify(*state.attempt, *credentials, context.connection(), context.request().fields,
                       rule.every ? std::string_view(state.login->label) : std::string_view());
    Counters::Asks asks;
    counters_.peek(*state.attempt, asks);
    if (asks.count == 0) return charge(context, state, {});
    if (leases_ == nullptr) return charge(context, state, here(context, asks));
    state.step = Step::peeking;
    return need(context, asks);
  }

  Verdict charge(const Context& context, State& state, std::span<const shared::Grant> peeked) const {
    const std::int64_t now = context.now_us();
    counters_.plan(*state.attempt, peeked, now);
    if (const auto refusal = counters_.charge_here(*state.attempt, now)) {
      state.refusal = *refusal;
      give_back_here(context, state, false);  // nothing of other nodes' is taken yet
      return refuse(context, state);
    }
    Counters::Asks asks;
    counters_.charge(*state.attempt, asks);
    if (leases_ == nullptr || state.attempt->alone) return conclude(context, state, here(context, asks));
    if (asks.count == 0) return conclude(context, state, {});
    state.step = Step::charging;
    return need(context, asks);
  }

  Verdict conclude(const Context& context, State& state, std::span<const shared::Grant> grants) const {
    const auto refusal = counters_.read(*state.attempt, grants);
    state.step = Step::on_its_way;
    if (!refusal) return Pass{};
    state.refusal = *refusal;
    // A try that is refused is none: otherwise whoever goes on trying would keep others out.
    Counters::Asks back;
    counters_.settle(*state.attempt, false, back, context.now_us());
    if (leases_ == nullptr || state.attempt->alone) {
      static_cast<void>(here(context, back));
      return refuse(context, state);
    }
    if (back.count == 0) return refuse(context, state);
    state.step = Step::giving_back;
    return need(context, back);
  }

  Verdict without_store(const Context& context, State& state) const {
    switch (on_store_error_) {
      case shared::OnStoreError::deny: {
        state.step = Step::done;
        const Problem problem{503, "limit_unknown", "Try again later", {}, "Retry-After", "1"};
        return Deny{problem, {"store", "the shared counters did not answer, and on_store_error is deny"}};
      }
      case shared::OnStoreError::allow:
        state.step = Step::done;
        break;
      case shared::OnStoreError::local:
        break;
    }
    context.note({"store_unanswered", "the shared counters did not answer in time"});
    if (state.step == Step::done) return Pass{};
    state.attempt->alone = true;
    Counters::Asks asks;
    counters_.peek(*state.attempt, asks);
    return charge(context, state, here(context, asks));
  }

  // With `success` the source is known from now on.
  Verdict settle(const Context& context, State& state, bool success) const {
    if (state.login->rule.every) return settled(state);
    if (leases_ == nullptr || state.attempt->alone) {
      give_back_here(context, state, success);
      return Pass{};
    }
    Counters::Asks asks;
    counters_.settle(*state.attempt, success, asks, context.now_us());
    if (asks.count == 0) return settled(state);
    state.step = Step::settling;
    return need(context, asks);
  }

  static Verdict settled(State& state) {
    state.step = Step::done;
    return Pass{};
  }

  void give_back_here(const Context& context, State& state, bool success) const {
    Counters::Asks asks;
    counters_.settle(*state.attempt, success, asks, context.now_us());
    static_cast<void>(here(context, asks));
    state.step = Step::done;
  }

  static std::string_view account_text(const Context& context, const State& state) {
    if (state.attempt->accounts == 0) return "no account";
    constexpr std::string_view digits = "0123456789abcdef";
    const auto tag = context.arena().array<char>(8);  // enough to tell accounts apart, not to find them
    for (std::size_t i = 0; i < tag.size(); ++i) tag[i] = digits[state.attempt->account[0] >> (4 * i) & 15];
    return context.arena().concat("account #", std::string_view(tag.data(), tag.size()));
  }

  static Verdict failed(const Context& context, State& state) {
    state.step = Step::done;
    context.note({"login_failed", account_text(context, state)});
    return Pass{};
  }

  static Verdict refuse(const Context& context, State& state) {
    Arena& arena = context.arena();
    const Counters::Refusal& why = state.refusal;
    // With observe the call goes on, and its success makes the source known; nothing is charged.
    state.step = Step::on_its_way;
    const std::int64_t seconds = why.wait_us == shared::Outcome::never_us ? 3600 : (why.wait_us + 999'999) / 1'000'000;
    return Deny{rate_limit::too_many_requests(std::max<std::int64_t>(seconds, 1), arena),
                {rule_of(why.counter), arena.concat(account_text(context, state), ": ", why.limit)}};
  }

  static Verdict unreadable(const Reason& why) {
    if (why.rule == "media_type") {
      return Deny{{415, "unsupported_media_type", "The media type is not supported", {}, {}, {}}, why};
    }
    return Deny{{400, "malformed_body", "The body is malformed", {}, {}, {}}, why};
  }

  Operations operations_;
  Counters counters_;
  shared::Leases* leases_;
  shared::OnStoreError on_store_error_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope& scope, const document::Node* at,
                                    config::Report& report) {
  static engine::Services alone;  // of tests that compile a control without a program
  engine::Services& services = scope.services != nullptr ? *scope.services : alone;
  shared::MemoryStore& store = services.counters();
  Operations operations = Operations::make(config, scope, at, report);
  const std::string_view name = scope.api != nullptr ? std::string_view(scope.api->name) : std::string_view();
  Counters counters(config, name, store, services.part<PasswordKey>().key);
  return std::make_shared<const ProtectLogins>(std::move(operations), std::move(counters), services.leases(),
                                               config.on_store_error);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self =
      engine::describe<Config, make>("protect_logins", "Slows down guessing of passwords, by account and by source.");
  return self;
}

std::string explain(const Policy& policy) {
  std::string out;
  engine::for_each_control<ProtectLogins>(policy, [&](const Api& api, const ProtectLogins& control) {
    for (const Login& login : control.operations().all()) {
      if (login.rule.login) out += api.name + ": " + login.label + " is a log-in: " + login.why + "\n";
    }
  });
  return out;
}

}  // namespace sallyport::controls::protect_logins
