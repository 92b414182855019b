#include "admin/listener.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <thread>

#include "admin/connection.hpp"
#include "admin/limits.hpp"
#include "events/options.hpp"

namespace sallyport::admin {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Listener::Loop {
  std::unique_ptr<Application> application;
  std::string address;
  std::size_t open = 0;  // before `context`, whose end destroys the connections that count it
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::thread thread;

  void accept() {
    acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return retry();  // no more descriptors, for one
      if (open < max_connections) std::make_shared<Connection>(std::move(socket), *application, open)->read();
      accept();
    });
  }

  void retry() {
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([this](boost::system::error_code error) {
      if (!error) accept();
    });
  }

  void run() {
    while (!context.stopped()) {
      try {
        context.run();
      } catch (const std::exception& e) {
        events::complain_on_stderr(fmt::format("admin listener: {}", e.what()));
        retry();  // the handler that threw may have been the one that accepts
      }
    }
  }
};

Listener::Listener(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

Listener::~Listener() {
  loop_->context.stop();
  if (loop_->thread.joinable()) loop_->thread.join();
}

const std::string& Listener::address() const { return loop_->address; }

Result<std::unique_ptr<Listener>> Listener::start(const config::Endpoint& address,
                                                  std::unique_ptr<Application> application) {
  const auto text = config::format_endpoint(address);
  auto loop = std::make_unique<Loop>();
  loop->application = std::move(application);
  boost::system::error_code error;
  const auto& bytes = address.address.bytes;
  asio::ip::address ip = asio::ip::make_address_v6(bytes);
  if (address.address.is_v4()) ip = asio::ip::address_v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  const tcp::endpoint endpoint(ip, address.port);
  const auto check = [&] { return !error; };
  const bool open = (loop->acceptor.open(endpoint.protocol(), error), check()) &&
                    (loop->acceptor.set_option(tcp::acceptor::reuse_address(true), error), check()) &&
                    (loop->acceptor.bind(endpoint, error), check()) &&
                    (loop->acceptor.listen(asio::socket_base::max_listen_connections, error), check());
  if (!open)
    return fail(ErrorCode::unavailable, "cannot listen: " + error.message(), text, "is another gateway running?");
  config::Endpoint bound = address;
  bound.port = loop->acceptor.local_endpoint(error).port();
  loop->address = config::format_endpoint(bound);
  loop->accept();
  Loop* const running = loop.get();
  loop->thread = std::thread([running] { running->run(); });
  return std::unique_ptr<Listener>(new Listener(std::move(loop)));
}

}  // namespace sallyport::admin
