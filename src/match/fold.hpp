// Folding: what a rule set does alike for every call is done once, when it is loaded.
//
// The rules are run over what is known of the variables they set (constant propagation): a rule
// whose outcome is the same for every call is taken out when it cannot match, and becomes plain
// assignments when it always does. About three of four rules of the Core Rule Set that would run
// for a harmless call only ask which level of paranoia is set.
//
// A folded program and the one that it was made from decide alike: rules that another rule may
// remove (ctl:ruleRemove…), variables that are set under a name known only at run time, and phases
// that may be left early are all taken as unknown. Rules that ask what an earlier rule matched
// (MATCHED_VAR at the head of a chain) keep a program from being folded.
#pragma once

#include "match/program.hpp"

namespace sallyport::match {

void fold(Program& program);

}  // namespace sallyport::match
