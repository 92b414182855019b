// Lookups: who answers a control's Need, besides the providers that every driver knows (provider.hpp). A
// control names an answerer by number; the driver asks it, waits with a deadline and resumes the call.
// Answerers are added while policies are compiled and stay to the end; any thread may ask.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sallyport::engine {

class Answerer {
 public:
  // Called at most once, by any thread, perhaps before ask() returns.
  using Reply = std::function<void(bool found, std::string value)>;

  virtual ~Answerer() = default;
  // Must not wait. Without an answer nothing need be replied: the driver's deadline ends the wait.
  virtual void ask(std::string_view key, Reply reply) = 0;
};

class Lookups {
 public:
  static constexpr std::size_t max_answerers = 16;
  static constexpr std::uint32_t first_number = 1'000;  // below are those of provider.hpp

  // The number to put into Lookup::provider. Throws std::length_error when there are too many.
  std::uint32_t add(std::shared_ptr<Answerer> answerer);
  // Null when there is none of that number.
  [[nodiscard]] Answerer* find(std::uint32_t number) const;

 private:
  std::mutex mutex_;
  std::uint32_t count_ = 0;
  std::array<std::shared_ptr<Answerer>, max_answerers> answerers_;
  std::array<std::atomic<Answerer*>, max_answerers> published_{};
};

}  // namespace sallyport::engine
