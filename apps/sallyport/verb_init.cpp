#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "spec/openapi.hpp"
#include "verbs.hpp"

namespace sallyport::cli {
namespace {

struct Options {
  std::string spec;
  std::string upstream;
  std::string out = "sallyport.yaml";
  std::string name = "api";
  std::string listen = "127.0.0.1:8443";
  std::string admin = "127.0.0.1:9443";
  std::vector<std::string> hosts{"localhost", "127.0.0.1"};
  bool force = false;
};

// A self-signed P-256 certificate for these hosts, to begin with.
bool make_certificate(const std::string& certificate, const std::string& key, const std::vector<std::string>& hosts) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
  if (!pair || !made) return false;
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 60L * 60 * 24 * 365);
  X509_set_pubkey(made.get(), pair.get());
  X509_NAME* const name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(hosts.front().c_str()),
                             -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  std::string names;
  for (const std::string& host : hosts) {
    const bool ip = host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
    names += (names.empty() ? "" : ",") + std::string(ip ? "IP:" : "DNS:") + host;
  }
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  if (extension == nullptr) return false;
  X509_add_ext(made.get(), extension, -1);
  X509_EXTENSION_free(extension);
  if (X509_sign(made.get(), pair.get(), EVP_sha256()) == 0) return false;
  const auto write = [](const std::string& path, mode_t mode, auto put) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    std::FILE* const file = fd < 0 ? nullptr : ::fdopen(fd, "w");
    if (file == nullptr) return false;
    const bool done = put(file) == 1;
    return std::fclose(file) == 0 && done;
  };
  return write(key, 0600,
               [&](std::FILE* file) {
                 return PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
               }) &&
         write(certificate, 0644, [&](std::FILE* file) { return PEM_write_X509(file, made.get()); });
}

std::string render(const Options& options) {
  std::string hosts;
  for (const std::string& host : options.hosts) hosts += (hosts.empty() ? "" : ", ") + ("\"" + host + "\"");
  return "# Sallyport's configuration. Every key: docs/reference/configuration.md, or `sallyport reference`.\n"
         "version: 1\n"
         "\n"
         "listen:\n"
         "  - address: " +
         options.listen +
         "\n"
         "    tls:                          # HTTPS only, TLS 1.2 and later\n"
         "      certificate: certs/edge.pem # self-signed by `sallyport init`: put yours here\n"
         "      key: { file: certs/edge.key }\n"
         "\n"
         "apis:\n"
         "  - name: " +
         options.name +
         "\n"
         "    hosts: [" +
         hosts +
         "]\n"
         "    spec: " +
         options.spec +
         "\n"
         "    upstream: " +
         options.upstream +
         "\n"
         "    # What each control does: off, observe (recorded only) or enforce (the default).\n"
         "    # unknown_operation: { mode: observe }   # while you find out what your clients call\n"
         "    # access: [{ action: deny, paths: /admin/** }]\n"
         "\n"
         "events: { directory: data/events }   # one JSON line for each call\n"
         "admin: { address: " +
         options.admin + " }   # dashboard, /metrics, /livez, /readyz; this machine only\n";
}

int init(Options options) {
  namespace fs = std::filesystem;
  const auto spec = load_openapi(options.spec);
  if (!spec) {
    std::cerr << spec.error().text() << "\n";
    return usage;
  }
  if (fs::exists(options.out) && !options.force) {
    std::cerr << options.out << ": exists already\n  hint: --force writes it anew\n";
    return usage;
  }
  const fs::path directory = fs::absolute(options.out).parent_path();
  std::error_code error;
  fs::create_directories(directory / "certs", error);
  const std::string certificate = directory / "certs/edge.pem";
  const std::string key = directory / "certs/edge.key";
  if (!fs::exists(certificate) && !make_certificate(certificate, key, options.hosts)) {
    std::cerr << certificate << ": cannot make a certificate\n";
    return internal;
  }
  options.spec = fs::relative(fs::absolute(options.spec), directory, error).string();
  std::ofstream file(options.out);
  file << render(options);
  file.close();
  if (!file) {
    std::cerr << options.out << ": cannot write\n";
    return usage;
  }
  std::cout << options.out << " protects " << counted(spec->operations.size(), "operation") << " of \"" << spec->title
            << "\".\n"
            << "Next: sallyport run -c " << options.out << "\n";
  return good;
}

}  // namespace

void add_init(CLI::App& app, int& exit) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("init", "Writes a configuration for an API from its OpenAPI file.");
  verb->add_option("--spec", options->spec, "OpenAPI 3.0, 3.1 or Swagger 2.0")->required()->check(CLI::ExistingFile);
  verb->add_option("--upstream", options->upstream, "Where the API listens: http://localhost:3000")->required();
  verb->add_option("--name", options->name, "Name of the API")->capture_default_str();
  verb->add_option("--host", options->hosts, "Host names that clients use")->capture_default_str();
  verb->add_option("--listen", options->listen, "Where clients connect")->capture_default_str();
  verb->add_option("--admin", options->admin, "Where the dashboard is")->capture_default_str();
  verb->add_option("-o,--out", options->out, "File to write")->capture_default_str();
  verb->add_flag("--force", options->force, "Write over an existing file");
  verb->footer("Example: sallyport init --spec openapi.yaml --upstream http://localhost:3000");
  verb->callback([options, &exit] { exit = init(*options); });
}

}  // namespace sallyport::cli
