// Whatever is changed, cut or moved in the audit log is found.
#include <gtest/gtest.h>

#include <filesystem>

#include "store/audit.hpp"
#include "store/testing/store_test.hpp"

namespace sallyport::store {
namespace {

class AuditTest : public testing::StoreTest {
 protected:
  void SetUp() override {
    testing::StoreTest::SetUp();
    if (IsSkipped()) return;
    migrated();
    reopen();
    for (int i = 1; i <= 4; ++i) ASSERT_TRUE(log->append({0, i, "admin", "login", "x" + std::to_string(i), ""}));
  }
  void reopen() {
    auto opened = AuditLog::open(*database, folder.path());
    ASSERT_TRUE(opened) << opened.error().text();
    log.emplace(std::move(*opened));
  }
  AuditCheck check() {
    auto checked = log->verify();
    EXPECT_TRUE(checked) << checked.error().text();
    return checked.value_or(AuditCheck{});
  }
  void spoil(std::string_view sql) { ASSERT_TRUE(database->run(sql)); }
  std::optional<AuditLog> log;
};

TEST_P(AuditTest, AnIntactLogIsCounted) {
  EXPECT_TRUE(check().intact);
  EXPECT_EQ(check().entries, 4u);
  reopen();
  ASSERT_TRUE(log->append({0, 9, "admin", "logout", "", ""}));
  EXPECT_TRUE(check().intact) << "the key is kept";
  EXPECT_EQ(check().entries, 5u);
}

TEST_P(AuditTest, AChangedEntryIsFound) {
  for (const char* change : {"actor = 'nobody'", "action = 'x'", "object = 'x'", "detail = 'x'", "time_us = 7"}) {
    spoil(std::string("UPDATE audit SET ") + change + " WHERE seq = 2");
    EXPECT_FALSE(check().intact) << change;
    EXPECT_EQ(check().broken_at, 2);
    spoil("UPDATE audit SET actor = 'admin', action = 'login', object = 'x2', detail = '', time_us = 2 WHERE seq = 2");
    EXPECT_TRUE(check().intact);
  }
}

TEST_P(AuditTest, AMissingEntryIsFound) {
  spoil("DELETE FROM audit WHERE seq = 3");
  EXPECT_EQ(check().broken_at, 3);
  EXPECT_EQ(check().why, "entry 3 is missing");
}

TEST_P(AuditTest, ACutEndIsFound) {
  spoil("DELETE FROM audit WHERE seq = 4");
  EXPECT_EQ(check().why, "entries 4 to 4 are missing at the end");
  std::filesystem::remove(folder.file("audit.head"));
  EXPECT_FALSE(check().intact) << "without its head it is not believed";
}

TEST_P(AuditTest, PartsCannotChangePlaces) {
  spoil("UPDATE audit SET object = '', detail = 'x2' WHERE seq = 2");
  EXPECT_EQ(check().broken_at, 2);
}

TEST_P(AuditTest, AnotherKeyDoesNotFit) {
  std::filesystem::remove(folder.file("audit.key"));
  reopen();
  EXPECT_EQ(check().broken_at, 1);
}

TEST_P(AuditTest, AnEntryMoreThanTheHeadIsACrashAndNoHarm) {
  std::filesystem::copy(folder.file("audit.head"), folder.file("old"));
  ASSERT_TRUE(log->append({0, 5, "admin", "login", "x5", ""}));
  std::filesystem::rename(folder.file("old"), folder.file("audit.head"));
  EXPECT_TRUE(check().intact);
}

TEST_P(AuditTest, ThePageIsNewestFirst) {
  const auto page = log->page(0, 2);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ(page->at(0).seq, 4);
  EXPECT_EQ(page->at(0).object, "x4");
  EXPECT_EQ(log->page(3, 9)->size(), 2u);
}

SALLYPORT_ON_BOTH_PRODUCTS(AuditTest);

}  // namespace
}  // namespace sallyport::store
