// Contract: what a rig promises of acknowledged writes, `sync` or `async: T`, applied to one history.
//
//     acknowledged   ||||||||||||||||||||||||              |||||||||||||
//                            └──── T ───────┘ injecting    ^ the database is back
//                            forgiven if     └──── RPO is counted back from here
//                            nothing later
//                            is there
//
// By async:T the last T of what was acknowledged before the fault may be missing, counted back from the last
// acknowledgement before it, and only as a suffix: that is the checker's to see. A fault may take its time: what the
// database that was hurt acknowledged between `injecting` and `bitten` was acknowledged before the fault took effect.
// What it acknowledged after it had come back, as a new incarnation, was not.
#pragma once

#include "harness/history.h"
#include "harness/rig.h"

namespace holdfast {

class Contract {
 public:
  Contract(const CellHistory& history, const Bounds& bounds);

  // Of one that is lost and no hole. Where an unreadable line may be a mark that would forgive it, it is forgiven: the
  // line forbids to pass.
  bool Forgives(const Operation& operation) const { return operation.end >= from_ && operation.end <= until_; }

  // The last acknowledgement before the fault took effect; kNever if there was no fault.
  Nanoseconds last_acknowledged() const { return last_acknowledged_; }

 private:
  void FindLast(const CellHistory& history, Nanoseconds injecting, Nanoseconds bitten);

  Nanoseconds last_acknowledged_ = kNever;
  Nanoseconds from_ = kNever;  // nothing is forgiven
  Nanoseconds until_ = 0;
};

}  // namespace holdfast
