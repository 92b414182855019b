// Bytes a second through the reader: one large text, and many small frames, as clients and servers send them.
#include <benchmark/benchmark.h>

#include <string>

#include "websocket/frames.hpp"
#include "websocket/testing/frame_text.hpp"

namespace sallyport::websocket {
namespace {

void run(benchmark::State& state, const std::string& bytes, Sender sender) {
  FrameReader reader(sender, 1u << 20);
  for (auto _ : state) benchmark::DoNotOptimize(reader.take(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

std::string many(const std::string& one, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += one;
  return bytes;
}

void large_text(benchmark::State& state) { run(state, testing::frame(1, std::string(60'000, 'x')), Sender::client); }
void large_text_of_other_scripts(benchmark::State& state) {
  run(state, testing::frame(1, many("\xce\xba\xe1\xbd\xb9", 60'000)), Sender::client);
}
void large_binary(benchmark::State& state) { run(state, testing::frame(2, std::string(60'000, 'x')), Sender::client); }
void small_texts(benchmark::State& state) {
  run(state, many(testing::frame(1, R"({"type":"tick","id":1})"), 16'000), Sender::client);
}
void small_texts_of_a_server(benchmark::State& state) {
  run(state, many(testing::frame(1, R"({"type":"tick","id":1})", {.masked = false}), 16'000), Sender::server);
}

BENCHMARK(large_text);
BENCHMARK(large_text_of_other_scripts);
BENCHMARK(large_binary);
BENCHMARK(small_texts);
BENCHMARK(small_texts_of_a_server);

}  // namespace
}  // namespace sallyport::websocket
