// A rig is read exactly, or refused with one line that says where and what is allowed: a bound that was misspelt must
// never be a bound that quietly holds its default.
#include "harness/rig.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"
#include "harness/installed.h"
#include "harness/seed.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kMutations = 300;

constexpr char kLeast[] =
    "cluster: {provider: uml}\n"
    "backend: {name: ceph-rbd}\n"
    "workload: {name: ledger}\n";

class RigTest : public testing::Test {
 protected:
  Result<Rig> Read(const std::string& text) const { return ReadRig(folder_.Write("rig.yaml", text)); }

  std::string Complaint(const std::string& text) const {
    const Result<Rig> rig = Read(text);
    if (rig.has_value()) return "none";
    EXPECT_EQ(rig.error().code, ErrorCode::kUsage);
    return folder_.Relative(rig.error().message);
  }

  TemporaryFolder folder_;
};

TEST_F(RigTest, EverythingThatIsSaidIsRead) {
  const Rig rig =
      Read(
          "cluster: {name: two, provider: uml, nodes: 5, profile: stock}\n"
          "backend: {name: ceph-rbd, replicas: 2}\n"
          "workload: {name: ledger, clients: 8, deadline: 500ms, probe_interval: 20ms, payload: 64}\n"
          "bounds: {rto: 30s, durability: {async: 2s}, stable_for: 3s, give_up: 60s, redundancy_within: 9m,\n"
          "         read_within: 8s, least_writes: 7, traffic_within: 40s, bite_within: 20s, brown_out: 250ms, "
          "quantile: 99, confidence: 90}\n")
          .value();
  EXPECT_EQ(rig.file, (folder_.path() / "rig.yaml").string());
  EXPECT_EQ(rig.cluster, "two");
  EXPECT_EQ(rig.provider.name, "uml");
  EXPECT_EQ(rig.provider.options.values().at("nodes").text, "5");
  EXPECT_EQ(rig.provider.options.values().at("profile").text, "stock");
  EXPECT_EQ(rig.provider.options.values().size(), 2U);
  EXPECT_EQ(rig.backend.name, "ceph-rbd");
  EXPECT_EQ(folder_.Relative(rig.backend.where), "rig.yaml:2");
  EXPECT_EQ(folder_.Relative(rig.backend.options.values().at("replicas").where), "rig.yaml:2");
  EXPECT_EQ(rig.workload.name, "ledger");
  EXPECT_EQ(rig.workload.options.values().size(), 1U);
  EXPECT_EQ(rig.clients, 8);
  EXPECT_EQ(rig.deadline, milliseconds(500));
  EXPECT_EQ(rig.bounds.longest_pause, milliseconds(500)) << "when each client's write has run out of time";
  EXPECT_EQ(rig.probe_interval, milliseconds(20));
  EXPECT_EQ(rig.bounds.rto, seconds(30));
  EXPECT_EQ(rig.bounds.async, Duration(seconds(2)));
  EXPECT_EQ(rig.bounds.stable_for, seconds(3));
  EXPECT_EQ(rig.bounds.give_up, seconds(60));
  EXPECT_EQ(rig.bounds.redundancy_within, minutes(9));
  EXPECT_EQ(rig.bounds.read_within, seconds(8));
  EXPECT_EQ(rig.bounds.least_writes, 7);
  EXPECT_EQ(rig.bounds.traffic_within, Duration(seconds(40)));
  EXPECT_EQ(rig.bounds.bite_within, seconds(20));
  EXPECT_DOUBLE_EQ(rig.bounds.quantile, 0.99);
  EXPECT_EQ(rig.bounds.brown_out, milliseconds(250));
  EXPECT_DOUBLE_EQ(rig.bounds.confidence, 0.9);
}

TEST_F(RigTest, WhatIsNotSaidIsTheDefaultOfTheHeader) {
  const Rig rig = Read(kLeast).value();
  const Rig defaults;
  EXPECT_EQ(rig.cluster, "holdfast");
  EXPECT_EQ(rig.clients, defaults.clients);
  EXPECT_EQ(rig.deadline, defaults.deadline);
  EXPECT_EQ(rig.probe_interval, defaults.probe_interval);
  EXPECT_EQ(rig.bounds.rto, defaults.bounds.rto);
  EXPECT_EQ(rig.bounds.async, std::nullopt);
  EXPECT_EQ(rig.bounds.give_up, defaults.bounds.give_up);
  EXPECT_EQ(rig.bounds.least_writes, defaults.bounds.least_writes);
  EXPECT_EQ(rig.bounds.traffic_within, std::nullopt);
  EXPECT_EQ(rig.bounds.bite_within, defaults.bounds.bite_within);
}

TEST_F(RigTest, AnOptionThatTheProviderDoesNotKnowIsExplainedWithOurKeysToo) {
  Rig rig = Read("cluster: {provider: uml, nods: 3}\nbackend: {name: b}\nworkload: {name: w}\n").value();
  rig.provider.options.Integer("nodes", 3, 1, 9);
  EXPECT_EQ(folder_.Relative(rig.provider.options.Finish().error().message),
            "rig.yaml:1: unknown key 'nods' in cluster (did you mean 'nodes'?); known: provider, name, nodes");
}

struct Wrong {
  const char* name;
  const char* text;  // in place of the line of kLeast that begins with the same word, or after the last
  const char* complaint;
};

class WrongRigTest : public RigTest, public testing::WithParamInterface<Wrong> {
 protected:
  // kLeast with GetParam().text.
  static std::string Text() {
    const std::string line = GetParam().text;
    std::string text = kLeast;
    const std::size_t begin = text.find(line.substr(0, line.find(':') + 1));
    if (begin == std::string::npos) return text + line;
    return text.replace(begin, text.find('\n', begin) - begin, line);
  }
};

TEST_P(WrongRigTest, IsExplained) { EXPECT_EQ(Complaint(Text()), GetParam().complaint); }

INSTANTIATE_TEST_SUITE_P(
    Keys, WrongRigTest,
    testing::Values(
        Wrong{"UnknownSection", "bound: {rto: 9s}",
              "rig.yaml:4: unknown key 'bound' in the rig (did you mean 'bounds'?); known: cluster, backend, workload, "
              "bounds, latency"},
        Wrong{
            "UnknownBound", "bounds: {rtoo: 9s}",
            "rig.yaml:4: unknown key 'rtoo' in bounds (did you mean 'rto'?); known: rto, durability, stable_for, "
            "give_up, redundancy_within, read_within, least_writes, traffic_within, bite_within, brown_out, quantile, "
            "confidence, commit_p99, journal_p99_vs_local"},
        Wrong{"NoProvider", "cluster: {name: holdfast}",
              "rig.yaml:1: no key 'provider' in cluster; required: provider"},
        Wrong{"NoBackendName", "backend: {pool: a}", "rig.yaml:2: no key 'name' in backend; required: name"},
        Wrong{"BackendWithoutMapping", "backend: ceph-rbd",
              "rig.yaml:2: backend in the rig is 'ceph-rbd'; allowed: a mapping, {key: value}"},
        Wrong{"EmptyBounds",
              "bounds:", "rig.yaml:4: bounds in the rig is without a value; allowed: a mapping, {key: value}"},
        Wrong{"OptionThatIsAList", "backend: {name: a, pools: [b]}",
              "rig.yaml:2: pools in backend is a list; allowed: a single value"}),
    [](const auto& instance) { return instance.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Values, WrongRigTest,
    testing::Values(
        Wrong{"ClusterName", "cluster: {name: Hold_Fast, provider: uml}",
              "rig.yaml:1: name in cluster is 'Hold_Fast'; allowed: a-z, 0-9 and '-' within, 1 to 20 characters"},
        Wrong{"LongClusterName", "cluster: {name: a23456789012345678901, provider: uml}",
              "rig.yaml:1: name in cluster is 'a23456789012345678901'; allowed: a-z, 0-9 and '-' within, 1 to 20 "
              "characters"},
        Wrong{"BackendName", "backend: {name: ../ceph}",
              "rig.yaml:2: name in backend is '../ceph'; allowed: a-z, 0-9 and '-' within, 1 to 40 characters"},
        Wrong{"NoClients", "workload: {name: ledger, clients: 0}",
              "rig.yaml:3: clients in workload is '0'; allowed: a whole number from 1 to 64"},
        Wrong{"TooManyClients", "workload: {name: ledger, clients: 65}",
              "rig.yaml:3: clients in workload is '65'; allowed: a whole number from 1 to 64"},
        Wrong{"DeadlineWithoutUnit", "workload: {name: ledger, deadline: 1}",
              "rig.yaml:3: deadline in workload is '1'; allowed: a whole number and its unit, such as 500us, 1500ms, "
              "2s, 5m or 1h"},
        Wrong{"DeadlineTooShort", "workload: {name: ledger, deadline: 9ms}",
              "rig.yaml:3: deadline in workload is '9ms'; allowed: 10 ms to 1 min"},
        Wrong{"Durability", "bounds: {durability: asinc}",
              "rig.yaml:4: durability in bounds is 'asinc'; allowed: sync or {async: 2s}"},
        Wrong{"DurabilityList", "bounds: {durability: [sync]}",
              "rig.yaml:4: durability in bounds is a list; allowed: sync or {async: 2s}"},
        Wrong{"DurabilityKey", "bounds: {durability: {asinc: 2s}}",
              "rig.yaml:4: unknown key 'asinc' in durability (did you mean 'async'?); known: async"},
        Wrong{"AsyncZero", "bounds: {durability: {async: 0s}}",
              "rig.yaml:4: async in durability is '0s'; allowed: 1 ms to 24 h"},
        Wrong{"Quantile", "bounds: {quantile: 100}",
              "rig.yaml:4: quantile in bounds is '100'; allowed: a whole number from 1 to 99"},
        Wrong{"Confidence", "bounds: {confidence: 0.95}",
              "rig.yaml:4: confidence in bounds is '0.95'; allowed: a whole number from 1 to 99"},
        Wrong{"LeastWrites", "bounds: {least_writes: 0}",
              "rig.yaml:4: least_writes in bounds is '0'; allowed: a whole number from 1 to 100000"},
        Wrong{"RtoZero", "bounds: {rto: 0s}", "rig.yaml:4: rto in bounds is '0s'; allowed: 1 ms to 24 h"}),
    [](const auto& instance) { return instance.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ValuesThatDoNotFitEachOther, WrongRigTest,
    testing::Values(
        Wrong{"TooFewProbes", "workload: {name: ledger, clients: 2, probe_interval: 101ms}",
              "rig.yaml:3: 2 clients with a probe_interval of 101 ms probe fewer than 20 times a second, too seldom to "
              "time a recovery; allowed: at most 100 ms for 2 clients"},
        Wrong{"OneSlowClient", "workload: {name: ledger, clients: 1, probe_interval: 10s}",
              "rig.yaml:3: 1 client with a probe_interval of 10 s probe fewer than 20 times a second, too seldom to "
              "time a recovery; allowed: at most 50 ms for 1 client"},
        Wrong{"TrafficBeforeItIsStable", "bounds:\n  stable_for: 5s\n  traffic_within: 5s",
              "rig.yaml:6: traffic_within is 5 s; allowed: longer than stable_for = 5 s"},
        Wrong{"GiveUpBeforeRto", "bounds:\n  rto: 90s\n  give_up: 80s",
              "rig.yaml:6: give_up is 1 min 20 s; allowed: longer than rto + stable_for = 1 min 35 s, or a recovery "
              "within the rto could be called none"},
        Wrong{"StableForBeyondGiveUp", "bounds: {stable_for: 5m}",
              "rig.yaml:4: give_up is 3 min (the default); allowed: longer than rto + stable_for = 6 min 30 s, or a "
              "recovery within the rto could be called none"},
        Wrong{"RtoBeyondTheDefaultGiveUp", "bounds:\n  stable_for: 1s\n  rto: 179s",
              "rig.yaml:6: give_up is 3 min (the default); allowed: longer than rto + stable_for = 3 min, or a "
              "recovery within the rto could be called none"},
        Wrong{"RtoWithinOneDeadline", "bounds: {rto: 1s}",
              "rig.yaml:4: rto is 1 s; allowed: longer than the deadline of one write, 1 s"}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(RigTest, ClientsThatTogetherProbeTwentyTimesASecondAreEnough) {
  const auto workload = [](const std::string& keys) {
    return "cluster: {provider: uml}\nbackend: {name: b}\nworkload: {name: w, " + keys + "}\n";
  };
  EXPECT_EQ(Complaint(workload("clients: 1")), "none");
  EXPECT_EQ(Complaint(workload("clients: 4, probe_interval: 200ms")), "none");
  EXPECT_EQ(Complaint(workload("clients: 64, probe_interval: 3200ms")), "none");
  EXPECT_NE(Complaint(workload("clients: 64, probe_interval: 3201ms")), "none");
}

TEST_F(RigTest, SaysWithinWhichBoundsOfLatencyAndWhatItIsMeasuredWith) {
  const Rig rig = Read(std::string(kLeast) +
                       "bounds: {commit_p99: 20ms, journal_p99_vs_local: 2.5x}\n"
                       "latency: {image: registry.example:5000/fio:3, local: openebs-hostpath}\n")
                      .value();
  EXPECT_EQ(rig.bounds.commit_p99, milliseconds(20));
  EXPECT_EQ(rig.bounds.journal_p99_vs_local, 2.5);
  EXPECT_EQ(rig.latency.image, "registry.example:5000/fio:3");
  EXPECT_EQ(rig.latency.local_class, "openebs-hostpath");
  const Rig silent = Read(kLeast).value();
  EXPECT_FALSE(silent.bounds.commit_p99.has_value());
  EXPECT_FALSE(silent.bounds.journal_p99_vs_local.has_value());
  EXPECT_EQ(silent.latency.image, "");
  EXPECT_EQ(silent.latency.local_class, "");
}

TEST_F(RigTest, ABoundOfLatencyThatIsNoneIsRefused) {
  const std::string least = kLeast;
  EXPECT_EQ(Complaint(least + "bounds: {commit_p99: 1s}\n"),
            "rig.yaml:4: commit_p99 is 1 s; allowed: shorter than the deadline of one write, 1 s");
  EXPECT_EQ(
      Complaint(least + "bounds: {commit_p99: 20}\n"),
      "rig.yaml:4: commit_p99 in bounds is '20'; allowed: a whole number and its unit, such as 500us, 1500ms, 2s, "
      "5m or 1h");
  for (const std::string factor : {"5", "x", "0x", "-2x", "5 x", "5xx", "1e3x", "infx", "nanx"}) {
    EXPECT_EQ(
        Complaint(fmt::format("{}bounds: {{journal_p99_vs_local: '{}'}}\n", least, factor)),
        fmt::format("rig.yaml:4: journal_p99_vs_local in bounds is '{}'; allowed: a factor greater than 0, such as "
                    "5x or 2.5x",
                    factor));
  }
  EXPECT_EQ(Complaint(least + "latency: {image: 'a b'}\n"),
            "rig.yaml:4: image in latency is 'a b'; allowed: letters, digits and ._-/:@");
  EXPECT_EQ(Complaint(least + "latency: {locl: a}\n"),
            "rig.yaml:4: unknown key 'locl' in latency (did you mean 'local'?); known: image, local");
}

TEST_F(RigTest, EveryBrokenByteIsReadOrRefusedInOneLine) {
  const std::string whole = std::string(kLeast) + "bounds: {rto: 90s, durability: {async: 2s}, least_writes: 7}\n";
  constexpr char kHostile[] = "\0\t\n\r {}[]:,-?*&!|>'\"%@`#\xff\x80~<=\\0";
  const std::string hostile(kHostile, sizeof(kHostile) - 1);
  for (std::uint64_t seed = 0; seed < kMutations; ++seed) {
    std::string text = whole;
    const std::uint64_t edits = Uniform(seed, 1, 4);
    for (std::uint64_t edit = 1; edit <= edits; ++edit) {
      const std::size_t at = Uniform(seed * 10 + edit, 0, text.size() - 1);
      const std::size_t cut = Uniform(seed * 100 + edit, 0, 2);
      text.replace(at, cut, 1, hostile[Uniform(seed * 1000 + edit, 0, hostile.size() - 1)]);
    }
    const std::string complaint = Complaint(text);
    EXPECT_EQ(complaint.find('\n'), std::string::npos) << complaint;
    EXPECT_TRUE(complaint == "none" || complaint.rfind("rig.yaml:", 0) == 0) << complaint;
  }
}

TEST(RigsOfTheRepository, AreValidAndDifferInTheirBackend) {
  const std::filesystem::path folder = SuitesFolder() / "rigs";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Result<Rig> rig = ReadRig(entry.path());
    EXPECT_TRUE(rig.has_value()) << rig.error().message;
  }
  EXPECT_EQ(ReadRig(folder / "embedded_ceph.yaml").value().backend.name, "ceph-rbd");
  EXPECT_EQ(ReadRig(folder / "embedded_local.yaml").value().backend.name, "local");
}

}  // namespace
}  // namespace holdfast
