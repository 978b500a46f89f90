// SoakStory: the history of a soak for tests: one Story, whose marks belong to the strike that is under way.
#pragma once

#include <map>

#include "harness/history/history_builder.h"
#include "harness/plan.h"

namespace holdfast {

class SoakStory {
 public:
  Story story;

  SoakStory() { story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}}); }

  // A strike that kills the database, which is back after two seconds and well at its end; `hurt` may tamper with what
  // its last read shows.
  template <typename Hurt>
  SoakStory& Strike(const Hurt& hurt) {
    Begin();
    story.Acknowledged(std::chrono::seconds(6));
    story.Write(Story::kPinned, story.now - std::chrono::milliseconds(3), story.now - std::chrono::milliseconds(1),
                Acknowledged());
    story.Inject().Mark(kMarkInjected).Bitten().Unanswered(std::chrono::seconds(2));
    story.Restart().Acknowledged(std::chrono::seconds(6)).Recovered().Healed().Whole();
    story.Acknowledged(std::chrono::seconds(3)).ReadNow();
    hurt(story);
    // While the strike was read the clients went on.
    story.Acknowledged(std::chrono::milliseconds(50));
    return End();
  }
  SoakStory& Strike() {
    return Strike([](Story&) {});
  }
  SoakStory& Begin() {
    Collect(1);
    ++strike_;
    story.Mark(kMarkCellBegun, "", {{"scenario", "db-kill"}});
    return *this;
  }
  SoakStory& End() {
    story.Ended();
    Collect(strike_ + 1);
    return *this;
  }
  SoakStory& ReadBack() {
    story.Acknowledged(std::chrono::seconds(1)).ReadBack().Ended();
    Collect(1);
    return *this;
  }

  holdfast::Plan Plan() const {
    holdfast::Plan plan;
    plan.cells.push_back({.number = 1, .role = Role::kSoak, .scenario = kSoakName, .seed = Story::kSeed});
    for (int strike = 1; strike <= strike_; ++strike) {
      plan.cells.push_back(
          {.number = strike + 1, .role = Role::kStrike, .strike = strike, .scenario = "db-kill", .trial = strike});
    }
    return plan;
  }

  std::map<int, CellHistory> Histories() const {
    Story told = story;
    told.marks = marks_.count(1) > 0 ? marks_.at(1) : std::vector<Mark>();
    std::map<int, CellHistory> histories;
    histories[1] = told.History();
    for (const auto& [cell, marks] : marks_) {
      if (cell == 1) continue;
      CellHistory& history = histories[cell];
      history.cell = cell;
      history.marks = marks;
      for (const Mark& mark : marks) {
        if (mark.name == kMarkPinned) history.pinned = Story::kPinned;
      }
    }
    return histories;
  }

 private:
  Completion Acknowledged() const { return {.outcome = Outcome::kOk, .incarnation = story.incarnation, .error = ""}; }
  void Collect(int cell) {
    marks_[cell].insert(marks_[cell].end(), story.marks.begin(), story.marks.end());
    story.marks.clear();
  }

  int strike_ = 0;
  std::map<int, std::vector<Mark>> marks_;
};

}  // namespace holdfast
