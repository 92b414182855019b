// Introspector: asks an authorization server what a token is that says nothing itself (RFC 7662). A few
// threads ask; a call waits for the answer as for any Need. Answers are remembered for a short while, at
// most to the token's end; whoever asks for a token that is being asked for waits for that answer.
//
// Bounded: answers, calls that wait, tokens in the queue. Kept is a keyed digest of a token, not the token.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/siphash.hpp"
#include "config/secret.hpp"
#include "engine/services.hpp"
#include "fetch/client.hpp"

namespace sallyport::identity {

struct IntrospectionPoint {
  std::string url = {};
  std::string client = {};
  config::Secret secret = {};
  std::string ca = {};
  bool private_network = false;
  std::chrono::seconds keep{30};  // how long an answer holds; 0: for the calls that wait for it alone

  [[nodiscard]] bool same_as(const IntrospectionPoint& other) const;
};

class Introspector {
 public:
  using Reply = engine::Answerer::Reply;
  // The body of the server's answer to that token; an error when there was none.
  using Ask = std::function<Result<std::string>(const std::string& token, const fetch::Interrupt&)>;
  static constexpr std::size_t threads = 4;
  static constexpr std::size_t max_answers = 50'000;
  static constexpr std::size_t max_answer_bytes = 16u << 10;  // a longer one is an error
  static constexpr std::size_t max_waiting = 10'000;          // calls
  static constexpr std::size_t max_queue = 1'000;             // tokens

  Introspector(IntrospectionPoint point, Ask ask);
  ~Introspector();
  Introspector(const Introspector&) = delete;
  Introspector& operator=(const Introspector&) = delete;

  [[nodiscard]] const IntrospectionPoint& point() const { return point_; }
  // The answer that still holds; null when there is none. `now` in seconds since 1970.
  [[nodiscard]] std::shared_ptr<const std::string> known(std::string_view token, std::int64_t now) const;
  // Replies with an answer, or that there is none.
  void ask(std::string_view token, Reply reply);

  // Begins the threads; once.
  void start();
  // Asks for one token of the queue; false when it is empty. What a thread does; for tests, which have none.
  bool step(std::int64_t now);

 private:
  struct Digest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
    friend auto operator<=>(const Digest&, const Digest&) = default;
  };
  struct Hash {
    std::size_t operator()(const Digest& digest) const { return static_cast<std::size_t>(digest.low); }
  };
  struct Answer {
    std::int64_t until = 0;
    std::shared_ptr<const std::string> text;
  };
  [[nodiscard]] Digest digest_of(std::string_view token) const;
  void keep(const Digest& digest, std::shared_ptr<const std::string> text, std::int64_t now);
  void run();

  const IntrospectionPoint point_;
  const Ask ask_;
  std::array<SipKey, 2> keys_{};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<Digest, Answer, Hash> answers_;
  std::deque<Digest> order_;  // of answers_, oldest first
  std::map<Digest, std::vector<Reply>> waiting_;
  std::size_t waiting_count_ = 0;
  std::deque<std::pair<Digest, std::string>> queue_;
  bool stopping_ = false;
  fetch::Interrupt interrupt_;
  std::vector<std::thread> threads_;
};

// All of a program: one for each point, whatever configurations name it. Part of Services, and the provider
// that answers: the key of a Lookup is the number of the introspector, a space, and the token.
class Introspectors {
 public:
  explicit Introspectors(engine::Services& services);

  // When nobody keeps one any more it ends with the next get(): its end waits for its threads, which the end
  // of a configuration must not.
  struct Kept {
    std::shared_ptr<const void> use;  // first, so that it is let go last
    std::shared_ptr<Introspector> introspector;
    std::string number;
  };
  [[nodiscard]] Kept get(const IntrospectionPoint& point);
  [[nodiscard]] std::uint32_t provider() const { return provider_; }
  // From now on they ask.
  void start();

 private:
  struct Shared;
  class Asked;
  std::shared_ptr<Shared> shared_;
  std::uint32_t provider_ = 0;
};

}  // namespace sallyport::identity
