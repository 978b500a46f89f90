// network-flap: the node under the database is cut off for `cut_for` and back for `mended_for`, `cycles` times over:
// each time short of what would be taken for a failure, and each time after those who waited have begun again. The
// network is whole at the end; healed by mending it if it was left cut.
#include <fmt/format.h>

#include <algorithm>

#include "harness/fault_parts/network_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/registry.h"

namespace holdfast {

class NetworkFlap : public Fault {
 public:
  explicit NetworkFlap(const Context& context)
      : options_(context.options),
        target_(options_),
        cycles_(options_.Integer("cycles", 5, 1, 100)),
        cut_for_(options_.Period("cut_for", std::chrono::seconds(3))),
        mended_for_(options_.Period("mended_for", std::chrono::seconds(4))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.network() == nullptr) return "the provider has no Network";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    cuts_ = mendings_ = 0;
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override {
    Network& network = *world.provider.network();
    for (int cycle = 0; cycle < cycles_; ++cycle) {
      RETURN_IF_ERROR(network.Cut(node_));
      ASSIGN_OR_RETURN(const bool hidden, AnswersFor(world, cut_for_, Answer::kNo));
      RETURN_IF_ERROR(network.Mend(node_));
      ASSIGN_OR_RETURN(const bool seen, AnswersFor(world, mended_for_, Answer::kYes));
      cuts_ += hidden ? 1 : 0;
      mendings_ += seen ? 1 : 0;
    }
    return {};
  }

  // That it was away and came back, and more than once if it was to: as connections from outside showed.
  Result<Bite> Biting(World&) override {
    return Bite{.bitten = cuts_ >= std::min(2, cycles_) && mendings_ >= std::min(2, cycles_),
                .evidence = fmt::format("of {} times {} did not answer {} times and was back {} times", cycles_, node_,
                                        cuts_, mendings_)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return MendNetwork(world, undo); }
  bool EndsByItself() const override { return true; }
  // Each look at an answer may last longer than the time that it is for.
  Duration InjectLimit() const override { return 2 * cycles_ * (cut_for_ + mended_for_) + kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return MendNetworkByHand(undo); }

 private:
  enum class Answer { kYes, kNo };

  // Looks once, and returns after `lasts`, or after the look if that takes longer.
  Result<bool> AnswersFor(World& world, Duration lasts, Answer expected) const {
    const Time end = world.host.Now() + lasts;
    ASSIGN_OR_RETURN(const auto times, world.provider.network()->TimeConnections(node_, 2));
    const bool answered =
        std::any_of(times.begin(), times.end(), [](const std::optional<Duration>& time) { return time.has_value(); });
    if (!world.host.SleepFor(std::max<Duration>(end - world.host.Now(), Duration::zero()))) {
      return Fail(ErrorCode::kInterrupted, "interrupted");
    }
    return answered == (expected == Answer::kYes);
  }

  Options options_;
  NodeTarget target_;
  int cycles_;
  Duration cut_for_;
  Duration mended_for_;
  std::string node_;
  int cuts_ = 0;
  int mendings_ = 0;
};

HOLDFAST_REGISTER(Fault, NetworkFlap, "network-flap");

}  // namespace holdfast
