#include "tls/certificate.hpp"

#include <gtest/gtest.h>

#include "tls/testing/authority.hpp"

namespace sallyport::tls {
namespace {

using testing::Authority;
using testing::Holder;
using testing::Wish;

class Certificate : public ::testing::Test {
 protected:
  ClientCertificate read(const Wish& wish) {
    holder_ = authority_.issue(wish);
    auto made = read_certificate(*holder_.cert);
    EXPECT_TRUE(made) << made.error().text();
    return made ? *made : ClientCertificate{};
  }
  ClientCertificate named(const std::string& names) { return read({.extensions = {{NID_subject_alt_name, names}}}); }
  // With subjectAltName of these DER bytes.
  bool readable(const std::string& der) {
    holder_ = authority_.issue({});
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()));
    X509_EXTENSION* const extension = X509_EXTENSION_create_by_NID(nullptr, NID_subject_alt_name, 0, value);
    X509_add_ext(holder_.cert.get(), extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    return read_certificate(*holder_.cert).has_value();
  }
  std::string subject(std::vector<std::pair<std::string, std::string>> name) {
    return read({.name = std::move(name)}).subject;
  }

  const Authority authority_{"Root, the first"};
  Holder holder_;
};

TEST_F(Certificate, SaysWhoItNames) {
  const ClientCertificate one = read({.name = {{"C", "NO"}, {"O", "Example"}, {"CN", "billing"}},
                                      .extensions = {{NID_subject_alt_name,
                                                      "DNS:Billing.Example.com,URI:https://a.test/x,email:ops@a.test,"
                                                      "IP:192.0.2.7,IP:2001:db8:0:0::1,DNS:*.b.test"}},
                                      .serial = 0x1234});
  EXPECT_EQ(one.subject, "CN=billing,O=Example,C=NO");
  EXPECT_EQ(one.issuer, R"(CN=Root\, the first)");
  EXPECT_EQ(one.serial, "1234");
  EXPECT_EQ(one.dns, (std::vector<std::string>{"billing.example.com", "*.b.test"}));
  EXPECT_EQ(one.uris, std::vector<std::string>{"https://a.test/x"});
  EXPECT_EQ(one.emails, std::vector<std::string>{"ops@a.test"});
  EXPECT_EQ(one.addresses, (std::vector<std::string>{"192.0.2.7", "2001:db8::1"}));
  EXPECT_EQ(one.spiffe, "");
  EXPECT_EQ(one.thumbprint.size(), 43u) << "32 bytes as base64url without padding";
  EXPECT_NEAR(static_cast<double>(one.not_after), static_cast<double>(std::time(nullptr) + 86'400), 5);
}

// RFC 4514 §2.1 (the last part first), §2.2 (+ between parts of one set), §2.4 (what is escaped).
TEST_F(Certificate, ASubjectIsWrittenUnambiguously) {
  EXPECT_EQ(subject({{"CN", "a,O=admin"}}), R"(CN=a\,O=admin)");
  EXPECT_EQ(subject({{"CN", "#a"}}), R"(CN=\#a)");
  EXPECT_EQ(subject({{"CN", " a "}}), R"(CN=\ a\ )");
  EXPECT_EQ(subject({{"CN", R"(a+b"c\d<e>;)"}}), R"(CN=a\+b\"c\\d\<e\>\;)");
  EXPECT_EQ(subject({{"CN", "Åse"}}), "CN=Åse");
  EXPECT_EQ(subject({{"CN", "a\nb"}}), R"(CN=a\0Ab)");
  EXPECT_EQ(subject({}), "");
}

TEST_F(Certificate, AnIdOfSpiffeIsTheOneUriOfAWorkload) {
  EXPECT_EQ(named("URI:spiffe://example.org/ns/prod/billing").spiffe, "spiffe://example.org/ns/prod/billing");
  EXPECT_EQ(named("URI:spiffe://example.org/a,DNS:a.test").spiffe, "spiffe://example.org/a");
  EXPECT_EQ(named("URI:spiffe://example.org/a,URI:spiffe://example.org/b").spiffe, "") << "two URIs: none counts";
  EXPECT_EQ(named("URI:spiffe://example.org/a,URI:https://a.test").spiffe, "");
  EXPECT_EQ(read({.extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                 {NID_subject_alt_name, "URI:spiffe://example.org/a"}}})
                .spiffe,
            "")
      << "who signs certificates is no workload";
}

TEST(Spiffe, TheFormOfAnId) {
  EXPECT_TRUE(is_spiffe_id("spiffe://example.org/a"));
  EXPECT_TRUE(is_spiffe_id("spiffe://a_b-1.org/a/B.c_d-9"));
  for (const char* bad :
       {"", "spiffe://", "spiffe:///a", "spiffe://example.org", "spiffe://example.org/", "spiffe://example.org/a/",
        "spiffe://example.org//a", "spiffe://example.org/./a", "spiffe://example.org/../a", "SPIFFE://example.org/a",
        "spiffe://Example.org/a", "spiffe://example.org:443/a", "spiffe://u@example.org/a", "spiffe://example.org/a?b",
        "spiffe://example.org/a#b", "spiffe://example.org/%61", "https://example.org/a"}) {
    EXPECT_FALSE(is_spiffe_id(bad)) << bad;
  }
  const std::string id = "spiffe://example.org/";
  EXPECT_TRUE(is_spiffe_id(id + std::string(2048 - id.size(), 'a')));
  EXPECT_FALSE(is_spiffe_id(id + std::string(2049 - id.size(), 'a')));
}

TEST_F(Certificate, NamesWithBytesThatNoneHasAreNotRead) {
  EXPECT_TRUE(
      readable(std::string("\x30\x08\x82\x06"
                           "a.test",
                           10)));
  EXPECT_FALSE(
      readable(std::string("\x30\x08\x82\x06"
                           "a\0test",
                           10)))
      << "what ends at NUL for others (CWE-158)";
  EXPECT_FALSE(
      readable(std::string("\x30\x08\x82\x06"
                           "a test",
                           10)));
  EXPECT_FALSE(
      readable(std::string("\x30\x08\x86\x06"
                           "a:\xc3\xa5"
                           "bc",
                           10)));
  EXPECT_FALSE(readable(std::string("\x30\x02\x82\x00", 4))) << "an empty name";
  EXPECT_FALSE(readable(std::string("\x30\x05\x87\x03\x01\x02\x03", 7))) << "an address of three bytes";
  EXPECT_FALSE(readable("nonsense"));
}

TEST_F(Certificate, ThereIsALimitOfNames) {
  std::string names = "DNS:a.test";
  for (std::size_t i = 1; i < max_alternative_names; ++i) names += ",DNS:a.test";
  EXPECT_EQ(named(names).dns.size(), max_alternative_names);
  const Holder more = authority_.issue({.extensions = {{NID_subject_alt_name, names + ",DNS:a.test"}}});
  const auto refused = read_certificate(*more.cert);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit);
}

TEST_F(Certificate, ThereIsALimitOfBytes) {
  const auto of = [&](std::size_t bytes) {
    return authority_.issue({.extensions = {{NID_netscape_comment, std::string(bytes, 'a')}}});
  };
  const auto size = [](const Holder& holder) { return static_cast<std::size_t>(i2d_X509(holder.cert.get(), nullptr)); };
  // An EC signature has 70 to 72 bytes.
  const std::size_t around = size(of(10'000)) - 10'000;
  EXPECT_TRUE(read_certificate(*of(max_certificate_bytes - around - 8).cert));
  EXPECT_FALSE(read_certificate(*of(max_certificate_bytes - around + 8).cert));
}

}  // namespace
}  // namespace sallyport::tls
