#include "admin/exchange.hpp"

#include "base/json_text.hpp"

namespace sallyport::admin {

Answer problem(unsigned status, std::string_view title, std::string_view detail) {
  Answer answer;
  answer.status = status;
  answer.media_type = "application/problem+json";
  answer.body = R"({"type":"about:blank","title":)";
  append_json(answer.body, title);
  answer.body += R"(,"status":)";
  append_number(answer.body, status);
  answer.body += R"(,"detail":)";
  append_json(answer.body, detail);
  answer.body += '}';
  return answer;
}

Answer json(std::string body) {
  Answer answer;
  answer.media_type = "application/json";
  answer.body = std::move(body);
  return answer;
}

}  // namespace sallyport::admin
