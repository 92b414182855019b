// Which clients a listener takes: handshakes in memory, with certificates made on the spot.
#include "tls/client_trust.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

#include "base/testing/scratch_folder.hpp"
#include "tls/testing/authority.hpp"

namespace sallyport::tls {
namespace {

using testing::Authority;
using testing::Crl;
using ::testing::HasSubstr;
using testing::Holder;
using testing::Wish;

struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, ContextFree>;
using Ssl = std::unique_ptr<SSL, ContextFree>;
using Session = std::unique_ptr<SSL_SESSION, ContextFree>;

const std::int64_t now = std::time(nullptr);

class ClientTrustTest : public ::testing::TestWithParam<int> {
 protected:
  std::string file(const std::string& text) {
    std::string path = folder_.file("f" + std::to_string(++files_));
    std::ofstream(path) << text;
    return path;
  }
  std::string list_file(const Authority& by, const std::vector<X509*>& revoked = {}) {
    return file(testing::pem(*by.list(revoked)));
  }

  void trust(const ClientTrust::Settings& settings) {
    auto loaded = ClientTrust::load(settings, now);
    ASSERT_TRUE(loaded) << loaded.error().text();
    warnings_ = loaded->warnings;
    trust_ = loaded->trust;
    server_ = server(*loaded->trust, loaded->trust);
  }
  void trust_root() { trust({.ca = {file(root_.text())}}); }

  Context server(const ClientTrust& trust, const std::shared_ptr<const ClientTrust>& self) const {
    Context made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_security_level(made.get(), 1);  // as on a machine that asks for little
    SSL_CTX_use_certificate(made.get(), own_.cert.get());
    SSL_CTX_use_PrivateKey(made.get(), own_.key.get());
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(made.get(), trust.digest().data(), trust.digest().size());
    std::array<unsigned char, 80> keys{7};
    SSL_CTX_set_tlsext_ticket_keys(made.get(), keys.data(), keys.size());
    trust.use_in(*made, self);
    return made;
  }

  // Is a client with this certificate (none when null) let in? Its session is kept.
  bool admits(const Holder* client, const std::vector<X509*>& chain = {}, SSL_SESSION* resumed = nullptr) {
    Context context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_max_proto_version(context.get(), GetParam());
    if (client != nullptr) {
      SSL_CTX_use_certificate(context.get(), client->cert.get());
      SSL_CTX_use_PrivateKey(context.get(), client->key.get());
      for (X509* one : chain) SSL_CTX_add1_chain_cert(context.get(), one);
    }
    const Ssl ours(SSL_new(server_.get()));
    const Ssl theirs(SSL_new(context.get()));
    SSL_set_accept_state(ours.get());
    SSL_set_connect_state(theirs.get());
    if (resumed != nullptr) SSL_set_session(theirs.get(), resumed);
    BIO* a = nullptr;
    BIO* b = nullptr;
    BIO_new_bio_pair(&a, 1u << 18, &b, 1u << 18);
    SSL_set_bio(ours.get(), a, a);
    SSL_set_bio(theirs.get(), b, b);
    int done = 0;
    for (int turn = 0; turn < 10 && done != 1; ++turn) {
      SSL_do_handshake(theirs.get());
      done = SSL_do_handshake(ours.get());
    }
    why_ = SSL_get_verify_result(ours.get());
    if (done != 1) return false;
    char nothing = 0;
    SSL_do_handshake(theirs.get());
    SSL_read(theirs.get(), &nothing, 1);                // takes the ticket
    SSL_set_shutdown(theirs.get(), SSL_SENT_SHUTDOWN);  // else its session is taken for a bad one
    session_.reset(SSL_get1_session(theirs.get()));
    reused_ = SSL_session_reused(ours.get()) == 1;
    named_ = sk_X509_NAME_num(SSL_get0_peer_CA_list(theirs.get()));
    return true;
  }
  bool admits(const Wish& wish) {
    const Holder client = root_.issue(wish);
    return admits(&client);
  }

  const Authority root_{"Root"};
  const Authority middle_{"Middle", &root_};
  const Authority stranger_{"Stranger"};
  const Holder own_ = Authority("Server").issue({});
  const Holder client_ = root_.issue({});
  ScratchFolder folder_;
  int files_ = 0;
  std::vector<Error> warnings_;
  std::shared_ptr<const ClientTrust> trust_;
  Context server_;
  Session session_;
  bool reused_ = false;
  int named_ = 0;  // authorities that the handshake told
  long why_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Tls, ClientTrustTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; });

TEST_P(ClientTrustTest, ACertificateUnderARootOfTheFileIsTaken) {
  trust_root();
  EXPECT_TRUE(admits(&client_));
  EXPECT_FALSE(admits(nullptr)) << "one is required";
  const Holder other = stranger_.issue({});
  EXPECT_FALSE(admits(&other));
  const Authority namesake("Root");
  const Holder forged = namesake.issue({});
  EXPECT_FALSE(admits(&forged)) << "the name alone is nothing";
}

TEST_P(ClientTrustTest, WhereOneIsOptionalABadOneIsStillRefused) {
  trust({.required = false, .ca = {file(root_.text())}});
  EXPECT_TRUE(admits(nullptr));
  EXPECT_TRUE(admits(&client_));
  const Holder other = stranger_.issue({});
  EXPECT_FALSE(admits(&other));
}

TEST_P(ClientTrustTest, ACertificateHoldsInItsTime) {
  trust_root();
  EXPECT_FALSE(admits({.from = -7200, .to = -60}));
  EXPECT_EQ(why_, X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_FALSE(admits({.from = 3600, .to = 7200}));
  EXPECT_EQ(why_, X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST_P(ClientTrustTest, ACertificateThatIsForServersIsNoClients) {
  trust_root();
  EXPECT_TRUE(admits({.extensions = {{NID_ext_key_usage, "clientAuth"}}}));
  EXPECT_FALSE(admits({.extensions = {{NID_ext_key_usage, "serverAuth"}}}));
  EXPECT_EQ(why_, X509_V_ERR_INVALID_PURPOSE);
}

TEST_P(ClientTrustTest, WeakKeysAreRefused) {
  trust_root();
  EXPECT_TRUE(admits({.rsa_bits = 2048}));
  EXPECT_FALSE(admits({.rsa_bits = 1024}));
}

TEST_P(ClientTrustTest, WhoIsNoAuthoritySignsNothing) {
  trust_root();
  const Holder leaf = root_.issue({.name = {{"CN", "leaf"}}, .extensions = {{NID_basic_constraints, "CA:FALSE"}}});
  Holder under{testing::Cert(X509_dup(client_.cert.get())), testing::new_key()};
  X509_set_issuer_name(under.cert.get(), X509_get_subject_name(leaf.cert.get()));
  X509_set_pubkey(under.cert.get(), under.key.get());
  X509_sign(under.cert.get(), leaf.key.get(), EVP_sha256());
  EXPECT_FALSE(admits(&under, {leaf.cert.get()}));
}

TEST_P(ClientTrustTest, ThereIsALimitOfIntermediates) {
  const Authority second("Second", &middle_);
  const Holder deep = second.issue({});
  trust({.ca = {file(root_.text())}, .max_intermediates = 2});
  EXPECT_TRUE(admits(&deep, {&second.cert(), &middle_.cert()}));
  trust({.ca = {file(root_.text())}, .max_intermediates = 1});
  EXPECT_FALSE(admits(&deep, {&second.cert(), &middle_.cert()}));
  const Holder near = middle_.issue({});
  EXPECT_TRUE(admits(&near, {&middle_.cert()}));
  trust({.ca = {file(root_.text())}, .max_intermediates = 0});
  EXPECT_TRUE(admits(&client_));
  EXPECT_FALSE(admits(&near, {&middle_.cert()}));
}

TEST_P(ClientTrustTest, ThereIsALimitOfWhatIsSentAsAChain) {
  trust_root();
  const Holder bulky = root_.issue({.extensions = {{NID_netscape_comment, std::string(20'000, 'a')}}});
  X509* const one = bulky.cert.get();
  EXPECT_TRUE(admits(&client_, {one, one, one}));
  EXPECT_FALSE(admits(&client_, {one, one, one, one})) << "more than 64 KiB";
}

TEST_P(ClientTrustTest, NamesOfAuthoritiesAreToldWhileTheyAreFew) {
  trust_root();
  ASSERT_TRUE(admits(&client_));
  EXPECT_EQ(named_, 1);
  const std::string stem(50, 'n');
  std::string all = root_.text();
  std::size_t bytes = static_cast<std::size_t>(i2d_X509_NAME(X509_get_subject_name(&root_.cert()), nullptr)) + 2;
  int count = 1;
  while (true) {
    const Authority more(stem + std::to_string(1000 + count));
    all += more.text();
    bytes += static_cast<std::size_t>(i2d_X509_NAME(X509_get_subject_name(&more.cert()), nullptr)) + 2;
    if (bytes > 8u << 10) break;
    ++count;
    if (bytes + 70 > 8u << 10) {
      trust({.ca = {file(all)}});
      ASSERT_TRUE(admits(&client_));
      EXPECT_EQ(named_, count);
    }
  }
  trust({.ca = {file(all)}});
  ASSERT_TRUE(admits(&client_));
  EXPECT_LE(named_, 0) << "too many to tell";
}

TEST_P(ClientTrustTest, ARevokedCertificateIsRefused) {
  const Holder revoked = root_.issue({});
  trust({.ca = {file(root_.text())}, .crl = {list_file(root_, {revoked.cert.get()})}});
  EXPECT_TRUE(admits(&client_));
  EXPECT_FALSE(admits(&revoked));
  EXPECT_EQ(why_, X509_V_ERR_CERT_REVOKED);
}

TEST_P(ClientTrustTest, WithListsTheLeafNeedsOne) {
  trust({.ca = {file(root_.text() + middle_.text())}, .crl = {list_file(root_)}});
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_THAT(warnings_[0].message, HasSubstr("no revocation list of `CN=Middle`"));
  EXPECT_TRUE(admits(&client_));
  const Holder under = middle_.issue({});
  EXPECT_FALSE(admits(&under)) << "nobody can say whether it was revoked";
  EXPECT_EQ(why_, X509_V_ERR_UNABLE_TO_GET_CRL);
}

TEST_P(ClientTrustTest, AuthoritiesAreLookedUpWhereThereIsAList) {
  const Holder under = middle_.issue({});
  // None about the middle one: it is let pass.
  trust({.ca = {file(root_.text() + middle_.text())}, .crl = {list_file(middle_)}});
  EXPECT_TRUE(admits(&under));
  trust(
      {.ca = {file(root_.text() + middle_.text())}, .crl = {list_file(middle_), list_file(root_, {&middle_.cert()})}});
  EXPECT_FALSE(admits(&under));
  EXPECT_EQ(why_, X509_V_ERR_CERT_REVOKED);
}

TEST_P(ClientTrustTest, AListThatEndsWhileWeRunStopsItsClients) {
  const std::int64_t issued = std::time(nullptr);
  const Crl list = root_.list({}, 1, -60);
  auto loaded = ClientTrust::load({.ca = {file(root_.text())}, .crl = {file(testing::pem(*list))}}, issued - 10);
  ASSERT_TRUE(loaded) << loaded.error().text();
  server_ = server(*loaded->trust, loaded->trust);
  // Time goes on for the verification alone.
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(server_.get()), issued + 60);
  EXPECT_FALSE(admits(&client_));
  EXPECT_EQ(why_, X509_V_ERR_CRL_HAS_EXPIRED);
}

TEST_P(ClientTrustTest, ASessionIsResumedAndItsClientIsKnown) {
  trust_root();
  ASSERT_TRUE(admits(&client_));
  EXPECT_FALSE(reused_);
  const Session first = std::move(session_);
  ASSERT_TRUE(admits(&client_, {}, first.get()));
  EXPECT_TRUE(reused_);
  const Session second = std::move(session_);
  ASSERT_TRUE(admits(&client_, {}, second.get()));
  EXPECT_TRUE(reused_);
}

TEST_P(ClientTrustTest, ASessionOfAnotherTrustIsNotResumed) {
  trust_root();
  ASSERT_TRUE(admits(&client_));
  const Session old = std::move(session_);
  const Holder revoked = root_.issue({});
  trust({.ca = {file(root_.text())}, .crl = {list_file(root_, {client_.cert.get()})}});
  EXPECT_FALSE(admits(&client_, {}, old.get())) << "it was revoked since";
  trust({.ca = {file(root_.text() + stranger_.text())}});
  ASSERT_TRUE(admits(&client_, {}, old.get()));
  EXPECT_FALSE(reused_);
}

TEST_P(ClientTrustTest, ASessionDoesNotOutliveWhatItWasVerifiedBy) {
  trust({.ca = {file(root_.text())}, .crl = {list_file(root_)}});
  const X509& leaf = *client_.cert;
  EXPECT_TRUE(trust_->lets_resume(leaf, now, now));
  EXPECT_TRUE(trust_->lets_resume(leaf, now, now + ClientTrust::max_session_age));
  EXPECT_FALSE(trust_->lets_resume(leaf, now, now + ClientTrust::max_session_age + 1));
  EXPECT_FALSE(trust_->lets_resume(leaf, now + 1, now)) << "from the future";
  const std::int64_t issued = std::time(nullptr);  // `now` is the start of the program, which may be long ago
  const Holder brief = root_.issue({.to = 100});
  EXPECT_TRUE(trust_->lets_resume(*brief.cert, now, issued + 90));
  EXPECT_FALSE(trust_->lets_resume(*brief.cert, now, issued + 110)) << "the certificate ended";
  const Crl list = root_.list({}, 100);
  trust({.ca = {file(root_.text())}, .crl = {file(testing::pem(*list)), list_file(root_)}});
  EXPECT_TRUE(trust_->lets_resume(leaf, now, issued + 90));
  EXPECT_FALSE(trust_->lets_resume(leaf, now, issued + 110)) << "a list ended";
}

// The list ended a second ago; verification is told an earlier time, tickets are not.
TEST_P(ClientTrustTest, ATicketIsNotTakenWhenItsTrustEnded) {
  const Crl list = root_.list({}, -1);
  auto loaded = ClientTrust::load({.ca = {file(root_.text())}, .crl = {file(testing::pem(*list))}}, now - 30);
  ASSERT_TRUE(loaded) << loaded.error().text();
  server_ = server(*loaded->trust, loaded->trust);
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(server_.get()), now - 30);
  ASSERT_TRUE(admits(&client_));
  const Session old = std::move(session_);
  ASSERT_TRUE(admits(&client_, {}, old.get()));
  EXPECT_FALSE(reused_);
}

TEST(ClientTrustFiles, WhatIsWrongIsSaidWithItsFile) {
  ScratchFolder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder.file(name)) << text;
    return folder.file(name);
  };
  const auto problem = [](const ClientTrust::Settings& settings, std::int64_t at = now) {
    const auto loaded = ClientTrust::load(settings, at);
    return loaded ? "" : loaded.error().text();
  };
  const Authority root("Root");
  const Authority middle("Middle", &root);
  const Authority stranger("Stranger");
  const Authority namesake("Root");
  const std::string ca = file("ca", root.text());
  const std::string list = file("list", testing::pem(*root.list({})));
  EXPECT_EQ(problem({.ca = {ca}, .crl = {list}}), "");
  EXPECT_THAT(problem({.ca = {folder.file("none")}}), HasSubstr("none"));
  EXPECT_THAT(problem({.ca = {file("empty", "")}}), HasSubstr("empty"));
  EXPECT_THAT(problem({.ca = {file("text", "no PEM at all")}}), HasSubstr("no PEM with certificates"));
  std::string broken = root.text();
  broken[broken.find('\n') + 5] = '!';
  EXPECT_THAT(problem({.ca = {file("broken", broken)}}), HasSubstr("no good PEM"));
  EXPECT_THAT(problem({.ca = {file("half", root.text() + broken)}}), HasSubstr("no good PEM"));
  EXPECT_THAT(problem({.ca = {file("leaf", testing::pem(*root.issue({}).cert))}}), HasSubstr("of no authority"));
  EXPECT_THAT(problem({.ca = {file("middle", middle.text())}}), HasSubstr("no root"));
  EXPECT_THAT(problem({.ca = {}}), HasSubstr("no root"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {folder.file("none")}}), HasSubstr("none"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {ca}}), HasSubstr("revocation lists"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {file("other", testing::pem(*stranger.list({})))}}),
              HasSubstr("`CN=Stranger`, who is none of the authorities"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {file("forged", testing::pem(*namesake.list({})))}}),
              HasSubstr("did not sign"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {list}}, now + 100'000), HasSubstr("has expired"));
  EXPECT_THAT(problem({.ca = {ca}, .crl = {list}}, now - 100'000), HasSubstr("later time"));
  const auto late = ClientTrust::load({.ca = {ca}}, now + 100'000);
  ASSERT_TRUE(late);
  ASSERT_EQ(late->warnings.size(), 1u);
  EXPECT_THAT(late->warnings[0].text(), HasSubstr("`CN=Root` has expired"));
}

TEST(ClientTrustFiles, EachThingThatIsGivenCounts) {
  ScratchFolder folder;
  const auto digest = [&](const ClientTrust::Settings& settings) {
    return ClientTrust::load(settings, now).value().trust->digest();
  };
  const Authority root("Root");
  const std::string ca = folder.file("ca");
  const std::string list = folder.file("list");
  std::ofstream(ca) << root.text();
  std::ofstream(list) << testing::pem(*root.list({}));
  const auto plain = digest({.ca = {ca}});
  EXPECT_EQ(digest({.ca = {ca}}), plain);
  EXPECT_NE(digest({.ca = {ca}, .crl = {list}}), plain);
  EXPECT_NE(digest({.required = false, .ca = {ca}}), plain);
  EXPECT_NE(digest({.ca = {ca}, .max_intermediates = 1}), plain);
  std::ofstream(ca, std::ios::app) << Authority("More").text();
  EXPECT_NE(digest({.ca = {ca}}), plain);
}

TEST(ClientTrustFiles, ThereIsALimitOfAuthoritiesAndLists) {
  ScratchFolder folder;
  const Authority root("Root");
  const std::string text = root.text();
  const std::string list = testing::pem(*root.list({}));
  const auto problem = [&](std::size_t authorities, std::size_t lists) {
    std::ofstream ca(folder.file("ca"));
    for (std::size_t i = 0; i < authorities; ++i) ca << text;
    ca.close();
    std::ofstream crl(folder.file("crl"));
    for (std::size_t i = 0; i < lists; ++i) crl << list;
    crl.close();
    const auto loaded = ClientTrust::load({.ca = {folder.file("ca")}, .crl = {folder.file("crl")}}, now);
    return loaded ? "" : loaded.error().message;
  };
  EXPECT_EQ(problem(ClientTrust::max_authorities, ClientTrust::max_lists), "");
  EXPECT_THAT(problem(ClientTrust::max_authorities + 1, 1), HasSubstr("too many"));
  EXPECT_THAT(problem(1, ClientTrust::max_lists + 1), HasSubstr("too many"));
}

}  // namespace
}  // namespace sallyport::tls
