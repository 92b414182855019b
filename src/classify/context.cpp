#include "classify/context.hpp"

#include <algorithm>

#include "classify/check_digits.hpp"

namespace sallyport::classify {
namespace {

struct Word {
  std::string_view text;
  Kind kind;
};
constexpr auto words = std::to_array<Word>({
#include "classify/words.inc"
});

// The words by a hash of their letters from the last to the first: of "date of birth" that of
// "birth" is part of the way to the others.
struct Slot {
  std::string_view text;
  Kinds kinds;
};
constexpr std::size_t slots = 1024;
static_assert(words.size() < slots / 2);
constexpr std::uint32_t hash_start = 2166136261u;
constexpr std::uint32_t hashed(std::uint32_t hash, std::string_view text) {  // FNV-1a
  for (std::size_t i = text.size(); i-- > 0;) hash = (hash ^ static_cast<unsigned char>(text[i])) * 16777619u;
  return hash;
}
constexpr std::size_t slot_of(std::uint32_t hash) { return (hash ^ hash >> 15) % slots; }
constexpr auto by_hash = [] {
  std::array<Slot, slots> table{};
  for (const Word& word : words) {
    std::size_t at = slot_of(hashed(hash_start, word.text));
    while (!table[at].text.empty() && table[at].text != word.text) at = (at + 1) % slots;
    table[at].text = word.text;
    table[at].kinds.add(word.kind);
  }
  return table;
}();

// Stand between a name and its value, or behind the telling part of a name.
constexpr auto fillers = [] {
  auto table = std::to_array<std::string_view>({"no",
                                                "nr",
                                                "num",
                                                "number",
                                                "numbers",
                                                "numero",
                                                "nummer",
                                                "id",
                                                "ids",
                                                "code",
                                                "codes",
                                                "value",
                                                "values",
                                                "is",
                                                "was",
                                                "the",
                                                "of",
                                                "on",
                                                "at",
                                                "my",
                                                "your",
                                                "his",
                                                "her",
                                                "their",
                                                "and",
                                                "text",
                                                "string",
                                                "raw",
                                                "plain",
                                                "line",
                                                "key",
                                                "hash",
                                                "hashed",
                                                "confirm",
                                                "confirmation",
                                                "repeat",
                                                "new",
                                                "old",
                                                "current",
                                                "encrypted",
                                                "data",
                                                "field",
                                                "input",
                                                "n",
                                                "a",
                                                "v",
                                                "identification",
                                                "identifier",
                                                "card",
                                                "inner",
                                                "item",
                                                "items",
                                                "list",
                                                "entry",
                                                "x"});
  std::ranges::sort(table);
  return table;
}();

constexpr std::size_t max_words = 8;  // that are looked at
constexpr std::size_t max_word = 32;  // letters; longer ones mean nothing

// The words of a text in lower case, in order. "cardNumber", "card_number" and "CARD NUMBER" are two each.
class Words {
 public:
  void push(std::string_view word) {
    if (count_ == max_words) {  // the last ones count
      std::ranges::rotate(spans_, spans_.begin() + 1);
      --count_;
    }
    const std::size_t size = std::min(word.size(), max_word);
    if (used_ + size > letters_.size()) return;
    const std::size_t begin = used_;
    for (const char c : word.substr(0, size)) letters_[used_++] = lower(c);
    spans_[count_++] = {begin, size};
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::string_view at(std::size_t i) const { return {letters_.data() + spans_[i].begin, spans_[i].size}; }
  // The words stand one behind the other.
  [[nodiscard]] std::string_view joined(std::size_t first, std::size_t last) const {
    return {letters_.data() + spans_[first].begin, spans_[last].begin + spans_[last].size - spans_[first].begin};
  }

 private:
  struct Span {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::array<char, 320> letters_;
  std::array<Span, max_words> spans_;
  std::size_t used_ = 0;
  std::size_t count_ = 0;
};

void split(std::string_view text, Words& out) {
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t end) {
    if (end > begin) out.push(text.substr(begin, end - begin));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!is_letter(c)) {
      end_word(i);
      begin = i + 1;
    } else if (is_upper(c) && i > begin && (is_lower(text[i - 1]) || (i + 1 < text.size() && is_lower(text[i + 1])))) {
      // aB starts a word at B, ABc at B.
      end_word(i);
      begin = i;
    }
  }
  end_word(text.size());
}

bool is_filler(std::string_view word) { return std::ranges::binary_search(fillers, word); }

// Looks up the one to three words that end with words[last]: the longest that tells something.
bool telling(const Words& all, std::size_t last, Kinds& kinds) {
  std::uint32_t hash = hash_start;
  const Slot* found = nullptr;
  for (std::size_t count = 1; count <= 3 && count <= last + 1; ++count) {
    hash = hashed(hash, all.at(last + 1 - count));
    const std::string_view joined = all.joined(last + 1 - count, last);
    for (std::size_t at = slot_of(hash); !by_hash[at].text.empty(); at = (at + 1) % slots) {
      if (by_hash[at].text == joined) found = &by_hash[at];
    }
  }
  if (found != nullptr) kinds.add(found->kinds);
  return found != nullptr;
}

}  // namespace

NameKinds kinds_of_name(std::string_view name) {
  NameKinds out;
  Words all;
  split(name.substr(0, 128), all);
  out.silent = true;
  for (std::size_t i = all.count(); i-- > 0;) {
    if (telling(all, i, out.kinds)) {
      out.silent = false;
      return out;
    }
    if (!is_filler(all.at(i))) {
      out.silent = false;
      return out;
    }
  }
  return out;
}

Kinds kinds_before(std::string_view text, std::size_t at) {
  const std::size_t from = at > max_look ? at - max_look : 0;
  std::string_view before = text.substr(from, at - from);
  // Another line or sentence says nothing about this one. "no. 17" is no end of a sentence.
  for (std::size_t i = before.size(); i-- > 0;) {
    const char c = before[i];
    const bool ends = c == '\n' || c == ';' || c == '!' || c == '?' ||
                      (c == '.' && i + 1 < before.size() && before[i + 1] == ' ' && i >= 5 &&
                       std::ranges::all_of(before.substr(i - 5, 5), is_letter));
    if (ends) {
      before.remove_prefix(i + 1);
      break;
    }
  }
  Words all;
  split(before, all);
  Kinds kinds;
  int others = 0;
  for (std::size_t i = all.count(); i-- > 0;) {
    if (telling(all, i, kinds)) return kinds;
    if (!is_filler(all.at(i)) && ++others > 1) break;
  }
  return kinds;
}

}  // namespace sallyport::classify
