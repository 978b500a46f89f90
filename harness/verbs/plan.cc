#include <fmt/format.h>

#include "harness/parts.h"
#include "harness/playing/run_suite.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct PlanOptions {
  std::string suite;
  std::string rig;
  std::optional<std::uint64_t> seed;
  Arguments arguments;
};

Result<int> PrintPlanOf(Session& session, const PlanOptions& options) {
  Arguments arguments = options.arguments;
  arguments.seed = options.seed.value_or(SeedFromClock());
  ASSIGN_OR_RETURN(Order order, ReadOrder(options.suite, options.rig, arguments));
  ASSIGN_OR_RETURN(const Parts parts, MakeParts(session.host, order.rig));
  RETURN_IF_ERROR(CheckFaults(order.suite));
  ASSIGN_OR_RETURN(order, FitToRig(std::move(order), parts));
  fmt::print("{}", PrintPlan(order.rig, order.plan));
  return kDone;
}

}  // namespace

void AddPlan(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<PlanOptions>();
  CLI::App& verb = *app.add_subcommand("plan", "print the numbered steps of a run, touch nothing");
  verb.add_option("suite", options->suite, "path or name of a suite")->required()->type_name("SUITE");
  AddRigOption(verb, options->rig);
  AddCellOption(verb, options->arguments);
  AddSeedOption(verb, options->seed);
  AddSoakOptions(verb, options->arguments);
  verb.footer("Examples:\n  holdfast plan ha-matrix\n  holdfast plan my_suite.yaml --rig my_rig.yaml --seed 42");
  verb.callback(
      [options, &chosen] { chosen = [options](Session& session) { return PrintPlanOf(session, *options); }; });
}

}  // namespace holdfast
