// The engine alone: modes, on_error, Need, edits, budget, state, and no heap allocation a call.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "spec/router.hpp"

#include <sallyport/engine.hpp>

namespace {
std::size_t allocations = 0;
}  // namespace

// Thread sanitizer brings its own, and can be told of no other.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SALLYPORT_ALLOCATIONS_UNCOUNTED
#endif
#endif

#ifndef SALLYPORT_ALLOCATIONS_UNCOUNTED
void* operator new(std::size_t size) {
  ++allocations;
  if (void* at = std::malloc(size)) return at;
  throw std::bad_alloc();
}
void operator delete(void* at) noexcept { std::free(at); }               // NOLINT(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* at, std::size_t) noexcept { std::free(at); }  // NOLINT(clang-analyzer-cplusplus.NewDelete)
#endif

namespace sallyport {
namespace {

enum class Say { pass, deny, fail, need, edit, spend };

struct State {
  int asked = 0;
};

class Scripted final : public Control {
 public:
  explicit Scripted(Say say) : say_(say) {}
  [[nodiscard]] Phases phases() const override { return {Phase::request_head, Phase::response_head}; }
  [[nodiscard]] StateLayout state_layout() const override { return StateLayout::of<State>(); }
  Verdict on_request_head(const Context& context) const override {
    const int asked = ++context.state<State>().asked;
    switch (say_) {
      case Say::pass:
        return Pass{};
      case Say::deny:
        return Deny{{403, "forbidden", "No", {}, {}, {}}, {"test", "said no"}};
      case Say::fail:
        return Failed{"broke"};
      case Say::need:
        if (context.answer() == nullptr) return Need{{0, "key"}};
        if (asked != 2 || !context.answer()->found) return Failed{"wrong answer"};
        return Pass{};
      case Say::edit: {
        const auto edits = context.arena().array<Edit>(2);
        edits[0] = {Edit::Kind::set, 0, "X-New", "1"};
        edits[1] = {Edit::Kind::remove, 0, "X-Old", {}};
        return Rewrite{edits, nullptr, {"edited", ""}};
      }
      case Say::spend:
        return context.spend(11) ? Verdict{Pass{}} : Verdict{Failed{"budget"}};
    }
    return Failed{"no such word"};
  }

 private:
  Say say_;
};

struct Fixture {
  explicit Fixture(const std::vector<std::pair<Say, Mode>>& controls, OnError on_error = OnError::deny) {
    auto api = std::make_unique<Api>();
    api->name = "a";
    api->hosts = {"*"};
    api->base_path = "/";
    router = std::make_shared<const Router>(Router::build({api.get()}).value());
    policy.apis.push_back(std::move(api));
    policy.router = router;
    std::vector<Step> steps;
    steps.reserve(controls.size());
    for (const auto& [say, mode] : controls) {
      steps.push_back({"scripted", std::make_shared<const Scripted>(say), mode, on_error, 0, {}});
    }
    policy.pipelines.emplace_back(std::move(steps));
    policy.budget = 10;
  }
  Verdict head() {
    auto& arena = tx.fresh_arena();
    EXPECT_TRUE(parse_request("GET /x HTTP/1.1\r\nHost: h\r\nX-Old: 1\r\n\r\n", false, arena, request));
    tx.begin(policy, connection, request, Clock{1});
    return tx.request_head();
  }
  std::shared_ptr<const Router> router;
  Policy policy;
  Connection connection;
  Request request;
  Transaction tx;
};

TEST(Transaction, EnforcedDenialStopsTheCall) {
  Fixture f({{Say::pass, Mode::enforce}, {Say::deny, Mode::enforce}, {Say::fail, Mode::enforce}});
  const Verdict verdict = f.head();
  ASSERT_TRUE(std::holds_alternative<Deny>(verdict));
  EXPECT_EQ(f.tx.event().control, "scripted");
  EXPECT_EQ(f.tx.event().reason.rule, "test");
  EXPECT_EQ(f.tx.event().outcome, Outcome::denied);
  EXPECT_EQ(f.tx.event().note_count, 1u);
}

TEST(Transaction, ObservedDenialIsOnlyNoted) {
  Fixture f({{Say::deny, Mode::observe}});
  EXPECT_TRUE(std::holds_alternative<Pass>(f.head()));
  ASSERT_EQ(f.tx.event().note_count, 1u);
  EXPECT_EQ(f.tx.event().notes[0].action, Note::Action::would_deny);
}

TEST(Transaction, ControlThatIsOffIsNotAsked) {
  Fixture f({{Say::deny, Mode::off}});
  EXPECT_TRUE(std::holds_alternative<Pass>(f.head()));
  EXPECT_EQ(f.tx.event().note_count, 0u);
}

TEST(Transaction, FailureDeniesUnlessConfiguredOtherwise) {
  Fixture closed({{Say::fail, Mode::enforce}});
  const Verdict verdict = closed.head();
  ASSERT_TRUE(std::holds_alternative<Deny>(verdict));
  EXPECT_EQ(std::get<Deny>(verdict).problem.status, 500);
  EXPECT_EQ(closed.tx.event().outcome, Outcome::failed);
  Fixture open({{Say::fail, Mode::enforce}}, OnError::allow);
  EXPECT_TRUE(std::holds_alternative<Pass>(open.head()));
  EXPECT_EQ(open.tx.event().notes[0].action, Note::Action::failed);
}

TEST(Transaction, NeedComesBackToTheSameControlWithItsState) {
  Fixture f({{Say::need, Mode::enforce}, {Say::deny, Mode::enforce}});
  ASSERT_TRUE(std::holds_alternative<Need>(f.head()));
  EXPECT_TRUE(std::holds_alternative<Deny>(f.tx.resume(Answer{true, "v"})));
  EXPECT_EQ(f.tx.event().reason.rule, "test");
}

TEST(Transaction, EditsReachTheMessageOnlyWhenEnforced) {
  Fixture enforced({{Say::edit, Mode::enforce}});
  (void)enforced.head();
  EXPECT_NE(enforced.request.fields.find("x-new"), nullptr);
  EXPECT_EQ(enforced.request.fields.find("X-Old"), nullptr);
  Fixture observed({{Say::edit, Mode::observe}});
  (void)observed.head();
  EXPECT_EQ(observed.request.fields.find("x-new"), nullptr);
  EXPECT_NE(observed.request.fields.find("X-Old"), nullptr);
}

// Puts a letter behind each body, and notes what it saw.
class Appending final : public Control {
 public:
  explicit Appending(bool in_head = false) : in_head_(in_head) {}
  [[nodiscard]] Phases phases() const override {
    return {Phase::request_head, Phase::request_body, Phase::response_body};
  }
  Verdict on_request_head(const Context&) const override {
    if (in_head_) return Rewrite{{}, nullptr, {}, "x"};
    return Pass{};
  }
  Verdict on_request_body(const Context& context) const override { return longer(context); }
  Verdict on_response_body(const Context& context) const override { return longer(context); }

 private:
  static Verdict longer(const Context& context) {
    return Rewrite{{}, nullptr, {"longer", context.body()}, context.arena().concat(context.body(), "+")};
  }
  bool in_head_;
};

struct BodyFixture : Fixture {
  explicit BodyFixture(const std::vector<Mode>& modes, bool in_head = false) : Fixture({}) {
    std::vector<Step> steps;
    for (const Mode mode : modes) {
      steps.push_back({"appending", std::make_shared<const Appending>(in_head), mode, OnError::deny, 0, {}});
    }
    policy.pipelines.front() = Pipeline(std::move(steps));
  }
};

std::string_view new_body(const Verdict& verdict) {
  const auto* rewrite = std::get_if<Rewrite>(&verdict);
  return rewrite != nullptr && rewrite->body ? *rewrite->body : "(none)";
}

TEST(Transaction, RewrittenBodiesGoOnToTheNextControlAndToTheDriver) {
  BodyFixture f({Mode::enforce, Mode::observe, Mode::enforce});
  (void)f.head();
  EXPECT_EQ(new_body(f.tx.request_body("a")), "a++");
  ASSERT_EQ(f.tx.event().note_count, 3u);
  EXPECT_EQ(f.tx.event().notes[1].action, Note::Action::would_rewrite);
  EXPECT_EQ(f.tx.event().notes[2].reason.detail, "a+");
  Response response;
  response.framing = Framing::chunked;
  (void)f.tx.response_head(response);
  EXPECT_EQ(new_body(f.tx.response_body("b")), "b++");
  EXPECT_EQ(response.framing, Framing::length);
  EXPECT_EQ(response.content_length, 3u);
}

TEST(Transaction, ObservedRewritingLeavesTheBody) {
  BodyFixture f({Mode::observe});
  (void)f.head();
  EXPECT_TRUE(std::holds_alternative<Pass>(f.tx.request_body("a")));
  EXPECT_EQ(f.request.framing, Framing::none);
}

TEST(Transaction, NothingIsSaidOfTheOldBytesAnyLonger) {
  BodyFixture f({Mode::enforce});
  (void)f.head();
  Response response;
  for (const char* name :
       {"Content-Encoding", "ETag", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Accept-Ranges"}) {
    response.fields.append(name, "x");
  }
  response.fields.append("Content-Type", "application/json");
  (void)f.tx.response_head(response);
  (void)f.tx.response_body("b");
  std::string left;
  for (const Field& field : response.fields.all()) left += field.removed ? "" : field.name;
  EXPECT_EQ(left, "Content-Type");
  // The request's fields are its own.
  EXPECT_NE(f.request.fields.find("X-Old"), nullptr);
}

TEST(Transaction, ABodyRewrittenOutsideOfItsPhaseIsAFailure) {
  BodyFixture f({Mode::enforce}, true);
  EXPECT_TRUE(std::holds_alternative<Deny>(f.head()));
  EXPECT_EQ(f.tx.event().reason.rule, "control_failure");
}

TEST(Transaction, SpentBudgetIsAFailure) {
  Fixture f({{Say::spend, Mode::enforce}});
  EXPECT_TRUE(std::holds_alternative<Deny>(f.head()));
}

TEST(Transaction, AllocatesNothingOnTheHeap) {
  Fixture f({{Say::pass, Mode::enforce}, {Say::edit, Mode::enforce}});
  for (int i = 0; i < 3; ++i) (void)f.head();
#ifdef SALLYPORT_ALLOCATIONS_UNCOUNTED
  GTEST_SKIP() << "allocations are not counted in this build";
#endif
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) {
    (void)f.head();
    f.tx.end();
  }
  EXPECT_EQ(allocations - before, 0u);
}

}  // namespace
}  // namespace sallyport
