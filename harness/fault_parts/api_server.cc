#include "harness/fault_parts/api_server.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

constexpr Duration kOneLook = std::chrono::seconds(5);

}  // namespace

Result<Bite> LookForSilence(World& world) {
  const Result<std::string> said = world.kube.Kubectl({"get", "--raw", "/readyz"}, "", kOneLook);
  if (said) return Bite{.bitten = false, .evidence = "the API server is ready"};
  if (said.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(said.error());
  return Bite{.bitten = true, .evidence = said.error().message};
}

Status AwaitApiServer(World& world) {
  const Wait wait{.awaited = "the API server ready", .limit = std::chrono::minutes(2)};
  return Await(world.host, wait, [&](std::string& last_seen) -> Result<bool> {
    ASSIGN_OR_RETURN(const Bite silence, LookForSilence(world));
    last_seen = silence.evidence;
    return !silence.bitten;
  });
}

}  // namespace holdfast
