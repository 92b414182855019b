// How a control makes itself known: its name, its keys and how it is compiled. The list is
// controls/registry.def; nothing registers itself.
#pragma once

#include <memory>
#include <string_view>

#include "config/table.hpp"

#include <sallyport/control.hpp>
#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

namespace sallyport::engine {

// What every control's section may say besides its own keys.
struct Switch {
  Mode mode = Mode::enforce;
  OnError on_error = OnError::deny;
};

// What a control may know while it is compiled.
struct Scope {
  const Api* api = nullptr;  // null for the edge: connections, and calls that no API claims
};

struct Compiled {
  Switch general;
  std::shared_ptr<const Control> control;
};

struct Descriptor {
  std::string_view name;     // key of its section and name in events
  std::string_view summary;
  const config::AnyTable& (*table)();
  // Null section: defaults. Nothing is returned when `report` got errors.
  std::optional<Compiled> (*compile)(const document::Node* section, const Scope& scope, config::Report& report);
};

// One section: the switch and the control's own keys side by side.
template <class Own>
struct Section {
  Switch general;
  Own own;
};

}  // namespace sallyport::engine
