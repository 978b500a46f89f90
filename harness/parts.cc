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
    RETURN_IF_ERROR(MakePart<Fault>("fault", scenario.fault, {.options = scenario.fault.options}));
  }
  return {};
}

}  // namespace holdfast
