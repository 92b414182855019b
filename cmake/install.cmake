# cmake --install: the program, its manual page, completion for three shells, and a systemd unit.
include(GNUInstallDirs)
set(share ${CMAKE_BINARY_DIR}/generated/share)
add_custom_command(
  OUTPUT ${share}/sallyport.1 ${share}/sallyport.bash ${share}/_sallyport ${share}/sallyport.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${share}
  COMMAND sallyport manual > ${share}/sallyport.1
  COMMAND sallyport completion bash > ${share}/sallyport.bash
  COMMAND sallyport completion zsh > ${share}/_sallyport
  COMMAND sallyport completion fish > ${share}/sallyport.fish
  DEPENDS sallyport COMMENT "Manual page and shell completion" VERBATIM)
add_custom_target(manual ALL DEPENDS ${share}/sallyport.1)

install(TARGETS sallyport RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${share}/sallyport.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/sallyport.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sallyport)
install(FILES ${share}/_sallyport DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${share}/sallyport.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/sallyport.service DESTINATION lib/systemd/system)
