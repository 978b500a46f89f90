#!/bin/bash
# Prints page_assets.cc: what report.html is made of, so that the program needs no other file to write one.
#
#   embed.sh FOLDER
set -euo pipefail
cd "$1"

# No text of these holds the delimiter; a compiler that met it would stop.
asset() {
  printf 'const std::string_view %s = R"=holdfast=(' "$1"
  cat "$2"
  printf ')=holdfast=";\n\n'
}

cat <<'END'
#include "reports/html/page_assets.h"

// The standard asks compilers for 65536 characters; those in use take more.
#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace holdfast::page_assets {

END
asset kPage page.html
asset kStyle page.css
asset kPicture picture.js
asset kPlots plots.js
asset kTable table.js
asset kLatency latency.js
asset kScript page.js
asset kD3 vendored/d3.min.js
asset kPlot vendored/plot.umd.min.js
echo '}  // namespace holdfast::page_assets'
