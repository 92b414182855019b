#include "controls/crs/report.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sallyport::controls::crs {
namespace {

constexpr std::size_t shape_bytes = 40;

std::string_view digits_of(Arena& arena, std::uint32_t id) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, id).ptr;
  return arena.copy({digits, static_cast<std::size_t>(end - digits)});
}

std::string_view id_of(Arena& arena, const match::Match& match) {
  return arena.concat("[id \"", digits_of(arena, match.id), "\"]");
}

std::string_view line_of(Arena& arena, const match::Match& match) {
  const std::string_view id = digits_of(arena, match.id);
  const std::string_view message = match.message.substr(0, 80);
  if (match.place.empty()) return arena.concat(id, " ", message);
  // A name comes from the client: its shape is enough, too.
  const std::size_t colon = match.place.find(':');
  const std::string_view variable = match.place.substr(0, colon);
  const std::string_view name =
      colon == std::string_view::npos ? std::string_view{} : match.place.substr(colon + 1, 60);
  return arena.concat(id, " ", message, " in ", variable, " ", name, ": ", shape_of(arena, match.value));
}

}  // namespace

std::string_view shape_of(Arena& arena, std::string_view value) {
  const std::string_view head = value.substr(0, shape_bytes);
  const auto out = arena.array<char>(head.size() + 3);
  std::size_t size = 0;
  for (const char c : head) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80;
    const bool digit = c >= '0' && c <= '9';
    out[size++] = letter ? 'a' : digit ? '0' : byte < 0x20 || byte == 0x7f ? '.' : c;
  }
  if (value.size() > shape_bytes) {
    std::memcpy(out.data() + size, "...", 3);
    size += 3;
  }
  return {out.data(), size};
}

void note_matches(const Context& context, const match::Evaluation& evaluation, std::size_t first) {
  const auto matches = evaluation.matches();
  Arena& arena = context.arena();
  std::size_t notes = 0;
  std::string_view note;
  const auto add = [&](std::string_view rule, std::string_view part, std::string_view between) {
    if (!note.empty() && note.size() + part.size() + between.size() > note_bytes) {
      if (notes++ < max_notes) context.note({rule, note});
      note = {};
    }
    note = note.empty() ? part : arena.concat(note, between, part);
  };
  const auto flush = [&](std::string_view rule) {
    if (!note.empty() && notes++ < max_notes) context.note({rule, note});
    note = {};
  };
  // The ids by themselves: what follows may be cut where it looks like a secret.
  for (std::size_t i = first; i < matches.size(); ++i) add("rules", id_of(arena, matches[i]), " ");
  flush("rules");
  for (std::size_t i = first; i < matches.size(); ++i) add("matched", line_of(arena, matches[i]), "; ");
  flush("matched");
}

}  // namespace sallyport::controls::crs
