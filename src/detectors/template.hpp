// Template and expression injection (CWE-1336, CWE-917): Jinja, Twig, Freemarker, Velocity, ERB,
// Smarty, Thymeleaf, EL, OGNL, Angular, Razor, Pug, Handlebars. {{name}} is a template's own; an
// expression that computes, or reaches for classes and commands, is an attack.
#pragma once

#include "detectors/evidence.hpp"
#include "detectors/subject.hpp"

namespace sallyport::detectors {

// Linear in the text.
void find_template(const Subject& subject, Findings& findings) noexcept;

}  // namespace sallyport::detectors
