// Nobody's power goes on while another one's is being cut.
#include "harness/fault_parts/power_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

// Each machine's power goes only when all are being cut; one by one they would wait for each other in vain.
class TogetherPower : public FakePower {
 public:
  explicit TogetherPower(FakeCluster& cluster) : FakePower(cluster) {}
  Status Off(const std::string& node) override {
    std::unique_lock lock(mutex_);
    ++cut_;
    changed_.notify_all();
    if (!changed_.wait_for(lock, std::chrono::seconds(10), [this] { return cut_ == 3; })) {
      return Unavailable("the power of " + node + " was cut alone");
    }
    return node == refuses ? Unavailable(node + " refuses") : FakePower::Off(node);
  }
  std::string refuses;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int cut_ = 0;
};

class TogetherProvider : public FakeProvider {
 public:
  explicit TogetherProvider(FakeCluster& cluster) : FakeProvider(cluster, Facets::kAll), together_(cluster) {}
  Power* power() override { return &together_; }
  TogetherPower& together() { return together_; }

 private:
  TogetherPower together_;
};

class PowerCutTest : public ::testing::Test {
 protected:
  Result<Duration> Cut() { return CutPower(world_, {"n1", "n2", "n3"}); }

  FakeWorld fakes_;
  TogetherProvider provider_{fakes_.cluster};
  World world_{fakes_.host, fakes_.kube, provider_, fakes_.backend, fakes_.workload, "db"};
};

TEST_F(PowerCutTest, IsOfAllAtTheSameTime) {
  const auto skew = Cut();
  ASSERT_TRUE(skew) << skew.error().message;
  EXPECT_EQ(*skew, Duration::zero());
  for (const auto& [name, node] : fakes_.cluster.nodes) EXPECT_FALSE(node.on) << name;
}

TEST_F(PowerCutTest, OfOneThatRefusesIsOfTheOthersAllTheSame) {
  provider_.together().refuses = "n1";
  const auto skew = Cut();
  ASSERT_FALSE(skew);
  EXPECT_EQ(skew.error().message, "n1 refuses");
  EXPECT_FALSE(fakes_.cluster.nodes["n3"].on);
}

TEST(DescribeSkew, SaysNothingOfASingleMachineOrOfNoCut) {
  EXPECT_EQ(DescribeSkew(2, milliseconds(80)), "; their power went within 80 ms");
  EXPECT_EQ(DescribeSkew(1, milliseconds(80)), "");
  EXPECT_EQ(DescribeSkew(2, std::nullopt), "");
}

}  // namespace
}  // namespace holdfast
