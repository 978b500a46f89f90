// Promise: what the harness saw is on disk and can be judged later, whatever happened to the harness meanwhile.
#include "harness/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "harness/history/history_line.h"
#include "harness/history/history_recorder.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// Of the unreadable lines.
template <typename... Matchers>
auto Complaints(const Matchers&... matchers) {
  return ElementsAre(testing::Field(&UnreadableLine::complaint, matchers)...);
}

constexpr std::uint64_t kSeed = 42;

const Completion kAcknowledged = {.outcome = Outcome::kOk, .incarnation = 1, .error = ""};

WriteRequest Request(int client, std::uint64_t sequence) {
  return {.client = client, .sequence = sequence, .payload = ""};
}

Row MakeRow(int client, std::uint64_t sequence) {
  return {.client = client, .sequence = sequence, .incarnation = 1, .payload = PayloadFor(kSeed, client, sequence)};
}

std::string SeedLine() {
  return MarkLine(1, {.time = 0, .name = kMarkCellBegun, .text = "", .fields = {{"seed", std::to_string(kSeed)}}});
}

// The only cell's.
CellHistory Parse(const std::string& text) {
  auto histories = ParseHistory(text, "history.jsonl");
  CHECK(histories.has_value() && histories->size() == 1);
  return std::move(histories->at(1));
}

std::string WithBreak(const std::string& line) { return line + "\n"; }

class Clock : public Host {
 public:
  Result<Output> Run(const Command&) override { return Unavailable("no programs here"); }
  Time Now() const override { return now; }
  bool SleepFor(Duration duration) override {
    now += duration;
    return true;
  }
  bool Interrupted() const override { return false; }

  Time now{std::chrono::hours(1)};
};

class HistoryFile : public testing::Test {
 protected:
  std::unique_ptr<HistoryRecorder> Open() {
    auto recorder = HistoryRecorder::Open(clock, file);
    CHECK(recorder.has_value());
    return std::move(recorder).value();
  }

  void Append(const std::string& text) { std::ofstream(file, std::ios::app) << text; }

  std::vector<std::string> Lines() const {
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  void Rewrite(const std::vector<std::string>& lines) {
    std::ofstream stream(file, std::ios::trunc);
    for (const std::string& line : lines) stream << line << "\n";
  }

  CellHistory ReadCell(int cell = 1) {
    auto histories = ReadHistory(file);
    CHECK(histories.has_value());
    return std::move(histories->at(cell));
  }

  // One write that is acknowledged, one of which nobody knows, one read of both, one mark.
  void RecordALittle() {
    const auto recorder = Open();
    recorder->AddMark(1, kMarkCellBegun, "", {{"seed", std::to_string(kSeed)}});
    recorder->Begin(1, {.client = 2, .sequence = 1, .payload = ""});
    clock.now += std::chrono::milliseconds(5);
    recorder->End(1, {.client = 2, .sequence = 1, .payload = ""},
                  {.outcome = Outcome::kOk, .incarnation = 3, .error = ""});
    recorder->Begin(1, {.client = 2, .sequence = 2, .payload = ""});
    clock.now += std::chrono::seconds(1);
    recorder->End(1, {.client = 2, .sequence = 2, .payload = ""},
                  {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no \"answer\""});
    recorder->AddRead(
        1, {.begin = 2'000'000'000,
            .end = 3'000'000'000,
            .error = "",
            .final = true,
            .rows = {{.client = 2, .sequence = 1, .incarnation = 3, .payload = PayloadFor(kSeed, 2, 1)},
                     {.client = 2, .sequence = 2, .incarnation = 3, .payload = std::string("\xFF\0\n", 3)}}});
    recorder->AddMark(1, kMarkBitten, "pod gone", {{"node", "n1"}});
    ASSERT_TRUE(recorder->Close().has_value());
  }

  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "history.jsonl";
  Clock clock;
};

TEST_F(HistoryFile, GivesBackWhatWasRecorded) {
  RecordALittle();
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.unreadable, IsEmpty());
  EXPECT_EQ(history.seed, kSeed);
  ASSERT_THAT(history.operations, SizeIs(2));
  EXPECT_EQ(history.operations[0].begin, 0);
  EXPECT_EQ(history.operations[0].end, 5'000'000);
  EXPECT_TRUE(history.IsAcknowledged(history.operations[0]));
  EXPECT_EQ(history.CompletionOf(history.operations[0]).incarnation, 1U) << "the first one that it tells of";
  EXPECT_EQ(history.CompletionOf(history.operations[1]).outcome, Outcome::kUnknown);
  EXPECT_EQ(history.CompletionOf(history.operations[1]).error, "no \"answer\"");
  EXPECT_THAT(history.acknowledged, ElementsAre(0));
  ASSERT_THAT(history.marks, SizeIs(2));
  EXPECT_EQ(history.marks[1].name, kMarkBitten);
  EXPECT_EQ(history.marks[1].fields.at("node"), "n1");
}

TEST_F(HistoryFile, KeepsOfAReadWhatItShowedAndHowThatDiffersFromWhatWasWritten) {
  RecordALittle();
  const CellHistory history = ReadCell();
  ASSERT_THAT(history.reads, SizeIs(1));
  const ReadFindings& read = history.reads[0];
  EXPECT_TRUE(read.final);
  EXPECT_EQ(read.begin, 2'000'000'000);
  EXPECT_EQ(read.end, 3'000'000'000);
  EXPECT_EQ(read.rows, 2U);
  EXPECT_TRUE(read.Shows(0));
  EXPECT_TRUE(read.Shows(1));
  ASSERT_THAT(read.damaged, SizeIs(1));
  EXPECT_EQ(read.damaged[0].operation, 1U);
  EXPECT_EQ(read.damaged[0].damage.size, 3U) << "evidence is kept to the byte";
  ASSERT_THAT(read.writers, SizeIs(1)) << "of a write of unknown outcome the row alone says who wrote it";
  EXPECT_EQ(read.writers[0].operation, 1U);
  EXPECT_EQ(read.writers[0].incarnation, 1U);
}

TEST_F(HistoryFile, IsReadFromMemoryAsFromItsFile) {
  RecordALittle();
  std::ostringstream text;
  text << std::ifstream(file).rdbuf() << "garbage\n";
  const auto histories = ParseHistory(text.str(), "pasted");
  ASSERT_TRUE(histories.has_value());
  EXPECT_THAT(histories->at(1).operations, SizeIs(2));
  EXPECT_THAT(histories->at(1).unreadable, Complaints(HasSubstr("pasted:11: cut off")));
}

TEST_F(HistoryFile, OfAHarnessKilledInTheMiddleOfAnOperationLeavesItUnknown) {
  {
    const auto recorder = Open();
    recorder->Begin(1, {.client = 1, .sequence = 1, .payload = ""});
  }
  const CellHistory history = ReadCell();
  ASSERT_THAT(history.operations, SizeIs(1));
  EXPECT_EQ(history.CompletionOf(history.operations[0]).outcome, Outcome::kUnknown);
  EXPECT_EQ(history.operations[0].end, kNever);
  EXPECT_THAT(history.unreadable, IsEmpty());
}

TEST_F(HistoryFile, CutOffInTheMiddleOfALineIsReadUpToThere) {
  RecordALittle();
  const auto size = std::filesystem::file_size(file);
  std::filesystem::resize_file(file, size - 10);
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.operations, SizeIs(2));
  EXPECT_THAT(history.reads, SizeIs(1));
  EXPECT_THAT(history.marks, SizeIs(1));
  EXPECT_THAT(history.unreadable, Complaints(HasSubstr("history.jsonl:10: cut off")));
}

// Wherever it is cut: never a crash, never more than there was.
TEST_F(HistoryFile, CutOffAnywhereIsStillRead) {
  RecordALittle();
  for (auto size = std::filesystem::file_size(file); size > 0; --size) {
    std::filesystem::resize_file(file, size - 1);
    const auto histories = ReadHistory(file);
    ASSERT_TRUE(histories.has_value());
    for (const auto& [cell, history] : *histories) {
      EXPECT_LE(history.operations.size(), 2U);
      EXPECT_LE(history.unreadable.size(), 1U);
    }
  }
}

TEST_F(HistoryFile, NamesALineThatStandsThereTwiceAndUsesItOnce) {
  RecordALittle();
  std::vector<std::string> lines = Lines();
  lines.insert(lines.begin() + 2, lines[1]);
  lines.insert(lines.begin() + 4, lines[3]);
  Rewrite(lines);
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.operations, SizeIs(2));
  EXPECT_THAT(history.unreadable, Complaints(HasSubstr("history.jsonl:3: client 2 begins #1 after #1"),
                                             HasSubstr("history.jsonl:5: client 2 ends #1, which is not under way")));
}

TEST_F(HistoryFile, NamesGarbageAndReadsTheRest) {
  RecordALittle();
  std::vector<std::string> lines = Lines();
  const std::vector<std::string> garbage = {
      "",
      "]",
      "\x01\xFF garbage",
      R"({"cell":1})",
      R"({"cell":"one","t":1,"e":"begin","c":1,"s":1})",
      R"({"cell":1,"t":1,"e":"begin","c":99999999999,"s":1})",
      R"({"cell":1,"t":1,"e":"begin","c":1,"s":-1})",
      R"({"cell":1,"t":1,"e":"begin","c":1,"s":1.5})",
      R"({"cell":1,"t":1,"e":"end","c":2,"s":1,"o":"maybe","i":1})",
      R"({"cell":1,"t":1,"e":"dance"})",
      R"({"cell":1,"t":1,"e":"mark","name":"whole","text":"","fields":[]})",
      R"({"cell":1,"e":"row","r":7,"k":1,"c":1,"s":1,"i":1,"p":"a"})",
  };
  lines.insert(lines.begin() + 1, garbage.begin(), garbage.end());
  Rewrite(lines);
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.unreadable, SizeIs(garbage.size()));
  EXPECT_THAT(history.operations, SizeIs(2));
  EXPECT_THAT(history.reads, SizeIs(1));
  EXPECT_THAT(history.marks, SizeIs(2));
}

TEST_F(HistoryFile, KnowsAReadThatWasCutInTheMiddleAsUnfinished) {
  RecordALittle();
  std::vector<std::string> lines = Lines();
  lines.erase(std::find_if(lines.begin(), lines.end(),
                           [](const std::string& line) { return line.find("\"row\"") != std::string::npos; }));
  Rewrite(lines);
  const CellHistory history = ReadCell();
  ASSERT_THAT(history.reads, SizeIs(1));
  EXPECT_EQ(history.reads[0].end, kNever) << "a row that is missing from the file was not lost by the database";
  EXPECT_THAT(history.unreadable, Complaints(HasSubstr("1 rows of read 1 are missing before row 2"),
                                             HasSubstr("the read had 2 rows, 1 are here")));
}

TEST_F(HistoryFile, KeepsWhyAReadFailed) {
  const auto recorder = Open();
  recorder->AddRead(1, {.begin = 1, .end = kNever, .error = "connection refused", .final = true, .rows = {}});
  const CellHistory history = ReadCell();
  ASSERT_THAT(history.reads, SizeIs(1));
  EXPECT_EQ(history.reads[0].end, kNever);
  EXPECT_EQ(history.reads[0].error, "connection refused");
}

TEST_F(HistoryFile, ChargesAnUnreadableLineToTheCellsOnBothSidesOfIt) {
  {
    const auto recorder = Open();
    recorder->AddMark(1, kMarkCellEnded, "");
  }
  Append("garbage\n{\"cell\":2,\"t\":9,\"e\":\"mark\",\"name\":\"cell-begun\",\"text\":\"\",\"fields\":{}}\n");
  EXPECT_THAT(ReadCell(1).unreadable, SizeIs(1));
  EXPECT_THAT(ReadCell(2).unreadable, SizeIs(1));
}

// Trap: a leftover from an earlier run that satisfies the check.
TEST_F(HistoryFile, OfAnotherRunIsNeverContinued) {
  RecordALittle();
  const auto again = HistoryRecorder::Open(clock, file);
  ASSERT_FALSE(again.has_value());
  EXPECT_THAT(again.error().message, HasSubstr("File exists"));
}

TEST_F(HistoryFile, ThatIsNotThereIsAnError) { EXPECT_FALSE(ReadHistory(folder.path() / "absent.jsonl").has_value()); }

TEST_F(HistoryFile, EndsAtTheFirstWriteThatFailsAndCloseSaysSo) {
  const auto recorder = Open();
  recorder->Begin(1, {.client = 1, .sequence = 1, .payload = ""});
  const auto size = std::filesystem::file_size(file);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit full = {.rlim_cur = size + 5, .rlim_max = limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  recorder->AddMark(1, kMarkWhole, "");
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, SIG_DFL);
  recorder->AddMark(1, kMarkCellEnded, "there is room again, but a gap would hide what happened");
  EXPECT_EQ(std::filesystem::file_size(file), size + 5);
  const Status closed = recorder->Close();
  ASSERT_FALSE(closed.has_value());
  EXPECT_THAT(closed.error().message, HasSubstr("history.jsonl: could not be written"));
}

TEST_F(HistoryFile, WithWindowsLineBreaksAndAByteOrderMarkIsRead) {
  RecordALittle();
  std::string text = "\xEF\xBB\xBF";
  for (const std::string& line : Lines()) text += line + "\r\n";
  const auto histories = ParseHistory(text, "history.jsonl");
  EXPECT_THAT(histories->at(1).unreadable, IsEmpty());
  EXPECT_THAT(histories->at(1).operations, SizeIs(2));
}

TEST_F(HistoryFile, WithAHugeLineIsReadBehindIt) {
  RecordALittle();
  Append(std::string(100'000'000, 'x') + "\n");
  Append(WithBreak(Lines()[9]));
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.unreadable, Complaints(StartsWith("history.jsonl:11: longer than 1048576 bytes: xxx")));
  EXPECT_THAT(history.marks, SizeIs(3));
}

TEST_F(HistoryFile, NamesTheFirstUnreadableLinesAndCountsTheRest) {
  RecordALittle();
  for (int i = 0; i < 100'000; ++i) Append("garbage\n");
  const CellHistory history = ReadCell();
  ASSERT_THAT(history.unreadable, SizeIs(kMostUnreadable + 1));
  EXPECT_THAT(history.unreadable.front().complaint, StartsWith("history.jsonl:11: "));
  EXPECT_THAT(history.unreadable.back().complaint,
              AllOf(StartsWith("history.jsonl:111: "), EndsWith(", and 99899 lines more")));
}

// When an unreadable line was written: its neighbours tell.
TEST(UnreadableLines, LieBetweenTheTimesOfTheirNeighbours) {
  const std::string text = BeginLine(1, 100, Request(1, 1)) + "garbage\n" +
                           EndLine(1, 200, Request(1, 1), kAcknowledged) + BeginLine(1, 300, Request(1, 2)) +
                           "garbage\n";
  const std::vector<UnreadableLine> lines = Parse(text).unreadable;
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].after, 100);
  EXPECT_EQ(lines[0].before, 200);
  EXPECT_EQ(lines[1].after, 300);
  EXPECT_EQ(lines[1].before, kNever);
}

TEST(UnreadableLines, ThatAreCountedOnlySpanAllOfTheirTime) {
  std::string text;
  for (int i = 1; i <= 200; ++i) text += BeginLine(1, i, Request(i, 1)) + "garbage\n";
  const UnreadableLine last = Parse(text + BeginLine(1, 999, Request(201, 1))).unreadable.back();
  EXPECT_EQ(last.after, 101);
  EXPECT_EQ(last.before, 999);
}

// A line that is gone altogether shows in the client's numbers.
TEST(MissingLines, ShowInTheNumbersOfAClient) {
  const std::string text = BeginLine(1, 100, Request(1, 1)) + BeginLine(1, 300, Request(1, 4));
  const CellHistory history = Parse(text);
  EXPECT_THAT(history.operations, SizeIs(2));
  EXPECT_THAT(history.unreadable, Complaints(HasSubstr("client 1 begins #4, and the 2 before it are missing")));
  EXPECT_EQ(history.unreadable[0].after, 100);
  const auto found = Parse(text + EndLine(1, 400, Request(1, 4), kAcknowledged));
  EXPECT_THAT(found.acknowledged, ElementsAre(1)) << "found in spite of the gap";
}

// Its client had been told what came of it before it went on.
TEST(MissingLines, ShowWhereAClientGoesOnWithoutAnEnd) {
  const std::string begun = BeginLine(1, 100, Request(4, 1)) + BeginLine(1, 200, Request(3, 1));
  EXPECT_THAT(Parse(begun).unreadable, IsEmpty()) << "the harness was killed";
  const CellHistory history = Parse(begun + BeginLine(1, 300, Request(4, 2)));
  EXPECT_THAT(history.unreadable, Complaints("history.jsonl:3: client 4 begins #2, but its #1 has no end"));
  EXPECT_EQ(history.unreadable[0].after, 100);
}

// The clients stop before the final read.
TEST(MissingLines, ShowWhereTheFinalReadFollowsAWriteWithoutAnEnd) {
  const std::string begun = SeedLine() + BeginLine(1, 100, Request(4, 1));
  const auto read = [](int number, bool final) {
    return ReadLine(1, number, {.begin = 900, .end = 950, .error = "", .final = final, .rows = {}}) +
           ReadEndLine(1, number, 950, 0);
  };
  EXPECT_THAT(Parse(begun + read(1, /*final=*/false)).unreadable, IsEmpty());
  const CellHistory history = Parse(begun + read(1, /*final=*/false) + read(2, /*final=*/true));
  EXPECT_THAT(history.unreadable, Complaints("history.jsonl:5: the final read begins, but client 4 #1 has no end"));
  EXPECT_EQ(history.unreadable[0].after, 100);
}

TEST(MissingLines, ShowInTheNumbersOfTheReads) {
  const auto read = [](int number) {
    return ReadLine(1, number, {.begin = 900, .end = 950, .error = "", .final = false, .rows = {}}) +
           ReadEndLine(1, number, 950, 0);
  };
  EXPECT_THAT(Parse(read(1) + read(2)).unreadable, IsEmpty());
  EXPECT_THAT(Parse(read(1) + read(4)).unreadable,
              Complaints("history.jsonl:3: read 4 begins, and the 2 before it are missing"));
}

TEST(DisorderedLines, AreReadAsIfTheyStoodInTheOrderOfTheirTimes) {
  const std::string rows = ReadLine(1, 1, {.begin = 900, .end = 950, .error = "", .final = true, .rows = {}}) +
                           RowLine(1, 1, 1, MakeRow(1, 1)) + RowLine(1, 1, 2, MakeRow(2, 1)) +
                           RowLine(1, 1, 3, MakeRow(2, 1));
  const CellHistory history =
      Parse(SeedLine() + BeginLine(1, 300, Request(2, 1)) + BeginLine(1, 100, Request(1, 1)) +
            EndLine(1, 400, Request(2, 1), kAcknowledged) + EndLine(1, 200, Request(1, 1), kAcknowledged) + rows);
  ASSERT_THAT(history.operations, SizeIs(2));
  EXPECT_EQ(history.operations[0].client, 1);
  EXPECT_EQ(history.operations[1].client, 2);
  EXPECT_THAT(history.acknowledged, ElementsAre(0, 1));
  EXPECT_TRUE(history.reads[0].Shows(0));
  EXPECT_TRUE(history.reads[0].Shows(1));
  EXPECT_THAT(history.reads[0].repeated, ElementsAre(1)) << "the row of client 2 stands there twice";
}

TEST(DisorderedLines, ARowInFrontOfItsBeginIsUsedAndNamed) {
  const Read read{.begin = 900, .end = 950, .error = "", .final = true, .rows = {MakeRow(1, 1)}};
  const CellHistory history =
      Parse(SeedLine() + ReadLine(1, 1, read) + RowLine(1, 1, 1, read.rows[0]) + ReadEndLine(1, 1, read.end, 1) +
            BeginLine(1, 100, Request(1, 1)) + EndLine(1, 200, Request(1, 1), kAcknowledged));
  EXPECT_TRUE(history.reads[0].Shows(0));
  EXPECT_THAT(history.reads[0].strange, IsEmpty());
  EXPECT_THAT(history.unreadable, Complaints("history.jsonl:3: the row of client 1 #1 stands before its begin"));
  EXPECT_EQ(history.unreadable[0].after, 950) << "when the row was written, and not when the file ended";
}

// The same row twice in the file is not the same row twice in the database.
TEST(DisorderedLines, ARowLineThatStandsThereTwiceIsUsedOnce) {
  const Read read{.begin = 900, .end = 950, .error = "", .final = true, .rows = {MakeRow(1, 1)}};
  const std::string row = RowLine(1, 1, 1, read.rows[0]);
  const CellHistory history =
      Parse(SeedLine() + BeginLine(1, 100, Request(1, 1)) + EndLine(1, 200, Request(1, 1), kAcknowledged) +
            ReadLine(1, 1, read) + row + row + ReadEndLine(1, 1, read.end, 1));
  EXPECT_THAT(history.reads[0].repeated, IsEmpty());
  EXPECT_TRUE(history.reads[0].IsComplete());
  EXPECT_THAT(history.unreadable, Complaints(HasSubstr("history.jsonl:6: row 1 of read 1 stands behind row 1")));
}

TEST(Seeds, AreTakenFromTheMarkThatBeginsTheCell) {
  const auto seed_of = [](const std::string& seed) {
    return Parse(MarkLine(1, {.time = 0, .name = kMarkCellBegun, .text = "", .fields = {{"seed", seed}}})).seed;
  };
  EXPECT_EQ(seed_of("18446744073709551615"), std::uint64_t{18446744073709551615U});
  for (const char* wrong : {"", "-1", "18446744073709551616", "42 ", "0x2A"}) EXPECT_EQ(seed_of(wrong), std::nullopt);
  const CellHistory twice = Parse(SeedLine() + SeedLine());
  EXPECT_THAT(twice.unreadable, Complaints(HasSubstr("the cell begins a second time")));
}

TEST(Seeds, ThatAreNotKnownLeaveTheContentOfRowsOpen) {
  const Read read{.begin = 900, .end = 950, .error = "", .final = true, .rows = {MakeRow(1, 1)}};
  const CellHistory history = Parse(BeginLine(1, 100, Request(1, 1)) + ReadLine(1, 1, read) +
                                    RowLine(1, 1, 1, read.rows[0]) + ReadEndLine(1, 1, read.end, 1));
  EXPECT_EQ(history.reads[0].uncompared, 1U);
  EXPECT_THAT(history.reads[0].damaged, IsEmpty());
}

// A database may say something else each time; what it says is quoted, not judged.
TEST(Errors, AreKeptOnceAndNotAllOfThem) {
  std::string text;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    text += BeginLine(1, static_cast<Nanoseconds>(i), Request(1, i));
    text += EndLine(
        1, static_cast<Nanoseconds>(i), Request(1, i),
        {.outcome = Outcome::kFail, .incarnation = 1, .error = "busy " + std::to_string(i) + std::string(5000, 'x')});
  }
  const CellHistory history = Parse(text);
  EXPECT_LT(history.completions.size(), 1100U);
  for (const Completion& completion : history.completions) EXPECT_LT(completion.error.size(), 300U);
  for (const Operation& operation : history.operations) {
    EXPECT_EQ(history.CompletionOf(operation).outcome, Outcome::kFail);
    EXPECT_EQ(history.CompletionOf(operation).incarnation, 1U);
  }
}

// A database may number its incarnations as it likes, as long as the numbers rise; people count them.
TEST(History, CountsIncarnationsInTheOrderOfTheirNumbers) {
  constexpr std::uint64_t kFirst = 1'795'927'417'000'001, kSecond = 1'795'927'417'000'002,
                          kThird = 1'795'927'999'000'000;
  const auto ended = [](std::uint64_t sequence, Outcome outcome, std::uint64_t incarnation) {
    const auto time = static_cast<Nanoseconds>(sequence);
    return BeginLine(1, time, Request(1, sequence)) +
           EndLine(1, time, Request(1, sequence), {.outcome = outcome, .incarnation = incarnation, .error = ""});
  };
  std::string text = ended(1, Outcome::kOk, kThird) + ended(2, Outcome::kUnknown, 0) + ended(3, Outcome::kOk, kFirst);
  const Read read{.begin = 4, .end = 5, .error = "", .final = false, .rows = {}};
  text += ReadLine(1, 1, read);
  text += RowLine(1, 1, 1, {.client = 1, .sequence = 2, .incarnation = kSecond, .payload = ""});
  text += RowLine(1, 1, 2, {.client = 1, .sequence = 9, .incarnation = kThird, .payload = ""});
  const CellHistory history = Parse(text + ReadEndLine(1, 1, 5, 2));
  const auto incarnation_of = [&](OperationIndex i) { return history.CompletionOf(history.operations[i]).incarnation; };
  EXPECT_EQ(incarnation_of(0), 3U);
  EXPECT_EQ(incarnation_of(1), 0U) << "nobody knows which";
  EXPECT_EQ(incarnation_of(2), 1U);
  ASSERT_THAT(history.reads[0].writers, SizeIs(1));
  EXPECT_EQ(history.reads[0].writers[0].incarnation, 2U);
  ASSERT_THAT(history.reads[0].strange, SizeIs(1));
  EXPECT_EQ(history.reads[0].strange[0].incarnation, 3U);
}

TEST_F(HistoryFile, NumbersTheReadsOfEachCell) {
  const auto recorder = Open();
  for (const int cell : {1, 2, 1, 2, 2}) {
    recorder->AddRead(cell, {.begin = 1, .end = 2, .error = "", .final = false, .rows = {}});
  }
  const auto histories = ReadHistory(file).value();
  EXPECT_THAT(histories.at(1).reads, SizeIs(2));
  EXPECT_THAT(histories.at(1).unreadable, IsEmpty());
  EXPECT_THAT(histories.at(2).reads, SizeIs(3));
  EXPECT_THAT(histories.at(2).unreadable, IsEmpty());
}

TEST_F(HistoryFile, KeepsLinesOfSeveralThreadsWhole) {
  const auto recorder = Open();
  std::vector<std::thread> threads;
  for (int client = 1; client <= 4; ++client) {
    threads.emplace_back([&recorder, client] {
      for (std::uint64_t sequence = 1; sequence <= 200; ++sequence) {
        recorder->Begin(1, {.client = client, .sequence = sequence, .payload = ""});
        recorder->End(1, {.client = client, .sequence = sequence, .payload = ""},
                      {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
      }
    });
  }
  Read read{.begin = 0, .end = 1, .error = "", .final = false, .rows = {}};
  read.rows.resize(3000, {.client = 9, .sequence = 1, .incarnation = 1, .payload = std::string(64, 'x')});
  recorder->AddRead(1, read);
  for (std::thread& thread : threads) thread.join();
  const CellHistory history = ReadCell();
  EXPECT_THAT(history.unreadable, IsEmpty());
  EXPECT_THAT(history.operations, SizeIs(800));
  ASSERT_THAT(history.reads, SizeIs(1));
  EXPECT_EQ(history.reads[0].rows, 3000U);
  EXPECT_EQ(history.reads[0].end, 1);
}

}  // namespace
}  // namespace holdfast
