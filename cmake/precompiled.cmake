# Precompiled headers: what nearly every source includes is read once a build tree. Measured with
# clang 19: a test 3.2 -> 0.7 s, a small source 1.1 -> 0.4 s, a verb of the program 6.6 -> 4.3 s.
# The sources include what they use all the same: the fuzz preset builds without.
option(SALLYPORT_PRECOMPILED_HEADERS "Read common headers once a build tree" ON)

set(SALLYPORT_COMMON_HEADERS
  <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <expected> <functional> <map> <memory>
  <mutex> <optional> <span> <string> <string_view> <type_traits> <unordered_map> <utility> <variant> <vector>)

# sallyport_precompiled(<kind> <object|executable> <header>...): a header that targets may share.
# An executable is compiled with -fPIE, a library with -fPIC: their headers are different files.
function(sallyport_precompiled kind type)
  set(source ${CMAKE_BINARY_DIR}/generated/precompiled_${kind}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "int main() { return 0; }\n")
  if(type STREQUAL "executable")
    add_executable(precompiled_${kind} EXCLUDE_FROM_ALL ${source})
  else()
    add_library(precompiled_${kind} OBJECT EXCLUDE_FROM_ALL ${source})
  endif()
  target_link_libraries(precompiled_${kind} PRIVATE sallyport_flags fmt::fmt)
  target_compile_options(precompiled_${kind} PRIVATE -Xclang -fno-pch-timestamp)
  target_precompile_headers(precompiled_${kind} PRIVATE ${SALLYPORT_COMMON_HEADERS} ${ARGN})
  sallyport_precompiled_sum(precompiled_${kind} ${ARGN})
endfunction()

# What ccache knows the precompiled header by: its bytes differ from checkout to checkout, the text that it was made of
# does not. Flags and definitions are in ccache's sum anyway.
function(sallyport_precompiled_sum target)
  list(TRANSFORM SALLYPORT_COMMON_HEADERS PREPEND "#include " OUTPUT_VARIABLE includes)
  list(TRANSFORM ARGN PREPEND "#include " OUTPUT_VARIABLE more)
  string(JOIN "\n" text ${includes} ${more} "")
  set(source ${CMAKE_BINARY_DIR}/generated/${target}_sum.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "${text}" @ONLY)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -std=c++23 -E -P ${source} OUTPUT_VARIABLE read COMMAND_ERROR_IS_FATAL ANY)
  string(SHA256 sum "${CMAKE_CXX_COMPILER_VERSION}${read}")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch.sum CONTENT "${sum}\n" @ONLY)
endfunction()
# A library that is installed anew can have other headers.
if(EXISTS /var/lib/dpkg/status)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS /var/lib/dpkg/status)
endif()

# Not by REUSE_FROM: that also names the header's source, by a path that ccache does not make relative.
function(sallyport_use_precompiled target kind)
  if(SALLYPORT_PRECOMPILED_HEADERS)
    set(header ${CMAKE_BINARY_DIR}/CMakeFiles/precompiled_${kind}.dir/cmake_pch.hxx.pch)
    target_compile_options(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Winvalid-pch -include-pch ${header} -Xclang -fno-pch-timestamp>")
    # Not by add_dependencies: that orders targets, and what compiles need not wait for it.
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${header})
  endif()
endfunction()

if(SALLYPORT_PRECOMPILED_HEADERS)
  sallyport_precompiled(room object)
  sallyport_precompiled(program executable <CLI/CLI.hpp>)
  target_link_libraries(precompiled_program PRIVATE CLI11::CLI11)
  if(SALLYPORT_TESTS)
    sallyport_precompiled(test executable <gmock/gmock.h> <gtest/gtest.h>)
    target_link_libraries(precompiled_test PRIVATE GTest::gmock GTest::gtest_main)
  endif()
endif()
