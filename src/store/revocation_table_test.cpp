// Revocations come back as they were, until they end.
#include "store/revocation_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/testing/store_test.hpp"

namespace sallyport::store {
namespace {

class RevocationTable : public testing::StoreTest {};

TEST_P(RevocationTable, LaterTimesStayAndEndedRowsGo) {
  migrated();
  const std::array rows{RevocationRow{"jti", "a", 100, 200}, RevocationRow{"subject", "a", 100, 300}};
  ASSERT_TRUE(save_revocations(*database, rows, 150));
  const std::array again{RevocationRow{"jti", "a", 90, 250}, RevocationRow{"subject", "a", 120, 280}};
  ASSERT_TRUE(save_revocations(*database, again, 150));
  auto loaded = load_revocations(*database, 150);
  ASSERT_TRUE(loaded) << loaded.error().text();
  ASSERT_EQ(loaded->size(), 2u);
  std::ranges::sort(*loaded, {}, &RevocationRow::kind);
  EXPECT_EQ(loaded->at(0).value, "a");
  EXPECT_EQ(loaded->at(0).at_s, 100);
  EXPECT_EQ(loaded->at(0).until_s, 250);
  EXPECT_EQ(loaded->at(1).at_s, 120);
  EXPECT_EQ(loaded->at(1).until_s, 300);
  EXPECT_EQ(load_revocations(*database, 250)->size(), 1u) << "it ends at that second";
  ASSERT_TRUE(save_revocations(*database, {}, 250));
  EXPECT_EQ(load_revocations(*database, 0)->size(), 1u) << "what ended is not kept";
}

SALLYPORT_ON_BOTH_PRODUCTS(RevocationTable);

}  // namespace
}  // namespace sallyport::store
