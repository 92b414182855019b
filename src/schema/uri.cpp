#include "schema/uri.hpp"

#include "base/ascii.hpp"

namespace sallyport::schema {
namespace {

struct Uri {
  std::string_view scheme, authority, path, query;
  bool has_scheme = false, has_authority = false, has_query = false;
};

Uri parse(std::string_view text) {
  Uri out;
  const auto colon = text.find_first_of(":/?#");
  if (colon != std::string_view::npos && colon != 0 && text[colon] == ':') {
    out.has_scheme = true;
    out.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    out.has_authority = true;
    out.authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(out.authority.size());
  }
  out.path = text.substr(0, text.find('?'));
  text.remove_prefix(out.path.size());
  if (text.starts_with('?')) {
    out.has_query = true;
    out.query = text.substr(1);
  }
  return out;
}

// RFC 3986 §5.2.4.
std::string without_dots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./") || path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../") || path == "/..") {
      path = path.size() == 3 ? std::string_view("/") : path.substr(3);
      const auto slash = out.rfind('/');
      out.resize(slash == std::string::npos ? 0 : slash);
    } else if (path == "." || path == "..") {
      break;
    } else {
      const auto end = path.find('/', 1);
      out += path.substr(0, end);
      path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    }
  }
  return out;
}

}  // namespace

SplitUri split_fragment(std::string_view uri) noexcept {
  const auto hash = uri.find('#');
  if (hash == std::string_view::npos) return {uri, {}};
  return {uri.substr(0, hash), uri.substr(hash + 1)};
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  const auto hash = reference.find('#');
  const std::string_view fragment = hash == std::string_view::npos ? std::string_view() : reference.substr(hash);
  const Uri from = parse(split_fragment(base).document);
  Uri to = parse(reference.substr(0, hash));
  std::string path;
  if (to.has_scheme) {
    path = to.scheme == "urn" || to.scheme == "tag" ? std::string(to.path) : without_dots(to.path);
  } else {
    to.has_scheme = from.has_scheme;
    to.scheme = from.scheme;
    if (to.has_authority) {
      path = without_dots(to.path);
    } else {
      to.has_authority = from.has_authority;
      to.authority = from.authority;
      if (to.path.empty()) {
        path = from.path;
        if (!to.has_query) {
          to.has_query = from.has_query;
          to.query = from.query;
        }
      } else if (to.path.starts_with('/')) {
        path = without_dots(to.path);
      } else {
        const auto slash = from.path.rfind('/');
        std::string merged = from.path.empty() && from.has_authority ? "/"
                             : slash == std::string_view::npos       ? ""
                                                                     : std::string(from.path.substr(0, slash + 1));
        path = without_dots(merged.append(to.path));
      }
    }
  }
  std::string out;
  if (to.has_scheme) out.append(to.scheme).append(":");
  if (to.has_authority) out.append("//").append(to.authority);
  out += path;
  if (to.has_query) out.append("?").append(to.query);
  return out.append(fragment);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace sallyport::schema
