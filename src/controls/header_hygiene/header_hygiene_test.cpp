#include <gtest/gtest.h>

#include "controls/header_hygiene/field_names.hpp"

namespace sallyport::controls::header_hygiene {
namespace {

TEST(FieldNames, AreOneInEverySpelling) {
  FieldNames names;
  for (const char* name : {"x-real-ip", "X_Tenant_Id", "via", "x-a"}) names.add(name);
  names.seal();
  for (const char* name :
       {"X-Real-IP", "x_real_ip", "XREALIP", "x-real.ip", "-X-Real-IP_", "x-tenant-id", "Via", "XA"}) {
    EXPECT_TRUE(names.has(name)) << name;
  }
  for (const char* name : {"", "-", "X-Real", "X-Real-IP2", "Vi", "Vib", "y-real-ip", "x"}) {
    EXPECT_FALSE(names.has(name)) << name;
  }
}

// A list that knows short names only must not be passed by filling a name up.
TEST(FieldNames, SeparatorsWithoutEndAreStillTheSameName) {
  FieldNames names;
  names.add("via");
  names.seal();
  EXPECT_TRUE(names.has("v" + std::string(5000, '-') + "ia"));
  EXPECT_FALSE(names.has("via" + std::string(5000, 'a')));
}

TEST(FieldNames, OfAnEmptyListAreNone) {
  FieldNames names;
  names.add("--");  // nothing is left of it
  names.seal();
  EXPECT_FALSE(names.has("--"));
  EXPECT_FALSE(names.has("via"));
}

TEST(FieldNames, PrefixesAreFoldedToo) {
  for (const char* name : {"X-Sallyport", "x_sallyport-user", "XSALLYPORT", "X-Sally-Port-Id"}) {
    EXPECT_TRUE(folded_starts_with(name, "xsallyport")) << name;
  }
  for (const char* name : {"X-Sally", "", "Y-Sallyport", "XX-Sallyport"}) {
    EXPECT_FALSE(folded_starts_with(name, "xsallyport")) << name;
  }
}

}  // namespace
}  // namespace sallyport::controls::header_hygiene
