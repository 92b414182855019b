// Markup injection (CWE-79): tags, handlers and URLs that run script, read as HTML5's tokenizer
// reads them (HTML Living Standard §13.2.5): "/" and control bytes separate attributes, values may
// lack quotes, entities count inside values. Markup that cannot run anything is none.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_markup(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
