// CellPlayer: plays one cell of the plan: one database, one load, one fault. Play calls its acts in the plan's order;
// after an act that failed it calls only those that clean up, each of which is there to be called at any time, once or
// not at all.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/exchange.h"
#include "harness/history_recorder.h"
#include "harness/play.h"

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
    std::filesystem::path logs;
  };
  CellPlayer(const Setting& setting, const Cell& cell);
  ~CellPlayer();  // stops the load

  // Why the cell does not apply to this rig, naming the facet; nothing if it does.
  std::optional<std::string> Missing() const;

  // An Error means that the harness could not do it.
  Status Deploy(Duration limit);
  Status StartClients();
  Status AwaitTraffic(Duration delay, Duration limit);
  Status Inject();
  Status AwaitBite(Duration limit);
  Status AwaitRecovery(Duration limit);
  Status Heal();
  Status AwaitWhole(Duration limit);
  Status StopClients();
  Status ReadBack(Duration limit);
  Status Remove(Duration limit);

  // Whether there is something to clean up.
  bool Armed() const { return undo_.has_value(); }
  bool Injected() const { return injecting_; }
  bool Loaded() const { return load_ != nullptr; }
  bool Deployed() const { return deployed_; }
  bool Touched() const { return touched_; }

  void AddMark(const std::string& name, const std::string& text, const std::map<std::string, std::string>& fields = {});
  // What the cluster says of itself, into logs/; names the file in the progress.
  void Diagnose(const std::string& occasion);

 private:
  // Where the database is; retried for a short while, since it is asked in the middle of trouble.
  Result<Placement> Locate();
  void MarkPlacement(const Placement& placement, const std::string& moment);
  void MarkNotRecovered(const std::string& seen);
  // False: it was seen not to be whole, for all of `limit`. An Error: at the end nobody could tell. `detail` becomes
  // what was last seen.
  Result<bool> AwaitHealth(Duration limit, std::string& detail);
  Read ReadOnce(Duration limit);

  const Setting setting_;
  const Cell& cell_;
  World world_;
  std::unique_ptr<Fault> fault_;
  std::unique_ptr<Load> load_;
  std::optional<Undo> undo_;  // armed and not healed
  Time bitten_at_{};
  bool touched_ = false;
  bool deployed_ = false;
  bool injecting_ = false;
};

}  // namespace holdfast
