# cmake -DFILES=<folder> -DOUT=<folder> -P embed_assets.cmake
# Writes assets_bytes.S, which holds every file of the folder, and assets_table.cpp, which names them.
cmake_minimum_required(VERSION 3.25)
set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_svg "image/svg+xml")
set(type_json "application/json")
set(type_png "image/png")
set(type_ico "image/x-icon")
set(type_woff2 "font/woff2")
set(type_txt "text/plain; charset=utf-8")

file(GLOB_RECURSE names RELATIVE ${FILES} ${FILES}/*)
if(NOT "index.html" IN_LIST names)
  message(FATAL_ERROR "${FILES} has no index.html")
endif()
list(SORT names)
set(bytes "  .section .rodata\n")
set(externs "")
set(rows "")
set(index 0)
foreach(name IN LISTS names)
  string(REGEX REPLACE ".*\\." "" extension "${name}")
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "${name}: no media type is known for .${extension}")
  endif()
  set(symbol sallyport_asset_${index})
  string(APPEND bytes "  .balign 16\n  .globl ${symbol}\n  .globl ${symbol}_end\n"
                      "${symbol}:\n  .incbin \"${FILES}/${name}\"\n${symbol}_end:\n  .byte 0\n")
  string(APPEND externs "extern const char ${symbol}[], ${symbol}_end[];\n")
  string(APPEND rows "      {\"/${name}\", \"${type_${extension}}\", body(${symbol}, ${symbol}_end)},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT}/assets_bytes.S "${bytes}  .section .note.GNU-stack,\"\",@progbits\n")
file(WRITE ${OUT}/assets_table.cpp "// Written by cmake/embed_assets.cmake.
#include <array>
#include <cstddef>

#include \"admin/assets.hpp\"

extern \"C\" {
${externs}}

namespace sallyport::admin {

std::span<const Asset> assets() {
  const auto body = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  static const auto table = std::to_array<Asset>({
${rows}  });
  return table;
}

}  // namespace sallyport::admin
")
