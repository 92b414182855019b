#include "admin/assets.hpp"

#include <algorithm>

namespace sallyport::admin {

const Asset* find_asset(std::string_view path) {
  if (path == "/") path = "/index.html";
  const auto all = assets();
  const auto at = std::ranges::find(all, path, &Asset::path);
  return at == all.end() ? nullptr : &*at;
}

}  // namespace sallyport::admin
