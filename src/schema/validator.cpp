// Long because it is one interpreter: an instruction a few lines, all sharing the run's state.
#include <algorithm>
#include <cstring>
#include <utility>

#include "schema/equality.hpp"
#include "schema/program.hpp"

namespace sallyport::schema {
namespace {

using decode::Kind;
using decode::Value;

// Which members or items of one value some schema has judged, by place.
struct Track {
  static constexpr std::size_t inline_words = 4;
  std::array<std::uint64_t, inline_words> room{};
  std::span<std::uint64_t> bits;

  void prepare(std::size_t size, Arena& scratch) {
    const std::size_t words = (size + 63) / 64;
    bits = words <= inline_words ? std::span(room).first(words) : scratch.array<std::uint64_t>(words);
    std::ranges::fill(bits, 0);
  }
  void add(std::size_t at) { bits[at / 64] |= std::uint64_t{1} << (at % 64); }
  [[nodiscard]] bool has(std::size_t at) const { return ((bits[at / 64] >> (at % 64)) & 1u) != 0; }
  void add(const Track& other) {
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] |= other.bits[i];
  }
  void add_all() { std::ranges::fill(bits, ~std::uint64_t{0}); }
};

// The resources that led here, for $dynamicRef.
struct Frame {
  std::uint32_t resource;
  const Frame* outer;
};

Family family_of(Kind kind) {
  switch (kind) {
    case Kind::null:
    case Kind::boolean:
      return Family::plain;
    case Kind::number:
      return Family::number;
    case Kind::string:
      return Family::string;
    case Kind::array:
      return Family::array;
    case Kind::object:
      return Family::object;
  }
  return Family::plain;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80; }));
}

int compare(const Value& value, const Bound& bound) {
  if (bound.is_small) {
    if (const auto small = plain_integer(value.text())) return *small < bound.small ? -1 : *small > bound.small ? 1 : 0;
  }
  return Decimal(value.text()).compare(bound.exact);
}

std::string_view rule_of(Op op) {
  switch (op) {
    case Op::always_fails:
      return "false";
    case Op::refer:
    case Op::refer_dynamically:
      return "$ref";
    case Op::any_of:
      return "anyOf";
    case Op::one_of:
      return "oneOf";
    case Op::discriminate:
      return "discriminator";
    case Op::negate:
      return "not";
    case Op::condition:
      return "if";
    case Op::one_value:
      return "const";
    case Op::enumeration:
      return "enum";
    case Op::min_length:
      return "minLength";
    case Op::max_length:
      return "maxLength";
    case Op::pattern:
      return "pattern";
    case Op::format:
      return "format";
    case Op::minimum:
      return "minimum";
    case Op::maximum:
      return "maximum";
    case Op::exclusive_minimum:
      return "exclusiveMinimum";
    case Op::exclusive_maximum:
      return "exclusiveMaximum";
    case Op::multiple_of:
      return "multipleOf";
    case Op::items:
      return "items";
    case Op::min_items:
      return "minItems";
    case Op::max_items:
      return "maxItems";
    case Op::unique_items:
      return "uniqueItems";
    case Op::contains:
      return "contains";
    case Op::unevaluated_items:
      return "unevaluatedItems";
    case Op::members:
      return "properties";
    case Op::min_properties:
      return "minProperties";
    case Op::max_properties:
      return "maxProperties";
    case Op::property_names:
      return "propertyNames";
    case Op::dependent_required:
      return "dependentRequired";
    case Op::dependent_schema:
      return "dependentSchemas";
    case Op::unevaluated_members:
      return "unevaluatedProperties";
  }
  return {};
}

class Run {
 public:
  Run(const Program& program, Arena& scratch, const Budget& budget, Dropped dropped)
      : program_(program), scratch_(scratch), steps_(budget.steps), depth_(budget.depth), dropped_(dropped.members) {}

  Judged judge(SchemaId schema, const Value& value) {
    const bool good = check(schema, value, nullptr, nullptr);
    if (exhausted_) return {Judgement::undecided, {"budget", &value, {}}};
    return good ? Judged{Judgement::good, {}} : Judged{Judgement::bad, failure_};
  }

 private:
  bool fail(std::string_view rule, const Value& value, std::string_view name = {}) {
    failure_ = {rule, &value, name};
    return false;
  }
  // After this nothing is good: not even what `not` would make of it, since judge() asks first.
  bool exhaust() {
    exhausted_ = true;
    steps_ = 0;
    return false;
  }
  bool spend() { return steps_-- != 0 || exhaust(); }

  bool check(SchemaId id, const Value& value, Track* track, const Frame* outer) {
    if (!spend() || depth_ == 0) return exhaust();
    const Schema& schema = program_.schemas[id];
    if (schema.nullable && value.is(Kind::null)) return true;
    if ((schema.types >> static_cast<unsigned>(value.kind()) & 1u) == 0 && !is_integer(schema, value)) {
      return fail("type", value);
    }
    const Family family = family_of(value.kind());
    const Schema::Range range = schema.code[static_cast<std::size_t>(family)];
    if (range.count == 0) return true;
    --depth_;
    const Frame frame{schema.resource, outer};
    const bool tracks =
        (family == Family::object && schema.tracks_members) || (family == Family::array && schema.tracks_items);
    bool good = true;
    if (tracks) {
      Track own;
      own.prepare(value.size(), scratch_);
      good = run(range, value, &own, frame);
      if (good && track != nullptr) track->add(own);
    } else {
      good = run(range, value, track, frame);
    }
    ++depth_;
    return good;
  }

  [[nodiscard]] static bool is_integer(const Schema& schema, const Value& value) {
    if ((schema.types & Schema::integer_bit) == 0 || !value.is(Kind::number)) return false;
    if (plain_integer(value.text())) return true;
    if (schema.integers_written && value.text().find('.') != std::string_view::npos) return false;
    return Decimal(value.text()).integer();
  }

  bool run(Schema::Range range, const Value& value, Track* track, const Frame& frame) {
    const Instruction* const code = program_.code.data() + range.first;
    for (std::uint32_t i = 0; i < range.count; ++i) {
      if (!step(code[i], value, track, frame)) return false;
    }
    return true;
  }

  bool step(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    const auto expect = [&](bool good) { return good || fail(rule_of(one.op), value); };
    switch (one.op) {
      case Op::always_fails:
        return expect(false);
      case Op::refer:
        return check(one.a, value, track, &frame);
      case Op::refer_dynamically:
        return check(dynamic_target(program_.dynamic_references[one.a], frame), value, track, &frame);
      case Op::any_of:
        return any_of(one, value, track, frame);
      case Op::one_of:
        return one_of(one, value, track, frame);
      case Op::discriminate:
        return discriminate(program_.discriminators[one.a], value, track, frame);
      case Op::negate: {
        const Undropped asking(*this);
        return expect(!attempt(one.a, value, nullptr, frame)) && !exhausted_;
      }
      case Op::condition:
        return condition(program_.conditions[one.a], value, track, frame);
      case Op::one_value:
        return expect(equal(value, *program_.constants[one.a]));
      case Op::enumeration:
        return expect(enumerated(one, value));
      case Op::min_length:
        return expect(value.text().size() / 4 >= one.a || code_points(value.text()) >= one.a);
      case Op::max_length:
        return expect(value.text().size() <= one.a || code_points(value.text()) <= one.a);
      case Op::pattern:
        return search(one.a, value.text()) || fail("pattern", value);
      case Op::format:
        return expect(matches_format(static_cast<Format>(one.a), value.text()));
      case Op::minimum:
        return expect(compare(value, program_.numbers[one.a]) >= 0);
      case Op::maximum:
        return expect(compare(value, program_.numbers[one.a]) <= 0);
      case Op::exclusive_minimum:
        return expect(compare(value, program_.numbers[one.a]) > 0);
      case Op::exclusive_maximum:
        return expect(compare(value, program_.numbers[one.a]) < 0);
      case Op::multiple_of:
        return expect(multiple_of(Decimal(value.text()), program_.divisors[one.a]));
      case Op::items:
        return items(one, value, track, frame);
      case Op::min_items:
      case Op::min_properties:
        return expect(value.size() >= one.a);
      case Op::max_items:
      case Op::max_properties:
        return expect(value.size() <= one.a);
      case Op::unique_items:
        return expect(all_different(value, scratch_));
      case Op::contains:
        return contains(program_.contains[one.a], value, track, frame);
      case Op::unevaluated_items:
        return unevaluated_items(one.a, value, *track, frame);
      case Op::members:
        return members(program_.objects[one.a], value, track, frame);
      case Op::property_names:
        return property_names(one.a, value, frame);
      case Op::dependent_required:
        return dependent_required(program_.dependents[one.a], value);
      case Op::dependent_schema: {
        const Dependent& dependent = program_.dependents[one.a];
        return value.find(dependent.name) == nullptr || check(dependent.schema, value, track, &frame);
      }
      case Op::unevaluated_members:
        return unevaluated_members(one, value, *track, frame);
    }
    return expect(false);
  }

  // A schema that may fail: what it marked and dropped counts only when it does not.
  bool attempt(SchemaId id, const Value& value, Track* track, const Frame& frame) {
    const std::size_t dropped = dropped_ == nullptr ? 0 : dropped_->size();
    bool good = false;
    if (track != nullptr) {
      Track own;
      own.prepare(value.size(), scratch_);
      good = check(id, value, &own, &frame);
      if (good) track->add(own);
    } else {
      good = check(id, value, nullptr, &frame);
    }
    if (!good && dropped_ != nullptr) dropped_->resize(dropped);
    return good;
  }

  // Within it nothing is dropped: what is only asked is asked of the value as it is.
  class Undropped {
   public:
    explicit Undropped(Run& run) : run_(run), dropped_(std::exchange(run.dropped_, nullptr)) {}
    Undropped(const Undropped&) = delete;
    Undropped& operator=(const Undropped&) = delete;
    ~Undropped() { run_.dropped_ = dropped_; }

   private:
    Run& run_;
    std::vector<const Value*>* dropped_;
  };

  // When no alternative fits as the value is: the one that fits with the least taken out.
  bool with_least_dropped(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    const std::size_t before = dropped_->size();
    const Failure furthest = failure_;
    SchemaId best = none;
    std::size_t least = SIZE_MAX;
    for (std::uint32_t i = 0; i < one.b; ++i) {
      if (!attempt(program_.lists[one.a + i], value, nullptr, frame)) continue;
      if (dropped_->size() - before < least) {
        least = dropped_->size() - before;
        best = program_.lists[one.a + i];
      }
      dropped_->resize(before);
    }
    if (best != none) return attempt(best, value, track, frame);
    failure_ = furthest;
    return false;
  }

  // Of all that failed, the one that got furthest into the value is what the client wants to know.
  bool report(std::string_view rule, const Value& value, const Failure& furthest) {
    if (furthest.value != nullptr && furthest.value > &value) {
      failure_ = furthest;
      return false;
    }
    return fail(rule, value);
  }
  static void keep_furthest(Failure& furthest, const Failure& other) {
    if (furthest.value == nullptr || other.value > furthest.value) furthest = other;
  }

  bool any_of(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    if (dropped_ == nullptr) return any_of_undropped(one, value, track, frame);
    {
      const Undropped asking(*this);
      if (any_of_undropped(one, value, track, frame)) return true;
    }
    return !exhausted_ && with_least_dropped(one, value, track, frame);
  }

  bool any_of_undropped(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    bool any = false;
    Failure furthest;
    for (std::uint32_t i = 0; i < one.b; ++i) {
      if (attempt(program_.lists[one.a + i], value, track, frame)) {
        any = true;
        if (track == nullptr) return true;
      } else {
        keep_furthest(furthest, failure_);
      }
    }
    return any || report("anyOf", value, furthest);
  }

  bool one_of(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    std::uint32_t matches = 0;
    if (dropped_ == nullptr) return one_of_undropped(one, value, track, frame, matches);
    {
      const Undropped asking(*this);
      if (one_of_undropped(one, value, track, frame, matches)) return true;
    }
    return matches == 0 && !exhausted_ && with_least_dropped(one, value, track, frame);
  }

  bool one_of_undropped(const Instruction& one, const Value& value, Track* track, const Frame& frame,
                        std::uint32_t& matches) {
    Failure furthest;
    for (std::uint32_t i = 0; i < one.b && matches < 2; ++i) {
      if (attempt(program_.lists[one.a + i], value, track, frame)) {
        ++matches;
      } else {
        keep_furthest(furthest, failure_);
      }
    }
    if (matches == 1) return true;
    return matches == 0 ? report("oneOf", value, furthest) : fail("oneOf", value);
  }

  bool discriminate(const Discriminator& discriminator, const Value& value, Track* track, const Frame& frame) {
    if (!value.is(Kind::object)) return fail("discriminator", value);
    const Value* said = value.find(discriminator.property);
    if (said == nullptr) return fail("discriminator", value, discriminator.property);
    if (!said->is(Kind::string)) return fail("discriminator", *said);
    const std::uint32_t schema = program_.names.find(discriminator.owner, said->text());
    if (schema == TextIndex::none) return fail("discriminator", *said);
    return check(schema, value, track, &frame);
  }

  bool condition(const Condition& condition, const Value& value, Track* track, const Frame& frame) {
    const SchemaId next = [&] {
      const Undropped asking(*this);
      return attempt(condition.test, value, track, frame) ? condition.then : condition.otherwise;
    }();
    if (exhausted_) return false;
    return next == none || check(next, value, track, &frame);
  }

  bool enumerated(const Instruction& one, const Value& value) {
    if (one.c != none && value.is(Kind::string)) return program_.names.find(one.c, value.text()) != TextIndex::none;
    for (std::uint32_t i = 0; i < one.b; ++i) {
      if (equal(value, *program_.constants[one.a + i])) return true;
    }
    return false;
  }

  bool search(std::uint32_t pattern, std::string_view text) {
    steps_ -= std::min<std::uint64_t>(steps_, text.size() / 16);
    switch (program_.patterns[pattern].search(text)) {
      case Found::yes:
        return true;
      case Found::no:
        return false;
      case Found::undecided:
        return exhaust();
    }
    return exhaust();
  }

  SchemaId dynamic_target(const DynamicReference& reference, const Frame& frame) const {
    SchemaId target = reference.otherwise;
    for (const Frame* at = &frame; at != nullptr; at = at->outer) {  // the outermost one counts
      for (const auto& [resource, schema] : reference.anchors) {
        if (resource == at->resource) target = schema;
      }
    }
    return target;
  }

  bool items(const Instruction& one, const Value& value, Track* track, const Frame& frame) {
    std::uint32_t place = 0;
    for (const Value& item : value) {
      const SchemaId schema = place < one.b ? program_.lists[one.a + place] : one.c;
      if (schema == none) break;
      if (!check(schema, item, nullptr, &frame)) return false;
      if (track != nullptr) track->add(place);
      ++place;
    }
    return true;
  }

  bool contains(const Contains& what, const Value& value, Track* track, const Frame& frame) {
    std::uint64_t found = 0;
    std::size_t place = 0;
    const Undropped asking(*this);
    for (const Value& item : value) {
      if (attempt(what.schema, item, nullptr, frame)) {
        ++found;
        if (track != nullptr && what.evaluates) track->add(place);
      }
      if (exhausted_) return false;
      ++place;
    }
    if (found < what.least) return fail(what.least == 1 ? "contains" : "minContains", value);
    return found <= what.most || fail("maxContains", value);
  }

  bool unevaluated_items(SchemaId schema, const Value& value, Track& track, const Frame& frame) {
    std::size_t place = 0;
    for (const Value& item : value) {
      if (!track.has(place) && !check(schema, item, nullptr, &frame)) return fail("unevaluatedItems", item);
      ++place;
    }
    track.add_all();
    return true;
  }

  bool members(const ObjectPlan& plan, const Value& value, Track* track, const Frame& frame) {
    static constexpr std::uint32_t counted = 64;
    std::uint64_t seen = 0;
    std::size_t place = 0;
    for (const Value& member : value) {
      if (!spend()) return false;
      bool judged = false;
      const std::uint32_t at = program_.names.find(plan.owner, member.name());
      if (at != TextIndex::none) {
        const Property& property = program_.properties[at];
        if (property.required < counted) seen |= std::uint64_t{1} << property.required;
        if (!property.refused.empty()) {
          if (!unwanted(property.refused, value, member)) return false;
          judged = true;
        } else if (property.schema != none) {
          judged = true;
          if (!check(property.schema, member, nullptr, &frame)) return false;
        }
      }
      for (std::uint32_t i = 0; i < plan.patterns; ++i) {
        const MemberPattern& pattern = program_.member_patterns[plan.patterns_first + i];
        if (search(pattern.pattern, member.name())) {
          judged = true;
          if (!check(pattern.schema, member, nullptr, &frame)) return false;
        } else if (exhausted_) {
          return false;
        }
      }
      if (!judged && !other(plan, value, member, judged, frame)) return false;
      if (judged && track != nullptr) track->add(place);
      ++place;
    }
    return required(plan, value, seen, counted);
  }

  bool other(const ObjectPlan& plan, const Value& value, const Value& member, bool& judged, const Frame& frame) {
    judged = plan.others != Others::free;
    switch (plan.others) {
      case Others::free:
      case Others::evaluated:
        return true;
      case Others::schema:
        return check(plan.schema, member, nullptr, &frame);
      case Others::refused:
        return unwanted("additionalProperties", value, member);
      case Others::unknown:
        return unwanted("unknown", value, member);
    }
    return false;
  }

  // A member that must not be there: refused, or dropped when answers are minimised.
  bool unwanted(std::string_view rule, const Value& value, const Value& member) {
    if (dropped_ == nullptr) return fail(rule, value, member.name());
    dropped_->push_back(&member);
    return true;
  }

  bool required(const ObjectPlan& plan, const Value& value, std::uint64_t seen, std::uint32_t counted) {
    for (std::uint32_t i = 0; i < plan.required; ++i) {
      if (i < counted && ((seen >> i) & 1u) != 0) continue;
      const std::string_view name = program_.required_names[plan.required_first + i];
      if (i < counted || value.find(name) == nullptr) return fail("required", value, name);
    }
    return true;
  }

  bool property_names(SchemaId schema, const Value& value, const Frame& frame) {
    for (const Value& member : value) {
      const Value name = Value::of_text(member.name(), member.offset());
      if (!check(schema, name, nullptr, &frame)) return fail("propertyNames", value, member.name());
    }
    return true;
  }

  bool dependent_required(const Dependent& dependent, const Value& value) {
    if (value.find(dependent.name) == nullptr) return true;
    for (const std::string_view name : dependent.needs) {
      if (value.find(name) == nullptr) return fail("dependentRequired", value, name);
    }
    return true;
  }

  bool unevaluated_members(const Instruction& one, const Value& value, Track& track, const Frame& frame) {
    std::size_t place = 0;
    for (const Value& member : value) {
      if (track.has(place++)) continue;
      if (one.a == none) {
        if (!unwanted(one.says ? "unevaluatedProperties" : "unknown", value, member)) return false;
      } else if (!check(one.a, member, nullptr, &frame)) {
        return fail("unevaluatedProperties", value, member.name());
      }
    }
    track.add_all();
    return true;
  }

  const Program& program_;
  Arena& scratch_;
  std::uint64_t steps_;
  std::uint32_t depth_;
  std::vector<const Value*>* dropped_;
  bool exhausted_ = false;
  Failure failure_;
};

}  // namespace

Judged validate(const Program& program, SchemaId schema, const Value& value, Arena& scratch, const Budget& budget,
                Dropped dropped) {
  return Run(program, scratch, budget, dropped).judge(schema, value);
}

}  // namespace sallyport::schema
