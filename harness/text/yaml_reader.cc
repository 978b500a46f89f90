#include "harness/text/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "harness/check.h"
#include "harness/text/spelling.h"
#include "harness/text/yaml_text.h"

namespace holdfast {
namespace {

std::string At(const std::string& file, int line) { return fmt::format("{}:{}", file, line); }

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

// Walks a document before its nodes are made and keeps the first thing that is YAML yet not wanted. Aliases, above
// all: they can close a circle or stand for a billion values, and the line of an aliased value is another's.
class Unwanted : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) Note(mark, "a second document begins, or text follows the end; allowed: one mapping");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Note(mark, "an alias; allowed: the value itself"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string&) override {
    CheckTag(mark, tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
  }
  void OnMapEnd() override {}

  Status Complaint(const std::string& file) const {
    if (trouble_.empty()) return {};
    return UsageError(fmt::format("{}: {}", At(file, line_), trouble_));
  }

 private:
  void Note(const YAML::Mark& mark, const std::string& trouble) {
    if (!trouble_.empty()) return;
    trouble_ = trouble;
    line_ = LineOf(mark);
  }
  // "?" is a plain value, "!" one in quotes; all else was written by the user.
  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") Note(mark, fmt::format("tag {}; allowed: no tags", Quoted(tag)));
  }

  int documents_ = 0;
  int line_ = 0;
  std::string trouble_;
};

Result<YAML::Node> ParseDocument(const std::string& file, const std::string& text) {
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Unwanted unwanted;
    // The second document is complained of, and ends this: yaml-cpp 0.7 finds documents without end in ", a: 1".
    while (unwanted.Complaint(file).has_value() && parser.HandleNextDocument(unwanted)) {
    }
    RETURN_IF_ERROR(unwanted.Complaint(file));
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    return UsageError(fmt::format("{}: not YAML: {}", At(file, LineOf(error.mark)), error.msg));
  }
}

bool HasControl(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; });
}

std::string Described(const YAML::Node& value) {
  if (value.IsMap()) return "a mapping";
  if (value.IsSequence()) return "a list";
  return value.IsScalar() ? Quoted(value.Scalar()) : "without a value";
}

}  // namespace

Result<YamlMapping> YamlMapping::ReadFile(const std::filesystem::path& file, const std::string& title,
                                          const YamlKeys& keys) {
  ASSIGN_OR_RETURN(const std::string text, ReadYamlText(file));
  return OpenText(file.string(), text, title, keys);
}

Result<YamlMapping> YamlMapping::Parse(const std::string& text, const std::string& file, const std::string& title,
                                       const YamlKeys& keys) {
  ASSIGN_OR_RETURN(const std::string taken, TakeYamlText(file, text));
  return OpenText(file, taken, title, keys);
}

Result<YamlMapping> YamlMapping::OpenText(const std::string& file, const std::string& text, const std::string& title,
                                          const YamlKeys& keys) {
  ASSIGN_OR_RETURN(const YAML::Node node, ParseDocument(file, text));
  if (!node.IsMap()) {
    return UsageError(fmt::format("{}: {}; allowed: a mapping with {}", At(file, 1),
                                  node.IsNull() ? "empty" : title + " is " + Described(node),
                                  fmt::join(keys.required, ", ")));
  }
  return Open(file, LineOf(node.Mark()), title, node, keys);
}

Result<YamlMapping> YamlMapping::Open(const std::string& file, int line, const std::string& title,
                                      const YAML::Node& node, const YamlKeys& keys) {
  YamlMapping mapping(file, line, title);
  RETURN_IF_ERROR(mapping.AddEntries(node));
  RETURN_IF_ERROR(mapping.CheckKeys(keys));
  return mapping;
}

Status YamlMapping::AddEntries(const YAML::Node& node) {
  for (const auto& pair : node) {
    const int line = LineOf(pair.first.Mark());
    if (!pair.first.IsScalar() || HasControl(pair.first.Scalar())) {
      return UsageError(
          fmt::format("{}: a key in {} is {}; allowed: a word", At(file_, line), title_, Described(pair.first)));
    }
    const std::string key = pair.first.Scalar();
    const auto earlier =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
    if (earlier != entries_.end()) {
      return UsageError(
          fmt::format("{}: key {} in {} is already on line {}", At(file_, line), Quoted(key), title_, earlier->line));
    }
    entries_.push_back({.key = key, .line = line, .value = pair.second});
  }
  return {};
}

// Unknown keys come before missing ones: the misspelt key explains the missing one.
Status YamlMapping::CheckKeys(const YamlKeys& keys) {
  known_ = keys.required;
  known_.insert(known_.end(), keys.optional.begin(), keys.optional.end());
  for (const Entry& entry : entries_) {
    if (IsKnown(entry.key)) continue;
    if (keys.others == YamlKeys::Others::kRefused) {
      return UsageError(fmt::format("{}: unknown key {} in {}{}; known: {}", At(file_, entry.line), Quoted(entry.key),
                                    title_, DidYouMean(entry.key, known_), fmt::join(known_, ", ")));
    }
    RETURN_IF_ERROR(Scalar(entry));
  }
  for (const std::string& key : keys.required) {
    if (Has(key)) continue;
    return UsageError(fmt::format("{}: no key '{}' in {}; required: {}", At(file_, line_), key, title_,
                                  fmt::join(keys.required, ", ")));
  }
  return {};
}

bool YamlMapping::IsKnown(const std::string& key) const {
  return std::find(known_.begin(), known_.end(), key) != known_.end();
}

const YamlMapping::Entry* YamlMapping::Find(const std::string& key) const {
  CHECK(IsKnown(key));
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&key](const Entry& entry) { return entry.key == key; });
  return found == entries_.end() ? nullptr : &*found;
}

bool YamlMapping::IsMapping(const std::string& key) const {
  const Entry* entry = Find(key);
  return entry != nullptr && entry->value.IsMap();
}

std::string YamlMapping::Where(const std::string& key) const {
  const Entry* entry = Find(key);
  return At(file_, entry == nullptr ? line_ : entry->line);
}

tl::unexpected<Error> YamlMapping::Complaint(const Entry& entry, const std::string& allowed) const {
  return UsageError(fmt::format("{}: {} in {} is {}; allowed: {}", At(file_, entry.line), entry.key, title_,
                                Described(entry.value), allowed));
}

tl::unexpected<Error> YamlMapping::Complaint(const std::string& key, const std::string& allowed) const {
  const Entry* entry = Find(key);
  CHECK(entry != nullptr);
  return Complaint(*entry, allowed);
}

Result<std::string> YamlMapping::Scalar(const Entry& entry) const {
  if (!entry.value.IsScalar()) return Complaint(entry, "a single value");
  if (HasControl(entry.value.Scalar())) return Complaint(entry, "a value without control characters");
  return entry.value.Scalar();
}

Result<std::string> YamlMapping::Text(const std::string& key, const std::string& fallback) const {
  const Entry* entry = Find(key);
  return entry == nullptr ? fallback : Scalar(*entry);
}

Result<std::string> YamlMapping::Name(const std::string& key, std::size_t longest, const std::string& fallback) const {
  ASSIGN_OR_RETURN(const std::string text, Text(key, fallback));
  if (IsName(text, longest)) return text;
  return Complaint(key, fmt::format("a-z, 0-9 and '-' within, 1 to {} characters", longest));
}

Result<int> YamlMapping::Integer(const std::string& key, int fallback, YamlRange<int> range) const {
  if (!Has(key)) return fallback;
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stopped == end && number >= range.least && number <= range.most) return number;
  return Complaint(key, fmt::format("a whole number from {} to {}", range.least, range.most));
}

Result<Duration> YamlMapping::Period(const std::string& key, Duration fallback, YamlRange<Duration> range) const {
  if (!Has(key)) return fallback;
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  const Result<Duration> period = ParseDuration(text);
  if (!period.has_value()) return Complaint(key, kDurationForm);
  if (*period >= range.least && *period <= range.most) return period;
  return Complaint(key, FormatDuration(range.least) + " to " + FormatDuration(range.most));
}

Result<std::vector<std::string>> YamlMapping::Names(const std::string& key,
                                                    const std::vector<std::string>& allowed) const {
  const Entry* entry = Find(key);
  if (entry == nullptr) return allowed;
  const std::string some = fmt::format("a list, each once, of {}", fmt::join(allowed, ", "));
  if (!entry->value.IsSequence() || entry->value.size() == 0) return Complaint(key, some);
  std::vector<std::string> names;
  for (const auto& item : entry->value) {
    const int line = item.Mark().is_null() ? entry->line : LineOf(item.Mark());
    const bool known = item.IsScalar() && std::find(allowed.begin(), allowed.end(), item.Scalar()) != allowed.end();
    if (!known || std::find(names.begin(), names.end(), item.Scalar()) != names.end()) {
      return UsageError(fmt::format("{}: one of {} in {} is {}{}; allowed: {}", At(file_, line), key, title_,
                                    Described(item),
                                    item.IsScalar() && !known ? DidYouMean(item.Scalar(), allowed) : "", some));
    }
    names.push_back(item.Scalar());
  }
  return names;
}

Result<YamlMapping> YamlMapping::Mapping(const std::string& key, const YamlKeys& keys) const {
  const Entry* entry = Find(key);
  if (entry == nullptr) return Open(file_, line_, key, YAML::Node(YAML::NodeType::Map), keys);
  if (!entry->value.IsMap()) return Complaint(key, "a mapping, {key: value}");
  return Open(file_, entry->line, key, entry->value, keys);
}

Result<std::vector<YamlMapping>> YamlMapping::Mappings(const std::string& key, const std::string& title,
                                                       const YamlKeys& keys) const {
  const Entry* entry = Find(key);
  if (entry == nullptr || !entry->value.IsSequence()) return Complaint(key, "a list of mappings");
  if (entry->value.size() == 0) return Complaint(key, "a list of mappings, at least one");
  std::vector<YamlMapping> mappings;
  for (const auto& item : entry->value) {
    const int line = item.Mark().is_null() ? entry->line : LineOf(item.Mark());
    if (!item.IsMap()) {
      return UsageError(
          fmt::format("{}: {} is {}; allowed: a mapping, {{key: value}}", At(file_, line), title, Described(item)));
    }
    ASSIGN_OR_RETURN(YamlMapping mapping, Open(file_, line, title, item, keys));
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

Options YamlMapping::Rest() const {
  std::map<std::string, Options::Value> values;
  for (const Entry& entry : entries_) {
    if (IsKnown(entry.key)) continue;
    values.emplace(entry.key, Options::Value{.text = entry.value.Scalar(), .where = At(file_, entry.line)});
  }
  return Options(std::move(values), title_, known_);
}

}  // namespace holdfast
