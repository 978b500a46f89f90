// Parts: the provider, backend and workload that a rig names, made from the registries. Here a name that nothing is
// registered under, and an option that its part does not know, become a usage error with file:line.
#pragma once

#include <memory>

#include "harness/backend.h"
#include "harness/provider.h"
#include "harness/rig.h"
#include "harness/suite.h"
#include "harness/workload.h"

namespace holdfast {

struct Parts {
  std::unique_ptr<Provider> provider;
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Workload> workload;
};

Result<std::unique_ptr<Provider>> MakeProvider(Host& host, const Rig& rig);
Result<Parts> MakeParts(Host& host, const Rig& rig);

// Every fault exists and knows its options.
Status CheckFaults(const Suite& suite);

// "rig.yaml:3: unknown backend 'cephrbd'; known: ceph-rbd, local"
Error UnknownName(const std::string& kind, const Part& part, const std::vector<std::string>& known);

}  // namespace holdfast
