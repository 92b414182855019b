// What an event costs: on the request's thread (publish) and on the writer's (decode and format).
#include <benchmark/benchmark.h>

#include "events/json_line.hpp"
#include "events/metrics.hpp"
#include "events/recorder.hpp"
#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

struct Rig {
  Scratch scratch;
  Redactor redactor{SipKey{1}};
  Sealer sealer = std::move(*Sealer::open(scratch.file("seal.key")));
  CleanFields clean;
  Call call;
};

void publish(benchmark::State& state) {
  Rig rig;
  Ring::Place place;
  place.path = rig.scratch.file("ring-0.bin");
  const auto ring = *Ring::open(place, complain_on_stderr);
  Recorder recorder(*ring, rig.redactor, rig.sealer);
  for (auto _ : state) {
    if (!recorder.publish(rig.call.event)) ring->release(ring->write_position());
  }
}
BENCHMARK(publish);

void encode(benchmark::State& state) {
  Rig rig;
  const auto bytes = std::make_unique<char[]>(max_record);
  for (auto _ : state)
    benchmark::DoNotOptimize(encode_record(rig.call.event, rig.redactor, rig.sealer, rig.clean, bytes.get()));
}
BENCHMARK(encode);

void format(benchmark::State& state) {
  Rig rig;
  const auto bytes = std::make_unique<char[]>(max_record);
  const std::size_t size = encode_record(rig.call.event, rig.redactor, rig.sealer, rig.clean, bytes.get());
  RecordParts parts;
  RecordView view;
  std::string line;
  for (auto _ : state) {
    line.clear();
    benchmark::DoNotOptimize(decode_record({bytes.get(), size}, parts, view));
    append_line(line, view);
  }
  state.counters["bytes"] = static_cast<double>(line.size());
}
BENCHMARK(format);

void count(benchmark::State& state) {
  Rig rig;
  const auto bytes = std::make_unique<char[]>(max_record);
  const std::size_t size = encode_record(rig.call.event, rig.redactor, rig.sealer, rig.clean, bytes.get());
  RecordParts parts;
  RecordView view;
  static_cast<void>(decode_record({bytes.get(), size}, parts, view));
  Metrics metrics;
  for (auto _ : state) metrics.count(view);
}
BENCHMARK(count);

}  // namespace
}  // namespace sallyport::events
