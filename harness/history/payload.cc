#include "harness/history/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "harness/seed.h"

namespace holdfast {
namespace {

// Four bits a character, eight characters a step; the order of the bytes is the machine's.
static_assert(std::endian::native == std::endian::little);

void Spell(std::uint64_t word, char* to) {
  constexpr std::uint64_t kNibbles = 0x0F0F0F0F0F0F0F0FU;
  constexpr std::uint64_t kLetters = 0x6161616161616161U;  // 'a'
  const std::uint64_t low = (word & kNibbles) + kLetters;
  const std::uint64_t high = ((word >> 4) & kNibbles) + kLetters;
  std::memcpy(to, &low, sizeof low);
  std::memcpy(to + sizeof low, &high, sizeof high);
}

// A tail that is not what was written agrees with it by chance in one letter of 16; one with a few bits flipped agrees
// in nearly all of them.
constexpr std::size_t kLeastBeginning = 4;
constexpr std::size_t kLeastTail = 8;

bool IsOther(std::string_view written, std::string_view found) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < std::min(written.size(), found.size()); ++i) equal += written[i] == found[i] ? 1 : 0;
  return found.size() >= kLeastTail && equal * 4 <= found.size();
}

}  // namespace

// From the first three words seed, client and sequence can be computed, since SplitMix64 is a bijection: no two writes
// have the same payload.
Payload MakePayload(std::uint64_t seed, int client, std::uint64_t sequence) {
  const auto number = static_cast<std::uint64_t>(client);
  Payload payload;
  std::uint64_t word = SplitMix64(sequence ^ SplitMix64(number ^ SplitMix64(seed)));
  Spell(word, payload.data());
  word = SplitMix64(number ^ word);
  Spell(word, payload.data() + 16);
  word = SplitMix64(seed ^ word);
  Spell(word, payload.data() + 32);
  Spell(SplitMix64(word), payload.data() + 48);
  return payload;
}

std::string PayloadFor(std::uint64_t seed, int client, std::uint64_t sequence) {
  const Payload payload = MakePayload(seed, client, sequence);
  return {payload.data(), payload.size()};
}

std::optional<Damage> FindDamage(const Payload& written, std::string_view found, std::uint64_t size) {
  if (size == written.size() && found.size() == written.size() &&
      std::memcmp(found.data(), written.data(), written.size()) == 0) {
    return std::nullopt;
  }
  const std::string_view expected(written.data(), written.size());
  const auto same = static_cast<std::size_t>(
      std::mismatch(expected.begin(), expected.end(), found.begin(), found.end()).first - expected.begin());
  Damage damage{
      .kind = Damage::Kind::kCorrupt,
      .size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, std::numeric_limits<std::uint32_t>::max())),
      .first_difference = static_cast<std::uint32_t>(same)};
  const std::string_view tail = found.substr(same);
  if (same == expected.size()) return damage;  // and more behind it
  if (tail.empty()) {
    damage.kind = Damage::Kind::kCutOff;
  } else if (tail.find_first_not_of('\0') == std::string_view::npos) {
    damage.kind = Damage::Kind::kZerosBehind;
  } else if (same >= kLeastBeginning && IsOther(expected.substr(same), tail)) {
    damage.kind = Damage::Kind::kOtherBehind;
  }
  return damage;
}

std::string Describe(const Damage& damage) {
  std::string text = fmt::format("{} bytes were written, {} read, the first difference is at byte {}", kPayloadSize,
                                 damage.size, damage.first_difference);
  switch (damage.kind) {
    case Damage::Kind::kCutOff:
      return text + ": torn, nothing from there on";
    case Damage::Kind::kZerosBehind:
      return text + ": torn, zeros from there on";
    case Damage::Kind::kOtherBehind:
      return text + ": torn, something else from there on";
    case Damage::Kind::kCorrupt:
      break;
  }
  return text;
}

}  // namespace holdfast
