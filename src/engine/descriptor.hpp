// How a control makes itself known: its name, its keys and how it is compiled. The list is
// controls/registry.def; nothing registers itself.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "config/table.hpp"
#include "engine/services.hpp"

#include <sallyport/control.hpp>
#include <sallyport/operation.hpp>
#include <sallyport/result.hpp>

namespace sallyport {

struct Spec;  // spec/openapi.hpp

constexpr auto enum_names(const Mode*) {
  return std::to_array<config::Named<Mode>>({{"off", Mode::off, "not asked"},
                                             {"observe", Mode::observe, "recorded, nothing done"},
                                             {"enforce", Mode::enforce, "its verdict holds"}});
}
constexpr auto enum_names(const OnError*) {
  return std::to_array<config::Named<OnError>>(
      {{"deny", OnError::deny, "the call is refused with 500"},
       {"allow", OnError::allow, "the call goes on, and the failure is counted"}});
}

}  // namespace sallyport

namespace sallyport::engine {

// What every control's section may say besides its own keys.
struct Switch {
  Mode mode = Mode::enforce;
  OnError on_error = OnError::deny;
};

// What a control may know while it is compiled.
struct Scope {
  const Api* api = nullptr;      // null for the edge: connections, and calls that no API claims
  Services* services = nullptr;  // never null when a policy is assembled; the policy keeps it
  // The specification of the API and, for each of its operations, its place there. Gone after compiling.
  const Spec* spec = nullptr;
  std::span<const std::uint32_t> origins;
};

struct Compiled {
  Switch general;
  std::shared_ptr<const Control> control;
};

struct Descriptor {
  std::string_view name;  // key of its section and name in events
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

const config::Table<Switch>& config_table(const Switch*);

template <class Own>
const config::Table<Section<Own>>& config_table(const Section<Own>*) {
  static const config::Table<Own>& own = config_table(static_cast<const Own*>(nullptr));
  static const auto table = config::Table<Section<Own>>(own.name(), own.summary())
                                .flatten(&Section<Own>::general)
                                .flatten(&Section<Own>::own)
                                .shorthand(static_cast<const config::AnyTable&>(own).shorthand());
  return table;
}

// The descriptor of a control whose keys are in Own. `make` is called with good keys only; it may
// still report errors that need the scope.
template <class Own,
          std::shared_ptr<const Control> (*make)(const Own&, const Scope&, const document::Node*, config::Report&)>
constexpr Descriptor describe(std::string_view name, std::string_view summary) {
  return Descriptor{
      name, summary, []() -> const config::AnyTable& { return config::table_of<Section<Own>>(); },
      [](const document::Node* section, const Scope& scope, config::Report& report) -> std::optional<Compiled> {
        Section<Own> read;
        if (section != nullptr) {
          auto given = config::read<Section<Own>>(*section, report);
          if (!given) return std::nullopt;
          read = std::move(*given);
        }
        const std::size_t errors = report.errors();
        auto control = make(read.own, scope, section, report);
        if (!control || report.errors() != errors) return std::nullopt;
        return Compiled{read.general, std::move(control)};
      }};
}

}  // namespace sallyport::engine
