#include <openssl/crypto.h>

#include <boost/version.hpp>
#include <iostream>

#include "verbs.hpp"

namespace sallyport::cli {

void add_version(CLI::App& app, int& exit) {
  auto* verb = app.add_subcommand("version", "Prints the version.");
  verb->footer("Example: sallyport version");
  verb->callback([&exit] {
    std::cout << "sallyport " << SALLYPORT_VERSION << "\n"
              << OpenSSL_version(OPENSSL_VERSION) << ", Boost " << BOOST_LIB_VERSION << "\n";
    exit = good;
  });
}

}  // namespace sallyport::cli
