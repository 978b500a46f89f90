#include "harness/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <vector>

namespace holdfast {
namespace {

constexpr Duration kLimitOfOne = std::chrono::seconds(10);

}  // namespace

void WriteDiagnostics(const Kube& kube, const std::string& space, const std::filesystem::path& file) {
  const Shielded shielded;
  const std::vector<std::vector<std::string>> questions = {
      {"get", "nodes,pods,persistentvolumes,persistentvolumeclaims,volumeattachments", "--all-namespaces", "--output",
       "wide"},
      {"get", "events", "--all-namespaces", "--sort-by", ".lastTimestamp"},
      {"describe", "pods,persistentvolumeclaims", "--namespace", space},
      {"describe", "nodes"},
  };
  std::ofstream out(file);
  for (const std::vector<std::string>& question : questions) {
    const Result<std::string> answer = kube.Kubectl(question, "", kLimitOfOne);
    out << fmt::format("$ kubectl {}\n{}\n\n", fmt::join(question, " "),
                       answer.has_value() ? *answer : answer.error().message + "\n" + answer.error().output);
  }
}

}  // namespace holdfast
