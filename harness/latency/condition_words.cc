#include "harness/latency/condition_words.h"

namespace holdfast {
namespace {

constexpr char kHurt[] = "hurt";
constexpr char kSnapshot[] = "volume-snapshot";

}  // namespace

std::string ConditionInWords(const std::string& condition, const std::string& fault) {
  if (condition != kHurt || fault.empty()) return condition;
  if (fault == "disk-loss") return "replica missing";
  if (fault == kSnapshot) return "snapshot there";
  return "hurt by " + fault;
}

bool LeavesSomethingToRebuild(const std::string& fault) { return fault != kSnapshot; }

}  // namespace holdfast
