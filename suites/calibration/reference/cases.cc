#include "suites/calibration/reference/cases.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ostream>

namespace holdfast::reference {
namespace {

constexpr std::int64_t kAsync = 20'000'000;

template <typename T>
T Number(rc::Random& random) {
  return static_cast<T>(random.next());
}

Step DrawStep(rc::Random& random) {
  const std::uint64_t bits = random.next();
  return {.act = static_cast<std::uint8_t>(bits),
          .who = static_cast<std::uint8_t>(bits >> 8U),
          .how = static_cast<std::uint8_t>(bits >> 16U),
          .pause = static_cast<std::uint8_t>(bits >> 24U)};
}

Tampering DrawTampering(rc::Random& random) {
  const std::uint64_t bits = random.next();
  return {.kind = static_cast<std::uint8_t>(bits),
          .where = static_cast<std::uint16_t>(bits >> 8U),
          .how = static_cast<std::uint16_t>(bits >> 24U)};
}

Case DrawCase(rc::Random random, int size, Drawn drawn) {
  Case drawn_case;
  const auto steps = Number<std::uint16_t>(random) % (static_cast<unsigned>(size) + 1);
  for (unsigned i = 0; i < steps; ++i) drawn_case.tape.steps.push_back(DrawStep(random));
  if (drawn != Drawn::kFinished) {
    if (Number<std::uint8_t>(random) % 4 == 0) drawn_case.tape.last_act = LastAct::kKilled;
    if (Number<std::uint8_t>(random) % 2 == 0) drawn_case.tape.contract.async = kAsync;
  }
  const int tamperings = drawn == Drawn::kTampered ? Number<std::uint8_t>(random) % 6 : 0;
  for (int i = 0; i < tamperings; ++i) drawn_case.tamperings.push_back(DrawTampering(random));
  drawn_case.choice = DrawTampering(random);
  return drawn_case;
}

// Fewer steps and tamperings, then smaller numbers in them.
rc::Seq<Step> SmallerSteps(const Step& step) {
  const auto with = [&](std::uint8_t Step::*member) {
    return rc::seq::map(rc::shrink::towards<std::uint8_t>(step.*member, 0), [=](std::uint8_t smaller) {
      Step changed = step;
      changed.*member = smaller;
      return changed;
    });
  };
  return rc::seq::concat(with(&Step::act), with(&Step::who), with(&Step::how), with(&Step::pause));
}

rc::Seq<Case> SmallerCases(const Case& value) {
  const auto with_steps = [=](const std::vector<Step>& steps) {
    Case smaller = value;
    smaller.tape.steps = steps;
    return smaller;
  };
  const auto with_tamperings = [=](const std::vector<Tampering>& tamperings) {
    Case smaller = value;
    smaller.tamperings = tamperings;
    return smaller;
  };
  return rc::seq::concat(rc::seq::map(rc::shrink::removeChunks(value.tape.steps), with_steps),
                         rc::seq::map(rc::shrink::removeChunks(value.tamperings), with_tamperings),
                         rc::seq::map(rc::shrink::eachElement(value.tape.steps, SmallerSteps), with_steps));
}

bool WasAskedForOthers() {
  static const bool asked = std::getenv("RC_PARAMS") != nullptr;
  return asked;
}

const rc::detail::Configuration& Configuration() {
  // Read by RapidCheck when it is first asked for its configuration, which it also prints.
  if (!WasAskedForOthers()) setenv("RC_PARAMS", "seed=1", /*replace=*/1);
  return rc::detail::configuration();
}

}  // namespace

PlainHistory Case::History() const {
  PlainHistory history = Simulate(tape);
  for (const Tampering& tampering : tamperings) Tamper(tampering, history);
  return history;
}

std::ostream& operator<<(std::ostream& stream, const Case& value) {
  stream << (value.tape.contract.async ? "async: 20ms" : "sync") << "\n" << ToText(value.History());
  return stream;
}

rc::Gen<Case> Cases(Drawn drawn) {
  return [drawn](const rc::Random& random, int size) {
    return rc::shrinkable::shrinkRecur(DrawCase(random, size, drawn),
                                       [](const Case& larger) { return SmallerCases(larger); });
  };
}

int Demanded(int times) { return WasAskedForOthers() ? 0 : times; }

void ForAll(int cases, Drawn drawn, int part, const std::function<void(const Case&)>& property) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = std::string(test.test_suite_name()) + "." + test.name();
  rc::detail::TestParams params = Configuration().testParams;
  params.seed += static_cast<std::uint64_t>(part) - 1;
  params.maxSuccess = cases;
  const auto result = rc::detail::checkTestable([&] { property(*Cases(drawn)); },
                                                rc::detail::TestMetadata{.id = name, .description = name}, params);
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  FAIL() << message.str() << "\nto see all of its cases again: RC_PARAMS=seed=" << Configuration().testParams.seed;
}

}  // namespace holdfast::reference
