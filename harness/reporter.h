// Reporter: a finished run, written in one format; pure.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

class Reporter {
 public:
  struct Context {};
  // kPictures: CellResult::pictures, for which the whole history is read. A run that has none is written without.
  enum class Need { kVerdicts, kPictures };
  virtual ~Reporter() = default;
  virtual std::string FileName() const = 0;  // within the run's folder; empty: for the console only
  virtual Need Needs() const { return Need::kVerdicts; }
  virtual std::string Write(const Run& run) const = 0;
};

}  // namespace holdfast
