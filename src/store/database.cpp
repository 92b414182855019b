#include "store/database.hpp"

#include "base/utf8.hpp"

namespace sallyport::store {

std::int64_t integer(const Cell& cell) {
  const auto* const value = std::get_if<std::int64_t>(&cell);
  return value == nullptr ? 0 : *value;
}

std::string text(const Cell& cell) {
  const auto* const value = std::get_if<std::string>(&cell);
  return value == nullptr ? std::string() : *value;
}

std::string storable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bad = std::min({find_invalid_utf8(text), text.find('\0'), text.size()});
    out += text.substr(0, bad);
    if (bad == text.size()) break;
    append_utf8(out, 0xfffd);
    text.remove_prefix(bad + 1);
  }
  return out;
}

Result<Rows> Database::run(std::string_view sql, std::span<const Cell> cells) {
  const std::scoped_lock lock(mutex_);
  if (!within_) {
    if (auto good = ready(); !good) return std::unexpected(std::move(good.error()));
  }
  return execute(sql, cells);
}

Result<void> Database::transact(const std::function<Result<void>()>& work) {
  const std::scoped_lock lock(mutex_);
  if (within_) return fail(ErrorCode::internal, "a transaction within a transaction");
  if (auto good = ready(); !good) return good;
  if (auto begun = execute("BEGIN", {}); !begun) return std::unexpected(std::move(begun.error()));
  within_ = true;
  auto done = work();
  if (done) {
    auto committed = execute("COMMIT", {});
    if (!committed) done = std::unexpected(std::move(committed.error()));
  }
  // Also after a COMMIT that failed. An error here adds nothing to the one that is returned.
  if (!done) static_cast<void>(execute("ROLLBACK", {}));
  within_ = false;
  return done;
}

}  // namespace sallyport::store
