// XML bodies as the value that their schema is about, by the hints of OpenAPI's XML objects.
#pragma once

#include "controls/contract/misfit.hpp"
#include "controls/contract/plan.hpp"
#include "decode/xml.hpp"

#include <sallyport/arena.hpp>

namespace sallyport::controls::contract {

// Elements and attributes that no hint names become members of their own name ("@name" for
// attributes), so that a closed schema refuses them. Refused: another root ("xml_root"), an element
// that stands twice and is no array ("repeated"), text between the elements of an object and
// elements in a text ("xml_text"). The depth is that of the document, which the decoder bounds.
[[nodiscard]] BodyTree xml_tree(const decode::XmlDocument& document, const Media& media,
                                const std::vector<XmlShape>& shapes, const schema::Program& program, Arena& arena);

}  // namespace sallyport::controls::contract
