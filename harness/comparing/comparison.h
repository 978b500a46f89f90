// Comparison: what became better or worse from one set of runs to another of the same rig and suite. Pure.
//
// - A promise that broke in RUN and never did in BASE is a regression by itself: it is kept or it is not. Inconclusive
// is
//   neither kept nor broken. One that broke in both is a regression if it is shown that it fails more often: the ranks
//   of passes and failures, which is Fisher's exact test.
// - A quantity (quantity.h) has become worse if both hold: a difference is shown (two_samples.h), and the shift is not
//   small. One without the other is said, and is no regression. Nor is it one that a latency has become longer if that
//   of the node's own disk has, by half as much or more, and the same test shows it: then the machine is slower.
//
// The trials of a set count as independent. Those of one run share a cluster: what a cluster has of its own is then
// taken for the system's, which runs on several clusters, pooled, show.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/judging/quantity.h"
#include "harness/result.h"
#include "harness/run.h"
#include "harness/statistics/two_samples.h"

namespace holdfast {

// What a shift has to reach, to be more than small: a share of BASE's median. Never less than the quantity's
// resolution.
struct LeastShift {
  double share = 0.1;
  std::optional<double> seconds = {};  // instead, of the time of an outage
};
// "10%" or a duration (options.h).
Result<LeastShift> ParseLeastShift(const std::string& text);
std::string Describe(const LeastShift& least);

struct CompareOptions {
  double alpha = 0.05;  // the chance that any quantity is called different although none is
  LeastShift least = {};
};

struct Tally {
  int pass = 0, fail = 0, inconclusive = 0, skipped = 0;
  void Add(Judgement judgement);
  int Judged() const { return pass + fail; }
  int Total() const { return pass + fail + inconclusive + skipped; }
  std::string Text() const;  // "4 pass, 1 fail"; "–" of nothing
};

struct VerdictChange {
  enum class Kind {
    kNone,
    kRegression,       // `broken` did not break in BASE
    kFailsMore,        // it failed in both, and now more often
    kMended,           // it passes, and did not
    kUnprovedNow,      // BASE proved something, RUN nothing
    kUnprovedBefore,   // the other way round
    kOnlyInBase,       // the scenario
    kOnlyInRun,        //
    kOtherExperiment,  // the scenario's name is the same, its faults or settings are not
  };
  std::string scenario;
  Tally base, run;
  Kind kind = Kind::kNone;
  std::vector<std::string> broken;   // checkers
  std::vector<std::string> because;  // what RUN says of them, a line each
  PValue failing;                    // of failing more or less often
  Adjusted adjusted = {};
  bool IsRegression() const { return kind == Kind::kRegression || kind == Kind::kFailsMore; }
};

struct QuantityChange {
  enum class Finding {
    kNotShown,
    kTooFew,    // trials
    kTooEqual,  // trials enough, and their values so often the same that nothing could be shown
    kSmall,
    kMachine,  // so is the node's own disk
    kBetter,
    kWorse,
  };
  std::string scenario;
  Quantity quantity{};
  std::vector<double> base, run;  // ascending; neither is empty
  double shift = 0;
  RankSum test;
  Adjusted adjusted;
  Finding finding = Finding::kNotShown;
  std::string where;  // of an RTO that is worse: the phases that are longer
};

struct Comparison {
  CompareOptions options;
  std::string base, run;                   // each set in words
  std::vector<std::string> unlike;         // what makes the sets no pair, one line each; empty unless forced
  std::vector<std::string> changed;        // versions of what is tested and what tests it
  std::vector<VerdictChange> verdicts;     // in the order of BASE
  std::vector<QuantityChange> quantities;  // of scenarios that are the same experiment
  int enough_trials = 0;                   // on either side, so that each of these could be shown
  std::string base_unqualified;            // why the latencies of the set are worth little; empty if they are not
  std::string run_unqualified;
  bool Comparable() const;  // something was judged in both
  bool Regressed() const;
  bool LostProof() const;  // BASE proved something that RUN did not
};

// "ha-matrix on ceph-rbd, ledger, uml (profile tuned)"
std::string TitleOf(const Run& run);

// What is done to the database in this cell, or measured; trial and seed apart.
std::string ExperimentOf(const Cell& cell);

// What two runs must have in common to be compared, and have not, one line each.
std::vector<std::string> UnlikeGround(const Run& base, const Run& run);
// Of the programs that both know, those of which they had another version; Holdfast is one.
std::vector<std::string> OtherVersions(const Run& base, const Run& run);

// Neither set is empty.
Comparison Compare(const std::vector<Run>& base, const std::vector<Run>& run, const CompareOptions& options);

std::string Describe(const Comparison& comparison);

}  // namespace holdfast
