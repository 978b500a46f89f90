#include "harness/playing/run_suite.h"

#include <gtest/gtest.h>

#include "harness/installed.h"

namespace holdfast {
namespace {

TEST(CommandOfRun, NamesAllThatWasSaidAndNotTheRigThatIsUsedAnyway) {
  RunOptions options;
  options.suite = "ha-matrix";
  options.rig = DefaultRig().string();
  options.arguments.scenarios = {"db-kill"};
  options.arguments.trials = 3;
  options.arguments.seed = 7;
  EXPECT_EQ(CommandOf(options), "holdfast run ha-matrix --scenario db-kill --trials 3 --seed 7");
  options.rig = "my rig.yaml";
  options.parallel = 2;
  EXPECT_EQ(CommandOf(options),
            "holdfast run ha-matrix --rig 'my rig.yaml' --scenario db-kill --trials 3 --seed 7 --parallel 2");
}

}  // namespace
}  // namespace holdfast
