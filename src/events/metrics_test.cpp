#include "events/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::events {
namespace {

using testing::HasSubstr;
using testing::Not;

RecordView call(std::string_view path_template = "/v1/orders/{id}") {
  RecordView record;
  record.api = "shop";
  record.route = RouteKind::operation;
  record.path_template = path_template;
  record.path = "/v1/orders/4711";
  record.method = "GET";
  record.status = 200;
  record.outcome = Outcome::forwarded;
  record.duration_us = 3000;
  record.upstream_us = 900;
  return record;
}

TEST(Metrics, CountsByTemplateAndNeverByPath) {
  Metrics metrics;
  metrics.count(call());
  metrics.count(call());
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr("# TYPE sallyport_http_requests_total counter\n"));
  EXPECT_THAT(text, HasSubstr(R"(sallyport_http_requests_total{api="shop",route="/v1/orders/{id}",method="GET",)"
                              R"(status_class="2xx",outcome="forwarded"} 2)"));
  EXPECT_THAT(text, Not(HasSubstr("4711")));
}

TEST(Metrics, BucketsAreCumulativeAndEndAtInf) {
  Metrics metrics;
  metrics.count(call());
  auto slow = call();
  slow.duration_us = 60'000'000;
  metrics.count(slow);
  auto exact = call();
  exact.duration_us = 2500;  // "le" is inclusive
  metrics.count(exact);
  const auto text = metrics.render();
  const std::string front = R"(sallyport_http_request_duration_seconds_bucket{api="shop",route="/v1/orders/{id}",le=)";
  EXPECT_THAT(text, HasSubstr(front + "\"0.001\"} 0\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"0.0025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"0.005\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(R"(_duration_seconds_count{api="shop",route="/v1/orders/{id}"} 3)"));
}

TEST(Metrics, CallsNotForwardedHaveNoUpstreamDuration) {
  Metrics metrics;
  auto record = call();
  record.upstream_us = 0;
  metrics.count(record);
  EXPECT_THAT(metrics.render(), Not(HasSubstr("sallyport_upstream_duration_seconds_count")));
}

TEST(Metrics, CountsDenialsObservationsAndFailures) {
  Metrics metrics;
  auto record = call();
  record.outcome = Outcome::denied;
  record.control = "contract";
  record.rule = "body_schema";
  const NoteView notes[] = {{"limits", Note::Action::would_deny, "rate", ""},
                            {"jwt", Note::Action::failed, "", "no keys"},
                            {"contract", Note::Action::denied, "body_schema", ""}};
  record.notes = notes;
  record.bytes_uninspected = 70;
  metrics.count(record);
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr(R"(sallyport_denials_total{api="shop",control="contract",rule="body_schema"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(sallyport_observed_denials_total{api="shop",control="limits",rule="rate"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(sallyport_control_failures_total{api="shop",control="jwt"} 1)"));
  EXPECT_THAT(text, HasSubstr("sallyport_body_bytes_uninspected_total 70\n"));
}

TEST(Metrics, UnknownPathsAndMethodsOfClientsMakeNoSeries) {
  Metrics metrics;
  for (int i = 0; i < 1000; ++i) {
    const std::string method = "M" + std::to_string(i);
    const std::string path = "/" + std::to_string(i);
    RecordView record;
    record.method = method;
    record.path = path;
    record.status = 404;
    record.outcome = Outcome::denied;
    record.control = "http";
    metrics.count(record);
  }
  const auto text = metrics.render();
  EXPECT_LT(std::ranges::count(text, '\n'), 60);
  EXPECT_THAT(text, HasSubstr(R"(route="unmatched",method="other",status_class="4xx",outcome="denied"} 1000)"));
}

TEST(Metrics, SeriesAreCappedAndTheRestIsCountedAsOther) {
  Metrics metrics(10);
  for (int i = 0; i < 1000; ++i) {
    const std::string path_template = "/r" + std::to_string(i);
    metrics.count(call(path_template));
  }
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr(R"(api="other",route="other",method="GET")"));
  EXPECT_THAT(text, Not(HasSubstr("/r900")));
  EXPECT_THAT(text, Not(HasSubstr("sallyport_metrics_overflow_total 0\n")));
  // Ten series and one "other" of each of three families, no more.
  EXPECT_LT(std::ranges::count(text, '\n'), 13 * 17 + 40);
}

TEST(Metrics, LabelValuesAreEscaped) {
  Metrics metrics;
  auto record = call("/a\"b\\c\nd");
  metrics.count(record);
  EXPECT_THAT(metrics.render(), HasSubstr(R"(route="/a\"b\\c\nd")"));
}

TEST(Metrics, RendersWhatOthersGive) {
  Metrics metrics;
  metrics.add_gauge("sallyport_connections", "Open connections.", [] { return 12.0; });
  metrics.add_counter("sallyport_reloads_total", "Reloads.", [] { return 3.0; });
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr("# TYPE sallyport_connections gauge\nsallyport_connections 12\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE sallyport_reloads_total counter\nsallyport_reloads_total 3\n"));
}

TEST(Metrics, RendersFamiliesThatOthersGive) {
  Metrics metrics;
  metrics.add_family("sallyport_upstream_up", "Targets.", false, [] {
    return std::vector<Metrics::Sample>{{{{"api", "a\"b"}, {"target", "10.0.0.1:80"}}, 1}, {{{"api", "c"}}, 0}};
  });
  EXPECT_THAT(metrics.render(), HasSubstr("# TYPE sallyport_upstream_up gauge\n"
                                          "sallyport_upstream_up{api=\"a\\\"b\",target=\"10.0.0.1:80\"} 1\n"
                                          "sallyport_upstream_up{api=\"c\"} 0\n"));
}

}  // namespace
}  // namespace sallyport::events
