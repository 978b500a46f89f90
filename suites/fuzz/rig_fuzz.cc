#include "harness/rig.h"
#include "suites/fuzz/yaml_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdfast::CheckTakenOrRefused(&holdfast::ParseRig, data, size);
  return 0;
}
