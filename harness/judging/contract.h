// Contract: what a rig promises of acknowledged writes, `sync` or `async: T`, applied to one history.
//
//                          injecting  bitten                     the next incarnation
//                              │        │                        │ acknowledges
//     acknowledged   ||||||||||||||||||||||||||||||              |||||||||||||
//                                  └───── T ─────┘
//                                  forgiven if nothing later of it is there
//
// By async:T the last T of what was acknowledged before an outage may be missing, counted back from the last
// acknowledgement before it, and only as a suffix: that is the checker's to see. A fault may take its time, and bite
// long before it takes effect: a pod whose node fell silent goes on serving until it is moved. So an outage is seen in
// who acknowledges. It ends when a later incarnation first does, and whatever was acknowledged until then was
// acknowledged before it. Each such takeover since the fault counts: faults may be several, and each may cost one.
//
// Where the database is still away when the history ends (what was last attempted failed), the outage has no end yet.
// Where it neither went away nor changed, it ends with the bite.
#pragma once

#include <optional>
#include <vector>

#include "harness/history.h"
#include "harness/judging/incarnations.h"
#include "harness/judging/known_writes.h"
#include "harness/rig.h"

namespace holdfast {

class Contract {
 public:
  Contract(const CellHistory& history, const Incarnations& incarnations, const Bounds& bounds);

  // By how much a lost write, which is no hole, is older than the last acknowledgement before the outage that took it;
  // nothing if it is not forgiven. Where an unreadable line may be what would forgive it, it is forgiven: the line
  // forbids to pass.
  std::optional<Nanoseconds> AgeIfForgiven(const Known& lost) const;

 private:
  struct Outage {
    Nanoseconds oldest = 0;  // acknowledgement that it may take
    Nanoseconds last = 0;    // acknowledgement before it
    Nanoseconds until = 0;   // what was known by then may be gone
  };

  void Add(Nanoseconds last, Nanoseconds until);
  Nanoseconds LastUntil(Nanoseconds time) const;  // acknowledgement; 0 if there is none
  bool WasAwayAtTheEnd() const;
  void AddUnseen();

  const CellHistory& history_;
  const Nanoseconds allowed_;
  std::vector<Outage> outages_;
};

}  // namespace holdfast
