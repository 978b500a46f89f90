#include "harness/suite.h"
#include "suites/fuzz/yaml_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdfast::CheckTakenOrRefused(&holdfast::ParseSuite, data, size);
  return 0;
}
