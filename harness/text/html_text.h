// Text made safe for HTML and XML.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// Between tags and in quoted attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace holdfast
