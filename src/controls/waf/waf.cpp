// waf: injection in every decoded value of a request. Contract in README.md.
#include <charconv>

#include "controls/waf/judgement.hpp"
#include "decode/content.hpp"
#include "engine/descriptor.hpp"
#include "http/characters.hpp"

namespace sallyport::controls::waf {
namespace {

class Waf final : public Control {
 public:
  Waf(const Config& config, bool on) : config_(config), on_(on) {}

  [[nodiscard]] Phases phases() const override {
    if (!on_) return {};
    return {Phase::request_head, Phase::request_body};
  }

  Verdict on_request_head(const Context& context) const override {
    const Request& request = context.request();
    Judgement judgement = begin(context);
    judgement.look_at_path(decoded_path(request.path, context.arena()));
    const auto visited = decode::visit_head(request, context.arena(), [&](const decode::Leaf& leaf) {
      judgement.look(leaf);
      return true;
    });
    if (visited.unread_count > 0) context.note({"unread", context.arena().concat("inspected raw: ", visited.unread)});
    if (request.framing != Framing::none) context.want_body(config_.max_body.bytes);
    return judge(context, judgement);
  }

  Verdict on_request_body(const Context& context) const override {
    if (context.body().empty()) return Pass{};
    const auto content = decode::read_content(context.request().fields, context.body(), context.arena());
    if (!content) {
      return Deny{{decode::status_of(content.error()),
                   "unreadable_body",
                   "The body cannot be read as its type says",
                   {},
                   {},
                   {}},
                  {"unreadable_body", context.arena().concat(content.error().rule, ": ", content.error().detail)}};
    }
    Judgement judgement = begin(context);
    const auto visited = decode::visit_content(*content, context.arena(), [&](const decode::Leaf& leaf) {
      judgement.look(leaf);
      return true;
    });
    if (content->format == decode::Format::xml) {
      // Document types and includes are no leaves: they stand between them.
      judgement.look({decode::Place::xml_instruction, {}, prologue(content->text)});
    }
    if (visited.unread_count > 0) context.note({"unread", context.arena().concat("inspected raw: ", visited.unread)});
    return judge(context, judgement);
  }

 private:
  [[nodiscard]] Judgement begin(const Context& context) const {
    const Operation* operation = context.route().operation;
    return {config_, operation == nullptr ? std::string_view() : std::string_view(operation->label), context.arena()};
  }

  static std::string_view prologue(std::string_view text) { return text.substr(0, 4096); }

  // The canonical path holds only well-formed escapes.
  static std::string_view decoded_path(std::string_view path, Arena& arena) {
    if (!path.contains('%')) return path;
    const auto out = arena.array<char>(path.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const int high = path[i] == '%' && i + 2 < path.size() ? http::hex_value(path[i + 1]) : -1;
      const int low = high >= 0 ? http::hex_value(path[i + 2]) : -1;
      out[size++] = low >= 0 ? static_cast<char>(high * 16 + low) : path[i];
      if (low >= 0) i += 2;
    }
    return {out.data(), size};
  }

  [[nodiscard]] Verdict judge(const Context& context, const Judgement& judgement) const {
    if (judgement.skipped_something()) context.note({"uninspected", "values within values beyond the limits"});
    const Charge& charge = judgement.heaviest();
    if (charge.score == 0) return Pass{};
    Arena& arena = context.arena();
    char digits[8];
    const auto end = std::to_chars(digits, digits + sizeof digits, charge.score).ptr;
    const Reason reason{
        charge.evidence.rule,
        arena.concat("score ", std::string_view(digits, static_cast<std::size_t>(end - digits)), " in ",
                     decode::place_name(charge.place), charge.field.empty() ? "" : " ", masked(charge.field, arena),
                     charge.depth > 0 ? ", unwrapped" : "", ": ", masked(charge.evidence.span, arena))};
    if (charge.score < threshold(config_.paranoia)) {
      // Close to it: what a stricter level would refuse.
      if (charge.score + 1 >= threshold(config_.paranoia)) context.note(reason);
      return Pass{};
    }
    return Deny{{403, "forbidden", "The request is not allowed", {}, {}, {}}, reason};
  }

  Config config_;
  bool on_;
};

std::shared_ptr<const Control> make(const Config& config, const engine::Scope&, const document::Node* section,
                                    config::Report&) {
  return std::make_shared<const Waf>(config, section != nullptr);
}

}  // namespace

const engine::Descriptor& descriptor() {
  static constexpr auto self = engine::describe<Config, make>("waf", "Refuses injection in any decoded value.");
  return self;
}

}  // namespace sallyport::controls::waf
