// Wycheproof's vectors of signatures and keys, when they are there: $SALLYPORT_SHARED, or ../shared
// beside the sources. Every one must end as its flags say.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <source_dir.hpp>
#include <string>

#include "base/base64.hpp"
#include "decode/json.hpp"
#include "jose/hmac.hpp"
#include "jose/jws.hpp"
#include "jose/key_set.hpp"

namespace sallyport::jose {
namespace {

namespace fs = std::filesystem;
using decode::Value;

fs::path corpora() {
  const char* shared = std::getenv("SALLYPORT_SHARED");
  return fs::path(shared != nullptr ? shared : SALLYPORT_SOURCE_DIR "/../shared") / "corpora";
}

// A file, unpacked when its name ends in .gz.
struct File {
  explicit File(const fs::path& path) {
    const std::string command = (path.extension() == ".gz" ? "gzip -dc '" : "cat '") + path.string() + "'";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::array<char, 65536> block;
    while (const std::size_t size = std::fread(block.data(), 1, block.size(), pipe.get()))
      text.append(block.data(), size);
    const auto parsed = decode::parse_json(text, arena,
                                           {.depth = 64,
                                            .names = 1u << 20,
                                            .values = 1u << 20,
                                            .string_bytes = 1u << 20,
                                            .number_bytes = 1000,
                                            .duplicates = false});
    EXPECT_TRUE(parsed.has_value()) << path << parsed.error().detail;
    root = parsed ? *parsed : nullptr;
  }
  Arena arena;
  std::string text;
  const Value* root = nullptr;
};

std::string_view text_of(const Value& object, std::string_view name) {
  const Value* member = object.find(name);
  return member == nullptr ? std::string_view() : member->text();
}

std::string bytes_of(const Value& object, std::string_view name) {
  std::string out;
  const std::string_view hex = text_of(object, name);
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return out;
}

// The file contradicts itself or the standard here, and we follow the standard: two tokens are marked
// as invalid that stand there as valid, letter by letter (`invalidBase64Padding`,
// `invalidBase64PaddingInPayload`), and two with a `?` within a part are marked as valid, which
// RFC 7515 §5.2 has refused (`InvalidCharacterInserted…`). Two more are tokens with PS384 under a key that
// says PS256 (`Figure20`, where the file misquotes RFC 7520 §4.2); others of the kind are marked invalid.
bool contradicts(std::string_view group, std::string_view test) {
  static const std::set<std::string_view> base64 = {"invalidBase64Padding", "invalidBase64PaddingInPayload",
                                                    "InvalidCharacterInsertedInHeader",
                                                    "InvalidCharacterInsertedInPayload"};
  return (group == "base64" && base64.contains(test)) || (group.starts_with("rfc7520") && test == "Figure20");
}

TEST(Corpora, TokensAndKeySets) {
  if (!fs::is_directory(corpora() / "jose")) GTEST_SKIP() << "no corpora";
  int seen = 0;
  int skipped = 0;
  for (const char* name : {"json_web_signature_test.json", "json_web_key_test.json", "json_web_crypto_test.json"}) {
    const File file(corpora() / "jose" / name);
    ASSERT_NE(file.root, nullptr);
    for (const Value& group : *file.root->find("testGroups")) {
      const Value* key = group.find("public");
      const auto keys = KeySet::read(key != nullptr ? *key : *group.find("private"));
      for (const Value& test : *group.find("tests")) {
        if (test.find("jws") == nullptr) continue;  // encryption
        if (contradicts(text_of(group, "comment"), text_of(test, "comment"))) {
          ++skipped;
          continue;
        }
        ++seen;
        Arena arena;
        const std::string token(test.find("jws")->text());
        const auto jws = read_jws(token, arena);
        const bool good =
            jws && keys &&
            keys->verify(jws->algorithm, jws->key_id, jws->signing_input, jws->signature) == KeySet::Match::good;
        EXPECT_EQ(good, text_of(test, "result") == "valid")
            << name << ' ' << text_of(test, "tcId") << ' ' << text_of(test, "comment") << ' '
            << (jws ? "" : jws.error().detail) << (keys ? "" : keys.error().message);
      }
    }
  }
  EXPECT_GT(seen, 400);
  EXPECT_EQ(skipped, 6);
}

void signatures(const char* name, Algorithm algorithm, const char* jwk) {
  if (!fs::is_directory(corpora() / "crypto")) GTEST_SKIP() << "no corpora";
  const File file(corpora() / "crypto" / name);
  ASSERT_NE(file.root, nullptr);
  int seen = 0;
  for (const Value& group : *file.root->find("testGroups")) {
    const Value* key = group.find(jwk);
    auto keys = Result<KeySet>(fail(ErrorCode::not_found, "no key"));
    if (key != nullptr) {
      keys = KeySet::read(*key);
    } else if (auto one = Key::pem(text_of(group, "publicKeyPem"))) {
      keys = KeySet::of({std::move(*one)});
    }
    for (const Value& test : *group.find("tests")) {
      ++seen;
      // "acceptable": an encoding that old software wrote; RFC 8017 §8.2.2 compares with the one it says.
      const bool valid = text_of(test, "result") == "valid";
      const bool good =
          keys && !keys->keys().empty() &&
          keys->verify(algorithm, std::nullopt, bytes_of(test, "msg"), bytes_of(test, "sig")) == KeySet::Match::good;
      EXPECT_EQ(good, valid) << name << ' ' << text_of(test, "tcId") << ' ' << text_of(test, "comment")
                             << (keys ? "" : keys.error().message);
    }
  }
  EXPECT_GT(seen, 100);
}

TEST(Corpora, Es256) { signatures("ecdsa_secp256r1_sha256_p1363_test.json.gz", Algorithm::es256, "publicKeyJwk"); }
TEST(Corpora, Es384) { signatures("ecdsa_secp384r1_sha384_p1363_test.json.gz", Algorithm::es384, "publicKeyJwk"); }
TEST(Corpora, Es512) { signatures("ecdsa_secp521r1_sha512_p1363_test.json.gz", Algorithm::es512, "publicKeyJwk"); }
TEST(Corpora, Rs256) { signatures("rsa_signature_2048_sha256_test.json.gz", Algorithm::rs256, "keyJwk"); }
TEST(Corpora, Rs512) { signatures("rsa_signature_2048_sha512_test.json.gz", Algorithm::rs512, "keyJwk"); }
TEST(Corpora, Ps256) { signatures("rsa_pss_2048_sha256_mgf1_32_test.json.gz", Algorithm::ps256, "publicKeyJwk"); }
TEST(Corpora, Ed25519) { signatures("ed25519_test.json.gz", Algorithm::eddsa, "publicKeyJwk"); }

void codes(const char* name, Hash hash) {
  if (!fs::is_directory(corpora() / "crypto")) GTEST_SKIP() << "no corpora";
  const File file(corpora() / "crypto" / name);
  ASSERT_NE(file.root, nullptr);
  int seen = 0;
  for (const Value& group : *file.root->find("testGroups")) {
    const bool whole = text_of(group, "tagSize") == std::to_string(8 * size_of(hash));
    for (const Value& test : *group.find("tests")) {
      ++seen;
      const Hmac hmac(hash, bytes_of(test, "key"));
      const std::string tag = bytes_of(test, "tag");
      const auto code = hmac.code(bytes_of(test, "msg"));
      const bool begins = std::string_view(reinterpret_cast<const char*>(code.data()), size_of(hash)).starts_with(tag);
      const bool valid = text_of(test, "result") == "valid";
      EXPECT_EQ(begins, valid) << name << ' ' << text_of(test, "tcId");
      EXPECT_EQ(hmac.verify(bytes_of(test, "msg"), tag), valid && whole) << name << ' ' << text_of(test, "tcId");
    }
  }
  EXPECT_GT(seen, 100);
}

TEST(Corpora, HmacSha256) { codes("hmac_sha256_test.json.gz", Hash::sha256); }
TEST(Corpora, HmacSha512) { codes("hmac_sha512_test.json.gz", Hash::sha512); }

}  // namespace
}  // namespace sallyport::jose
