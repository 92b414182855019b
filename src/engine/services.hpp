// Services: what outlives a configuration and is shared by every call of a program: counters,
// keys, revocations. One object a program, made before its first policy. Controls get it while
// they are compiled (Scope::services) and may keep pointers into it: the policy holds it.
#pragma once

namespace sallyport::engine {

struct Services {};

}  // namespace sallyport::engine
