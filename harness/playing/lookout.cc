#include "harness/playing/lookout.h"

#include <fmt/format.h>

#include "harness/fault_parts/api_server.h"

namespace holdfast {

void Lookout::SayIfSilent() {
  if (silent_) return;
  const Result<Bite> silence = LookForSilence(world_);
  silent_ = silence.has_value() && silence->bitten;
  if (silent_) progress_.Say(fmt::format("the API server does not answer, waiting ({})", silence->evidence));
}

}  // namespace holdfast
