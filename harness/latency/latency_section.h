// LatencySection: what rig and suite say about the measuring of latency, read from their YAML.
#pragma once

#include "harness/latency/commit_latency.h"
#include "harness/latency/fio_job.h"
#include "harness/text/yaml_reader.h"

namespace holdfast {

// `fio: {jobs: [journal], repetitions: 5, runtime: 5s, warm_up: 1s, size_mib: 64}`; all jobs if none are named.
Result<FioSettings> ReadFio(const YamlMapping& scenario);
// `commits: {for: 20s, rate: 40}`
Result<CommitSettings> ReadCommits(const YamlMapping& scenario);
// "5x" or "2.5x", as the factor.
Result<double> ReadFactor(const YamlMapping& section, const std::string& key);

}  // namespace holdfast
