#include "harness/playing/diagnostics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "harness/host/text_file.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// kubectl is given as long again to say that it had no answer.
constexpr Duration kLimitOfOne = std::chrono::seconds(5);
constexpr std::size_t kMostPods = 20;

using Work = std::function<void()>;

// Side by side: where nothing answers, each of them takes its whole limit. What throws is left out.
void DoAll(const std::vector<Work>& all) {
  std::vector<std::future<void>> acts;
  for (const Work& work : all) {
    acts.push_back(std::async(std::launch::async, [&work] {
      const Shielded shielded;
      work();
    }));
  }
  for (std::future<void>& act : acts) {
    try {
      act.get();
    } catch (const std::exception& error) {
      spdlog::warn("a part of the diagnostics is missing: {}", error.what());
    }
  }
}

void Write(const fs::path& file, const std::string& text) {
  const Status written = WriteText(file, text);
  if (!written.has_value()) spdlog::warn("{}", written.error().message);
}

Result<std::string> Ask(const Kube& kube, const std::vector<std::string>& question) {
  return kube.Kubectl(question, "", kLimitOfOne);
}

void AskInto(const fs::path& file, const Kube& kube, const std::vector<std::string>& question) {
  const Result<std::string> answer = Ask(kube, question);
  const std::string said = answer.has_value() ? *answer : answer.error().message + "\n" + answer.error().output;
  Write(file, fmt::format("$ kubectl {}\n{}\n", fmt::join(question, " "), Tail(said)));
}

// The names of pods are asked for first: `kubectl logs` has no way to say "of whoever is there".
void AskPods(const Kube& kube, const std::string& space, const fs::path& folder) {
  const std::vector<std::string> question = {"get", "pods", "--namespace", space, "--output", "name"};
  const Result<std::string> names = Ask(kube, question);
  if (!names.has_value()) return AskInto(folder / "pod.log", kube, question);
  std::vector<Work> all;
  std::istringstream lines(*names);
  for (std::string pod; all.size() < 2 * kMostPods && std::getline(lines, pod);) {
    const std::string name = pod.substr(pod.find('/') + 1);
    if (name.empty()) continue;
    const std::vector<std::string> logs = {"logs",   name,    "--namespace", space, "--all-containers",
                                           "--tail", "20000", "--timestamps"};
    std::vector<std::string> previous = logs;
    previous.emplace_back("--previous");
    all.emplace_back([=, &kube] { AskInto(folder / (name + ".log"), kube, logs); });
    all.emplace_back([=, &kube] { AskInto(folder / (name + ".previous.log"), kube, previous); });
  }
  DoAll(all);
}

// What a provider or a backend kept whole.
void Shorten(const fs::path& file, std::uintmax_t size) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(size - kMostOfLog));
  std::string line;
  std::getline(in, line);  // begins somewhere
  const auto from = static_cast<std::uintmax_t>(in.tellg());
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.bad() && !text.empty()) Write(file, fmt::format("[{} bytes before are left out]\n{}", from, text));
}

void ShortenAll(const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code unknown;
    if (!at->is_regular_file(unknown)) continue;
    const std::uintmax_t size = at->file_size(unknown);
    if (!unknown && size > kMostOfLog) Shorten(at->path(), size);
  }
}

void CollectAll(const World& world, const fs::path& folder) {
  const Kube& kube = world.kube;
  std::error_code error;
  fs::create_directories(folder, error);
  DoAll({
      [&] {
        AskInto(
            folder / "objects.txt", kube,
            {"get", "nodes,pods,persistentvolumes,persistentvolumeclaims,volumeattachments,poddisruptionbudgets,leases",
             "--all-namespaces", "--output", "wide"});
      },
      [&] {
        AskInto(folder / "events.txt", kube, {"get", "events", "--all-namespaces", "--sort-by", ".lastTimestamp"});
      },
      [&] {
        AskInto(folder / "pods.txt", kube, {"describe", "pods,persistentvolumeclaims", "--namespace", world.space});
      },
      [&] {
        AskInto(folder / "nodes.txt", kube, {"describe", "nodes"});
      },
      [&] { AskPods(kube, world.space, folder); },
      [&] { world.backend.CollectLogs(folder / "storage"); },
      [&] {
        const Status kept = world.provider.CollectLogs(folder / "machines");
        if (!kept.has_value()) Write(folder / "machines.txt", kept.error().message + "\n");
      },
  });
  ShortenAll(folder);
}

}  // namespace

void CollectDiagnostics(const World& world, const fs::path& folder) noexcept {
  try {
    CollectAll(world, folder);
  } catch (...) {
    // Out of memory or of threads, perhaps; the run is worth more than what could be said about it.
  }
}

std::string Tail(std::string text, std::uintmax_t most) {
  if (text.size() <= most) return text;
  std::size_t from = text.size() - most;
  const std::size_t line = text.find('\n', from - 1);
  if (line != std::string::npos && line + 1 < text.size()) from = line + 1;
  return fmt::format("[{} bytes before are left out]\n{}", from, text.substr(from));
}

}  // namespace holdfast
