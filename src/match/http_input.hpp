// Fills the variables of an evaluation from HTTP messages, as ModSecurity reads them: what stands
// in a message goes to the rules even where a strict reader would refuse it, and what is malformed
// is told to them (REQBODY_ERROR, MULTIPART_…, URLENCODED_ERROR). Values are views into the message
// or lie in the evaluation's arena.
#pragma once

#include <string_view>

#include <sallyport/message.hpp>

#include "match/evaluation.hpp"

namespace sallyport::match {

// Before phase 1. Chooses the processor of the body by its content type; rules may change it.
void fill_request_head(Evaluation& evaluation, const Request& request, const Connection& connection,
                       std::string_view unique_id);
// Before phase 2, also when there is no body.
void fill_request_body(Evaluation& evaluation, std::string_view body);
// Before phase 3.
void fill_response_head(Evaluation& evaluation, const Response& response);
// Before phase 4.
void fill_response_body(Evaluation& evaluation, std::string_view body);

}  // namespace sallyport::match
