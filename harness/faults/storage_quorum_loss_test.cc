// Most of those that decide are away together, for as long as was asked, and what is said of it is what was seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

class StorageQuorumLossTest : public ::testing::Test {
 protected:
  std::string Seen() { return fault_->Biting(fakes_.world)->evidence; }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("storage-quorum-loss", {});
};

TEST_F(StorageQuorumLossTest, SaysForHowLongTheyWereAway) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_EQ(fakes_.host.Now() - begin, seconds(30));
  EXPECT_EQ(Seen(), "no quorum daemon ran on n1, n2; storage: 1/3 replicas; they were away for 30 s");
}

TEST_F(StorageQuorumLossTest, NamesThoseThatRanOn) {
  fakes_.cluster.injuries = FakeCluster::Injuries::kIgnored;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_EQ(Seen(), "a quorum daemon ran on n1, n2");
}

}  // namespace
}  // namespace holdfast
