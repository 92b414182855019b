#include <algorithm>

#include <sallyport/engine.hpp>

namespace sallyport {

Pipeline::Pipeline(std::vector<Step> steps) : steps_(std::move(steps)) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (step.mode == Mode::off) continue;
    step.layout = step.control->state_layout();
    if (step.layout.size != 0) {
      slab_bytes_ = (slab_bytes_ + step.layout.align - 1) / step.layout.align * step.layout.align;
      step.slot = static_cast<std::uint32_t>(slab_bytes_);
      slab_bytes_ += step.layout.size;
      slab_align_ = std::max(slab_align_, step.layout.align);
    }
    const Phases phases = step.control->phases();
    for (std::size_t phase = 0; phase < phase_count; ++phase) {
      if (phases.has(static_cast<Phase>(phase))) by_phase_[phase].push_back(static_cast<std::uint16_t>(i));
    }
  }
}

}  // namespace sallyport
