#include "controls/graphql/ask.hpp"

#include "decode/content.hpp"
#include "decode/form.hpp"
#include "decode/json.hpp"

namespace sallyport::controls::graphql {
namespace {

using decode::Kind;
using decode::Refusal;
using decode::refuse;
using decode::Value;

// Automatic persisted queries name the hash in `extensions`; others have a member for it. Two names
// could be read as two documents.
std::optional<Refusal> name_by_id(const Value& request, const Value* extensions, Ask& out) {
  const Value* hashed = extensions == nullptr ? nullptr : extensions->find("persistedQuery");
  const Value* names[] = {hashed, request.find("id"), request.find("documentId")};
  for (const Value* name : names) {
    if (name == nullptr) continue;
    if (out.persisted) return Refusal{"form", "a document has two names", name->offset()};
    out.persisted = true;
    out.by_member = name != hashed;
    if (name == hashed) name = hashed->find("sha256Hash");
    if (name != nullptr && name->is(Kind::string)) out.id = name->text();
  }
  return std::nullopt;
}

std::expected<Ask, Refusal> ask_of(const Value& value) {
  if (!value.is(Kind::object)) return refuse("form", "a request is an object", value.offset());
  Ask out;
  if (const Value* query = value.find("query"); query != nullptr && !query->is(Kind::null)) {
    if (!query->is(Kind::string)) return refuse("form", "`query` is a string", query->offset());
    out.query = query->text();
  }
  out.variables = value.find("variables");
  if (out.variables != nullptr && out.variables->is(Kind::null)) out.variables = nullptr;
  if (out.variables != nullptr && !out.variables->is(Kind::object)) {
    return refuse("form", "`variables` is an object", out.variables->offset());
  }
  if (const Value* name = value.find("operationName"); name != nullptr && !name->is(Kind::null)) {
    if (!name->is(Kind::string)) return refuse("form", "`operationName` is a string", name->offset());
    out.operation = name->text();
  }
  const Value* extensions = value.find("extensions");
  if (const auto bad = name_by_id(value, extensions, out)) return std::unexpected(*bad);
  return out;
}

std::expected<Asks, Refusal> asks_of(const Value& root, std::uint32_t batch) {
  Asks out;
  out.batched = root.is(Kind::array);
  if (!out.batched) {
    const auto one = ask_of(root);
    if (!one) return std::unexpected(one.error());
    out.all.push_back(*one);
    return out;
  }
  if (root.size() == 0) return refuse("form", "an empty list of requests");
  if (root.size() > batch) return refuse("batch", "too many queries in one request");
  for (const Value& each : root) {
    const auto one = ask_of(each);
    if (!one) return std::unexpected(one.error());
    out.all.push_back(*one);
  }
  return out;
}

}  // namespace

std::expected<Asks, Refusal> asks_of_body(const Fields& fields, std::string_view body, std::uint32_t batch,
                                          Arena& arena) {
  const auto content = decode::read_content(fields, body, arena);
  if (!content) return std::unexpected(content.error());
  switch (content->format) {
    case decode::Format::json: {
      auto out = asks_of(*content->values.front(), batch);
      if (out && !out->batched) out->object = content->values.front();
      return out;
    }
    case decode::Format::graphql: {
      Asks out;
      out.all.push_back({content->text, nullptr, {}, false, {}, false});
      return out;
    }
    case decode::Format::multipart: {
      // The form of uploads: `operations` holds the request, files follow.
      const decode::Part* part = content->multipart.find("operations");
      if (part == nullptr) return refuse("form", "no part `operations`");
      std::size_t named = 0;
      for (const decode::Part& one : content->multipart.parts) named += one.name == "operations" ? 1 : 0;
      if (named != 1) return refuse("form", "several parts `operations`");
      const auto tree = decode::parse_json(part->content, arena);
      if (!tree) return std::unexpected(tree.error());
      return asks_of(**tree, batch);
    }
    case decode::Format::binary:
    case decode::Format::text:
    case decode::Format::json_lines:
    case decode::Format::json_sequence:
    case decode::Format::form:
    case decode::Format::xml:
    case decode::Format::protobuf:
    case decode::Format::grpc:
      break;
  }
  return refuse("media_type", "no media type of GraphQL over HTTP");
}

std::expected<Asks, Refusal> asks_of_query(std::string_view query, Arena& arena) {
  const auto pairs = decode::read_pairs(query, arena);
  if (!pairs) return std::unexpected(pairs.error());
  for (const char* name : {"query", "variables", "extensions", "operationName"}) {
    if (pairs->count(name) > 1) return refuse("form", "a parameter stands twice");
  }
  Ask one;
  if (const decode::Pair* text = pairs->find("query")) one.query = text->value;
  if (const decode::Pair* name = pairs->find("operationName")) one.operation = name->value;
  if (const decode::Pair* id = pairs->find("id")) {
    one.persisted = true;
    one.by_member = true;
    one.id = id->value;
  }
  if (const decode::Pair* extensions = pairs->find("extensions")) {
    const auto tree = decode::parse_json(extensions->value, arena);
    if (!tree) return std::unexpected(tree.error());
    const Value* hashed = (*tree)->find("persistedQuery");
    if (one.persisted && hashed != nullptr) return refuse("form", "a document has two names");
    if (hashed != nullptr) {
      one.persisted = true;
      const Value* hash = hashed->find("sha256Hash");
      if (hash != nullptr && hash->is(Kind::string)) one.id = hash->text();
    }
  }
  if (const decode::Pair* variables = pairs->find("variables"); variables != nullptr && !variables->value.empty()) {
    const auto tree = decode::parse_json(variables->value, arena);
    if (!tree) return std::unexpected(tree.error());
    if ((*tree)->is(Kind::object))
      one.variables = *tree;
    else if (!(*tree)->is(Kind::null))
      return refuse("form", "`variables` is an object");
  }
  Asks out;
  out.all.push_back(one);
  return out;
}

}  // namespace sallyport::controls::graphql
