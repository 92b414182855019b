// Listener: accepts HTTP connections for an Application and serves them on one thread.
#pragma once

#include <memory>
#include <string>

#include <sallyport/result.hpp>

#include "admin/application.hpp"
#include "config/endpoint.hpp"

namespace sallyport::admin {

class Listener {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Listener>> start(const config::Endpoint& address,
                                                               std::unique_ptr<Application> application);
  ~Listener();  // closes everything and waits for the thread
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] const std::string& address() const;

 private:
  struct Loop;
  explicit Listener(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace sallyport::admin
