// Pacing: when a client begins its next write and how long it waits for the answer. Pure.
//
// A client is a closed loop: it begins a write `probe_interval` after it began the last one, or as soon as that one
// has ended, if it took longer. That alone is too coarse in an outage that swallows packets: every write then hangs
// for its whole deadline, and four clients with a deadline of 1 s try four times a second. A short deadline for
// everybody is no way out either: where a commit takes longer than it, a database that is back would never be seen to
// acknowledge anything. So the roles are divided while it is quiet, i.e. while nobody was acknowledged for a while:
//
//     client 1     patient   keeps the full deadline: whatever commits within it ends the quiet
//     the others   scouts    a deadline below (clients - 1) * probe_interval, at which together they would begin a
//                            write every probe_interval: 3 * 50 ms = 150 ms gives 20 a second
//
// The scouts' deadlines differ, from 60 % of that to 80 %: equal ones fall into step and probe in bursts. What this
// gains in rate, half as much again, pays for the time that a loaded machine needs between two writes.
//
// The first acknowledgement to anybody ends the quiet, and the next write of everybody has the full deadline again.
// A client whose own write was just acknowledged therefore never scouts: a database that is slow but alive is measured
// with full deadlines only. The quiet must last longer than a scout's deadline, so that every scout comes to its next
// write before the roles can be divided anew. What a scout abandons may still be applied: its outcome is kUnknown, and
// its sequence number is never used again.
//
// With a single client there is nobody to scout: it stays patient.
//
// With `due_every` it is an open loop: each client has a write that is due every so often, counted from its first, and
// begins it late if an earlier one holds it up, but leaves none out. So that commits that are slow do not also become
// fewer: see commit_latency.h. The clients begin one after the other within the first interval. Nobody scouts before
// the quiet has lasted as long as an outage does by definition (`longest_pause`): what commits until then is slow and
// is to be measured.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/host.h"

namespace holdfast {

struct Pacing {
  int clients = 4;
  Duration deadline{};
  Duration probe_interval{};
  std::optional<Duration> due_every = std::nullopt;
  Duration longest_pause = std::chrono::seconds(1);  // that is no outage, see Bounds
};

// How long after the others' start client `place` (from 0) begins.
Duration FirstDueAfter(const Pacing& pacing, int place);
// How long after its first write a client begins its `number`-th (from 1); `due_every` is set.
Duration DueAfter(const Pacing& pacing, std::uint64_t number);

// How long to wait before the next write; `since_begin` is the age of the client's previous one.
Duration PauseBeforeNext(const Pacing& pacing, Duration since_begin);

// Longest time without any acknowledgement that is not yet quiet.
Duration QuietAfter(const Pacing& pacing);

// Of a write that client `client` (from 1) begins when nobody was acknowledged for `quiet`.
Duration DeadlineOfNext(const Pacing& pacing, int client, Duration quiet);

}  // namespace holdfast
