// What the gateway sees to itself: a specification need not say what is enforced anyway.
#pragma once

#include <cstddef>

#include "document/node.hpp"

namespace sallyport::lint {

struct Gateway {
  bool tls = false;             // no listener takes calls without it
  bool limits = false;          // calls are counted, and refused with 429 and Retry-After
  bool generic_errors = false;  // errors of the API do not leave as they are
  bool secured = false;         // what says nothing of who may call is refused
  bool owners = false;          // owners of objects are compared
  bool properties = false;      // properties are let through by role
  bool bodies = false;          // requests are held to their schemas, with 400
  bool closed = false;          // and members that are not named are refused
  bool answers = false;         // answers are held to their schemas

  // Of the API at that place of a configuration that was read without errors. Controls count when
  // they enforce.
  [[nodiscard]] static Gateway of(const document::Node& configuration, std::size_t api);
};

}  // namespace sallyport::lint
