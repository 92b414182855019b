#include "classify/scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <emmintrin.h>

#include "classify/card.hpp"
#include "classify/credentials.hpp"
#include "classify/crypto_address.hpp"
#include "classify/iban.hpp"
#include "classify/mrz.hpp"
#include "classify/named_value.hpp"
#include "classify/national_codes.hpp"
#include "classify/national_numbers.hpp"
#include "classify/persons.hpp"
#include "classify/stack_trace.hpp"
#include "classify/subject.hpp"

namespace sallyport::classify {
namespace {

struct Masks {
  unsigned words;  // letters and digits
  unsigned marks;  // @ : =
};
Masks masks_of(const char* sixteen) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen));
  const auto between = [](__m128i value, char low, char high) {
    return _mm_and_si128(_mm_cmpgt_epi8(value, _mm_set1_epi8(static_cast<char>(low - 1))),
                         _mm_cmplt_epi8(value, _mm_set1_epi8(static_cast<char>(high + 1))));
  };
  const __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i digits = between(bytes, '0', '9');
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const __m128i marks = _mm_or_si128(_mm_or_si128(is('@'), is(':')), is('='));
  return {static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letters, digits))),
          static_cast<unsigned>(_mm_movemask_epi8(marks))};
}

class Pass {
 public:
  Pass(const Subject& subject, Findings& out) : s_(subject), out_(out) {}

  void run() {
    const std::string_view text = s_.text;
    unsigned carry = 0;
    for (std::size_t base = 0; base < text.size(); base += 16) {
      Masks masks{};
      if (base + 16 <= text.size()) {
        masks = masks_of(text.data() + base);
      } else {
        std::array<char, 16> last{};
        text.copy(last.data(), 16, base);
        masks = masks_of(last.data());
      }
      const unsigned starts = masks.words & ~(masks.words << 1 | carry);
      carry = masks.words >> 15 & 1u;
      for (unsigned left = starts | masks.marks; left != 0; left &= left - 1) {
        const std::size_t at = base + static_cast<std::size_t>(std::countr_zero(left));
        if (at < resume_) continue;
        resume_ = std::max(resume_, is_alnum(text[at]) ? word(at) : mark(at));
      }
    }
  }

 private:
  std::size_t mark(std::size_t at) {
    if (s_.text[at] == '@') return find_email(s_.text, at, out_);
    if (s_.text[at] == ':' && s_.char_at(at + 1) == '/' && s_.char_at(at + 2) == '/')
      return find_url_password(s_.text, at, out_);
    return find_assignment(s_, at, out_);
  }

  std::size_t word(std::size_t at) {
    const std::string_view text = s_.text;
    if (at + 3 <= text.size() && may_begin_credential(text.data() + at)) {
      if (const std::size_t end = find_credential(s_, at, runs_, out_); end != 0) return end;
    }
    if (s_.char_at(at + 5) == '~') {
      if (const std::size_t end = azure_secret(at); end != 0) return end;
    }
    return is_digit(text[at]) ? digits(at) : letters(at);
  }

  // "e72278fb-234a-4070-a58b-26fad2782fc6": random, and no number of a person.
  [[nodiscard]] bool uuid_at(std::size_t at) const {
    if (at + 36 > s_.text.size()) return false;
    for (std::size_t i = 0; i < 36; ++i) {
      const char c = s_.text[at + i];
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : !is_hex(c)) return false;
    }
    return s_.ends_at(at + 36);
  }

  std::size_t digits(std::size_t at) {
    const std::string_view text = s_.text;
    if (s_.char_at(at + 8) == '-' && uuid_at(at)) return at + 36;
    if (at > 0 && text[at - 1] == '+') {
      if (const std::size_t end = find_phone(s_, at, out_); end != 0) return end;
    }
    const NumberText number(text, at);
    const std::size_t first = number.end(1);
    const bool mixed = first < text.size() && is_letter(text[first]);
    if (!mixed) {
      if (at > 0 && text[at - 1] == '(' && number.groups() == 1) {
        if (const std::size_t end = find_phone(s_, at, out_); end != 0) return end;
      }
      if (number.groups() == 1 && number.group_size(0) <= 4) return short_number(at, number);
      if (at > 0 && text[at - 1] == ';' && s_.char_at(first) == '=') {
        if (const std::size_t end = find_track(text, at, out_); end != 0) return end;
      }
      if (const std::size_t end = find_card(s_, number, out_); end != 0) return end;
      if (number.group_size(0) < 20) {
        const Kinds kinds = s_.kinds_at(at);
        if (const std::size_t end = find_national_number(number, kinds, out_); end != 0) return end;
        if (const std::size_t end = find_birth_date(s_, number, out_); end != 0) return end;
        if (kinds.has(Kind::ip) && number.written_as_address() && !number.digits(1).starts_with("127")) {
          out_.add(Type::ip_address, Confidence::medium, at, number.end(4));
          return number.end(4);
        }
        if (number.groups() == 2 && number.separator(0) == '.' && number.group_size(1) >= 4) {
          if (const std::size_t end = find_coordinates(s_, at, out_); end != 0) return end;
        }
        if (const std::size_t end = find_phone(s_, at, out_); end != 0) return end;
      }
      if (number.groups() == 1 && s_.char_at(first) != '-' && s_.char_at(first) != '+') return telegram(at, number);
    }
    if (const std::size_t end = find_crypto_address(s_, at, out_); end != 0) return end;
    if (const std::size_t end = find_code(s_, at, out_); end != 0) return end;
    return mailchimp(at);
  }

  std::size_t short_number(std::size_t at, const NumberText& number) {
    if (number.group_size(0) < 3) return number.end(1);
    const Kinds kinds = s_.kinds_at(at);
    if (kinds.has(Kind::card_code) && s_.text.size() > number.group_size(0) && s_.ends_at(number.end(1)) && at > 0) {
      out_.add(Type::card_code, Confidence::medium, at, number.end(1));
    }
    return number.end(1);
  }

  // "123456789:AA…": the bot's number and 35 characters.
  std::size_t telegram(std::size_t at, const NumberText& number) {
    const std::size_t colon = number.end(1);
    if (number.group_size(0) < 8 || number.group_size(0) > 10 || s_.char_at(colon) != ':') return 0;
    const std::size_t end = runs_.end(s_.text, colon + 1, Runs::url);
    if (end - colon - 1 != 35 || !looks_random(s_.text.substr(colon + 1, 35))) return 0;
    out_.add(Type::telegram_token, Confidence::high, at, end);
    return end;
  }

  // 32 hexadecimal digits and the data centre: "…-us12".
  std::size_t mailchimp(std::size_t at) {
    if (s_.char_at(at + 32) != '-' || runs_.end(s_.text, at, Runs::hex) != at + 32) return 0;
    const std::string_view centre = s_.text.substr(at + 32, 5);
    if (!centre.starts_with("-us") || !is_digit(s_.char_at(at + 35))) return 0;
    const std::size_t end = at + (is_digit(s_.char_at(at + 36)) ? 37 : 36);
    if (!s_.ends_at(end)) return 0;
    out_.add(Type::mailchimp_key, Confidence::high, at, end);
    return end;
  }

  std::size_t letters(std::size_t at) {
    const std::string_view text = s_.text;
    if (text[at] == 'B' && at > 0 && text[at - 1] == '%' && is_digit(s_.char_at(at + 1))) {
      if (const std::size_t end = find_track(text, at + 1, out_); end != 0) return end;
    }
    if (text[at] == 'P' && s_.char_at(at + 1) == '<') {
      if (const std::size_t end = find_mrz(text, at, out_); end != 0) return end;
    }
    // Where the first digit stands, among the first characters that codes have.
    std::size_t digit_at = at + 1;
    while (digit_at < text.size() && digit_at - at < 8 && is_letter(text[digit_at])) ++digit_at;
    const bool two = digit_at == at + 2;
    const char next = s_.char_at(digit_at);
    if (is_digit(next) && digit_at - at < 8) {
      if (s_.char_at(at + 8) == '-' && uuid_at(at)) return at + 36;
      if (const std::size_t end = find_crypto_address(s_, at, out_); end != 0) return end;
      if (const std::size_t end = find_code(s_, at, out_); end != 0) return end;
      if (const std::size_t end = discord(at); end != 0) return end;
      return mailchimp(at);
    }
    if (two && next == ' ' && is_digit(s_.char_at(digit_at + 1)) && is_upper(text[at])) return find_code(s_, at, out_);
    if (text[at] >= 'M' && text[at] <= 'O') return discord(at);
    return 0;
  }

  // Of an application in Entra: "abc8Q~" and 31 to 34 more.
  std::size_t azure_secret(std::size_t at) {
    if (s_.text.substr(at + 3, 3) != "8Q~") return 0;
    std::size_t end = at + 6;
    while (end < s_.text.size() && end - at < 44 &&
           (is_alnum(s_.text[end]) || std::string_view("_~.-").contains(s_.text[end])))
      ++end;
    if (end - at < 37 || end - at > 40) return 0;
    out_.add(Type::azure_key, Confidence::high, at, end);
    return end;
  }

  // A bot's token: its number in base64, six characters of time, a signature.
  std::size_t discord(std::size_t at) {
    if (s_.text[at] < 'M' || s_.text[at] > 'O') return 0;
    const std::size_t first = runs_.end(s_.text, at, Runs::alnum);
    if (first - at < 24 || first - at > 28 || s_.char_at(first) != '.') return 0;
    const std::size_t second = runs_.end(s_.text, first + 1, Runs::url);
    if (second - first != 7 || s_.char_at(second) != '.') return 0;
    const std::size_t end = runs_.end(s_.text, second + 1, Runs::url);
    if (end - second < 28 || end - second > 40) return 0;
    out_.add(Type::discord_token, Confidence::high, at, end);
    return end;
  }

  const Subject& s_;
  Findings& out_;
  Runs runs_;
  std::size_t resume_ = 0;
};

// One layer of JSON's escapes undone. `buffer` takes what fits.
std::string_view unescaped(std::string_view text, std::array<char, max_unescaped>& buffer) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size() && size < buffer.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      if (c == 'u' && i + 4 < text.size() && text.substr(i + 1, 2) == "00" && is_hex(text[i + 3]) &&
          is_hex(text[i + 4])) {
        const auto value = [](char h) { return is_digit(h) ? digit(h) : lower(h) - 'a' + 10; };
        c = static_cast<char>(value(text[i + 3]) * 16 + value(text[i + 4]));
        i += 4;
      } else if (c == 'n' || c == 'r' || c == 't') {
        c = '\n';
      }
    }
    buffer[size++] = c;
  }
  return {buffer.data(), size};
}

}  // namespace

void scan(std::string_view text, const Kinds& name, Findings& out) {
  if (text.empty()) return;
  // JSON in a string: what it holds is found where it is plain, and what is found is the whole's.
  if ((text.front() == '{' || text.front() == '[') && text.contains('\\')) {
    std::array<char, max_unescaped> buffer;
    Findings inner;
    const Subject subject{unescaped(text, buffer), name};
    Pass(subject, inner).run();
    for (const Finding& found : inner.all()) out.add(found.type, found.confidence, 0, 0);
    if (const auto platform = stack_trace_in(subject.text); !platform.empty())
      out.add(Type::stack_trace, Confidence::high, 0, 0);
    return;
  }
  const Subject subject{text, name};
  Pass(subject, out).run();
  find_by_name(subject, out);
  if (text.size() >= 24 && !stack_trace_in(text).empty()) out.add(Type::stack_trace, Confidence::high, 0, 0);
}

}  // namespace sallyport::classify
