// Cases: what RapidCheck draws and makes smaller again. A case is data, tape and tamperings; the history comes of it.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <iosfwd>
#include <vector>

#include "suites/calibration/reference/simulated_run.h"
#include "suites/calibration/reference/tampering.h"

namespace holdfast::reference {

struct Case {
  Tape tape;
  std::vector<Tampering> tamperings = {};
  Tampering choice = {};  // for what a property does beyond that

  PlainHistory History() const;  // simulated, then tampered with
};
std::ostream& operator<<(std::ostream& stream, const Case& value);

enum class Drawn { kValid, kFinished, kTampered };  // finished: valid, by the contract sync, with a final read

rc::Gen<Case> Cases(Drawn drawn);

// Runs `property` on so many cases, as a part of the current test; each part, from 1, draws others. They are the same
// in every run, so that a change that fails has failed for its own sake; RC_PARAMS takes others ("seed=7"), and with
// what a failure prints ("reproduce=…") repeats the one case.
void ForAll(int cases, Drawn drawn, int part, const std::function<void(const Case&)>& property);

// How often something must have come up: `times`, but 0 where RC_PARAMS chose the cases.
int Demanded(int times);

}  // namespace holdfast::reference
