// network-loss: of all that the node under the database sends, `loss` percent is lost. What is lost is sent again,
// seconds later if it was the last of its kind. Healed by a network as it was made.
#include <fmt/format.h>

#include <algorithm>

#include "harness/fault_parts/network_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr int kConnections = 40;  // of a look
// A lost packet of a connection's begin is sent again after a second (RFC 6298).
constexpr Duration kSentAgain = std::chrono::milliseconds(900);
constexpr int kLeastExpected = 5;  // packets that are to be lost before anything is said: fewer are luck

struct Connections {
  std::int64_t made = 0;
  std::int64_t late = 0;  // those that needed a packet to be sent again, or got no answer at all
};

constexpr int kMostLooksBefore = 2 * kLeastExpected * 100 / kConnections + 2;  // enough for a loss of 1 %, twice

// Adds some more. A machine that stands still for a moment holds up most of them at once, and says nothing of the
// network: such a look does not count.
Status Connect(World& world, const std::string& node, int loss, Connections& all) {
  ASSIGN_OR_RETURN(const auto times, world.provider.network()->TimeConnections(node, kConnections));
  const auto made = static_cast<std::int64_t>(times.size());
  const auto late = std::count_if(times.begin(), times.end(),
                                  [](const std::optional<Duration>& time) { return !time || *time >= kSentAgain; });
  constexpr int kBeyondLuck = 25;  // percent of a look
  if (late * 100 > made * (loss + kBeyondLuck)) return {};
  all.made += made;
  all.late += late;
  return {};
}

}  // namespace

class NetworkLoss : public Fault {
 public:
  explicit NetworkLoss(const Context& context)
      : options_(context.options), target_(options_), loss_(options_.Integer("loss", 20, 1, 100)) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.network() == nullptr) return "the provider has no Network";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    before_ = seen_ = {};
    for (int looks = 0; !IsEnough(before_) && looks < kMostLooksBefore; ++looks) {
      RETURN_IF_ERROR(Connect(world, node_, loss_, before_));
    }
    if (!IsEnough(before_)) return Unavailable(fmt::format("{} answers too late for a loss to be seen", node_));
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override {
    seen_ = {};
    return world.provider.network()->SetQuality(node_, {.delay = {}, .loss_percent = loss_});
  }

  // By all looks together, and half of what is to be expected beyond what was late before, so that neither luck nor a
  // slow answer decides.
  Result<Bite> Biting(World& world) override {
    RETURN_IF_ERROR(Connect(world, node_, loss_, seen_));
    const auto made = static_cast<double>(seen_.made);
    const double late_before = made * static_cast<double>(before_.late) / static_cast<double>(before_.made);
    const bool many = static_cast<double>(seen_.late) >= late_before + made * loss_ / 200;
    return Bite{.bitten = IsEnough(seen_) && many,
                .evidence = fmt::format("{} of {} connections to {} needed a packet to be sent again, {} of {} before",
                                        seen_.late, seen_.made, node_, before_.late, before_.made)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return RestoreQuality(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return RestoreQualityByHand(undo);
  }
  int Toll() const override { return 0; }

 private:
  bool IsEnough(const Connections& some) const { return some.made * loss_ >= kLeastExpected * 100; }

  Options options_;
  NodeTarget target_;
  int loss_;
  std::string node_;
  Connections before_;  // the fault
  Connections seen_;    // since it was injected
};

HOLDFAST_REGISTER(Fault, NetworkLoss, "network-loss");

}  // namespace holdfast
