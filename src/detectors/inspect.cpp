#include "detectors/inspect.hpp"

#include "detectors/code.hpp"
#include "detectors/directory.hpp"
#include "detectors/lines.hpp"
#include "detectors/markup.hpp"
#include "detectors/nosql.hpp"
#include "detectors/object.hpp"
#include "detectors/path.hpp"
#include "detectors/request.hpp"
#include "detectors/script.hpp"
#include "detectors/shell.hpp"
#include "detectors/sql.hpp"
#include "detectors/subject.hpp"
#include "detectors/template.hpp"
#include "detectors/tools.hpp"
#include "detectors/xml.hpp"

namespace sallyport::detectors {

void inspect(std::string_view text, const Site& site, Findings& findings) noexcept {
  if (text.empty()) return;
  const Subject subject(text, site.opaque);
  constexpr std::uint32_t harmless = mark::letter | mark::digit | mark::dash;
  find_serialized(subject, findings);
  if ((subject.marks() & ~harmless) == 0) return;
  if (site.graphql) return find_introspection(subject, findings);
  if (site.inert) {
    find_code(subject, findings);
    find_xml(subject, findings);
    find_jndi(subject, findings);
    return;
  }
  find_sql(subject, findings);
  find_script(subject, findings);
  find_markup(subject, findings);
  find_shell(subject, findings);
  find_path(subject, findings);
  find_template(subject, findings);
  find_code(subject, findings);
  find_ldap(subject, findings);
  find_xpath(subject, findings);
  find_nosql(subject, findings);
  find_server_request(subject, findings);
  find_xml(subject, findings);
  find_server_include(subject, findings);
  find_jndi(subject, findings);
  find_lines(subject, findings);
  find_format_string(subject, findings);
  find_callback(subject, findings);
  find_introspection(subject, findings);
  if (site.user_agent) find_scanner(subject, findings);
  if (site.name) {
    find_prototype(text, findings);
    find_nosql_name(text, findings);
  }
}

}  // namespace sallyport::detectors
