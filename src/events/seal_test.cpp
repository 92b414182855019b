#include "events/seal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "events/scratch_test.hpp"

namespace sallyport::events {
namespace {

std::string sealed_by(const Sealer& sealer, const CallId& call, std::string_view text) {
  std::string out(text.size() + Sealer::overhead, '\0');
  EXPECT_TRUE(sealer.seal(call, text, out.data()));
  return out;
}

const CallId call{{1, 2, 3}};

TEST(Seal, UnsealsWhatItSealed) {
  const Scratch scratch;
  const auto sealer = Sealer::open(scratch.file("seal.key"));
  ASSERT_TRUE(sealer) << sealer.error().text();
  for (const std::string& text : {std::string(), std::string("stack trace"), std::string(16384, 'x')}) {
    const auto sealed = sealed_by(*sealer, call, text);
    EXPECT_EQ(sealer->unseal(call, sealer->key_id(), sealed), text);
    if (text.size() > 4) EXPECT_EQ(sealed.find(text.substr(0, 5)), std::string::npos);
  }
}

TEST(Seal, EverySealIsDifferent) {
  const Scratch scratch;
  const auto sealer = Sealer::open(scratch.file("seal.key"));
  EXPECT_NE(sealed_by(*sealer, call, "same"), sealed_by(*sealer, call, "same"));
}

TEST(Seal, RefusesOtherEventsChangedBytesAndUnknownKeys) {
  const Scratch scratch;
  const auto sealer = Sealer::open(scratch.file("seal.key"));
  const auto sealed = sealed_by(*sealer, call, "text");
  EXPECT_FALSE(sealer->unseal(CallId{{9}}, sealer->key_id(), sealed));
  EXPECT_FALSE(sealer->unseal(call, "0", sealed));
  EXPECT_FALSE(sealer->unseal(call, sealer->key_id(), std::string_view(sealed).substr(1)));
  EXPECT_FALSE(sealer->unseal(call, sealer->key_id(), "short"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(sealer->unseal(call, sealer->key_id(), changed)) << i;
  }
}

TEST(Seal, TheLastKeySealsAndOlderOnesUnseal) {
  const Scratch scratch;
  const auto path = scratch.file("seal.key");
  std::string sealed;
  std::string first;
  {
    const auto sealer = Sealer::open(path);
    sealed = sealed_by(*sealer, call, "old");
    first = sealer->key_id();
  }
  std::ofstream(path, std::ios::app) << "second " << std::string(64, 'a') << "\n";
  const auto sealer = Sealer::open(path);
  ASSERT_TRUE(sealer) << sealer.error().text();
  EXPECT_EQ(sealer->key_id(), "second");
  EXPECT_EQ(sealer->unseal(call, first, sealed), "old");
}

TEST(Seal, TheKeyFileIsForItsOwnerOnly) {
  const Scratch scratch;
  const auto path = scratch.file("seal.key");
  ASSERT_TRUE(Sealer::open(path));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ::chmod(path.c_str(), 0640);
  EXPECT_FALSE(Sealer::open(path));
}

TEST(Seal, RefusesAKeyFileThatIsNone) {
  const Scratch scratch;
  const auto path = scratch.file("seal.key");
  for (const std::string& text :
       {std::string(), std::string("id\n"), "id " + std::string(63, 'a') + "\n", "id " + std::string(64, 'g') + "\n"}) {
    std::ofstream(path, std::ios::trunc) << text;
    ::chmod(path.c_str(), 0600);
    EXPECT_FALSE(Sealer::open(path)) << text;
  }
}

}  // namespace
}  // namespace sallyport::events
