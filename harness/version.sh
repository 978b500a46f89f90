#!/bin/bash
# Prints version.cc: the release, and a digest over everything that decides what a run does and how it is judged.
#
#   version.sh SOURCE RELEASE
set -euo pipefail
cd "$1"
digest=$(find harness clusters fixtures reports suites -type f ! -name '*_test.cc' ! -name '*_bench.cc' -print0 | LC_ALL=C sort -z |
  xargs -0 sha256sum | sha256sum | cut -c1-12)
cat <<END
#include "harness/version.h"

namespace holdfast {

std::string Version() { return "$2+$digest"; }

}  // namespace holdfast
END
