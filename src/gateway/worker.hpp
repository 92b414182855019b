// Worker: one core of the data plane: a thread, its reactor, wheel, pools and ring. Nothing on
// the request path is shared with other workers but the immutable snapshot.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/uuid.hpp"
#include "events/recorder.hpp"
#include "gateway/buffers.hpp"
#include "gateway/health_checks.hpp"
#include "gateway/http2_pool.hpp"
#include "gateway/mailbox.hpp"
#include "gateway/mirrors.hpp"
#include "gateway/pipe.hpp"
#include "gateway/reactor.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/task.hpp"
#include "gateway/upstream_pool.hpp"
#include "gateway/waiting_line.hpp"
#include "gateway/wheel.hpp"

namespace sallyport::gateway {

class Call;
class Redis;
class Session;

// Figures of a worker; written by its thread, read by any.
struct WorkerStats {
  std::atomic<std::uint64_t> connections{0};  // open now
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> over_limit{0};  // closed at once: max_connections
  std::atomic<std::uint64_t> handshake_failures{0};
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> upstream_connects{0};
  std::atomic<std::uint64_t> upstream_reuses{0};
  std::atomic<std::uint64_t> internal_errors{0};
  std::atomic<std::uint64_t> mirrored{0};          // copies of calls that reached a shadow
  std::atomic<std::uint64_t> not_mirrored{0};      // that did not: too many at a time, or no answer
  std::atomic<std::uint64_t> store_asks{0};        // questions to the shared store
  std::atomic<std::uint64_t> store_unanswered{0};  // of them, those that it did not answer in time
};

// An open listening socket of one worker for one listener.
struct ListeningSocket {
  std::string name;  // Listener::name
  int fd = -1;       // given over
};

class Worker {
 public:
  Worker(std::shared_ptr<const Snapshot> snapshot, events::Recorder& recorder,
         std::shared_ptr<std::atomic<std::uint32_t>> open_connections);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start(std::vector<ListeningSocket> sockets);
  // From another thread: the snapshot that new calls use, with sockets for listeners that are new.
  // Listeners that it does not have any more are closed; their connections live on.
  void update(std::shared_ptr<const Snapshot> snapshot, std::vector<ListeningSocket> sockets);
  // Before start(): this one checks the health of targets, for all workers.
  void check_health() { checks_health_ = true; }
  // From another thread: stops accepting, lets calls end, closes what is left after `grace`.
  void drain(std::chrono::milliseconds grace);
  void join();

  [[nodiscard]] const WorkerStats& stats() const { return stats_; }

  // --- for sessions and calls, on the worker's thread ---
  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const { return local_; }
  [[nodiscard]] bool draining() const { return draining_; }
  [[nodiscard]] std::unique_ptr<Call> take_call();
  void give_call(std::unique_ptr<Call> call);
  // Runs it at once, up to its first wait. An exception ends that task only and is counted.
  void spawn(Task<> task);
  Reactor& reactor() { return reactor_; }
  Wheel& wheel() { return wheel_; }
  BufferPool& buffers() { return buffers_; }
  PipePool& pipes() { return pipes_; }
  UpstreamPool& upstreams() { return upstreams_; }
  Http2Pool& http2_upstreams() { return http2_upstreams_; }
  WaitingLine& waiting_line() { return waiting_line_; }
  Mirrors& mirrors() { return mirrors_; }
  events::Recorder& recorder() { return recorder_; }
  UuidSource& ids() { return ids_; }
  // Where other threads answer this one.
  [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  WorkerStats& own_stats() { return stats_; }
  std::uint32_t next_turn() { return turn_++; }
  // Null: no shared store is configured. A call that waits keeps it.
  [[nodiscard]] const std::shared_ptr<Redis>& redis() const { return redis_; }
  void enter(Session& session);
  void leave(Session& session);

 private:
  struct Acceptor;
  struct Orders;
  void run();
  void tick(std::chrono::steady_clock::time_point now);
  Task<> obey();
  void adopt(std::shared_ptr<const Snapshot> snapshot, const std::vector<ListeningSocket>& sockets);
  Task<> accept(std::shared_ptr<Acceptor> acceptor);
  void use_redis();
  void begin_drain(std::chrono::milliseconds grace);
  void wake();

  events::Recorder& recorder_;
  std::shared_ptr<std::atomic<std::uint32_t>> open_connections_;
  WorkerStats stats_;

  Reactor reactor_;
  Wheel wheel_;
  BufferPool buffers_;
  PipePool pipes_;
  UpstreamPool upstreams_;
  Http2Pool http2_upstreams_{*this};
  WaitingLine waiting_line_{reactor_, wheel_};
  Mirrors mirrors_{*this};
  HealthChecks health_checks_{*this};
  bool checks_health_ = false;
  UuidSource ids_;
  std::shared_ptr<Redis> redis_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::shared_ptr<const Snapshot> local_;  // its control block is this worker's own
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<Session*> sessions_;
  std::chrono::steady_clock::time_point started_;
  std::uint32_t turn_ = 0;
  std::size_t tasks_ = 0;  // that have not ended
  bool draining_ = false;
  std::chrono::steady_clock::time_point drain_end_{};

  std::unique_ptr<Orders> orders_;  // from other threads, guarded by its mutex
  std::thread thread_;
};

}  // namespace sallyport::gateway
