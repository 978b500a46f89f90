// Reporter: a finished run, written in one format; pure.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

class Reporter {
 public:
  struct Context {};
  virtual ~Reporter() = default;
  virtual std::string FileName() const = 0;  // within the run's folder; empty: for the console only
  virtual std::string Write(const Run& run) const = 0;
};

}  // namespace holdfast
