# Every third-party library, from Debian's packages (tools/setup installs them).
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED re2)  # not as a target: its -pthread would not fit precompiled headers
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)  # benchmarks and fuzzers
find_package(ZLIB REQUIRED)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlidec)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
find_package(CLI11 REQUIRED)
if(SALLYPORT_TESTS)
  find_package(GTest REQUIRED)
endif()
if(SALLYPORT_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# Which rooms link which library; a room not named here links none.
set(SALLYPORT_LIBS_base fmt::fmt)
set(SALLYPORT_LIBS_document PkgConfig::YAML)
set(SALLYPORT_LIBS_classify OpenSSL::Crypto)
set(SALLYPORT_LIBS_decode ZLIB::ZLIB PkgConfig::BROTLI PkgConfig::ZSTD)
set(SALLYPORT_LIBS_jose OpenSSL::Crypto)
set(SALLYPORT_LIBS_schema ${RE2_LINK_LIBRARIES} PkgConfig::PCRE2 PkgConfig::IDN2)
set(SALLYPORT_LIBS_events OpenSSL::Crypto Threads::Threads)
set(SALLYPORT_LIBS_gateway Boost::headers OpenSSL::SSL Threads::Threads)
set(SALLYPORT_LIBS_admin Boost::headers OpenSSL::SSL Threads::Threads)

# What a room is compared with: benchmarks and fuzzers link it, the product does not.
set(SALLYPORT_PEERS_decode PkgConfig::SIMDJSON)
set(SALLYPORT_PEERS_schema PkgConfig::SIMDJSON)
