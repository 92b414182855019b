// JoinedText: what the prefilter scans for a group of rules: the values, and what transformations make
// of them, between joints.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "match/joined_pattern.hpp"
#include "match/prefilter_plan.hpp"
#include "match/scratch.hpp"

namespace sallyport::match {

inline constexpr std::size_t max_forms = 64;          // of a value; a rule set that makes more is not filtered for it
inline constexpr std::size_t first_text = 16u << 10;  // bytes of joined text that a thread has memory for

// Memory of a thread for joined text: grows as needed, and gives back what is unusually large.
struct TextMemory {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;
};

// The texts of a group, joined. Each distinct one of a value once, and most of those that values share.
class JoinedText {
 public:
  JoinedText(TextMemory& memory, const PrefilterGroup& group, std::size_t values, Scratch& scratch)
      : memory_(memory), group_(group), scratch_(scratch) {
    reserve(1);
    memory_.bytes[used_++] = joint;
    const std::size_t places = std::bit_ceil(values + 8);
    char* at = scratch.take(places * sizeof(Seen) + alignof(Seen));
    at += (alignof(Seen) - reinterpret_cast<std::uintptr_t>(at) % alignof(Seen)) % alignof(Seen);
    seen_ = {reinterpret_cast<Seen*>(at), places};
    for (Seen& place : seen_) place.chains = 0;
  }

  // False when the value has more forms than are kept.
  bool add(std::string_view value, std::uint32_t traits, std::uint64_t chains) {
    chains = fresh(value, chains);
    if (chains == 0) return true;
    append(value);
    chains = changing(traits, chains);
    if (chains == 0) return true;
    forms_[0] = {value.data(), value.size(), traits};
    form_count_ = 1;
    memo_count_ = 0;
    for (; chains != 0; chains &= chains - 1) {
      std::size_t form = 0;
      for (const PrefilterStep step : group_.chains[static_cast<std::size_t>(std::countr_zero(chains))]) {
        if (((forms_[form].traits | trait::always) & step.triggers) == 0) continue;
        form = after(form, step.step);
        if (form == max_forms) return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool empty() const { return used_ <= 1; }
  [[nodiscard]] std::string_view text() const { return {memory_.bytes.get(), used_}; }

 private:
  struct Seen {
    std::string_view text;
    std::uint64_t chains = 0;
  };
  // Written before they are read: no initialisers, which would cost more than the call.
  struct Form {
    const char* data;
    std::size_t size;
    std::uint32_t traits;
    [[nodiscard]] std::string_view text() const { return {data, size}; }
  };
  struct Memo {
    std::uint8_t from;
    Transformation step;
    std::uint8_t to;
  };
  struct Changing {
    std::uint32_t traits = ~0u;
    std::uint64_t asked = 0;
    std::uint64_t chains = 0;
  };

  // Those of the chains that this text was not yet looked at behind. A text that finds no place in
  // the table counts as new: it is scanned twice.
  std::uint64_t fresh(std::string_view text, std::uint64_t chains) {
    constexpr std::size_t probes = 4;
    const std::size_t start = std::hash<std::string_view>{}(text);
    for (std::size_t i = 0; i < probes; ++i) {
      Seen& place = seen_[(start + i) & (seen_.size() - 1)];
      if (place.chains == 0) {
        place = {text, chains};
        return chains;
      }
      if (place.text != text) continue;
      const std::uint64_t left = chains & ~place.chains;
      place.chains |= chains;
      return left;
    }
    return chains;
  }

  // Those of the chains that may change a text with these traits. Many values have the same.
  std::uint64_t changing(std::uint32_t traits, std::uint64_t chains) {
    Changing& known = changing_[(traits ^ traits >> 7) % changing_.size()];
    if (known.traits == traits && known.asked == chains) return known.chains;
    known = {traits, chains, 0};
    for (std::uint64_t left = chains; left != 0; left &= left - 1) {
      const int chain = std::countr_zero(left);
      if (((traits | trait::always) & group_.triggers[static_cast<std::size_t>(chain)]) != 0)
        known.chains |= std::uint64_t{1} << chain;
    }
    return known.chains;
  }

  std::size_t after(std::size_t form, Transformation step) {
    for (std::size_t i = 0; i < memo_count_; ++i) {
      if (memo_[i].from == form && memo_[i].step == step) return memo_[i].to;
    }
    const std::string_view text = transform(step, forms_[form].text(), scratch_);
    std::size_t to = 0;
    while (to < form_count_ && (forms_[to].size != text.size() || forms_[to].text() != text)) ++to;
    if (to == max_forms) return max_forms;
    if (to == form_count_) {
      forms_[form_count_++] = {text.data(), text.size(), traits_of(text)};
      append(text);
    }
    if (memo_count_ < memo_.size())
      memo_[memo_count_++] = {static_cast<std::uint8_t>(form), step, static_cast<std::uint8_t>(to)};
    return to;
  }

  void append(std::string_view text) {
    reserve(text.size() + 1);
    char* const at = memory_.bytes.get() + used_;
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at[text.size()] = joint;
    used_ += text.size() + 1;
  }
  void reserve(std::size_t more) {
    if (memory_.size - used_ >= more) return;
    const std::size_t size = std::max(first_text, (used_ + more) * 2);
    auto bytes = std::make_unique_for_overwrite<char[]>(size);
    if (used_ != 0) std::memcpy(bytes.get(), memory_.bytes.get(), used_);
    memory_.bytes = std::move(bytes);
    memory_.size = size;
  }

  TextMemory& memory_;
  const PrefilterGroup& group_;
  Scratch& scratch_;
  std::size_t used_ = 0;
  std::span<Seen> seen_;
  std::array<Changing, 16> changing_;
  std::array<Form, max_forms> forms_;
  std::size_t form_count_ = 0;
  std::array<Memo, 64> memo_;
  std::size_t memo_count_ = 0;
};

}  // namespace sallyport::match
