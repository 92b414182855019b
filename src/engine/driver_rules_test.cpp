#include "engine/driver_rules.hpp"

#include <gtest/gtest.h>

namespace sallyport::engine {
namespace {

struct Call {
  Connection connection;
  Request request;
  Route route;
  Api api;

  Call() {
    connection.tls = true;
    connection.sni = request.host = "api.example.com";
    route = {RouteKind::prefix, &api, nullptr, {}, {}};
  }
  [[nodiscard]] std::string_view rule(std::uint64_t max_body = 10) const {
    const auto* refusal = refused_at_entry(connection, request, route, max_body);
    return refusal == nullptr ? std::string_view{} : refusal->rule;
  }
};

TEST(DriverRules, HostIsTheNameThatTlsWasSetUpFor) {
  Call call;
  EXPECT_EQ(call.rule(), "");
  call.request.host = "other.example.com";
  EXPECT_EQ(call.rule(), "sni_mismatch");
  call.connection.sni = {};  // a client that named none
  EXPECT_EQ(call.rule(), "");
}

TEST(DriverRules, AnAnnouncedBodyHasALimit) {
  Call call;
  call.request.framing = Framing::length;
  call.request.content_length = 10;
  EXPECT_EQ(call.rule(), "");
  call.request.content_length = 11;
  EXPECT_EQ(call.rule(), "body_limit");
  call.request.framing = Framing::chunked;
  EXPECT_EQ(call.rule(), "");
  call.request.framing = Framing::length;
  call.route = {};
  EXPECT_EQ(call.rule(), "");
}

TEST(DriverRules, WhatNoApiClaimsGoesNowhere) {
  EXPECT_EQ(refused_without_api(Route{})->rule, "no_api");
  EXPECT_EQ(refused_without_api(Call().route), nullptr);
}

}  // namespace
}  // namespace sallyport::engine
