// An implementation takes what it knows of its mapping; what it does not know or cannot use becomes one line with the
// place and what is allowed.
#include "harness/options.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

Options Only(const std::string& key, const std::string& text) {
  return Options({{key, {.text = text, .where = "rig.yaml:7"}}}, "cluster", {"name", "provider"});
}

std::string Complaint(const Options& options) {
  const Status status = options.Finish();
  if (status.has_value()) return "none";
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  return status.error().message;
}

TEST(Options, WhatIsThereIsTakenAndTheRestFallsBack) {
  Options options = Only("nodes", "5");
  EXPECT_EQ(options.Integer("nodes", 3, 1, 9), 5);
  EXPECT_EQ(options.Text("profile", "stock", {"tuned", "stock"}), "stock");
  EXPECT_EQ(options.Period("boot", seconds(7)), seconds(7));
  EXPECT_EQ(Complaint(options), "none");
}

TEST(Options, AKeyThatNobodyTookIsAnErrorWithTheKnownOnes) {
  Options options = Only("nods", "3");
  options.Integer("nodes", 3, 1, 9);
  EXPECT_EQ(Complaint(options),
            "rig.yaml:7: unknown key 'nods' in cluster (did you mean 'nodes'?); known: name, provider, nodes");
}

TEST(Options, WhoKnowsNoKeysSaysSo) {
  const Options options({{"speed", {.text = "3", .where = "suite.yaml:2"}}});
  EXPECT_EQ(Complaint(options), "suite.yaml:2: unknown key 'speed'; known: none");
}

TEST(Options, ATextOutsideTheAllowedOnesIsAnErrorAndFallsBack) {
  Options options = Only("profile", "tunned");
  EXPECT_EQ(options.Text("profile", "stock", {"tuned", "stock"}), "stock");
  EXPECT_EQ(Complaint(options),
            "rig.yaml:7: profile in cluster is 'tunned'; allowed: tuned, stock (did you mean 'tuned'?)");
}

TEST(Options, AnIntegerIsWholeAndWithinItsRange) {
  for (const char* text : {"0", "10", "-1", "+3", "3.0", "0x3", " 3", "3 ", "three", "", "99999999999999999999"}) {
    Options options = Only("nodes", text);
    EXPECT_EQ(options.Integer("nodes", 3, 1, 9), 3);
    EXPECT_EQ(Complaint(options),
              "rig.yaml:7: nodes in cluster is '" + std::string(text) + "'; allowed: a whole number from 1 to 9");
  }
  EXPECT_EQ(Only("nodes", "1").Integer("nodes", 3, 1, 9), 1);
  EXPECT_EQ(Only("nodes", "9").Integer("nodes", 3, 1, 9), 9);
}

TEST(Options, APeriodWithoutUnitIsAnError) {
  Options options = Only("boot", "90");
  EXPECT_EQ(options.Period("boot", seconds(7)), seconds(7));
  EXPECT_EQ(Complaint(options),
            "rig.yaml:7: boot in cluster is '90'; allowed: a whole number and its unit, such as 500us, 1500ms, 2s, 5m "
            "or 1h");
}

TEST(Options, TheFirstComplaintIsTheOneThatIsTold) {
  Options options({{"a", {.text = "x", .where = "f:1"}}, {"b", {.text = "y", .where = "f:2"}}});
  options.Integer("b", 0, 0, 1);
  options.Integer("a", 0, 0, 1);
  EXPECT_EQ(Complaint(options), "f:2: b is 'y'; allowed: a whole number from 0 to 1");
}

TEST(Duration, IsParsedInEveryUnit) {
  EXPECT_EQ(ParseDuration("500us").value(), microseconds(500));
  EXPECT_EQ(ParseDuration("1500ms").value(), milliseconds(1500));
  EXPECT_EQ(ParseDuration("2s").value(), seconds(2));
  EXPECT_EQ(ParseDuration("5m").value(), minutes(5));
  EXPECT_EQ(ParseDuration("1h").value(), hours(1));
  EXPECT_EQ(ParseDuration("0s").value(), Duration::zero());
  EXPECT_EQ(ParseDuration("2562047h").value(), hours(2562047));  // the most that nanoseconds hold
}

TEST(Duration, IsRefusedUnlessItIsAWholeNumberAndAUnit) {
  for (const char* text : {"", "s", "2", "2 s", " 2s", "2s ", "1.5s", "-2s", "-0s", "+2s", "2S", "2sec", "2d", "1m30s",
                           "2562048h", "99999999999999999999s", "0x2s", "2\xC2\xB5s"}) {
    const Result<Duration> parsed = ParseDuration(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kUsage);
    EXPECT_EQ(parsed.error().message, "'" + std::string(text) +
                                          "' is not a duration; allowed: a whole number and its unit, such as 500us, "
                                          "1500ms, 2s, 5m or 1h");
  }
}

TEST(Duration, IsPrintedInTheUnitThatSuitsIt) {
  EXPECT_EQ(FormatDuration(Duration::zero()), "0 s");
  EXPECT_EQ(FormatDuration(nanoseconds(12)), "12 ns");
  EXPECT_EQ(FormatDuration(microseconds(500)), "500 us");
  EXPECT_EQ(FormatDuration(milliseconds(850)), "850 ms");
  EXPECT_EQ(FormatDuration(seconds(5)), "5 s");
  EXPECT_EQ(FormatDuration(milliseconds(36'600)), "36.6 s");
  EXPECT_EQ(FormatDuration(seconds(60)), "1 min");
  EXPECT_EQ(FormatDuration(seconds(340)), "5 min 40 s");
  EXPECT_EQ(FormatDuration(minutes(65)), "1 h 5 min");
  EXPECT_EQ(FormatDuration(hours(24)), "24 h");
  EXPECT_EQ(FormatDuration(milliseconds(-850)), "-850 ms");
}

TEST(Duration, IsRoundedBeforeItsUnitIsChosen) {
  EXPECT_EQ(FormatDuration(nanoseconds(999'999)), "1 ms");
  EXPECT_EQ(FormatDuration(microseconds(999'700)), "1 s");
  EXPECT_EQ(FormatDuration(milliseconds(59'960)), "1 min");
  EXPECT_EQ(FormatDuration(milliseconds(59'940)), "59.9 s");
  EXPECT_EQ(FormatDuration(milliseconds(3'599'600)), "1 h");
}

TEST(Duration, IsPrintedAtItsExtremes) {
  EXPECT_EQ(FormatDuration(Duration::max()), "2562047 h 47 min");
  EXPECT_EQ(FormatDuration(Duration::min()), "-2562047 h 47 min");
}

}  // namespace
}  // namespace holdfast
