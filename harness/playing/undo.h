// UndoLog: how to heal, on disk (fsync) before the fault is in the cluster. `undo.jsonl` in the run's folder:
//
//     {"fault":"node-drain","id":1,"space":"…","state":"armed","undo":{…}}
//     {"id":1,"state":"healed"}
//
// A last line that was cut short tells of an Arm or Healed that never returned: its fault was not injected, or will be
// healed once more. Any other line that cannot be read is an error, since a fault may stand behind it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

struct Undo {
  int id = 0;
  std::string fault;
  std::string space;  // the database's namespace
  nlohmann::json record;
};

class UndoLog {
 public:
  explicit UndoLog(std::filesystem::path file) : file_(std::move(file)) {}
  Result<int> Arm(const std::string& fault, const std::string& space, const nlohmann::json& record);
  Status Healed(int id);
  // Armed and not healed, latest first: the order in which they must be undone. No file: nothing is outstanding.
  Result<std::vector<Undo>> Outstanding() const;

 private:
  Status Append(const nlohmann::json& line);
  std::filesystem::path file_;
};

}  // namespace holdfast
