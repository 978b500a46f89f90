// A fault as somebody new would add it: this file alone. registry_test.cc puts a copy into harness/faults/ of a scratch
// tree and builds that. A start for your own; CONTRIBUTING.md says what each part must do.
#include "harness/fault.h"

namespace holdfast {
namespace {

class NewcomerFault : public Fault {
 public:
  explicit NewcomerFault(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }
  Result<nlohmann::json> Arm(World& world) override { return nlohmann::json{{"space", world.space}}; }
  Status Inject(World&) override { return {}; }
  Result<Bite> Biting(World&) override { return Bite{.bitten = false, .evidence = "it never does anything"}; }
  Status Heal(World&, const nlohmann::json&) override { return {}; }

 private:
  Options options_;
};

HOLDFAST_REGISTER(Fault, NewcomerFault, "newcomer-fault");

}  // namespace
}  // namespace holdfast
