#include "config/file_path.hpp"

#include <filesystem>

namespace sallyport::config {

FilePath resolve_path(std::string_view written, std::string_view origin) {
  const std::filesystem::path given(written);
  const std::filesystem::path full = std::filesystem::path(origin).parent_path() / given;
  return {full.lexically_normal().string(), std::string(written)};
}

}  // namespace sallyport::config
