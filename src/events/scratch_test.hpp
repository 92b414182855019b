// For the tests of this room: a directory of their own, and a call to publish.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/testing/scratch_folder.hpp"
#include "events/options.hpp"
#include "events/record.hpp"
#include "events/segments.hpp"

namespace sallyport::events {

using Scratch = ScratchFolder;

// A call as a driver hands it over, with eight fields.
struct Call {
  Api api;
  Operation operation;
  Connection connection;
  Request request;
  Response response;
  Event event;

  Call() {
    api.name = "shop";
    api.base_path = "/v1";
    operation.label = "GET /v1/orders/{orderId}";
    operation.path_template = "/v1/orders/{orderId}";
    operation.operation_id = "getOrder";
    connection.client.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
    connection.client_port = 50123;
    connection.tls = true;
    connection.tls_version = "TLSv1.3";
    connection.sni = "shop.example.com";
    request.method = Method::get;
    request.method_token = "GET";
    request.https = true;
    request.host = "shop.example.com";
    request.path = "/v1/orders/4711";
    request.query = "page=2&sort=name";
    Fields& fields = request.fields;
    fields.append("Host", "shop.example.com", FieldName::host);
    fields.append("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                  FieldName::user_agent);
    fields.append("Accept", "application/json, text/plain;q=0.9, */*;q=0.8", FieldName::other);
    fields.append("Accept-Encoding", "gzip, deflate, br", FieldName::accept_encoding);
    fields.append("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJlIG9mIHRoZSB0b2tlbg",
                  FieldName::authorization);
    fields.append("Cookie", "sid=31d4d96e407aad42; theme=dark", FieldName::cookie);
    fields.append("X-Request-Id", "0190e5a0-7b1c-7c3e-8a55-0123456789ab", FieldName::x_request_id);
    fields.append("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", FieldName::traceparent);
    response.status = 200;
    response.fields.append("Content-Type", "application/json", FieldName::content_type);
    response.fields.append("Content-Length", "512", FieldName::content_length);
    event.time_us = 1'795'478'400'123'456;  // 2026-11-24T00:00:00.123456Z
    event.id.bytes = {1, 0x90, 0xe5, 0xa0, 0x7b, 0x1c, 0x7c, 0x3e, 0x8a, 0x55, 1, 0x23, 0x45, 0x67, 0x89, 0xab};
    event.duration_us = 1500;
    event.upstream_us = 900;
    event.connection = &connection;
    event.request = &request;
    event.response = &response;
    event.route.kind = RouteKind::operation;
    event.route.api = &api;
    event.route.operation = &operation;
    event.route.path_template = operation.path_template;
    event.status = 200;
    event.outcome = Outcome::forwarded;
    event.bytes_out = 512;
    event.upstream = "10.0.0.5:8080";
  }
};

inline std::vector<std::string> lines_of(const std::string& directory) {
  std::vector<std::string> lines;
  const auto segments = list_segments(directory);
  if (!segments) return lines;
  for (const auto& segment : *segments) {
    std::ifstream file(segment.path);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
  }
  return lines;
}

}  // namespace sallyport::events
