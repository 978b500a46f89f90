// storage-daemon-kill: the storage's program on the node under the database is killed (SIGKILL), by default the one
// that keeps its copies (option `daemon`: data or quorum). Its supervisor starts it again, and it must find itself as
// it was. Healed by starting it, if nobody did.
#include <fmt/format.h>

#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class StorageDaemonKill : public Fault {
 public:
  explicit StorageDaemonKill(const Context& context)
      : options_(context.options), target_(options_), daemon_(options_.Text("daemon", "data", {"data", "quorum"})) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend& backend) const override {
    if (backend.daemons() == nullptr) return "the backend has no Daemons";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    ASSIGN_OR_RETURN(before_, world.backend.daemons()->Incarnation(node_, RoleOf(daemon_)));
    if (before_.empty()) return Unavailable(fmt::format("no {} daemon of the storage runs on {}", daemon_, node_));
    return nlohmann::json{{"node", node_}, {"daemon", daemon_}};
  }

  Status Inject(World& world) override { return world.backend.daemons()->Kill(node_, RoleOf(daemon_)); }

  // By the node's process table; the storage may have mended itself before it is asked.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const std::string now, world.backend.daemons()->Incarnation(node_, RoleOf(daemon_)));
    const std::string process = now.empty() ? "gone" : now == before_ ? "as before" : "another one";
    return Bite{.bitten = now != before_,
                .evidence = fmt::format("the process of the {} daemon on {} is {}", daemon_, node_, process)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    ASSIGN_OR_RETURN(const std::string daemon, TextOf(undo, "daemon"));
    if (world.backend.daemons() == nullptr) return Unavailable("the backend has no Daemons to heal node " + node);
    ASSIGN_OR_RETURN(const std::string now, world.backend.daemons()->Incarnation(node, RoleOf(daemon)));
    return now.empty() ? world.backend.daemons()->Start(node, RoleOf(daemon)) : Status();
  }
  bool EndsByItself() const override { return true; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("on {}, start the storage's {} daemon", NamesIn(undo, "node"), NamesIn(undo, "daemon"));
  }

 private:
  static Daemons::Role RoleOf(const std::string& daemon) {
    return daemon == "quorum" ? Daemons::Role::kQuorum : Daemons::Role::kData;
  }

  Options options_;
  NodeTarget target_;
  std::string daemon_;
  std::string node_;
  std::string before_;  // the process
};

HOLDFAST_REGISTER(Fault, StorageDaemonKill, "storage-daemon-kill");

}  // namespace holdfast
