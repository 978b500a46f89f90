// Promise: a name that nothing is registered under is a usage error with its place and the known names.
#include "harness/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Parts, AnUnknownNameIsReportedWithItsPlaceAndTheKnownOnes) {
  Part part;
  part.name = "cephrbd";
  part.where = "rig.yaml:3";
  const Error error = UnknownName("backend", part, {"ceph-rbd", "local"});
  EXPECT_EQ(error.code, ErrorCode::kUsage);
  EXPECT_EQ(error.message, "rig.yaml:3: unknown backend 'cephrbd'; known: ceph-rbd, local");
}

TEST(Parts, ARigThatNamesAnUnknownProviderIsRefusedWithTheLine) {
  const TemporaryFolder folder;
  const auto rig = ReadRig(folder.Write("rig.yaml",
                                        "cluster:\n  provider: cardboard\nbackend: {name: none}\n"
                                        "workload: {name: none}\n"));
  ASSERT_TRUE(rig.has_value()) << rig.error().message;
  FakeHost host;
  const auto parts = MakeParts(host, *rig);
  ASSERT_FALSE(parts.has_value());
  EXPECT_EQ(parts.error().code, ErrorCode::kUsage);
  EXPECT_THAT(folder.Relative(parts.error().message), StartsWith("rig.yaml:2: unknown cluster provider 'cardboard'"));
}

TEST(Parts, ASuiteThatNamesAnUnknownFaultIsRefusedWithTheLine) {
  const TemporaryFolder folder;
  const auto suite =
      ReadSuite(folder.Write("suite.yaml", "suite: s\nscenarios:\n  - {fault: pod-delete}\n  - {fault: podd}\n"));
  ASSERT_TRUE(suite.has_value()) << suite.error().message;
  const Status checked = CheckFaults(*suite);
  ASSERT_FALSE(checked.has_value());
  EXPECT_THAT(folder.Relative(checked.error().message), StartsWith("suite.yaml:4: unknown fault 'podd'; known: "));
  EXPECT_THAT(checked.error().message, HasSubstr("pod-delete"));
}

TEST(Parts, AFaultThatEndsByItselfIsNoCompanyForAnother) {
  const TemporaryFolder folder;
  const auto checked = [&](const std::string& meanwhile) {
    const auto suite =
        ReadSuite(folder.Write("suite.yaml", "suite: s\nscenarios:\n  - {fault: db-kill, while: " + meanwhile + "}\n"));
    EXPECT_TRUE(suite.has_value()) << suite.error().message;
    const Status status = CheckFaults(*suite);
    return status.has_value() ? "" : folder.Relative(status.error().message);
  };
  EXPECT_EQ(checked("storage-quorum-loss"),
            "suite.yaml:3: storage-quorum-loss as `while` is over before the other fault comes; allowed: as `then`, or "
            "as `fault` with the other as `then`, or one that lasts until it is healed");
  for (const char* over : {"kubelet-stop", "blackout", "network-flap", "disk-error-burst", "node-cut-storage"}) {
    EXPECT_THAT(checked(over), HasSubstr(over)) << over;
  }
  EXPECT_THAT(checked("{name: api-server-down, lasts: 20s}"), HasSubstr("api-server-down"));
  for (const char* stays : {"api-server-down", "node-cut", "disk-slow", "controller-manager-down"}) {
    EXPECT_EQ(checked(stays), "") << stays;
  }
}

TEST(Parts, AnOptionThatAFaultDoesNotKnowIsRefused) {
  const TemporaryFolder folder;
  const auto suite =
      ReadSuite(folder.Write("suite.yaml", "suite: s\nscenarios:\n  - {fault: {name: pod-delete, colour: red}}\n"));
  ASSERT_TRUE(suite.has_value()) << suite.error().message;
  const Status checked = CheckFaults(*suite);
  ASSERT_FALSE(checked.has_value());
  EXPECT_THAT(checked.error().message, HasSubstr("colour"));
}

}  // namespace
}  // namespace holdfast
