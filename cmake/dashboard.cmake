# Embeds the dashboard into a room: builds it with npm in a copy of its sources in the build tree
# (so that build trees do not share a node_modules and the source stays clean), or takes a page
# that says it was not built. The table is src/admin/assets.hpp's.
function(sallyport_dashboard target)
  set(embed ${CMAKE_SOURCE_DIR}/cmake/embed_assets.cmake)
  set(generated ${CMAKE_BINARY_DIR}/generated/admin)
  set(source ${CMAKE_SOURCE_DIR}/dashboard)
  set(files ${CMAKE_SOURCE_DIR}/src/admin/no_dashboard)
  file(GLOB built CONFIGURE_DEPENDS ${files}/*)

  find_program(SALLYPORT_NPM npm)
  if(SALLYPORT_DASHBOARD AND NOT SALLYPORT_NPM)
    message(WARNING "npm was not found: the dashboard is left out (-DSALLYPORT_DASHBOARD=OFF says so on purpose)")
  endif()
  if(SALLYPORT_DASHBOARD AND SALLYPORT_NPM)
    set(copy ${CMAKE_BINARY_DIR}/dashboard)
    set(files ${copy}/dist)
    set(locks ${source}/package.json ${source}/package-lock.json ${source}/.npmrc)
    add_custom_command(
      OUTPUT ${copy}/installed.stamp
      COMMAND ${CMAKE_COMMAND} -E make_directory ${copy}
      COMMAND ${CMAKE_COMMAND} -E copy ${locks} ${copy}
      # Not `npm ci`: it refuses a lock file without the binaries of platforms that a mirror lacks.
      # Versions and checksums are those of the lock file either way.
      COMMAND ${CMAKE_COMMAND} -E chdir ${copy} ${SALLYPORT_NPM} install --no-save --no-audit --no-fund
      COMMAND ${CMAKE_COMMAND} -E touch ${copy}/installed.stamp
      DEPENDS ${locks} COMMENT "dashboard: npm install" USES_TERMINAL VERBATIM)

    set(parts ${source}/index.html ${source}/tsconfig.json ${source}/vite.config.ts)
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${source}/src/* ${source}/public/*)
    add_custom_command(
      OUTPUT ${copy}/built.stamp
      COMMAND ${CMAKE_COMMAND} -E rm -rf ${copy}/src ${copy}/public ${copy}/dist
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${source}/src ${copy}/src
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${source}/public ${copy}/public
      COMMAND ${CMAKE_COMMAND} -E copy ${parts} ${copy}
      COMMAND ${CMAKE_COMMAND} -E chdir ${copy} ${SALLYPORT_NPM} run build
      COMMAND ${CMAKE_COMMAND} -E touch ${copy}/built.stamp
      DEPENDS ${copy}/installed.stamp ${parts} ${inputs} COMMENT "dashboard: npm run build" USES_TERMINAL VERBATIM)
    set(built ${copy}/built.stamp)
  endif()

  add_custom_command(
    OUTPUT ${generated}/assets_table.cpp ${generated}/assets_bytes.S
    COMMAND ${CMAKE_COMMAND} -DFILES=${files} -DOUT=${generated} -P ${embed}
    DEPENDS ${embed} ${built} COMMENT "Embedding the dashboard" VERBATIM)
  target_sources(${target} PRIVATE ${generated}/assets_table.cpp ${generated}/assets_bytes.S)
endfunction()
