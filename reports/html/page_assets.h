// PageAssets: the files of this folder that report.html is made of, as embed.sh puts them into the program.
#pragma once

#include <string_view>

namespace holdfast::page_assets {

extern const std::string_view kPage;     // with a place {{NAME}} for each of the others, and for the data
extern const std::string_view kStyle;    // page.css
extern const std::string_view kPicture;  // picture.js
extern const std::string_view kPlots;    // plots.js
extern const std::string_view kTable;    // table.js
extern const std::string_view kLatency;  // latency.js
extern const std::string_view kScript;   // page.js
extern const std::string_view kD3;       // vendored/
extern const std::string_view kPlot;     // vendored/

}  // namespace holdfast::page_assets
