#include "harness/history/renumbering.h"

#include <algorithm>
#include <numeric>

namespace holdfast {
namespace {

std::vector<OperationIndex> ByBegin(const std::deque<Operation>& operations) {
  std::vector<OperationIndex> order(operations.size());
  std::iota(order.begin(), order.end(), OperationIndex{0});
  std::stable_sort(order.begin(), order.end(), [&](OperationIndex one, OperationIndex other) {
    return operations[one].begin < operations[other].begin;
  });
  return order;
}

void Renumber(ReadFindings& findings, const std::vector<OperationIndex>& place_of) {
  std::vector<bool> present(place_of.size());
  for (std::size_t old = 0; old < findings.present.size(); ++old) {
    if (findings.present[old]) present[place_of[old]] = true;
  }
  findings.present = std::move(present);
  for (OperationIndex& operation : findings.repeated) operation = place_of[operation];
  for (BehindRow& row : findings.behind) row = {.operation = place_of[row.operation], .later = place_of[row.later]};
  for (DamagedRow& row : findings.damaged) row.operation = place_of[row.operation];
  for (WriterRow& row : findings.writers) row.operation = place_of[row.operation];
}

template <typename Visit>
void ForEachIncarnation(CellHistory& history, const Visit& visit) {
  for (Completion& completion : history.completions) visit(completion.incarnation);
  for (ReadFindings& findings : history.reads) {
    for (WriterRow& row : findings.writers) visit(row.incarnation);
    for (StrangeRow& row : findings.strange) visit(row.incarnation);
  }
}

}  // namespace

void SortByTime(CellHistory& history) {
  const auto begins_before = [](const Operation& one, const Operation& other) { return one.begin < other.begin; };
  if (!std::is_sorted(history.operations.begin(), history.operations.end(), begins_before)) {
    const std::vector<OperationIndex> order = ByBegin(history.operations);
    std::vector<OperationIndex> place_of(order.size());
    std::deque<Operation> sorted;
    for (std::size_t place = 0; place < order.size(); ++place) {
      place_of[order[place]] = static_cast<OperationIndex>(place);
      sorted.push_back(history.operations[order[place]]);
    }
    history.operations = std::move(sorted);
    for (OperationIndex& operation : history.acknowledged) operation = place_of[operation];
    for (ReadFindings& findings : history.reads) Renumber(findings, place_of);
  }
  const auto ends_before = [&](OperationIndex one, OperationIndex other) {
    return history.operations[one].end < history.operations[other].end;
  };
  if (!std::is_sorted(history.acknowledged.begin(), history.acknowledged.end(), ends_before)) {
    std::stable_sort(history.acknowledged.begin(), history.acknowledged.end(), ends_before);
  }
}

void CountIncarnations(CellHistory& history) {
  std::vector<std::uint64_t> known = {0};
  ForEachIncarnation(history, [&](std::uint64_t& incarnation) { known.push_back(incarnation); });
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  ForEachIncarnation(history, [&](std::uint64_t& incarnation) {
    incarnation = static_cast<std::uint64_t>(std::lower_bound(known.begin(), known.end(), incarnation) - known.begin());
  });
}

}  // namespace holdfast
