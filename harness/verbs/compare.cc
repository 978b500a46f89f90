#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/comparing/comparison.h"
#include "harness/comparing/side_by_side.h"
#include "harness/host/text_file.h"
#include "harness/options.h"
#include "harness/runs/finished_runs.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

constexpr int kRegression = 1;

struct CompareVerbOptions {
  std::vector<std::string> runs;
  std::string html;  // of the page; empty: none
  std::string least_shift = "10%";
  double alpha = CompareOptions().alpha;
  enum class Layout { kBaseAndRun, kSideBySide } layout = Layout::kBaseAndRun;
  enum class Unlike { kRefused, kCompared } unlike = Unlike::kRefused;
  enum class Unproved { kAllowed, kRefused } unproved = Unproved::kAllowed;
};

Result<std::vector<Run>> ReadSet(const std::string& name) {
  ASSIGN_OR_RETURN(FinishedRuns finished, ReadFinishedRuns(name));
  for (const std::string& line : finished.left_out) fmt::print(stderr, "holdfast: left out: {}\n", line);
  return std::move(finished.runs);
}

Result<int> CompareTwo(const CompareVerbOptions& options) {
  if (!options.html.empty()) return UsageError("--html of a pair; allowed: with --side-by-side");
  if (options.runs.size() != 2) {
    return UsageError(
        fmt::format("runs given: {}; allowed: BASE and RUN, or any number with --side-by-side", options.runs.size()));
  }
  ASSIGN_OR_RETURN(const LeastShift least, ParseLeastShift(options.least_shift));
  ASSIGN_OR_RETURN(const std::vector<Run> base, ReadSet(options.runs[0]));
  ASSIGN_OR_RETURN(const std::vector<Run> run, ReadSet(options.runs[1]));
  const Comparison comparison = Compare(base, run, {.alpha = options.alpha, .least = least});
  if (!comparison.unlike.empty() && options.unlike == CompareVerbOptions::Unlike::kRefused) {
    return Unavailable(fmt::format("these are no pair: {}; allowed: runs of one rig and suite, or --force",
                                   fmt::join(comparison.unlike, "; ")));
  }
  fmt::print("{}", Describe(comparison));
  if (comparison.Regressed()) return kRegression;
  if (!comparison.Comparable()) return kNotDone;
  return options.unproved == CompareVerbOptions::Unproved::kRefused && comparison.LostProof() ? kNotDone : kDone;
}

Result<int> PrintSideBySide(const CompareVerbOptions& options) {
  std::vector<Run> runs;
  for (const std::string& name : options.runs) {
    ASSIGN_OR_RETURN(std::vector<Run> own, ReadSet(name));
    runs.insert(runs.end(), own.begin(), own.end());
  }
  const SideBySide table = PutSideBySide(runs);
  if (!options.html.empty()) RETURN_IF_ERROR(ReplaceText(options.html, HtmlPage(table, options.html)));
  fmt::print("{}", Describe(table));
  return kDone;
}

}  // namespace

void AddCompare(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<CompareVerbOptions>();
  CLI::App& verb = *app.add_subcommand("compare", "what became worse from BASE to RUN, or backends side by side");
  verb.add_option("runs", options->runs, "BASE and RUN; each a run, or a folder of runs, whose trials are pooled")
      ->required()
      ->type_name("BASE RUN");
  verb.add_option("--least-shift", options->least_shift,
                  "what is worse is a regression from so much on: a share of BASE's median; or a time such as 2s, for\n"
                  "RTO, rebuild and late writes, and 10% for latencies")
      ->type_name("SHIFT")
      ->capture_default_str();
  verb.add_option("--alpha", options->alpha, "chance that a difference is shown although there is none")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0001, 0.5))
      ->capture_default_str();
  verb.add_flag_callback(
      "--side-by-side", [options] { options->layout = CompareVerbOptions::Layout::kSideBySide; },
      "any number of runs, a column each, none of them the base: to choose a backend");
  verb.add_option("--html", options->html, "with --side-by-side, also a page for a browser, which links the reports")
      ->type_name("FILE");
  verb.add_flag_callback(
      "--force", [options] { options->unlike = CompareVerbOptions::Unlike::kCompared; },
      "although suite, backend, cluster or bounds differ");
  verb.add_flag_callback(
      "--require-all", [options] { options->unproved = CompareVerbOptions::Unproved::kRefused; },
      "what BASE proved and RUN did not, or in another experiment, is exit status 2");
  verb.footer(
      "A promise that RUN broke and BASE kept is a regression by itself. How often it is broken, times and ratios are\n"
      "compared by rank-sum tests with a correction for their number, so a few trials show nothing: the report says "
      "how\n"
      "many would. A latency that became longer is no regression where the node's own disk became so, too.\n"
      "Exit status: 0 no regression, 1 a regression, 2 the runs cannot be compared, 3 bad arguments.\n\n"
      "Examples:\n  holdfast compare runs/2026-11-22T… runs/2026-11-23T…\n"
      "  holdfast compare nightly/last-week nightly/this-week --least-shift 2s\n"
      "  holdfast compare --side-by-side runs/…ceph-rbd… runs/…local… --html choose.html");
  verb.callback([options, &chosen] {
    chosen = [options](Session&) {
      return options->layout == CompareVerbOptions::Layout::kSideBySide ? PrintSideBySide(*options)
                                                                        : CompareTwo(*options);
    };
  });
}

}  // namespace holdfast
