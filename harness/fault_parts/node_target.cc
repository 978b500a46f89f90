#include "harness/fault_parts/node_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

constexpr char kDatabaseNode[] = "database-node";
constexpr char kReplicaHolder[] = "replica-holder";
constexpr char kOther[] = "other";

}  // namespace

NodeTarget::NodeTarget(Options& options, const std::string& option)
    : target_(options.Text(option, kDatabaseNode, {kDatabaseNode, kReplicaHolder, kOther})) {}

bool NodeTarget::IsDatabaseNode() const { return target_ == kDatabaseNode; }

std::optional<std::string> NodeTarget::Missing(Backend& backend) const {
  if (target_ == kReplicaHolder && backend.replicas() == nullptr) return "the backend has no Replicas";
  return std::nullopt;
}

Result<std::string> NodeTarget::Choose(World& world) const {
  return Candidates(world).map([](const std::vector<std::string>& nodes) { return nodes.front(); });
}

Result<std::vector<std::string>> NodeTarget::Candidates(World& world) const {
  ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
  if (target_ == kDatabaseNode) return std::vector<std::string>{database.node};
  std::vector<std::string> nodes = world.provider.Nodes();
  if (target_ == kReplicaHolder) {
    ASSIGN_OR_RETURN(nodes, world.backend.replicas()->Holders());
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::remove(nodes.begin(), nodes.end(), database.node), nodes.end());
  if (nodes.empty()) return Unavailable(fmt::format("there is no {} besides {}", target_, database.node));
  return nodes;
}

}  // namespace holdfast
