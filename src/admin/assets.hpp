// The files of the dashboard, embedded at build time (cmake/dashboard.cmake writes the table).
#pragma once

#include <span>
#include <string_view>

namespace sallyport::admin {

struct Asset {
  std::string_view path;  // "/index.html", "/assets/index-DDOfTVf0.js"
  std::string_view media_type;
  std::string_view body;
};

[[nodiscard]] std::span<const Asset> assets();
// "/" is the index; null when there is no such file.
[[nodiscard]] const Asset* find_asset(std::string_view path);

}  // namespace sallyport::admin
