// CellDigest: takes in the lines of one cell's history, in the order of its file, and keeps what judging needs of them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/history.h"
#include "harness/history/history_line.h"
#include "harness/result.h"

namespace holdfast {

class CellDigest {
 public:
  explicit CellDigest(int cell) { history_.cell = cell; }

  // `number` of the line in its file. An error is a complaint for AddUnreadable; what of the line can be used is used.
  Status Take(const HistoryLine& line, std::uint64_t number);
  // `complaint` names the line: "history.jsonl:17: ...".
  void AddUnreadable(std::uint64_t number, const std::string& complaint);
  // The digest is worth nothing afterwards. `name` is that of the file.
  CellHistory Finish(const std::string& name);

 private:
  // One client's operations, by sequence. Its numbers rise by one, so that a number tells the place.
  struct Client {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::deque<OperationIndex> operations;
  };
  struct FinalRead {
    std::uint64_t line = 0;
    Nanoseconds begin = -1;  // none
  };
  struct OpenRead {
    std::size_t index = 0;                            // in CellHistory::reads
    std::uint64_t position = 0;                       // of the last row
    std::unordered_map<int, OperationIndex> last_of;  // client → of its operations shown the one it wrote last
    bool closed = false;
  };

  Status Begin(const HistoryLine& line);
  Status End(const HistoryLine& line);
  Status BeginRead(const HistoryLine& line);
  Status AddRow(const HistoryLine& line, std::uint64_t number);
  Status EndRead(const HistoryLine& line);
  Status FailRead(const HistoryLine& line);
  Status AddMark(const HistoryLine& line);

  std::optional<OperationIndex> Find(int client, std::uint64_t sequence) const;
  std::uint32_t IndexOf(const HistoryLine& line);  // of its completion
  Result<OpenRead*> UnderWay(int number);
  void Place(OpenRead& read, const HistoryLine& line, std::uint64_t number);
  void NoteContent(ReadFindings& findings, OperationIndex index, std::uint64_t incarnation,
                   const std::optional<Damage>& damage);
  bool NotePresence(ReadFindings& findings, OperationIndex index);
  void PlaceStrangers(ReadFindings& findings, const std::string& name);
  void FindOpen(const std::string& name);
  void PassTime(Nanoseconds time);

  CellHistory history_;
  std::unordered_map<int, Client> clients_;
  std::map<int, OpenRead> reads_;  // by number
  int last_read_ = 0;              // the highest number
  FinalRead final_;
  std::unordered_map<std::string, std::uint32_t> completions_;
  std::uint32_t usual_ = 0;                   // the last completion that was kOk
  Nanoseconds now_ = 0;                       // of the last line that bears a time
  std::optional<Nanoseconds> missing_since_;  // lines of which the current one shows that they are missing
  std::size_t spanned_ = 0;                   // so many of the unreadable lines are known to stand before another line
  std::uint64_t unnamed_ = 0;                 // unreadable lines that stand for themselves no more
};

}  // namespace holdfast
