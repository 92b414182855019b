// How certificates are judged is tested where connections are made: fetch, gateway, outlet.
#include "tls/peer.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace sallyport::tls {
namespace {

class Peer : public ::testing::Test {
 protected:
  std::string sent_name() const {
    const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{SSL_new(context_.get()), SSL_free};
};

TEST_F(Peer, AHostNameIsExpectedAndSent) {
  EXPECT_TRUE(expect_peer(*ssl_, "id.example"));
  EXPECT_EQ(sent_name(), "id.example");
}

TEST_F(Peer, AnAddressIsExpectedAndNotSent) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    EXPECT_TRUE(expect_peer(*ssl_, address)) << address;
    EXPECT_EQ(sent_name(), "");
  }
}

TEST_F(Peer, AnEmptyNameIsNotAnyName) { EXPECT_FALSE(expect_peer(*ssl_, "")); }

TEST_F(Peer, VerificationIsOn) {
  ASSERT_TRUE(verify_peers(*context_, ""));
  EXPECT_EQ(SSL_CTX_get_verify_mode(context_.get()), SSL_VERIFY_PEER);
}

TEST_F(Peer, AFileWithoutCertificatesIsAnError) {
  const auto done = verify_peers(*context_, "/dev/null");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().where, "/dev/null");
  EXPECT_EQ(SSL_CTX_get_verify_mode(context_.get()), SSL_VERIFY_NONE);
}

}  // namespace
}  // namespace sallyport::tls
