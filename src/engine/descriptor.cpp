#include "engine/descriptor.hpp"

namespace sallyport::engine {

const config::Table<Switch>& config_table(const Switch*) {
  static const auto table =
      config::Table<Switch>("switch", "How a control takes part.")
          .field("mode", &Switch::mode, {.doc = "Whether the verdict holds, is only recorded, or is not asked for."})
          .field("on_error", &Switch::on_error, {.doc = "What happens when the control itself fails."});
  return table;
}

}  // namespace sallyport::engine
