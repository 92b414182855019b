// The readers of request bodies. Each adds what it finds to the input and returns null, or says
// what is wrong with the body; what was read before stays. Linear in the body.
#pragma once

#include <string_view>

#include "match/evaluation.hpp"

namespace sallyport::match {

inline constexpr std::size_t max_json_depth = 128;
inline constexpr std::size_t max_json_path = 1024;  // bytes of the names that lead to a value
inline constexpr std::size_t max_xml_depth = 256;
inline constexpr std::size_t max_multipart_parts = 1000;

// "a=1&b=2", names and values percent-decoded: into ARGS, ARGS_GET or ARGS_POST, and their names.
enum class ArgumentsFrom : bool { query, body };
const char* read_form(Evaluation& evaluation, std::string_view text, ArgumentsFrom from);

// Scalars by their path: json.items.array_0.name, as ModSecurity 3 names them.
const char* read_json(Evaluation& evaluation, std::string_view text);

// XML:/* is all text, XML://@* each attribute's value. No entity but the five of XML and character
// references is expanded, nothing external is ever read.
const char* read_xml(Evaluation& evaluation, std::string_view text);

// RFC 7578. Sets the flags MULTIPART_… for what is out of order.
const char* read_multipart(Evaluation& evaluation, std::string_view content_type, std::string_view body);

// One argument into ARGS, ARGS_GET or ARGS_POST and their names.
void add_argument(Evaluation& evaluation, std::string_view name, std::string_view value, ArgumentsFrom from);

}  // namespace sallyport::match
