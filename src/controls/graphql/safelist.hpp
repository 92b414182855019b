// Safelist: the documents that clients are known to send, by their ids. With it a client may name a
// document by its id alone (persisted documents), and where nothing else may run, an attacker has no
// query of their own (CWE-749).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_index.hpp"

#include <sallyport/result.hpp>

namespace sallyport::controls::graphql {

inline constexpr std::uint32_t max_listed = 20'000;        // documents of a list
inline constexpr std::size_t max_list_bytes = 16u << 20u;  // of its file

class Safelist {
 public:
  // JSON: {"id": "document", …}, or the manifest of Apollo's clients: {"format":
  // "apollo-persisted-query-manifest", "operations": [{"id": …, "body": …}, …]}. An id stands once and
  // each document can be read.
  [[nodiscard]] static Result<Safelist> read(std::string_view json);

  // The document of that id; empty when there is none. Views live as long as the list.
  [[nodiscard]] std::string_view find(std::string_view id) const noexcept;
  // Is it one of the list, byte for byte?
  [[nodiscard]] bool holds(std::string_view document) const noexcept;
  [[nodiscard]] const std::vector<std::string>& documents() const noexcept { return documents_; }

 private:
  Result<void> add(std::string_view id, std::string_view document);

  enum : std::uint32_t { by_id, by_text };
  TextIndex index_;
  std::vector<std::string> documents_;
};

}  // namespace sallyport::controls::graphql
