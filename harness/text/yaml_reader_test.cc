// Nothing in a YAML file is ignored, guessed or silently made into something else: the first thing that is not exactly
// as known becomes one line with place, trouble and what is allowed.
#include "harness/text/yaml_reader.h"

#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const YamlKeys kKeys = {.required = {"name"}, .optional = {"count", "rto", "bounds", "list"}};

class YamlReaderTest : public testing::Test {
 protected:
  Result<YamlMapping> Read(const std::string& text, const YamlKeys& keys = kKeys) const {
    return YamlMapping::ReadFile(folder_.Write("rig.yaml", text), "the rig", keys);
  }

  template <typename T>
  std::string Complaint(const Result<T>& result) const {
    if (result.has_value()) return "none";
    EXPECT_EQ(result.error().code, ErrorCode::kUsage);
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    return folder_.Relative(result.error().message);
  }

  TemporaryFolder folder_;
};

TEST_F(YamlReaderTest, EveryKindOfValueIsRead) {
  const YamlMapping rig =
      Read("name: a-1\ncount: 7\nrto: 90s\nbounds: {name: b}\nlist:\n- {name: c}\n- name: d\n").value();
  EXPECT_EQ(rig.Name("name", 20).value(), "a-1");
  EXPECT_EQ(rig.Text("name").value(), "a-1");
  EXPECT_EQ(rig.Integer("count", 1, {1, 9}).value(), 7);
  EXPECT_EQ(rig.Period("rto", seconds(1), {seconds(1), hours(1)}).value(), seconds(90));
  EXPECT_EQ(rig.Mapping("bounds", kKeys).value().Text("name").value(), "b");
  const std::vector<YamlMapping> list = rig.Mappings("list", "item", kKeys).value();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].Text("name").value(), "d");
  EXPECT_EQ(folder_.Relative(list[1].Where("name")), "rig.yaml:7");
}

TEST_F(YamlReaderTest, WhatIsAbsentFallsBackAndIsPlacedAtItsMapping) {
  const YamlMapping rig = Read("# first line\nname: a\n").value();
  EXPECT_EQ(rig.Integer("count", 3, {1, 9}).value(), 3);
  EXPECT_EQ(rig.Period("rto", seconds(4), {seconds(1), hours(1)}).value(), seconds(4));
  EXPECT_FALSE(rig.Has("count"));
  EXPECT_EQ(folder_.Relative(rig.Where("count")), "rig.yaml:2");
  EXPECT_FALSE(rig.Mapping("bounds", {.optional = {"rto"}}).value().Has("rto"));
}

TEST_F(YamlReaderTest, AnUnknownKeyComesBeforeTheMissingOneThatItExplains) {
  EXPECT_EQ(Complaint(Read("# r\n\nnmae: x\n")),
            "rig.yaml:3: unknown key 'nmae' in the rig; known: name, count, rto, bounds, list");
  EXPECT_EQ(Complaint(Read("naem: x\nname: y\n", {.required = {"names"}})),
            "rig.yaml:1: unknown key 'naem' in the rig; known: names");
  EXPECT_EQ(Complaint(Read("nam: x\n")),
            "rig.yaml:1: unknown key 'nam' in the rig (did you mean 'name'?); known: name, count, rto, bounds, list");
}

TEST_F(YamlReaderTest, AMissingKeyIsNamedWithAllThatAreRequired) {
  EXPECT_EQ(Complaint(Read("count: 1\n", {.required = {"name", "count"}})),
            "rig.yaml:1: no key 'name' in the rig; required: name, count");
}

TEST_F(YamlReaderTest, ADuplicateKeyIsNamedWithItsFirstPlace) {
  EXPECT_EQ(Complaint(Read("name: a\ncount: 1\nname: b\n")), "rig.yaml:3: key 'name' in the rig is already on line 1");
  const YamlMapping rig = Read("name: a\nbounds:\n  rto: 1s\n  rto: 2s\n").value();
  EXPECT_EQ(Complaint(rig.Mapping("bounds", kKeys)), "rig.yaml:4: key 'rto' in bounds is already on line 3");
}

TEST_F(YamlReaderTest, AFileWithoutAMappingSaysWhatIsNeeded) {
  EXPECT_EQ(Complaint(Read("")), "rig.yaml:1: empty; allowed: a mapping with name");
  EXPECT_EQ(Complaint(Read("# nothing\n\n---\n")), "rig.yaml:1: empty; allowed: a mapping with name");
  EXPECT_EQ(Complaint(Read("- name\n")), "rig.yaml:1: the rig is a list; allowed: a mapping with name");
  EXPECT_EQ(Complaint(Read("name\n")), "rig.yaml:1: the rig is 'name'; allowed: a mapping with name");
}

TEST_F(YamlReaderTest, ASyntaxErrorIsOneLineWithItsPlace) {
  EXPECT_EQ(Complaint(Read("name: a\n  count: 1\n")), "rig.yaml:2: not YAML: illegal map value");
  EXPECT_EQ(Complaint(Read("name: a\nlist: [1, 2\n")), "rig.yaml:2: not YAML: end of sequence flow not found");
  EXPECT_EQ(Complaint(Read("name: @a\n")), "rig.yaml:1: not YAML: unknown token");
  EXPECT_EQ(Complaint(Read(std::string(100'000, '['))).substr(0, 21), "rig.yaml:1: not YAML:");
}

TEST_F(YamlReaderTest, AQuoteThatIsNeverClosedIsAnErrorAlsoBeforeALineEnd) {
  EXPECT_EQ(Complaint(Read("name: 'a\ncount: 1\n\n")), "rig.yaml:2: not YAML: illegal EOF in scalar");
  EXPECT_EQ(Complaint(Read("name: \"a\n")), "rig.yaml:1: not YAML: illegal EOF in scalar");
}

TEST_F(YamlReaderTest, PartsOfYamlThatHideWhatIsMeantAreRefused) {
  EXPECT_EQ(Complaint(Read("name: &x a\nbounds: {name: *x}\n")), "rig.yaml:2: an alias; allowed: the value itself");
  EXPECT_EQ(Complaint(Read("name: &x {name: *x}\n")), "rig.yaml:1: an alias; allowed: the value itself");
  EXPECT_EQ(Complaint(Read("name: a\ncount: !!int 3\n")), "rig.yaml:2: tag 'tag:yaml.org,2002:int'; allowed: no tags");
  EXPECT_EQ(Complaint(Read("name: a\n---\nname: b\n")),
            "rig.yaml:2: a second document begins, or text follows the end; allowed: one mapping");
  EXPECT_EQ(Complaint(Read("{name: a}\ncount\n")),
            "rig.yaml:2: a second document begins, or text follows the end; allowed: one mapping");
}

TEST_F(YamlReaderTest, TextThatTheParserNeverGetsPastIsRefused) {
  EXPECT_EQ(Complaint(Read(", name: a\n")),
            "rig.yaml:1: a second document begins, or text follows the end; allowed: one mapping");
}

TEST_F(YamlReaderTest, AKeyIsAWord) {
  EXPECT_EQ(Complaint(Read("name: a\n? [x]\n: 1\n")), "rig.yaml:2: a key in the rig is a list; allowed: a word");
  EXPECT_EQ(Complaint(Read("{name: a,, count: 1}\n")),
            "rig.yaml:1: a key in the rig is without a value; allowed: a word");
  EXPECT_EQ(Complaint(Read("name: a\n\"x\\ny\": 1\n")), "rig.yaml:2: a key in the rig is 'x\\x0ay'; allowed: a word");
}

TEST_F(YamlReaderTest, AValueOfTheWrongKindIsDescribed) {
  const YamlMapping rig = Read("name: {a: 1}\ncount: [1]\nrto:\nbounds: 7\nlist: {a: 1}\n").value();
  const YamlRange<Duration> any = {milliseconds(1), hours(1)};
  EXPECT_EQ(Complaint(rig.Text("name")), "rig.yaml:1: name in the rig is a mapping; allowed: a single value");
  EXPECT_EQ(Complaint(rig.Integer("count", 1, {1, 9})),
            "rig.yaml:2: count in the rig is a list; allowed: a single value");
  EXPECT_EQ(Complaint(rig.Period("rto", {}, any)),
            "rig.yaml:3: rto in the rig is without a value; allowed: a single value");
  EXPECT_EQ(Complaint(rig.Mapping("bounds", kKeys)),
            "rig.yaml:4: bounds in the rig is '7'; allowed: a mapping, {key: value}");
  EXPECT_EQ(Complaint(rig.Mappings("list", "item", kKeys)),
            "rig.yaml:5: list in the rig is a mapping; allowed: a list of mappings");
}

TEST_F(YamlReaderTest, AListHoldsAtLeastOneMappingAndNothingElse) {
  EXPECT_EQ(Complaint(Read("name: a\nlist: []\n").value().Mappings("list", "item", kKeys)),
            "rig.yaml:2: list in the rig is a list; allowed: a list of mappings, at least one");
  EXPECT_EQ(Complaint(Read("name: a\nlist:\n  - {name: b}\n  - c\n").value().Mappings("list", "item", kKeys)),
            "rig.yaml:4: item is 'c'; allowed: a mapping, {key: value}");
  EXPECT_EQ(Complaint(Read("name: a\nlist:\n  - {name: b}\n  -\n").value().Mappings("list", "item", kKeys)).substr(11),
            " item is without a value; allowed: a mapping, {key: value}");
  EXPECT_EQ(Complaint(Read("name: a\nlist:\n  - {name: b}\n  - {nam: c}\n").value().Mappings("list", "item", kKeys)),
            "rig.yaml:4: unknown key 'nam' in item (did you mean 'name'?); known: name, count, rto, bounds, list");
}

TEST_F(YamlReaderTest, ANumberIsWholeAndWithinItsRange) {
  for (const char* text : {"0", "10", "-1", "+3", "3.0", "0x3", "1e0", "many", "99999999999"}) {
    EXPECT_EQ(Complaint(Read("name: a\ncount: " + std::string(text)).value().Integer("count", 3, {1, 9})),
              "rig.yaml:2: count in the rig is '" + std::string(text) + "'; allowed: a whole number from 1 to 9");
  }
}

TEST_F(YamlReaderTest, ADurationHasItsUnitAndIsWithinItsRange) {
  const YamlRange<Duration> range = {milliseconds(10), hours(1)};
  const auto complaint = [&](const std::string& text) {
    return Complaint(Read("name: a\nrto: " + text).value().Period("rto", {}, range));
  };
  EXPECT_EQ(
      complaint("90"),
      "rig.yaml:2: rto in the rig is '90'; allowed: a whole number and its unit, such as 500us, 1500ms, 2s, 5m or 1h");
  EXPECT_EQ(complaint("9ms"), "rig.yaml:2: rto in the rig is '9ms'; allowed: 10 ms to 1 h");
  EXPECT_EQ(complaint("61m"), "rig.yaml:2: rto in the rig is '61m'; allowed: 10 ms to 1 h");
  EXPECT_EQ(complaint("10ms"), "none");
  EXPECT_EQ(complaint("1h"), "none");
}

TEST_F(YamlReaderTest, ANameIsFitForFilesPodsAndInterfaces) {
  for (const char* text : {"A", "a_b", "-a", "a-", "a.b", "a/b", "..", "a b", "''", "aaaaaaaaa", "\xC3\xA9"}) {
    const std::string complaint = Complaint(Read("name: " + std::string(text)).value().Name("name", 8));
    EXPECT_NE(complaint.find("; allowed: a-z, 0-9 and '-' within, 1 to 8 characters"), std::string::npos) << complaint;
  }
  for (const char* text : {"a", "7", "a-b", "a--b", "aaaaaaaa"}) {
    EXPECT_EQ(Complaint(Read("name: " + std::string(text)).value().Name("name", 8)), "none");
  }
}

TEST_F(YamlReaderTest, AValueHoldsNoControlCharacters) {
  EXPECT_EQ(Complaint(Read(R"(name: "a\e[31m\n")").value().Text("name")),
            R"(rig.yaml:1: name in the rig is 'a\x1b[31m\x0a'; allowed: a value without control characters)");
}

TEST_F(YamlReaderTest, TheRestOfAMappingBecomesOptionsWithTheirPlaces) {
  const YamlKeys keys = {.required = {"name"}, .others = YamlKeys::Others::kAreOptions};
  Options options = Read("name: ceph\nreplicas: 3\npool: fast\n", keys).value().Rest();
  ASSERT_EQ(options.values().size(), 2U);
  EXPECT_EQ(options.Integer("replicas", 1, 1, 9), 3);
  EXPECT_EQ(folder_.Relative(options.Finish().error().message),
            "rig.yaml:3: unknown key 'pool' in the rig; known: name, replicas");
}

TEST_F(YamlReaderTest, OptionsAreSingleValues) {
  const YamlKeys keys = {.required = {"name"}, .others = YamlKeys::Others::kAreOptions};
  EXPECT_EQ(Complaint(Read("name: ceph\npools: [a, b]\n", keys)),
            "rig.yaml:2: pools in the rig is a list; allowed: a single value");
  EXPECT_EQ(Complaint(Read("name: ceph\npool:\n", keys)),
            "rig.yaml:2: pool in the rig is without a value; allowed: a single value");
}

TEST_F(YamlReaderTest, AKeyThatIsReadWithoutBeingKnownIsOurMistake) {
  const YamlMapping rig = Read("name: a\n").value();
  EXPECT_DEATH(static_cast<void>(rig.Has("nmae")), "CHECK failed");
}

}  // namespace
}  // namespace holdfast
