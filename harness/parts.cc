#include "harness/parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/fault.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

template <typename Interface>
Result<std::unique_ptr<Interface>> MakePart(const std::string& kind, const Part& part,
                                            const typename Interface::Context& context) {
  auto made = Registry<Interface>::Make(part.name, context);
  if (made == nullptr) return tl::unexpected(UnknownName(kind, part, Registry<Interface>::Names()));
  RETURN_IF_ERROR(made->Check());
  return made;
}

// One that is over before the next is injected is no company for it.
Status CheckMeanwhile(const Part& part) {
  const auto fault = Registry<Fault>::Make(part.name, {.options = part.options});
  if (fault == nullptr || !fault->EndsByItself()) return {};
  return UsageError(
      fmt::format("{}: {} as `while` is over before the other fault comes; allowed: as `then`, or as `fault` "
                  "with the other as `then`, or one that lasts until it is healed",
                  part.where, part.name));
}

}  // namespace

Error UnknownName(const std::string& kind, const Part& part, const std::vector<std::string>& known) {
  return {.code = ErrorCode::kUsage,
          .message = fmt::format("{}: unknown {} '{}'; known: {}", part.where, kind, part.name, fmt::join(known, ", ")),
          .command = "",
          .output = ""};
}

Result<std::unique_ptr<Provider>> MakeProvider(Host& host, const Rig& rig) {
  return MakePart<Provider>("cluster provider", rig.provider,
                            {.host = host, .cluster = rig.cluster, .options = rig.provider.options});
}

Result<Parts> MakeParts(Host& host, const Rig& rig) {
  Parts parts;
  ASSIGN_OR_RETURN(parts.provider, MakeProvider(host, rig));
  ASSIGN_OR_RETURN(parts.backend,
                   MakePart<Backend>("backend", rig.backend,
                                     {.host = host, .provider = *parts.provider, .options = rig.backend.options}));
  ASSIGN_OR_RETURN(parts.workload,
                   MakePart<Workload>("workload", rig.workload, {.host = host, .options = rig.workload.options}));
  return parts;
}

Status CheckFaults(const Suite& suite) {
  for (const Scenario& scenario : suite.scenarios) {
    if (scenario.fio) continue;
    for (const Injection& injection : InOrder(scenario.fault, scenario.companions)) {
      RETURN_IF_ERROR(MakePart<Fault>("fault", injection.fault, {.options = injection.fault.options}));
    }
    if (scenario.companions.meanwhile) RETURN_IF_ERROR(CheckMeanwhile(*scenario.companions.meanwhile));
  }
  return {};
}

}  // namespace holdfast
