#include <algorithm>
#include <limits>
#include <vector>

#include "harness/history/payload.h"
#include "suites/calibration/reference/tampering.h"

namespace holdfast::reference {
namespace {

bool Acknowledged(const PlainWrite& write) { return write.end && write.end->ending == Ending::kOk; }
bool IsOf(const PlainRow& row, const PlainWrite& write) {
  return row.client == write.client && row.sequence == write.sequence;
}
bool Succeeded(const PlainRead& read) { return read.end && read.error.empty(); }

class Planter {
 public:
  Planter(const Tampering& choice, PlainHistory& history)
      : choice_(choice), history_(history), final_(history.reads.back()) {}

  // Nothing that is there began later.
  std::optional<WriteName> Lose() {
    const auto row = PickRow(final_, [&](const PlainRow& candidate) {
      return IsKnown(candidate, final_) && std::none_of(final_.rows.begin(), final_.rows.end(),
                                                        [&](const auto& other) { return IsLater(other, candidate); });
    });
    return row ? Drop(final_, *row) : std::nullopt;
  }

  // Something of its incarnation that is there began later.
  std::optional<WriteName> LoseBetween() {
    const auto row = PickRow(final_, [&](const PlainRow& candidate) {
      return IsKnown(candidate, final_) && std::any_of(final_.rows.begin(), final_.rows.end(), [&](const auto& other) {
               return IsLater(other, candidate) && other.incarnation == candidate.incarnation;
             });
    });
    return row ? Drop(final_, *row) : std::nullopt;
  }

  std::optional<WriteName> Hide() {
    PlainRead* read = PickRead();
    if (read == nullptr || read == &final_) return std::nullopt;
    const auto row = PickRow(*read, [&](const PlainRow& candidate) { return IsKnown(candidate, *read); });
    return row ? Drop(*read, *row) : std::nullopt;
  }

  std::optional<WriteName> Corrupt() {
    PlainRead* read = PickRead();
    const auto row = PickRow(*read, [](const PlainRow&) { return true; });
    if (!row) return std::nullopt;
    PlainRow& corrupt = read->rows[*row];
    const std::size_t place = choice_.how % corrupt.payload.size();
    if (choice_.kind % 3 == 0) {
      corrupt.payload.resize(place);
    } else if (choice_.kind % 3 == 1 || !Acknowledged(*Find(corrupt))) {
      corrupt.payload[place] = static_cast<char>(corrupt.payload[place] ^ (1 << choice_.kind % 8));
    } else {
      corrupt.incarnation += 1 + choice_.how % 3;
    }
    return NameOf(corrupt);
  }

  // Either of nobody, or of a write that began only after the read had ended.
  std::optional<WriteName> Invent() {
    PlainRead* read = PickRead();
    PlainWrite write;
    write.client = choice_.kind % 5;
    write.sequence = choice_.where % 2 == 0 ? 1'000'000 : 0;
    for (const PlainWrite& later : history_.writes) {
      if (choice_.where % 3 == 0 && later.begin > *read->end) write = later;
    }
    InsertBehind(0, *read, RowOf(write));
    return WriteName(write.client, write.sequence);
  }

  std::optional<WriteName> Repeat() {
    PlainRead* read = PickRead();
    const auto row = PickRow(*read, [](const PlainRow&) { return true; });
    if (!row) return std::nullopt;
    const PlainRow copy = read->rows[*row];
    InsertBehind(*row + 1, *read, copy);
    return NameOf(copy);
  }

  // Moved to the end, behind a write of its client that began after its acknowledgement.
  std::optional<WriteName> Reorder() {
    PlainRead* read = PickRead();
    const auto row = PickRow(*read, [&](const PlainRow& candidate) {
      return Acknowledged(*Find(candidate)) &&
             std::any_of(read->rows.begin(), read->rows.end(), [&](const PlainRow& other) {
               return other.client == candidate.client && IsLater(other, candidate);
             });
    });
    if (!row) return std::nullopt;
    std::rotate(read->rows.begin() + static_cast<std::ptrdiff_t>(*row),
                read->rows.begin() + static_cast<std::ptrdiff_t>(*row) + 1, read->rows.end());
    return NameOf(read->rows.back());
  }

  std::optional<WriteName> Resurrect() {
    PlainRead* read = PickRead();
    PlainWrite* write = PickWrite([&](const PlainWrite& candidate) {
      return candidate.end && candidate.end->ending == Ending::kFail && candidate.begin <= *read->end;
    });
    if (write == nullptr) return std::nullopt;
    std::size_t behind = 0;  // its client's earlier writes, which would be reordered otherwise
    for (std::size_t i = 0; i < read->rows.size(); ++i) {
      if (read->rows[i].client == write->client && read->rows[i].sequence < write->sequence) behind = i + 1;
    }
    InsertBehind(behind, *read, RowOf(*write));
    return WriteName(write->client, write->sequence);
  }

  // Acknowledged by an incarnation that was gone by then.
  std::optional<WriteName> AddWriter() {
    PlainWrite* write = PickWrite([&](const PlainWrite& candidate) {
      return Acknowledged(candidate) && candidate.end->incarnation > 1 &&
             std::any_of(history_.writes.begin(), history_.writes.end(), [&](const PlainWrite& other) {
               return Acknowledged(other) && other.end->time < candidate.begin &&
                      other.end->incarnation >= candidate.end->incarnation;
             });
    });
    if (write == nullptr) return std::nullopt;
    --write->end->incarnation;
    for (PlainRead& read : history_.reads) {
      for (PlainRow& row : read.rows) {
        if (IsOf(row, *write)) row.incarnation = write->end->incarnation;
      }
    }
    return WriteName(write->client, write->sequence);
  }

 private:
  static WriteName NameOf(const PlainRow& row) { return {row.client, row.sequence}; }

  const PlainWrite* Find(const PlainRow& row) const {
    const auto found = std::find_if(history_.writes.begin(), history_.writes.end(),
                                    [&](const PlainWrite& write) { return IsOf(row, write); });
    return &*found;
  }

  // When it was acknowledged; else, when it was first shown.
  std::int64_t KnownAt(const PlainRow& row) const {
    const PlainWrite& write = *Find(row);
    if (Acknowledged(write)) return write.end->time;
    std::int64_t known = std::numeric_limits<std::int64_t>::max();
    for (const PlainRead& read : history_.reads) {
      const bool shows = std::any_of(read.rows.begin(), read.rows.end(), [&](auto& one) { return IsOf(one, write); });
      if (shows && read.end) known = std::min(known, *read.end);
    }
    return known;
  }
  bool IsKnown(const PlainRow& row, const PlainRead& before) const { return KnownAt(row) < before.begin; }

  bool IsLater(const PlainRow& row, const PlainRow& than) const { return Find(row)->begin > KnownAt(than); }

  PlainRead* PickRead() {
    std::vector<PlainRead*> reads;
    for (PlainRead& read : history_.reads) {
      if (Succeeded(read)) reads.push_back(&read);
    }
    return reads[choice_.where % reads.size()];
  }

  template <typename Predicate>
  std::optional<std::size_t> PickRow(const PlainRead& read, const Predicate& fits) const {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < read.rows.size(); ++i) {
      if (fits(read.rows[i])) candidates.push_back(i);
    }
    if (candidates.empty()) return std::nullopt;
    return candidates[choice_.how % candidates.size()];
  }

  template <typename Predicate>
  PlainWrite* PickWrite(const Predicate& fits) {
    std::vector<PlainWrite*> candidates;
    for (PlainWrite& write : history_.writes) {
      if (fits(write)) candidates.push_back(&write);
    }
    return candidates.empty() ? nullptr : candidates[choice_.how % candidates.size()];
  }

  static std::optional<WriteName> Drop(PlainRead& read, std::size_t row) {
    const WriteName name = NameOf(read.rows[row]);
    read.rows.erase(read.rows.begin() + static_cast<std::ptrdiff_t>(row));
    return name;
  }

  static PlainRow RowOf(const PlainWrite& write) {
    return {.client = write.client,
            .sequence = write.sequence,
            .incarnation = 1,
            .payload = PayloadFor(kSeed, write.client, write.sequence)};
  }

  // Behind so many rows, or later.
  void InsertBehind(std::size_t rows, PlainRead& read, const PlainRow& row) const {
    const std::size_t place = rows + choice_.kind % (read.rows.size() - rows + 1);
    read.rows.insert(read.rows.begin() + static_cast<std::ptrdiff_t>(place), row);
  }

  const Tampering& choice_;
  PlainHistory& history_;
  PlainRead& final_;
};

}  // namespace

std::optional<WriteName> Plant(Anomaly anomaly, const Tampering& choice, PlainHistory& history) {
  Planter planter(choice, history);
  switch (anomaly) {
    case Anomaly::kLost:
      return planter.Lose();
    case Anomaly::kHole:
      return planter.LoseBetween();
    case Anomaly::kCorrupt:
      return planter.Corrupt();
    case Anomaly::kPhantom:
      return planter.Invent();
    case Anomaly::kDuplicate:
      return planter.Repeat();
    case Anomaly::kReordered:
      return planter.Reorder();
    case Anomaly::kStale:
      return planter.Hide();
    case Anomaly::kTwoWriters:
      return planter.AddWriter();
    case Anomaly::kResurrected:
      return planter.Resurrect();
  }
  return std::nullopt;
}

}  // namespace holdfast::reference
