#include "harness/host/machine_memory.h"

#include <sstream>

namespace holdfast {

Result<std::uint64_t> AvailableMemory(Host& host) {
  ASSIGN_OR_RETURN(const std::string meminfo, RunForOutput(host, {.argv = {"cat", "/proc/meminfo"}}));
  return ReadAvailableMemory(meminfo);
}

Result<std::uint64_t> ReadAvailableMemory(const std::string& meminfo) {
  std::istringstream lines(meminfo);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key, unit;
    std::uint64_t count = 0;
    if (words >> key >> count >> unit && key == "MemAvailable:" && unit == "kB") return count << 10;
  }
  return Unavailable("/proc/meminfo does not say how much memory is available");
}

}  // namespace holdfast
