// Payload: the content of a write, which can be computed again, and in which way what was read instead differs from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

inline constexpr std::size_t kPayloadSize = 64;
using Payload = std::array<char, kPayloadSize>;

// Letters a … p. A pure function of its arguments, and different for any two writes that differ in one of them.
Payload MakePayload(std::uint64_t seed, int client, std::uint64_t sequence);
std::string PayloadFor(std::uint64_t seed, int client, std::uint64_t sequence);

// How what was read differs from what was written. Torn is what a write leaves behind that reached the disk in part:
// its beginning, and then nothing, zeros, or what had been there before. All else is corrupt.
struct Damage {
  enum class Kind : std::uint8_t { kCutOff, kZerosBehind, kOtherBehind, kCorrupt };
  Kind kind = Kind::kCorrupt;
  std::uint32_t size = 0;              // bytes that were read; 4 GiB and more count as 4 GiB - 1
  std::uint32_t first_difference = 0;  // byte, from 0
};

// Of `found`, the beginning of the `size` bytes that were read; nothing if it is what was written.
std::optional<Damage> FindDamage(const Payload& written, std::string_view found, std::uint64_t size);
std::string Describe(const Damage& damage);

}  // namespace holdfast
