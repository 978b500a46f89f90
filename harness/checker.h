// Checker: the history of one cell in, a verdict out; pure.
#pragma once

#include <string>

#include "harness/history.h"
#include "harness/rig.h"
#include "harness/verdict.h"

namespace holdfast {

class Checker {
 public:
  struct Context {};
  virtual ~Checker() = default;
  virtual std::string Name() const = 0;
  virtual Verdict Judge(const CellHistory& history, const Bounds& bounds) const = 0;
};

}  // namespace holdfast
