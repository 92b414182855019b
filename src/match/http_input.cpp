#include "match/http_input.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/address.hpp"
#include "http/characters.hpp"
#include "match/body_reader.hpp"

namespace sallyport::match {
namespace {

std::string_view number(Arena& arena, std::uint64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return arena.copy({digits, static_cast<std::size_t>(end - digits)});
}

bool begins(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::ranges::equal(text.substr(0, lower.size()), lower, [](char a, char b) { return http::lower(a) == b; });
}
bool contains(std::string_view text, std::string_view lower) {
  for (std::size_t i = 0; i + lower.size() <= text.size(); ++i) {
    if (begins(text.substr(i), lower)) return true;
  }
  return false;
}

std::string_view percent_decoded(Arena& arena, std::string_view text) {
  if (text.find('%') == std::string_view::npos) return text;
  const auto out = arena.array<char>(text.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? http::hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? http::hex_value(text[i + 2]) : -1;
    out[size++] = low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
    if (low >= 0) i += 2;
  }
  return {out.data(), size};
}

BodyProcessor processor_for(std::string_view type) {
  if (begins(type, "application/x-www-form-urlencoded")) return BodyProcessor::urlencoded;
  if (begins(type, "multipart/form-data")) return BodyProcessor::multipart;
  const std::string_view media = type.substr(0, type.find(';'));
  if (begins(media, "application/") && contains(media, "json")) return BodyProcessor::json;
  if (begins(media, "text/json")) return BodyProcessor::json;
  if (begins(media, "text/xml") || (begins(media, "application/") && contains(media, "xml"))) return BodyProcessor::xml;
  return BodyProcessor::none;
}

void add_cookies(Evaluation& evaluation, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (pair.starts_with(' ') || pair.starts_with('\t')) pair.remove_prefix(1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    evaluation.input().add(evaluation.arena(), Variable::request_cookies, name, value);
    evaluation.input().add(evaluation.arena(), Variable::request_cookies_names, name, name);
  }
}

std::string_view protocol(Version version) {
  if (version.major == 2) return "HTTP/2.0";
  if (version.major == 3) return "HTTP/3.0";
  return version.minor == 0 ? "HTTP/1.0" : "HTTP/1.1";
}

std::uint64_t argument_bytes(const Input& input) {
  std::uint64_t sum = 0;
  for (const Item& item : input.of(Variable::args)) sum += item.name.size() + item.value.size();
  return sum;
}

}  // namespace

void fill_request_head(Evaluation& evaluation, const Request& request, const Connection& connection,
                       std::string_view unique_id) {
  Input& input = evaluation.input();
  Arena& arena = evaluation.arena();
  const auto set = [&](Variable variable, std::string_view value) { input.set(arena, variable, value); };
  const std::string_view target = request.target;
  std::string_view path = target.substr(0, target.find_first_of("?#"));
  // "http://host/path": an absolute form.
  std::string_view local = target;
  if (const std::size_t scheme = target.find("://");
      scheme != std::string_view::npos && scheme < path.size() && !target.starts_with('/')) {
    const std::size_t slash = target.find('/', scheme + 3);
    local = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    path = local.substr(0, local.find_first_of("?#"));
  }
  set(Variable::request_uri_raw, target);
  set(Variable::request_uri, local);
  const std::string_view filename = percent_decoded(arena, path);
  set(Variable::request_filename, filename);
  const std::size_t cut = filename.find_last_of("/\\");
  set(Variable::request_basename, cut == std::string_view::npos ? filename : filename.substr(cut + 1));
  set(Variable::query_string, request.query);
  set(Variable::request_method, request.method_token);
  set(Variable::request_protocol, protocol(request.version));
  set(Variable::request_line, arena.concat(request.method_token, " ", target, " ", protocol(request.version)));
  set(Variable::path_info, {});
  set(Variable::unique_id, unique_id);
  set(Variable::remote_addr, arena.copy(format_address(connection.client)));
  set(Variable::remote_host, input.of(Variable::remote_addr).front().value);
  set(Variable::remote_port, number(arena, connection.client_port));
  set(Variable::remote_user, {});
  set(Variable::auth_type, {});
  set(Variable::server_name, request.host);
  set(Variable::server_addr, {});
  set(Variable::server_port, number(arena, request.port != 0 ? request.port : request.https ? 443 : 80));
  set(Variable::modsec_build, "030000000");
  set(Variable::webappid, {});
  for (const Variable flag : {Variable::inbound_data_error,
                              Variable::outbound_data_error,
                              Variable::reqbody_error,
                              Variable::reqbody_processor_error,
                              Variable::urlencoded_error,
                              Variable::args_combined_size,
                              Variable::files_combined_size,
                              Variable::request_body_length,
                              Variable::multipart_boundary_quoted,
                              Variable::multipart_boundary_whitespace,
                              Variable::multipart_crlf_lf_lines,
                              Variable::multipart_data_after,
                              Variable::multipart_data_before,
                              Variable::multipart_file_limit_exceeded,
                              Variable::multipart_header_folding,
                              Variable::multipart_invalid_header_folding,
                              Variable::multipart_invalid_part,
                              Variable::multipart_invalid_quoting,
                              Variable::multipart_lf_line,
                              Variable::multipart_missing_semicolon,
                              Variable::multipart_strict_error,
                              Variable::multipart_unmatched_boundary}) {
    set(flag, "0");
  }
  set(Variable::reqbody_error_msg, {});
  set(Variable::reqbody_processor_error_msg, {});
  std::uint64_t length = input.of(Variable::request_line).front().value.size() + 4;
  for (const Field& field : request.fields.all()) {
    input.add(arena, Variable::request_headers, field.name, field.value);
    input.add(arena, Variable::request_headers_names, field.name, field.name);
    length += field.name.size() + field.value.size() + 4;
    if (field.known == FieldName::cookie) add_cookies(evaluation, field.value);
    if (field.known == FieldName::content_type) evaluation.set_body_processor(processor_for(field.value));
  }
  set(Variable::full_request_length, number(arena, length + request.content_length));
  if (const char* wrong = read_form(evaluation, request.query, ArgumentsFrom::query); wrong != nullptr)
    set(Variable::urlencoded_error, "1");
  set(Variable::args_combined_size, number(arena, argument_bytes(input)));
}

void fill_request_body(Evaluation& evaluation, std::string_view body) {
  Input& input = evaluation.input();
  Arena& arena = evaluation.arena();
  const BodyProcessor processor = evaluation.body_processor();
  const bool kept =
      processor == BodyProcessor::urlencoded || processor == BodyProcessor::none || evaluation.body_forced();
  input.set(arena, Variable::request_body, kept ? body : std::string_view{});
  input.set(arena, Variable::request_body_length, number(arena, body.size()));
  if (body.empty()) return;
  const char* wrong = nullptr;
  switch (processor) {
    case BodyProcessor::none:
      break;
    case BodyProcessor::urlencoded:
      if (read_form(evaluation, body, ArgumentsFrom::body) != nullptr)
        input.set(arena, Variable::urlencoded_error, "1");
      break;
    case BodyProcessor::multipart: {
      std::string_view type;
      for (const Item& item : input.of(Variable::request_headers)) {
        if (same_name(item.name, "content-type")) type = item.value;
      }
      wrong = read_multipart(evaluation, type, body);
      break;
    }
    case BodyProcessor::xml:
      wrong = read_xml(evaluation, body);
      break;
    case BodyProcessor::json:
      wrong = read_json(evaluation, body);
      break;
  }
  if (input.cut && wrong == nullptr) wrong = "more values than are looked at";
  if (wrong != nullptr) {
    for (const Variable flag : {Variable::reqbody_error, Variable::reqbody_processor_error})
      input.set(arena, flag, "1");
    for (const Variable text : {Variable::reqbody_error_msg, Variable::reqbody_processor_error_msg})
      input.set(arena, text, wrong);
  }
  input.set(arena, Variable::args_combined_size, number(arena, argument_bytes(input)));
}

void fill_response_head(Evaluation& evaluation, const Response& response) {
  Input& input = evaluation.input();
  Arena& arena = evaluation.arena();
  input.set(arena, Variable::response_status, number(arena, response.status));
  input.set(arena, Variable::response_protocol, protocol(response.version));
  input.set(arena, Variable::status_line,
            arena.concat(protocol(response.version), " ", input.of(Variable::response_status).front().value));
  input.set(arena, Variable::response_content_length, number(arena, response.content_length));
  input.set(arena, Variable::response_content_type, {});
  for (const Field& field : response.fields.all()) {
    input.add(arena, Variable::response_headers, field.name, field.value);
    input.add(arena, Variable::response_headers_names, field.name, field.name);
    if (field.known == FieldName::content_type) input.set(arena, Variable::response_content_type, field.value);
  }
}

void fill_response_body(Evaluation& evaluation, std::string_view body) {
  evaluation.input().set(evaluation.arena(), Variable::response_body, body);
}

}  // namespace sallyport::match
