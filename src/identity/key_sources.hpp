// KeySources: every issuer's KeySource of a program. One location has one source, whatever configurations
// and APIs name it, so keys and their times outlive a reload. Part of engine::Services, and the provider
// that answers for tokens by unknown keys.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/services.hpp"
#include "identity/key_source.hpp"

namespace sallyport::identity {

class KeySources {
 public:
  explicit KeySources(engine::Services& services);

  // One source as a control keeps it. When nobody keeps it any more it rests, and ends with the next get():
  // the end of a source waits for its thread, which the end of a configuration must not.
  struct Kept {
    std::shared_ptr<const void> use;  // first, so that it is let go last
    std::shared_ptr<KeySource> source;
    std::string key;  // of its Lookup
  };
  [[nodiscard]] Kept get(const KeyLocation& location);
  [[nodiscard]] std::uint32_t provider() const { return provider_; }

  // From now on sources fetch; a program that only reads configurations does not call it. Waits until
  // each source has tried once, `patience` at most, and says which of them have no keys.
  [[nodiscard]] std::vector<Error> start(std::chrono::milliseconds patience, KeySource::Tell tell);

 private:
  struct Shared;
  class Asked;
  std::shared_ptr<Shared> shared_;
  std::uint32_t provider_ = 0;
};

}  // namespace sallyport::identity
