// Command injection (CWE-78) for POSIX shells, cmd.exe and PowerShell. The evidence is leaving a
// value: a separator or substitution followed by a command that exists, however it is spelled
// (c'a't, c\at, $IFS, /???/cat, %COMSPEC%). A line that is a command from its start is a text about
// commands; what is injected goes on after something that is none.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_shell(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
