#include "match/prefilter_cache.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/ascii.hpp"

namespace sallyport::match {
namespace {

constexpr std::string_view magic = "sallyport prefilter 2\n";
constexpr std::size_t max_bytes = 512u << 20;

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(digest.data()), size};
}

void append_number(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

bool take_number(std::string_view& rest, std::uint64_t& value) {
  if (rest.size() < 8) return false;
  value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(rest[i])} << (8 * i);
  rest.remove_prefix(8);
  return true;
}

std::string key_of(const PrefilterPlan& plan, std::string_view version) {
  std::string all(magic);
  all += version;
  for (const PrefilterGroup& group : plan.groups) {
    append_number(all, group.patterns.size());
    for (const PrefilterPattern& pattern : group.patterns) {
      append_number(all, pattern.bit * 4u + (pattern.caseless ? 2u : 0u) + (pattern.loose ? 1u : 0u));
      append_number(all, pattern.text.size());
      all += pattern.text;
    }
  }
  return to_hex(sha256(all).substr(0, 16));
}

}  // namespace

PrefilterCache::PrefilterCache(const std::string& folder, const PrefilterPlan& plan, std::string_view version)
    : folder_(folder) {
  if (!folder.empty()) path_ = folder + "/rules-" + key_of(plan, version) + ".prefilter";
}

std::vector<std::string> PrefilterCache::load() const {
  if (path_.empty()) return {};
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream content;
  if (!file || !(content << file.rdbuf())) return {};
  std::string_view rest = content.view();
  if (rest.size() < magic.size() + 32 || rest.size() > max_bytes || !rest.starts_with(magic)) return {};
  const std::string_view sum = rest.substr(rest.size() - 32);
  rest.remove_suffix(32);
  if (sha256(rest) != sum) return {};
  rest.remove_prefix(magic.size());
  std::vector<std::string> out;
  while (!rest.empty()) {
    std::uint64_t size = 0;
    if (!take_number(rest, size) || size > rest.size()) return {};
    out.emplace_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return out;
}

void PrefilterCache::store(const std::vector<std::string>& databases) const {
  if (path_.empty()) return;
  namespace fs = std::filesystem;
  std::error_code failed;
  if (!fs::exists(folder_, failed)) {
    fs::create_directories(folder_, failed);
    fs::permissions(folder_, fs::perms::owner_all, failed);
  }
  std::string bytes(magic);
  for (const std::string& database : databases) {
    append_number(bytes, database.size());
    bytes += database;
  }
  bytes += sha256(bytes);
  const std::string part = path_ + "." + std::to_string(::getpid());
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  ::close(fd);
  if (done != bytes.size() || ::rename(part.c_str(), path_.c_str()) != 0) {
    ::unlink(part.c_str());
    return;
  }
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    if (entry.path().extension() == ".prefilter") files.emplace_back(entry.last_write_time(failed), entry.path());
  }
  std::ranges::sort(files);
  for (std::size_t i = 0; i + kept_files < files.size(); ++i) fs::remove(files[i].second, failed);
}

}  // namespace sallyport::match
