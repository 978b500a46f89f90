// Promise: clusters do not touch each other, and one that was taken down leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "harness/host.h"

namespace holdfast {
namespace {

constexpr char kNeighbour[] = "check-beside";

class Clusters : public testing::Test {
 protected:
  Output Run(const std::vector<std::string>& argv) {
    const Result<Output> output = host_->Run({.argv = argv, .limit = std::chrono::minutes(8)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.value_or(Output{.exit_status = -1});
  }
  Output Cluster(const std::string& verb, const std::string& name) {
    Output output = Run({HOLDFAST_PROGRAM, "cluster", verb, name, "--provider", "uml"});
    EXPECT_EQ(output.exit_status, 0) << verb << " " << name << ":\n" << output.out << output.err;
    return output;
  }
  // Sorted lines, see footprint.sh; of processes only those of the neighbour.
  std::vector<std::string> Footprint() {
    const Output output = Run({HOLDFAST_SOURCE_DIR "/suites/footprint.sh", std::string("/") + kNeighbour});
    EXPECT_EQ(output.exit_status, 0) << output.err;
    std::istringstream text(output.out);
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  const std::unique_ptr<Host> host_ = MakePosixHost();
};

std::vector<std::string> Added(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  std::vector<std::string> added;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(added));
  return added;
}

TEST_F(Clusters, DownLeavesNothingBehindAndTheNeighbourUntouched) {
  Cluster("status", HOLDFAST_TEST_CLUSTER);
  Cluster("down", kNeighbour);  // of a run that was killed
  const std::vector<std::string> before = Footprint();

  Cluster("up", kNeighbour);
  const std::vector<std::string> running = Added(before, Footprint());
  // The listing sees what there is to see; else that nothing is left would mean nothing.
  EXPECT_THAT(running, testing::Contains(testing::StartsWith("process ")));
  EXPECT_THAT(running, testing::Contains(testing::StartsWith("netns ")));
  Cluster("status", kNeighbour);
  Cluster("status", HOLDFAST_TEST_CLUSTER);

  Cluster("down", kNeighbour);
  EXPECT_THAT(Added(before, Footprint()), testing::IsEmpty());
  Cluster("status", HOLDFAST_TEST_CLUSTER);
}

}  // namespace
}  // namespace holdfast
