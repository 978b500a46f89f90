// nothing: the fault that does nothing, on purpose. A run with it must end inconclusive; it calibrates the instrument.
#include <fmt/format.h>

#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class Nothing : public Fault {
 public:
  explicit Nothing(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  int Toll() const override { return 0; }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(before_, LocateDatabase(world));
    return nlohmann::json::object();
  }

  Status Inject(World&) override { return {}; }

  // The truth: if the database was disturbed after all, it was not by this fault, but it was.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const Placement now, world.workload.Locate(world.kube, world.space));
    const auto print = [](const Placement& placement) {
      return fmt::format("pod {} on {}, {} restarts, {}", placement.pod, placement.node, placement.restarts,
                         placement.ready ? "ready" : "not ready");
    };
    const bool disturbed = now.pod_uid != before_.pod_uid || now.container_id != before_.container_id ||
                           now.restarts != before_.restarts || now.ready != before_.ready;
    return Bite{.bitten = disturbed,
                .evidence = disturbed ? fmt::format("{}; before: {}", print(now), print(before_))
                                      : fmt::format("the database is undisturbed: {}", print(now))};
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }

 private:
  Options options_;
  Placement before_;
};

HOLDFAST_REGISTER(Fault, Nothing, "nothing");

}  // namespace holdfast
