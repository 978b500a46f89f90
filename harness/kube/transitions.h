// Transitions: from what watches see (whole objects, again and again) to what changed (timeline entries). Pure but for
// its memory of each object's last state. What there was before anybody looked is no news, and is only remembered; what
// a later list shows to be different, or gone, became so while nobody watched.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/kube/watch.h"
#include "harness/timeline.h"

namespace holdfast {

class Transitions {
 public:
  // In the order in which they are to be told; without their cell. Resources are named kWatched…; others' sightings
  // tell of the watch only.
  std::vector<TimelineEntry> Take(const Sighting& sighting);

 private:
  struct Known {
    nlohmann::json object;
    Nanoseconds seen = 0;
  };
  using Objects = std::map<std::string, Known>;  // by uid

  void TakeList(const Sighting& sighting);
  void TakeObject(const std::string& resource, const nlohmann::json& object);
  void TakeEnd(const std::string& resource, const nlohmann::json& object);
  void Compare(const std::string& resource, const nlohmann::json& before, const nlohmann::json& after);
  void AddLeases();

  Nanoseconds now_ = 0;
  std::map<std::string, Objects> known_;  // by resource
  std::vector<TimelineEntry> entries_;
};

}  // namespace holdfast
