// The GoogleTest main of the tests on the embedded cluster: registers each cell of cells.yaml as a test of its own.
//
//     cell_tests                         all of them, one after the other
//     cell_tests --cell FULL_NAME        one
//     cell_tests --cell FULL_NAME --cluster NAME    one on that cluster, as ctest calls it
//     cell_tests --ctest FILE            writes the list of all tests, for ctest to include
//
// A cell is run by the program itself, as a user would run it; then its exit status and the files it wrote are asked.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "harness/host.h"
#include "harness/playing/undo.h"
#include "harness/run.h"
#include "harness/runs/expected_cell.h"
#include "harness/version.h"

namespace holdfast {
namespace {

// Exit statuses as users rely on them, said here once more and not taken from the code under test.
int ExpectedExit(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPass:
    case Judgement::kSkipped:
      return 0;
    case Judgement::kFail:
      return 1;
    case Judgement::kInconclusive:
      return 2;
  }
  return -1;
}

// The element in a JUnit test case that tells each judgement; a pass has none of them.
std::string ExpectedElement(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPass:
      return "";
    case Judgement::kSkipped:
      return "skipped";
    case Judgement::kFail:
      return "failure";
    case Judgement::kInconclusive:
      return "error";
  }
  return "?";
}

// Of a cell that is recorded: `./check` judges the recording in its place, and plays it if it is drawn, or with --full.
constexpr char kRecordedLabel[] = "recorded";

constexpr int kMostPlays = 2;  // of one cell

class CellTest : public testing::Test {
 public:
  CellTest(ExpectedCell cell, std::string cluster) : cell_(std::move(cell)), cluster_(std::move(cluster)) {}

 private:
  void TestBody() override {
    Played played;
    ASSERT_NO_FATAL_FAILURE(Play(played));
    // An experiment that was none has answered nothing, whatever was planted, and is made once more. What was answered
    // is never asked again.
    const bool was_none =
        cell_.judgement != Judgement::kInconclusive && played.result.judgement == Judgement::kInconclusive;
    if (was_none && !LeftSomethingHurt(played.folder)) {
      std::cout << "INCONCLUSIVE, and so played a second time: " << played.result.summary << "\n";
      KeepAside(played.folder);
      ASSERT_NO_FATAL_FAILURE(Play(played));
    }
    EXPECT_EQ(played.exit_status, ExpectedExit(cell_.judgement)) << "expected by " << cell_.where;
    EXPECT_THAT(Surprises(cell_, played.result), testing::IsEmpty());
    ExpectJunit(played.folder / "junit.xml");
  }

  // Then nobody may play on this cluster before it is healed, for which the run's folder is needed where it is.
  static bool LeftSomethingHurt(const std::filesystem::path& run) {
    const auto outstanding = UndoLog(run / "undo.jsonl").Outstanding();
    return !outstanding.has_value() || !outstanding->empty();
  }

  // What it left is worth looking at, whatever the second play comes to.
  void KeepAside(const std::filesystem::path& run) const {
    const std::filesystem::path aside =
        std::filesystem::path(HOLDFAST_BINARY_DIR) / "cells" / "inconclusive" / cell_.Folder();
    std::filesystem::remove_all(aside);
    std::filesystem::create_directories(aside);
    std::filesystem::rename(run, aside / run.filename());
  }

  struct Played {
    int exit_status = -1;
    CellResult result;
    std::filesystem::path folder;
  };

  void Play(Played& played) const {
    const std::filesystem::path folder = std::filesystem::path(HOLDFAST_BINARY_DIR) / "cells" / cell_.Folder();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto host = MakePosixHost();
    Command command = {
        .argv = {HOLDFAST_PROGRAM, "run", cell_.suite.string(), "--rig", cell_.rig.string(), "--cluster", cluster_,
                 "--scenario", cell_.scenario, "--seed", std::to_string(cell_.seed), "--out", folder.string()},
        .limit = std::chrono::seconds(cell_.limit_s)};
    if (cell_.company == ExpectedCell::Company::kOthers) command.argv.push_back("--beside-others");
    std::cout << Pasteable(command) << "\n";
    const Result<Output> output = host->Run(command);
    ASSERT_TRUE(output.has_value()) << output.error().message;
    std::cout << output->out << output->err;
    const std::filesystem::directory_iterator runs(folder);
    ASSERT_NE(runs, std::filesystem::directory_iterator()) << "no run's folder in " << folder;
    const Result<holdfast::Run> run = ReadRunJson(runs->path() / "run.json");
    ASSERT_TRUE(run.has_value()) << run.error().message;
    ASSERT_EQ(run->results.size(), 1u);
    played = {.exit_status = output->exit_status, .result = run->results.front(), .folder = runs->path()};
  }

  void ExpectJunit(const std::filesystem::path& file) const {
    tinyxml2::XMLDocument document;
    ASSERT_EQ(document.LoadFile(file.c_str()), tinyxml2::XML_SUCCESS) << document.ErrorStr();
    const tinyxml2::XMLElement* root = document.RootElement();
    const tinyxml2::XMLElement* suite =
        std::string(root->Name()) == "testsuite" ? root : root->FirstChildElement("testsuite");
    ASSERT_NE(suite, nullptr);
    const tinyxml2::XMLElement* testcase = suite->FirstChildElement("testcase");
    ASSERT_NE(testcase, nullptr);
    EXPECT_EQ(testcase->NextSiblingElement("testcase"), nullptr);
    for (const std::string element : {"failure", "error", "skipped"}) {
      EXPECT_EQ(testcase->FirstChildElement(element.c_str()) != nullptr, element == ExpectedElement(cell_.judgement))
          << element;
    }
  }

  const ExpectedCell cell_;
  const std::string cluster_;
};

void Register(const ExpectedCell& cell, const std::string& cluster) {
  // One fixture class serves all: GoogleTest demands that of the tests of one suite.
  testing::RegisterTest((cell.ring + "/" + cell.promise).c_str(), cell.TestName().c_str(), nullptr, nullptr, __FILE__,
                        __LINE__, [cell, cluster]() -> testing::Test* { return new CellTest(cell, cluster); });
}

// Of all that the library can do, and of the defects whose runs are recorded, `./check` has time for a few: other ones
// for each version, the same ones whoever plays them. They bear the label `sample`, too.
constexpr std::size_t kSampled = 2;

template <typename Predicate>
void AddSample(const std::vector<ExpectedCell>& cells, Predicate wanted, std::set<std::string>& sample) {
  std::vector<std::string> names;
  for (const ExpectedCell& cell : cells) {
    if (wanted(cell)) names.push_back(cell.FullName());
  }
  const std::string version = Version();
  std::seed_seq seed(version.begin(), version.end());
  std::mt19937 random(seed);
  std::sample(names.begin(), names.end(), std::inserter(sample, sample.end()), kSampled, random);
}

std::set<std::string> SampleOf(const std::vector<ExpectedCell>& cells) {
  std::set<std::string> sample;
  AddSample(
      cells,
      [](const ExpectedCell& cell) {
        // To make a cluster for it takes longer than the rest of the sample.
        return cell.ring == kLibraryRing && cell.judgement == Judgement::kPass && cell.cluster.empty();
      },
      sample);
  AddSample(
      cells, [](const ExpectedCell& cell) { return !cell.recording.empty(); }, sample);
  return sample;
}

std::string LabelsOf(const ExpectedCell& cell, const std::set<std::string>& sample) {
  const std::string ring = cell.recording.empty() ? cell.ring : kRecordedLabel;
  return ring + (sample.count(cell.FullName()) > 0 ? ";sample" : "");
}

struct CtestEntry {
  std::string name;
  std::string arguments;
  std::string label;
  int limit_s;
  std::string properties;  // besides those that all have
};

void Write(std::ostream& list, const CtestEntry& entry) {
  list << fmt::format("add_test([=[{}]=] \"{}\" {})\n", entry.name, HOLDFAST_CELL_TESTS, entry.arguments)
       << fmt::format("set_tests_properties([=[{}]=] PROPERTIES LABELS \"{};embedded-cluster\" TIMEOUT {} {})\n",
                      entry.name, entry.label, kMostPlays * entry.limit_s + 60, entry.properties);
}

// Cells that each want a cluster to themselves are played side by side where there is more than one.
const std::vector<std::string>& Clusters() {
  static const std::vector<std::string> names = [] {
    std::istringstream all(HOLDFAST_TEST_CLUSTERS);
    return std::vector<std::string>(std::istream_iterator<std::string>(all), {});
  }();
  return names;
}

// Where ctest plays the cells: each kind goes round the clusters, so that all have as much to do.
class Places {
 public:
  struct Place {
    std::string cluster;
    std::string locks;  // of ctest
  };

  // A cell with a cluster of its own is the only one that is played meanwhile.
  static Place Alone(const std::string& cluster) {
    std::vector<std::string> all;
    for (const std::string& shared : Clusters()) all.push_back(AllOf(shared));
    return {fmt::format("{}-{}", Clusters().front(), cluster), fmt::format("{}", fmt::join(all, ";"))};
  }

  Place Next(const std::string& label, ExpectedCell::Company company) {
    const std::size_t turn = turns_[{label, company}]++;
    const std::string& cluster = Clusters()[turn % Clusters().size()];
    if (company == ExpectedCell::Company::kOthers)
      return {cluster, Lock(cluster, turn / Clusters().size() % CellsAtATime())};
    return {cluster, AllOf(cluster)};
  }

 private:
  static std::string AllOf(const std::string& cluster) {
    std::vector<std::string> all;
    for (std::size_t place = 0; place < CellsAtATime(); ++place) all.push_back(Lock(cluster, place));
    return fmt::format("{}", fmt::join(all, ";"));
  }
  static std::string Lock(const std::string& cluster, std::size_t place) {
    return fmt::format("{}_{}", cluster, place);
  }

  std::map<std::pair<std::string, ExpectedCell::Company>, std::size_t> turns_;
};

// Tests that are written out (cluster_test.cc) stand in the list beside the cells.
int WriteCtestList(const std::vector<ExpectedCell>& cells, const std::string& file) {
  std::ofstream list(file);
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = fmt::format("{}.{}", suite.name(), suite.GetTestInfo(j)->name());
      Write(list, {.name = "cluster/" + name,
                   .arguments = "--gtest_filter=" + name,
                   .label = "cluster",
                   .limit_s = 600,
                   .properties = fmt::format("FIXTURES_REQUIRED {} RUN_SERIAL TRUE", Clusters().front())});
    }
  }
  const std::set<std::string> sample = SampleOf(cells);
  Places places;
  for (const ExpectedCell& cell : cells) {
    const std::string label = LabelsOf(cell, sample);
    const bool shares = cell.cluster.empty();
    const auto [cluster, locks] = shares ? places.Next(label, cell.company) : Places::Alone(cell.cluster);
    Write(list, {.name = cell.FullName(),
                 .arguments = fmt::format("--cell [=[{}]=] --cluster {}", cell.FullName(), cluster),
                 .label = label,
                 .limit_s = cell.limit_s,
                 .properties =
                     fmt::format("{}RESOURCE_LOCK \"{}\"", shares ? "FIXTURES_REQUIRED " + cluster + " " : "", locks)});
  }
  list.close();
  if (list) return 0;
  std::cerr << "holdfast: cannot write " << file << "\n";
  return 2;
}

int RunTests(const std::vector<ExpectedCell>& cells, const std::string& only, const std::string& cluster) {
  bool found = only.empty();
  for (const ExpectedCell& cell : cells) {
    if (!only.empty() && cell.FullName() != only) continue;
    Register(cell, cluster);
    if (!only.empty()) GTEST_FLAG_SET(filter, cell.ring + "/" + cell.promise + ".*");
    found = true;
  }
  if (found) return RUN_ALL_TESTS();
  std::cerr << "holdfast: cells.yaml has no cell '" << only
            << "'; see: ctest -N -L 'cluster|calibration|recorded|thorough|library'\n";
  return 3;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool lists = arguments.size() == 2 && arguments[0] == "--ctest";
  const bool plays_one =
      (arguments.size() == 2 || (arguments.size() == 4 && arguments[2] == "--cluster")) && arguments[0] == "--cell";
  if (!arguments.empty() && !lists && !plays_one) {
    std::cerr << "holdfast: unknown arguments; allowed: [--cell NAME [--cluster NAME] | --ctest FILE] and those of "
                 "GoogleTest\n";
    return 3;
  }
  const auto cells = holdfast::ReadCells(HOLDFAST_SOURCE_DIR "/suites/calibration/cells.yaml");
  if (!cells.has_value()) {
    std::cerr << cells.error().message << "\n";
    return 3;
  }
  if (lists) return holdfast::WriteCtestList(*cells, arguments[1]);
  return holdfast::RunTests(*cells, plays_one ? arguments[1] : "",
                            arguments.size() == 4 ? arguments[3] : HOLDFAST_TEST_CLUSTER);
}
