// CellPlayer: plays one cell of the plan: one database, one load, one fault with its companions; or a soak, whose
// database and load stay while strike after strike is begun on them; or fio on a volume (bench_player.h), of which only
// deploying, measuring and removing are acts. Play calls its acts in the plan's order; after an
// act that failed it calls only those that clean up, each of which is there to be called at any time, once or not at
// all.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/exchange.h"
#include "harness/history/history_recorder.h"
#include "harness/play.h"
#include "harness/playing/bench_player.h"
#include "harness/playing/lookout.h"
#include "harness/playing/traces.h"

namespace holdfast {

class CellPlayer {
 public:
  // Everything outlives it.
  struct Setting {
    const Stage& stage;
    const Rig& rig;
    const Kube& kube;
    HistoryRecorder& recorder;
    UndoLog& undo_log;
    TimelineWriter* timeline;  // nullptr: nobody watches
    std::filesystem::path logs;
  };
  CellPlayer(const Setting& setting, const Cell& cell);
  ~CellPlayer();  // stops the load

  // Of a soak: the next strike on its database, which `strike` outlives; or the soak itself, when the last one is over.
  // A fault of the one before that could not be healed is known to the undo log alone from then on.
  void TurnTo(const Cell& cell);

  // Why the cell does not apply to this rig, naming the facet; nothing if it does.
  std::optional<std::string> Missing() const;

  // An Error means that the harness could not do it.
  Status Deploy(Duration limit);
  Status StartClients();
  Status AwaitTraffic(Duration delay, Duration limit);
  // `injection` is the place in the cell's. One that took longer than `limit`, the delay not counted, is an Error.
  Status Inject(int injection, Duration delay, Duration limit);
  Status AwaitBite(int injection, Duration limit);
  Status Hold(Duration delay);
  Status AwaitRecovery(Duration limit);
  Status Heal(int injection);
  Status AwaitWhole(Duration limit);
  Status StopClients();
  Status ReadBack(Duration limit);
  Status Measure(const FioReading& reading, Duration limit);
  // Before it is removed, and for whoever goes on meanwhile: nothing of the cell is watched or kept any more.
  void TakeLeave();
  // After that, from any thread.
  Status Remove(Duration limit) const;

  // Whether there is something to clean up.
  bool Armed(int injection) const { return HurtOf(injection).undo.has_value(); }
  bool Injected() const { return injecting_; }
  bool Loaded() const { return load_ != nullptr; }
  bool Deployed() const { return deployed_; }
  bool Touched() const { return touched_; }
  // Whether the backend was whole and the database could be read when that was last awaited.
  bool Well() const { return whole_ && read_; }

  void AddMark(const std::string& name, const std::string& text, const std::map<std::string, std::string>& fields = {});
  // The cell will not pass: what the cluster says of itself now, into logs/; names the folder in the progress.
  void Diagnose(const std::string& occasion);
  // The cell will not pass, whatever else is seen: before the database goes, what there is to see is kept.
  void MarkTrouble() { traces_.MarkTrouble(); }

 private:
  struct Hurt {
    std::string name;
    std::unique_ptr<Fault> fault;
    nlohmann::json chosen = {};     // as armed before anything was hurt
    std::optional<Undo> undo = {};  // armed and not healed
    std::string evidence = {};      // of its bite; empty: it has not been seen
  };
  const Hurt& HurtOf(int injection) const { return hurts_.at(static_cast<std::size_t>(injection)); }
  Hurt& HurtOf(int injection) { return hurts_.at(static_cast<std::size_t>(injection)); }
  // While the API still answers and the database still has a place; nothing is hurt before.
  Status ChooseAll();
  // Of one that comes when others hurt already: they may have moved its target. Where the API is among what they took
  // away, it stays with what was chosen before.
  Result<nlohmann::json> ChooseAnew(Hurt& hurt);
  Status DemandRebuild();
  Status SleepFor(Duration delay);
  void MarkInjection(const Hurt& hurt, bool own);
  void MarkBite(const Hurt& hurt);
  bool IsRebuildWatched() const;
  void WatchRebuild();

  // Where the database is; retried for a short while, since it is asked in the middle of trouble.
  Result<Placement> Locate();
  void MarkPlacement(const Placement& placement, const std::string& moment);
  void MarkAfter(const Placement& placement);
  void MarkDeadCluster();
  void MarkNotRecovered(const std::string& seen);
  // False: it was seen not to be whole, for all of `limit`. An Error: at the end nobody could tell. `detail` becomes
  // what was last seen; `seen` is given each look.
  Result<bool> AwaitHealth(Duration limit, std::string& detail, HealthSeen& seen);
  // Acknowledged without a gap, now and for stable_for, all of it after `since`.
  Status AwaitSteady(Time since, Duration limit);
  Status SettleDown();
  Read ReadOnce(Duration limit);
  // Whatever comes of it is in the history; only an interruption is an Error.
  Status ReadUntilAnswered(const std::string& awaited, Duration limit);
  void Unpin();
  LoadSetup SetupOfLoad() const;
  void Observe();
  // A client of its own that stays with the instance of now.
  void Pin(const Placement& instance);

  const Setting setting_;
  const Cell& database_;  // the cell of the operations and reads
  const Cell* cell_;      // the cell of the marks: `database_` but for a strike
  World world_;
  Lookout lookout_;
  Traces traces_;
  std::vector<Hurt> hurts_;             // as the cell's injections
  std::unique_ptr<BenchPlayer> bench_;  // of a cell that measures storage, which has no database
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<HealthWatch> health_watch_;  // from the end of the faults until the backend is awaited
  std::unique_ptr<Load> load_;
  std::unique_ptr<Load> pinned_;
  std::uint64_t pinned_writes_ = 0;  // of those that were stopped
  Time hurt_until_{};                // a recovery lasts from then on: since the last bite, or since the heal
  bool touched_ = false;
  bool deployed_ = false;
  bool injecting_ = false;
  bool recovered_ = false;
  bool placed_ = false;   // where it was when it had recovered is known
  bool damaged_ = false;  // as the database itself said when it was last read
  bool whole_ = true;
  bool read_ = true;
  std::optional<Time> injected_at_;  // of the scenario's own, or of the first until then
  std::optional<Time> up_since_;     // as last seen when that was awaited
  std::uint64_t acknowledged_ = 0;   // in all, once the clients have stopped
};

}  // namespace holdfast
