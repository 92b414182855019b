#include "tls/staple.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ocsp.h>

#include <ctime>
#include <fstream>

#include "base/testing/scratch_folder.hpp"
#include "tls/testing/authority.hpp"

namespace sallyport::tls {
namespace {

using testing::Authority;
using ::testing::HasSubstr;
using testing::Holder;

const std::int64_t now = std::time(nullptr);

struct Answer {
  int status = V_OCSP_CERTSTATUS_GOOD;
  long from = -60, to = 3600;  // seconds from now
  bool ends = true;
  const EVP_MD* digest = EVP_sha1();
};

class StapleTest : public ::testing::Test {
 protected:
  StapleTest() {
    SSL_CTX_use_certificate(server_.get(), own_.cert.get());
    SSL_CTX_use_PrivateKey(server_.get(), own_.key.get());
    SSL_CTX_add1_chain_cert(server_.get(), &root_.cert());
  }
  // A responder's answer about this certificate, signed with this key.
  std::string response(X509& about, X509& signer, EVP_PKEY& key, const Answer& answer) const {
    OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
    ASN1_TIME* const from = X509_gmtime_adj(nullptr, answer.from);
    ASN1_TIME* const to = X509_gmtime_adj(nullptr, answer.to);
    ASN1_TIME* const revoked = X509_gmtime_adj(nullptr, -60);
    OCSP_CERTID* const id = OCSP_cert_to_id(answer.digest, &about, &root_.cert());
    OCSP_basic_add1_status(basic, id, answer.status, OCSP_REVOKED_STATUS_NOSTATUS,
                           answer.status == V_OCSP_CERTSTATUS_REVOKED ? revoked : nullptr, from,
                           answer.ends ? to : nullptr);
    OCSP_basic_sign(basic, &signer, &key, EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE* const made = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    const std::string out = der(*made);
    OCSP_RESPONSE_free(made);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    for (ASN1_TIME* time : {from, to, revoked}) ASN1_TIME_free(time);
    return out;
  }
  std::string response(const Answer& answer = {}) const {
    return response(*own_.cert, root_.cert(), root_.key(), answer);
  }
  static std::string der(OCSP_RESPONSE& response) {
    unsigned char* bytes = nullptr;
    const int size = i2d_OCSP_RESPONSE(&response, &bytes);
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return out;
  }

  Result<std::shared_ptr<const Staple>> load(const std::string& bytes) {
    const std::string path = folder_.file("ocsp");
    std::ofstream(path, std::ios::binary) << bytes;
    return Staple::load(path, *server_, now);
  }
  std::string problem(const std::string& bytes) {
    const auto made = load(bytes);
    return made ? "" : made.error().message;
  }

  // What a client that asks gets in its handshake.
  std::string given() {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    const std::unique_ptr<SSL, void (*)(SSL*)> ours(SSL_new(server_.get()), SSL_free);
    const std::unique_ptr<SSL, void (*)(SSL*)> theirs(SSL_new(context.get()), SSL_free);
    SSL_set_accept_state(ours.get());
    SSL_set_connect_state(theirs.get());
    SSL_set_tlsext_status_type(theirs.get(), TLSEXT_STATUSTYPE_ocsp);
    BIO* a = nullptr;
    BIO* b = nullptr;
    BIO_new_bio_pair(&a, 1u << 16, &b, 1u << 16);
    SSL_set_bio(ours.get(), a, a);
    SSL_set_bio(theirs.get(), b, b);
    for (int turn = 0; turn < 10; ++turn) {
      SSL_do_handshake(theirs.get());
      SSL_do_handshake(ours.get());
    }
    EXPECT_EQ(SSL_is_init_finished(ours.get()), 1);
    const unsigned char* got = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(theirs.get(), &got);
    return size <= 0 ? "" : std::string(reinterpret_cast<const char*>(got), static_cast<std::size_t>(size));
  }

  const Authority root_{"Root"};
  const Holder own_ = root_.issue({.name = {{"CN", "edge"}}});
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> server_{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  ScratchFolder folder_;
};

TEST_F(StapleTest, IsGivenToWhoAsks) {
  const std::string bytes = response();
  const auto staple = load(bytes);
  ASSERT_TRUE(staple) << staple.error().text();
  EXPECT_EQ(given(), "");
  Staple::use_in(*server_, *staple);
  EXPECT_EQ(given(), bytes);
}

TEST_F(StapleTest, HoldsInItsTime) {
  const auto staple = load(response());
  ASSERT_TRUE(staple);
  EXPECT_TRUE((*staple)->holds(now));
  EXPECT_FALSE((*staple)->holds(now + 3700));
  EXPECT_FALSE((*staple)->holds(now - 100));
  const auto old = load(response({.from = -7200, .to = -3600}));
  ASSERT_TRUE(old) << "no error: it is left out";
  EXPECT_FALSE((*old)->holds(now));
  Staple::use_in(*server_, *old);
  EXPECT_EQ(given(), "") << "nor is it sent when it ends while we run";
  const auto early = load(response({.from = 3600, .to = 7200}));
  ASSERT_TRUE(early);
  EXPECT_FALSE((*early)->holds(now));
}

TEST_F(StapleTest, TheDigestOfTheIdIsTheRespondersChoice) {
  EXPECT_EQ(problem(response({.digest = EVP_sha256()})), "");
}

TEST_F(StapleTest, ItIsAboutTheCertificate) {
  const Holder other = root_.issue({.name = {{"CN", "edge"}}});
  EXPECT_THAT(problem(response(*other.cert, root_.cert(), root_.key(), {})), HasSubstr("another certificate"));
}

TEST_F(StapleTest, ItSaysGood) {
  EXPECT_THAT(problem(response({.status = V_OCSP_CERTSTATUS_REVOKED})), HasSubstr("is revoked"));
  EXPECT_THAT(problem(response({.status = V_OCSP_CERTSTATUS_UNKNOWN})), HasSubstr("is unknown"));
}

TEST_F(StapleTest, ItIsSignedByWhoMay) {
  const Authority stranger("Stranger");
  EXPECT_THAT(problem(response(*own_.cert, stranger.cert(), stranger.key(), {})), HasSubstr("not signed"));
  const Authority namesake("Root");
  EXPECT_THAT(problem(response(*own_.cert, namesake.cert(), namesake.key(), {})), HasSubstr("not signed"));
  // RFC 6960 §4.2.2.2: whom the authority made its responder.
  const Holder responder =
      root_.issue({.name = {{"CN", "responder"}}, .extensions = {{NID_ext_key_usage, "OCSPSigning"}}});
  EXPECT_EQ(problem(response(*own_.cert, *responder.cert, *responder.key, {})), "");
  const Holder client = root_.issue({.name = {{"CN", "client"}}});
  EXPECT_THAT(problem(response(*own_.cert, *client.cert, *client.key, {})), HasSubstr("not signed"));
}

TEST_F(StapleTest, WhatIsNoAnswer) {
  EXPECT_THAT(problem("nonsense"), HasSubstr("no OCSP response"));
  EXPECT_THAT(problem(response() + "x"), HasSubstr("no OCSP response"));
  EXPECT_THAT(problem(response({.ends = false})), HasSubstr("how long"));
  OCSP_RESPONSE* const later = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr);
  EXPECT_THAT(problem(der(*later)), HasSubstr("did not answer: trylater"));
  OCSP_RESPONSE_free(later);
  EXPECT_NE(problem(std::string(Staple::max_bytes + 1, 'x')), "");
  EXPECT_FALSE(Staple::load(folder_.file("none"), *server_, now));
}

TEST_F(StapleTest, TheIssuerMustBeKnown) {
  SSL_CTX_clear_chain_certs(server_.get());
  EXPECT_THAT(problem(response()), HasSubstr("nobody can tell"));
}

}  // namespace
}  // namespace sallyport::tls
