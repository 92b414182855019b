// Call, when its client speaks gRPC or gRPC-Web: refusals in that shape, and answers as browsers get them.
#include <array>

#include "base/base64.hpp"
#include "gateway/call.hpp"
#include "gateway/grpc.hpp"
#include "gateway/worker.hpp"

namespace sallyport::gateway {

// Trailers-Only: a head that ends the stream. The event keeps the status of HTTP that it stands for.
Task<Call::Step> Call::send_grpc_problem(const Problem& problem) {
  pass_over_body();
  const auto fields = transaction_.arena().array<Field>(4 + problem.fields.size());
  std::size_t count = 0;
  fields[count++] = {"content-type", grpc_media_type, FieldName::content_type, false};
  fields[count++] = {"grpc-status", grpc_status(problem.status), FieldName::other, false};
  fields[count++] = {"grpc-message", grpc_message(problem.title, transaction_.arena()), FieldName::other, false};
  if (!problem.extra_name.empty()) fields[count++] = {problem.extra_name, problem.extra_value, FieldName::other, false};
  for (const Edit& field : problem.fields) fields[count++] = {field.name, field.value, FieldName::other, false};
  AnswerHead head{200, fields.first(count), id(), {Framing::none, 0}, true, false, !can_keep_client()};
  answering_ = true;
  if (!exchange_->begin_answer(head)) co_return Step::broken;
  publish();
  IoStatus status = exchange_->send({}, true);
  if (status == IoStatus::idle) status = co_await exchange_->finish();
  co_return status == IoStatus::ok ? Step::answered : Step::broken;
}

// The same for gRPC-Web: the trailers are the body.
Task<Call::Step> Call::send_grpc_web_problem(const Problem& problem) {
  pass_over_body();
  Arena& arena = transaction_.arena();
  const std::array<Field, 2> trailers{
      Field{"grpc-status", grpc_status(problem.status), FieldName::other, false},
      Field{"grpc-message", grpc_message(problem.title, arena), FieldName::other, false}};
  web_piece_ = grpc_web_trailers(trailers);
  if (grpc_web_.is_text()) web_piece_ = encode_base64(web_piece_, Base64::standard);
  const auto fields = arena.array<Field>(3 + problem.fields.size());
  std::size_t count = 0;
  fields[count++] = {"Content-Type", grpc_web_.client_type(arena), FieldName::content_type, false};
  fields[count++] = {"Cache-Control", "no-store", FieldName::cache_control, false};
  if (!problem.extra_name.empty()) fields[count++] = {problem.extra_name, problem.extra_value, FieldName::other, false};
  for (const Edit& field : problem.fields) fields[count++] = {field.name, field.value, FieldName::other, false};
  AnswerHead head{200,      fields.first(count), id(), {Framing::length, web_piece_.size()}, false,
                  http10(), !can_keep_client()};
  answering_ = true;
  if (!exchange_->begin_answer(head)) co_return Step::broken;
  transaction_.event().bytes_out = web_piece_.size();
  publish();
  IoStatus status = exchange_->send(web_piece_, true);
  if (status == IoStatus::idle) status = co_await exchange_->finish();
  co_return status == IoStatus::ok ? Step::answered : Step::broken;
}

// A piece of gRPC's answer, with the trailers behind the last one.
std::string_view Call::as_grpc_web(std::string_view piece, bool last) {
  const std::span<const Field> trailers = last ? upstream_->trailers() : std::span<const Field>{};
  if (!grpc_web_.is_text() && trailers.empty()) return piece;
  web_piece_ = grpc_web_.is_text() ? encode_base64(piece, Base64::standard) : std::string(piece);
  if (!trailers.empty()) {
    const std::string frame = grpc_web_trailers(trailers);
    web_piece_ += grpc_web_.is_text() ? encode_base64(frame, Base64::standard) : frame;
  }
  return web_piece_;
}

}  // namespace sallyport::gateway
