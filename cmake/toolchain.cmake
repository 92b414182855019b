# Warnings, hardening and the linker, for every target.
add_library(sallyport_flags INTERFACE)
target_compile_options(sallyport_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  -Wunused -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough -Wswitch-enum
  -fno-omit-frame-pointer -fcf-protection=full -fstack-clash-protection
  -fstack-protector-strong -ftrivial-auto-var-init=zero)
# SSSE3 and SSE4.2, which every x86 server since 2009 has: byte searches use them.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(sallyport_flags INTERFACE -march=x86-64-v2)
endif()
target_compile_definitions(sallyport_flags INTERFACE
  SALLYPORT_VERSION="${PROJECT_VERSION}" BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_STD_INVOKE_RESULT
  BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_include_directories(sallyport_flags INTERFACE
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_LINK_WHAT_YOU_USE OFF)
add_link_options(-fuse-ld=lld -Wl,-z,relro,-z,now -Wl,--as-needed)
include(CheckPIESupported)
check_pie_supported()

find_program(SALLYPORT_CCACHE ccache)
if(SALLYPORT_CCACHE)
  # The sloppiness: without it nothing is kept that uses a precompiled header. The rest: checkouts of the project share
  # what they compiled, and a precompiled header is known by the sum in precompiled.cmake, not by its bytes.
  set(CMAKE_CXX_COMPILER_LAUNCHER /usr/bin/env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1 ${SALLYPORT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${SALLYPORT_CCACHE})
endif()
