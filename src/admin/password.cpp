#include "admin/password.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/base64.hpp"
#include "document/file.hpp"

namespace sallyport::admin {
namespace {

constexpr unsigned default_log_n = 15;
constexpr unsigned default_r = 8;
constexpr unsigned default_p = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

Result<std::string> random_bytes(std::size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1) {
    return fail(ErrorCode::internal, "no random numbers from OpenSSL");
  }
  return out;
}

// False when OpenSSL refuses (no memory).
bool derive(std::string_view password, std::string_view salt, unsigned log_n, unsigned r, unsigned p,
            std::string& out) {
  out.assign(hash_bytes, '\0');
  const std::uint64_t n = std::uint64_t{1} << log_n;
  const std::uint64_t memory = std::uint64_t{128} * r * (n + p + 2) + (1u << 20);
  return EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                        salt.size(), n, r, p, memory, reinterpret_cast<unsigned char*>(out.data()), out.size()) == 1;
}

// Takes "name=12" and the separator after it off `text`.
bool take(std::string_view& text, std::string_view name, char separator, unsigned least, unsigned most, unsigned& out) {
  if (!text.starts_with(name)) return false;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + name.size(), end, out);
  if (read.ec != std::errc{} || read.ptr == end || *read.ptr != separator || out < least || out > most) return false;
  text = std::string_view(read.ptr + 1, static_cast<std::size_t>(end - read.ptr - 1));
  return true;
}

std::unexpected<Error> cannot(const char* what, const std::string& file) {
  return fail(ErrorCode::unavailable, fmt::format("cannot {}: {}", what, std::strerror(errno)), file);
}

// Whole or not at all: a temporary file beside it is linked to its name.
Result<void> write_file(const std::string& file, std::string_view text) {
  const std::string temporary = fmt::format("{}.{}.new", file, ::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return cannot("write", temporary);
  const bool written = ::fchmod(fd, 0600) == 0 &&
                       ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  const bool linked = written && ::link(temporary.c_str(), file.c_str()) == 0;
  const int error = errno;
  ::close(fd);
  ::unlink(temporary.c_str());
  errno = error;
  if (!linked) return cannot("write", file);
  return {};
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  const auto salt = random_bytes(salt_bytes);
  if (!salt) return std::unexpected(salt.error());
  std::string hash;
  if (!derive(password, *salt, default_log_n, default_r, default_p, hash)) {
    return fail(ErrorCode::unavailable, "scrypt failed: not enough memory");
  }
  return fmt::format("scrypt$ln={},r={},p={}${}${}", default_log_n, default_r, default_p,
                     encode_base64(*salt, Base64::url), encode_base64(hash, Base64::url));
}

Result<Password> Password::open(const std::string& file) {
  Password out;
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) {
    if (errno != ENOENT) return cannot("read", file);
    const auto bytes = random_bytes(18);
    if (!bytes) return std::unexpected(bytes.error());
    out.first_ = encode_base64(*bytes, Base64::url);
    const auto hash = hash_password(*out.first_);
    if (!hash) return std::unexpected(hash.error());
    if (const auto done = write_file(file, *hash + "\n"); !done) return std::unexpected(done.error());
  } else if ((status.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid, "others can read the hash of the admin password", file, "chmod 600 " + file);
  }

  const auto text = document::read_file(file, 4096);
  if (!text) return std::unexpected(text.error());
  const auto damaged =
      fail(ErrorCode::invalid, "holds no scrypt hash", file, "delete it to get a new password at the next start");
  std::string_view rest = *text;
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  if (!take(rest, "scrypt$ln=", ',', 10, 20, out.log_n_) || !take(rest, "r=", ',', 1, 32, out.r_) ||
      !take(rest, "p=", '$', 1, 16, out.p_)) {
    return damaged;
  }
  const std::size_t middle = rest.find('$');
  if (middle == std::string_view::npos) return damaged;
  auto salt = decode_base64(rest.substr(0, middle), Base64::url);
  auto hash = decode_base64(rest.substr(middle + 1), Base64::url);
  if (!salt || !hash || salt->size() < salt_bytes || hash->size() != hash_bytes) return damaged;
  out.salt_ = std::move(*salt);
  out.hash_ = std::move(*hash);
  return out;
}

bool Password::matches(std::string_view text) const {
  std::string hash;
  return derive(text, salt_, log_n_, r_, p_, hash) && CRYPTO_memcmp(hash.data(), hash_.data(), hash_bytes) == 0;
}

}  // namespace sallyport::admin
