#include "identity/certificate_name.hpp"

#include <gtest/gtest.h>

namespace sallyport::identity {
namespace {

const ClientCertificate shown{.subject = "CN=billing,O=Example",
                              .dns = {"billing.test", "*.wild.test"},
                              .uris = {"spiffe://example.org/ns/prod/billing"},
                              .emails = {"ops@a.test"},
                              .addresses = {"192.0.2.7", "2001:db8::1"},
                              .spiffe = "spiffe://example.org/ns/prod/billing"};

std::string found(std::string_view pattern, const ClientCertificate& certificate = shown) {
  const auto name = CertificateName::parse(pattern);
  if (!name) return "error";
  const auto is = name->find(certificate);
  return is ? std::string(*is) : "";
}

TEST(CertificateName, AnIdOfSpiffe) {
  EXPECT_EQ(found("spiffe://example.org/ns/prod/billing"), shown.spiffe);
  for (const char* other : {"spiffe://example.org/ns/prod", "spiffe://example.org/ns/prod/billin",
                            "spiffe://example.org/ns/prod/billing2", "spiffe://example.com/ns/prod/billing"}) {
    EXPECT_EQ(found(other), "") << other;
  }
}

TEST(CertificateName, AStarIsOneSegment) {
  EXPECT_EQ(found("spiffe://example.org/ns/prod/*"), shown.spiffe);
  EXPECT_EQ(found("spiffe://example.org/ns/*"), "") << "not two";
  EXPECT_EQ(found("spiffe://example.org/ns/prod/billing/*"), "") << "nor none";
  EXPECT_EQ(found("spiffe://example.org/ns/pro/*"), "");
  EXPECT_EQ(found("spiffe://example.org/*", {.spiffe = "spiffe://example.org/a"}), "spiffe://example.org/a");
  for (const char* bad : {"spiffe://*", "spiffe://*/a", "spiffe://example.org/*/a", "spiffe://example.org/a*",
                          "spiffe://example.org/**", "spiffe://example.org", "spiffe://example.org/", "spiffe:///a"}) {
    EXPECT_EQ(found(bad), "error") << bad;
  }
}

TEST(CertificateName, AUriThatIsNoIdIsNone) {
  // As of an authority, or beside a second URI.
  EXPECT_EQ(found("spiffe://example.org/a", {.uris = {"spiffe://example.org/a"}}), "");
}

TEST(CertificateName, OtherNames) {
  EXPECT_EQ(found("dns:Billing.test"), "billing.test");
  EXPECT_EQ(found("dns:a.wild.test"), "") << "the certificate's own wildcard names nobody";
  EXPECT_EQ(found("dns:test"), "");
  EXPECT_EQ(found("dns:*.test"), "error");
  EXPECT_EQ(found("uri:spiffe://example.org/ns/prod/billing"), shown.spiffe);
  EXPECT_EQ(found("email:ops@a.test"), "ops@a.test");
  EXPECT_EQ(found("email:Ops@a.test"), "");
  EXPECT_EQ(found("ip:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(found("ip:2001:db8:0::1"), "2001:db8::1");
  EXPECT_EQ(found("ip:192.0.2.8"), "");
  EXPECT_EQ(found("ip:192.0.2"), "error");
  EXPECT_EQ(found("subject:CN=billing,O=Example"), shown.subject);
  EXPECT_EQ(found("subject:CN=billing"), "") << "a part is not enough";
}

TEST(CertificateName, ACommonNameIsNoHostName) { EXPECT_EQ(found("dns:billing", {.subject = "CN=billing"}), ""); }

TEST(CertificateName, WhatIsNoName) {
  for (const char* bad : {"", "billing", "dns:", "dns:a b", "cn:billing", "subject:", "uri:", "DNS:a", ":a"}) {
    EXPECT_EQ(found(bad), "error") << bad;
  }
  const std::string longest = "uri:" + std::string(CertificateName::max_bytes - 4, 'a');
  EXPECT_EQ(found(longest), "");
  EXPECT_EQ(found(longest + "a"), "error");
}

}  // namespace
}  // namespace sallyport::identity
