// Seed: every random choice of a run comes from the plan's seed, by arithmetic that is the same on every machine and
// standard library (std::uniform_int_distribution and std::hash are not).
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

// The first output of SplitMix64 seeded with `value`: Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014, with the constants of https://prng.di.unimi.it/splitmix64.c. A bijection.
constexpr std::uint64_t SplitMix64(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

// SplitMix64(SplitMix64(plan_seed ^ FNV-1a(scenario)) + trial): independent of the other cells of the plan.
std::uint64_t CellSeed(std::uint64_t plan_seed, const std::string& scenario, int trial);

// One draw from least ... most, both included. Uniform but for a bias of (most - least) / 2^64.
std::uint64_t Uniform(std::uint64_t seed, std::uint64_t least, std::uint64_t most);

}  // namespace holdfast
