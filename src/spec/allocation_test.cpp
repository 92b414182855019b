// Router::find allocates nothing: operator new of this program counts.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "spec/router_fixture.hpp"

namespace {
thread_local std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  void* const out = std::malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}
}  // namespace

// new[] and the nothrow forms call these.
void* operator new(std::size_t size) { return counted(size); }
void operator delete(void* at) noexcept { std::free(at); }               // NOLINT(clang-analyzer-cplusplus.NewDelete)
void operator delete(void* at, std::size_t) noexcept { std::free(at); }  // NOLINT(clang-analyzer-cplusplus.NewDelete)

namespace sallyport {
namespace {

TEST(RouterAllocations, CounterCounts) {
  const std::size_t before = allocations;
  const std::string text(100, 'x');
  EXPECT_EQ(text.size(), 100u);
  EXPECT_GT(allocations, before);
}

TEST(RouterAllocations, NoneInFind) {
  testing::Gate gate;
  gate.api("exact", {"api.example.com"}, "/v1").get("/v1/pets/{id}").get("/v1/files/{name}.{ext}");
  gate.api("wild", {"*.example.com"}, "/").without_spec();
  gate.api("any", {"*"}, "/").on(Method::other, "PURGE", "/a/rather-long-segment-of-a-path/{id}");
  gate.build();
  const std::string long_segment(5000, 'y');
  const std::string long_path = "/v1/pets/" + long_segment + "/" + long_segment;
  std::size_t kinds = 0;
  const std::size_t before = allocations;
  const auto look = [&](std::string_view host, std::string_view path, Method method, std::string_view token) {
    kinds |= std::size_t{1} << static_cast<std::size_t>(gate.router().find(host, path, method, token).kind);
  };
  look("api.example.com", "/v1/pets/1", Method::get, "GET");
  look("api.example.com", "/v1/files/a.b", Method::head, "HEAD");
  look("api.example.com", "/v1/files/a.b", Method::post, "POST");
  look("api.example.com", long_path, Method::get, "GET");
  look("a.b.c.d.example.com", "/v2", Method::get, "GET");
  look("other", "/a/rather-long-segment-of-a-path/7", Method::other, "PURGE");
  look("other", "*", Method::options, "OPTIONS");
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(kinds, 0b11111u);  // every kind was met
}

}  // namespace
}  // namespace sallyport
