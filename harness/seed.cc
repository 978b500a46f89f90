#include "harness/seed.h"

#include "harness/check.h"

namespace holdfast {
namespace {

// 64-bit FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t Fnv1a(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
  return hash;
}

}  // namespace

std::uint64_t CellSeed(std::uint64_t plan_seed, const std::string& scenario, int trial) {
  CHECK(trial >= 1);
  return SplitMix64(SplitMix64(plan_seed ^ Fnv1a(scenario)) + static_cast<std::uint64_t>(trial));
}

std::uint64_t Uniform(std::uint64_t seed, std::uint64_t least, std::uint64_t most) {
  CHECK(least <= most && most - least < UINT64_MAX);
  return least + SplitMix64(seed) % (most - least + 1);
}

}  // namespace holdfast
