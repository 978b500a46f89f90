// The GoogleTest main of the tests on the embedded cluster: registers each cell of cells.yaml as a test of its own.
//
//     cell_tests                         all of them, one after the other
//     cell_tests --cell FULL_NAME        one, as ctest calls it
//     cell_tests --ctest FILE            writes the list of all tests, for ctest to include
//
// A cell is run by the program itself, as a user would run it; then its exit status and the files it wrote are asked.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <fstream>
#include <iostream>

#include "harness/expected_cell.h"
#include "harness/host.h"
#include "harness/run.h"

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

class CellTest : public testing::Test {
 public:
  explicit CellTest(ExpectedCell cell) : cell_(std::move(cell)) {}

 private:
  void TestBody() override {
    const std::filesystem::path folder = std::filesystem::path(HOLDFAST_BINARY_DIR) / "cells" / cell_.Folder();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto host = MakePosixHost();
    Command command = {.argv = {HOLDFAST_PROGRAM, "run", cell_.suite.string(), "--rig", cell_.rig.string(), "--cluster",
                                HOLDFAST_TEST_CLUSTER, "--scenario", cell_.scenario, "--seed",
                                std::to_string(cell_.seed), "--out", folder.string()},
                       .limit = std::chrono::seconds(cell_.limit_s)};
    if (cell_.company == ExpectedCell::Company::kOthers) command.argv.push_back("--beside-others");
    std::cout << Pasteable(command) << "\n";
    const Result<Output> output = host->Run(command);
    ASSERT_TRUE(output.has_value()) << output.error().message;
    std::cout << output->out << output->err;
    EXPECT_EQ(output->exit_status, ExpectedExit(cell_.judgement)) << "expected by " << cell_.where;

    const std::filesystem::directory_iterator runs(folder);
    ASSERT_NE(runs, std::filesystem::directory_iterator()) << "no run's folder in " << folder;
    const Result<holdfast::Run> run = ReadRunJson(runs->path() / "run.json");
    ASSERT_TRUE(run.has_value()) << run.error().message;
    ASSERT_EQ(run->results.size(), 1u);
    EXPECT_THAT(Surprises(cell_, run->results.front()), testing::IsEmpty());
    ExpectJunit(runs->path() / "junit.xml");
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
};

void Register(const ExpectedCell& cell) {
  // One fixture class serves all: GoogleTest demands that of the tests of one suite.
  testing::RegisterTest((cell.ring + "/" + cell.promise).c_str(), cell.TestName().c_str(), nullptr, nullptr, __FILE__,
                        __LINE__, [cell]() -> testing::Test* { return new CellTest(cell); });
}

struct CtestEntry {
  std::string name;
  std::string arguments;
  std::string label;
  int limit_s;
  ExpectedCell::Company company = ExpectedCell::Company::kNone;
};

// However many tests ctest runs at once, a cluster of the size of ours takes two cells beside each other.
constexpr int kPlaces = 2;

void Write(std::ostream& list, const CtestEntry& entry) {
  static int place = 0;
  const std::string beside = entry.company == ExpectedCell::Company::kNone
                                 ? "RUN_SERIAL TRUE"
                                 : fmt::format("RESOURCE_LOCK embedded_cluster_{}", place++ % kPlaces);
  list << fmt::format("add_test([=[{}]=] \"{}\" {})\n", entry.name, HOLDFAST_CELL_TESTS, entry.arguments)
       << fmt::format(
              "set_tests_properties([=[{}]=] PROPERTIES LABELS \"{};embedded-cluster\" TIMEOUT {} FIXTURES_REQUIRED "
              "embedded_cluster {})\n",
              entry.name, entry.label, entry.limit_s + 60, beside);
}

// Tests that are written out (cluster_test.cc) stand in the list beside the cells.
int WriteCtestList(const std::vector<ExpectedCell>& cells, const std::string& file) {
  std::ofstream list(file);
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = fmt::format("{}.{}", suite.name(), suite.GetTestInfo(j)->name());
      Write(list,
            {.name = "cluster/" + name, .arguments = "--gtest_filter=" + name, .label = "cluster", .limit_s = 600});
    }
  }
  for (const ExpectedCell& cell : cells) {
    Write(list, {.name = cell.FullName(),
                 .arguments = fmt::format("--cell [=[{}]=]", cell.FullName()),
                 .label = cell.ring,
                 .limit_s = cell.limit_s,
                 .company = cell.company});
  }
  list.close();
  if (list) return 0;
  std::cerr << "holdfast: cannot write " << file << "\n";
  return 2;
}

int RunTests(const std::vector<ExpectedCell>& cells, const std::string& only) {
  bool found = only.empty();
  for (const ExpectedCell& cell : cells) {
    if (!only.empty() && cell.FullName() != only) continue;
    Register(cell);
    if (!only.empty()) GTEST_FLAG_SET(filter, cell.ring + "/" + cell.promise + ".*");
    found = true;
  }
  if (found) return RUN_ALL_TESTS();
  std::cerr << "holdfast: cells.yaml has no cell '" << only << "'; see: ctest -N -L 'cluster|calibration|thorough'\n";
  return 3;
}

}  // namespace
}  // namespace holdfast

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool has_value = arguments.size() == 2 && (arguments[0] == "--cell" || arguments[0] == "--ctest");
  if (!arguments.empty() && !has_value) {
    std::cerr << "holdfast: unknown arguments; allowed: [--cell NAME | --ctest FILE] and those of GoogleTest\n";
    return 3;
  }
  const auto cells = holdfast::ReadCells(HOLDFAST_SOURCE_DIR "/suites/calibration/cells.yaml");
  if (!cells.has_value()) {
    std::cerr << cells.error().message << "\n";
    return 3;
  }
  if (has_value && arguments[0] == "--ctest") return holdfast::WriteCtestList(*cells, arguments[1]);
  return holdfast::RunTests(*cells, has_value ? arguments[1] : "");
}
