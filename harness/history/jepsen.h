// Jepsen: a cell's history as a history of Jepsen (github.com/jepsen-io/history), so that others' checkers can
// cross-examine our verdicts: jepsen.checker/set and set-full. In EDN, one operation a line:
//
//     {:index 0, :time 5012345678, :type :invoke, :process 1, :f :add, :value 2000000017}
//     {:index 1, :time 5018999012, :type :ok, :process 1, :f :add, :value 2000000017}
//     {:index 2, :time 5999999999, :type :info, :process :nemesis, :f :bitten, :value "..."}
//     {:index 3, :time 7000000000, :type :invoke, :process 4, :f :read, :value nil}
//     {:index 4, :time 7900000000, :type :ok, :process 4, :f :read, :value [2000000017]}
//
// A write adds an element to a set: client × 10⁹ + sequence. A read is of the whole set, as a vector, since it may hold
// an element twice. An unknown outcome is :info, after which its process does nothing more and its client goes on as
// another one; processes of one client are equal modulo the number of clients and readers. Of what happened at the same
// time the begins stand first: it may have been at once. Marks are the nemesis'.
//
// The set has no order and its elements no content: torn, reordered and second writers' writes are not in it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "harness/history.h"

namespace holdfast {

void WriteJepsen(const CellHistory& history, std::ostream& out);

// What is no client and sequence of ours (a phantom's) becomes a longer number of its own.
std::string JepsenElement(int client, std::uint64_t sequence);

}  // namespace holdfast
