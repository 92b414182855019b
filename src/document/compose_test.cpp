#include "document/compose.hpp"

#include <gtest/gtest.h>

namespace sallyport::document {
namespace {

TEST(Compose, KeepsPlacesAndFindsKeys) {
  const auto a = parse("x: 1\nlist: [a, b]\n", "a.yaml");
  const auto b = parse("k0: 0\nk1: 1\nk2: 2\nk3: 3\nk4: 4\nk5: 5\nk6: 6\nk7: 7\nk8: 8\n", "b.yaml");
  ASSERT_TRUE(a && b);
  std::vector<Entry> entries(b->root().entries().begin(), b->root().entries().end());
  entries.push_back(a->root().entries()[0]);
  const Node merged = mapping_of(std::move(entries), a->root());
  EXPECT_EQ(merged.where(), "a.yaml:1:1");
  EXPECT_EQ(merged.find("k8")->where(), "b.yaml:9:5");
  EXPECT_EQ(merged.find("x")->where(), "a.yaml:1:4");
  const auto items = a->root().find("list")->items();
  const Node list = sequence_of({items.rbegin(), items.rend()}, *a->root().find("list"));
  EXPECT_EQ(list.where(), "a.yaml:2:7");
  EXPECT_EQ(list.items()[0].text(), "b");
}

}  // namespace
}  // namespace sallyport::document
