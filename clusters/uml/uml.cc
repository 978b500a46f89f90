#include "clusters/uml/uml.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <system_error>
#include <utility>

#include "clusters/uml/control_plane.h"
#include "clusters/uml/map_limit.h"
#include "fixtures/image_archive.h"
#include "harness/reporting/flush_note.h"

namespace holdfast::uml {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// What the control plane of three nodes was seen to take, and some room.
constexpr int kControlPlaneMib = 1024;

int AvailableMemoryMib() {
  std::ifstream stream("/proc/meminfo");
  for (std::string key, line; stream >> key; std::getline(stream, line)) {
    if (key == "MemAvailable:") return std::stoi(line) / 1024;
  }
  return 0;
}

// One cluster of a name is made or unmade at a time, also by different processes: a lock on one byte of a file that all
// clusters share, so that nothing is left of a cluster that is down.
class ClusterLock {
 public:
  static Result<ClusterLock> Take(Host& host, const Layout& layout) {
    const fs::path file = layout.folder().parent_path() / ".lock";
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    ClusterLock lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0)
      return Unavailable(fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
    struct flock byte {};
    byte.l_type = F_WRLCK;
    byte.l_whence = SEEK_SET;
    byte.l_start = static_cast<off_t>(std::hash<std::string>{}(layout.cluster()) % 1'000'000);
    byte.l_len = 1;
    const Wait wait{.awaited = fmt::format("no other holdfast makes or unmakes cluster {}", layout.cluster()),
                    .limit = minutes(20)};
    RETURN_IF_ERROR(Await(host, wait, [&](std::string& last_seen) -> Result<bool> {
      last_seen = "one does";
      return fcntl(lock.descriptor_, F_OFD_SETLK, &byte) == 0;
    }));
    return lock;
  }
  ClusterLock(ClusterLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ClusterLock& operator=(ClusterLock&&) = delete;
  ~ClusterLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  explicit ClusterLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// The standard library throws where the file system is full or read-only. What was made must be unmade then too.
Status Guarded(const std::function<Status()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return Unavailable(error.what());
  }
}

bool NodeIsReady(const nlohmann::json& node) {
  for (const auto& condition : node["status"].value("conditions", nlohmann::json::array())) {
    if (condition.value("type", "") == "Ready") return condition.value("status", "") == "True";
  }
  return false;
}

void KeepFile(const fs::path& from, const fs::path& to) {
  std::error_code ignored;  // a log that cannot be had is left out
  if (!fs::exists(from, ignored)) return;
  fs::create_directories(to.parent_path(), ignored);
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, ignored);
}

}  // namespace

Uml::Uml(const Context& context) : host_(context.host), layout_(context.cluster), options_(context.options) {
  asked_.nodes = options_.Integer("nodes", asked_.nodes, 1, 9);
  asked_.profile = options_.Text("profile", asked_.profile, {"tuned", "stock"});
  asked_.memory_mib = options_.Integer("memory_mib", asked_.memory_mib, 768, 65536);
  asked_.disk_gib = options_.Integer("disk_gib", asked_.disk_gib, 2, 1024);
  // Each node in a zone of its own, unless the rig says otherwise.
  asked_.zones = options_.Integer("zones", asked_.nodes, 1, asked_.nodes);
  parameters_ = asked_;
  if (const Result<Saved> saved = LoadParameters(layout_)) {
    parameters_ = saved->parameters;
    images_ = saved->images;
  }
}

Status Uml::Check() const { return options_.Finish(); }

std::vector<Complaint> Uml::Diagnose() {
  std::vector<Complaint> complaints;
  if (geteuid() != 0) complaints.push_back({"the embedded cluster needs root", "run it as root"});
  if (access("/dev/net/tun", R_OK | W_OK) != 0) {
    complaints.push_back({"/dev/net/tun cannot be opened", "modprobe tun"});
  }
  for (const auto& [program, package] : std::vector<std::pair<std::string, std::string>>{
           {"ip", "iproute2"}, {"unshare", "util-linux"}, {"ssh", "openssh-client"}, {"openssl", "openssl"}}) {
    const Result<Output> found = host_.Run({.argv = {"sh", "-c", "command -v " + program}});
    if (!found || found->exit_status != 0) {
      complaints.push_back({fmt::format("the program {} is missing", program), "apt-get install " + package});
    }
  }
  if (const Status room = RefuseIfNoRoom(); !room) {
    complaints.push_back({room.error().message, "free some, or set memory_mib and nodes in the rig"});
  }
  return complaints;
}

std::uint64_t Uml::MemoryNeeded() const {
  const int mib = asked_.nodes * asked_.memory_mib + kControlPlaneMib;
  return static_cast<std::uint64_t>(mib) << 20;
}

Status Uml::RefuseIfNoRoom() const {
  const int needed = static_cast<int>(MemoryNeeded() >> 20);
  if (const int available = AvailableMemoryMib(); available < needed) {
    return Unavailable(
        fmt::format("cluster {} needs {} MiB of memory ({} nodes of {} MiB and the control plane), {} MiB "
                    "are available; free some, or lower memory_mib or nodes in the rig",
                    layout_.cluster(), needed, asked_.nodes, asked_.memory_mib, available));
  }
  std::error_code error;
  fs::path there = layout_.folder();
  while (there.has_relative_path() && !fs::exists(there)) there = there.parent_path();
  constexpr std::uintmax_t kLeastGib = 6;
  if (const auto space = fs::space(there, error); !error && space.available < kLeastGib << 30) {
    return Unavailable(fmt::format("cluster {} needs {} GiB of disk in {}, {} MiB are available", layout_.cluster(),
                                   kLeastGib, there.string(), space.available >> 20));
  }
  return {};
}

std::vector<std::string> Uml::Nodes() const {
  std::vector<std::string> nodes;
  for (int number = 1; number <= parameters_.nodes; ++number) nodes.push_back(Layout::NodeName(number));
  return nodes;
}

Result<Access> Uml::GetAccess() const {
  if (!fs::exists(layout_.Kubeconfig())) {
    return Unavailable(
        fmt::format("cluster {} is not up; run: holdfast cluster up {}", layout_.cluster(), layout_.cluster()));
  }
  return Access{.kubeconfig = layout_.Kubeconfig(),
                .kubectl = (images_.kubernetes / "kubectl").string(),
                .network_namespace = layout_.NetworkNamespace()};
}

Kube Uml::MakeKube() const {
  return {host_, Access{.kubeconfig = layout_.Kubeconfig(),
                        .kubectl = (images_.kubernetes / "kubectl").string(),
                        .network_namespace = layout_.NetworkNamespace()}};
}

Result<bool> Uml::IsUp() {
  if (!fs::exists(layout_.UpMark())) return false;
  return ControlPlaneIsAlive(host_, layout_);
}

Result<bool> Uml::Exists() { return fs::exists(layout_.folder()); }

Status Uml::RefuseIfDamaged() {
  if (parameters_ != asked_) {
    return Unavailable(
        fmt::format("cluster {} is up with {} nodes of {} MiB in {} zones, profile {}, and not as the rig asks; run: "
                    "holdfast cluster down {}, or name another cluster",
                    layout_.cluster(), parameters_.nodes, parameters_.memory_mib, parameters_.zones,
                    parameters_.profile, layout_.cluster()));
  }
  for (const std::string& node : Nodes()) {
    ASSIGN_OR_RETURN(const bool on, IsOn(node));
    if (!on) {
      return Unavailable(
          fmt::format("node {} of cluster {} is off; run: holdfast heal --cluster {}, or: holdfast cluster "
                      "down {}",
                      node, layout_.cluster(), layout_.cluster(), layout_.cluster()));
    }
  }
  return AwaitReady(Nodes());
}

Status Uml::Create(Progress& progress) {
  ASSIGN_OR_RETURN(const ClusterLock lock, ClusterLock::Take(host_, layout_));
  ASSIGN_OR_RETURN(const bool up, IsUp());
  if (up) return RefuseIfDamaged();
  if (fs::exists(layout_.UpMark())) {
    CollectLogs(layout_.KeptLogs());
    return Unavailable(
        fmt::format("cluster {} is damaged, a program of its control plane has ended (logs: {}); run: "
                    "holdfast cluster down {}",
                    layout_.cluster(), layout_.KeptLogs().string(), layout_.cluster()));
  }
  // What an interrupted or crashed run left.
  if (fs::exists(layout_.folder())) {
    RETURN_IF_ERROR(fs::exists(layout_.NetworkMark()) ? KillEverything() : RemoveFolder());
  }
  parameters_ = asked_;
  RETURN_IF_ERROR(RefuseIfNoRoom());
  const Status made = Guarded([&] { return MakeCluster(progress); });
  if (made) return made;
  const Shielded shielded;
  CollectLogs(layout_.KeptLogs());
  Error error = made.error();
  // A namespace of this name that was there before is somebody else's.
  const bool ours = fs::exists(layout_.NetworkMark());
  if (const Status undone = ours ? KillEverything() : RemoveFolder(); !undone)
    error.message += "; and then: " + undone.error().message;
  error.message += fmt::format(" (logs: {})", layout_.KeptLogs().string());
  return tl::unexpected<Error>(std::move(error));
}

Status Uml::MakeImages(Progress& progress) {
  const auto make = [&](const std::string& title, const char* script, seconds expected, fs::path& folder) {
    return progress.Step(title, expected, [&]() -> Status {
      ASSIGN_OR_RETURN(std::string printed, RunForOutput(host_, {.argv = {(SourceFolder() / "image" / script).string()},
                                                                 .limit = minutes(45)}));
      while (!printed.empty() && printed.back() == '\n') printed.pop_back();
      folder = printed;
      return {};
    });
  };
  RETURN_IF_ERROR(make("kernel", "kernel.sh", seconds(15), images_.kernel));
  RETURN_IF_ERROR(make("Kubernetes programs", "kubernetes.sh", seconds(480), images_.kubernetes));
  return make("node image", "noderoot.sh", seconds(80), images_.node_root);
}

// A cluster that does not live for long does without.
void Uml::RaiseMapLimit(Progress& progress) {
  const Status raised = MapLimit::OfThisMachine().Raise();
  if (raised) return;
  progress.Say(
      fmt::format("storage daemons may end after half an hour, as a process of this machine may have too few "
                  "mappings ({}); run: sysctl -w vm.max_map_count={}",
                  raised.error().message, kMapLimit));
}

Status Uml::MakeNetwork() {
  const std::string space = layout_.NetworkNamespace();
  ASSIGN_OR_RETURN(const Output added, host_.Run({.argv = {"ip", "netns", "add", space}}));
  if (added.exit_status != 0) {
    return Unavailable(
        fmt::format("cannot make the network namespace {}: {}; if it is of no use, run: holdfast cluster "
                    "down {}",
                    space, added.err.substr(0, added.err.find('\n')), layout_.cluster()));
  }
  RETURN_IF_ERROR(WriteFile(layout_.NetworkMark(), ""));
  RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "-n", space, "link", "set", "lo", "up"}}));
  for (const auto& [bridge, address] : {std::pair{"br0", kControlPlaneAddress}, std::pair{"br1", kManagementGateway}}) {
    RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "-n", space, "link", "add", bridge, "type", "bridge"}}));
    RETURN_IF_ERROR(RunForOutput(
        host_, {.argv = {"ip", "-n", space, "addr", "add", fmt::format("{}/24", address), "dev", bridge}}));
    RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "-n", space, "link", "set", bridge, "up"}}));
  }
  return {};
}

// Kubernetes holds a pod's namespaces with a container that does nothing; no registry has it for us.
Status Uml::MakePauseImage() {
  ImageSpec spec{.name = "",
                 .files = {{.path = "/pause", .source = fs::read_symlink("/proc/self/exe").parent_path() / "pause"}},
                 .entrypoint = {"/pause"}};
  ASSIGN_OR_RETURN(const std::string hash, ContentHash(spec));
  spec.name = "docker.io/holdfast/pause:" + hash;
  RETURN_IF_ERROR(WriteFile(layout_.LoadedImages() / "pause.name", spec.name + "\n"));
  return MakeImageArchive(spec, layout_.LoadedImages() / "pause.tar");
}

Status Uml::BootMachines() {
  for (int number = 1; number <= parameters_.nodes; ++number) {
    Machine machine = MachineOf(number);
    RETURN_IF_ERROR(machine.Make());
    RETURN_IF_ERROR(machine.PowerOn());
  }
  return {};
}

Status Uml::MakeCluster(Progress& progress) {
  RETURN_IF_ERROR(MakeImages(progress));
  RETURN_IF_ERROR(progress.Step("network, credentials, control plane", seconds(10), [&]() -> Status {
    fs::create_directories(layout_.folder());
    fs::permissions(layout_.folder(), fs::perms::owner_all);
    RaiseMapLimit(progress);
    RETURN_IF_ERROR(SaveParameters(layout_, parameters_, images_));
    RETURN_IF_ERROR(MakeNetwork());
    RETURN_IF_ERROR(MakePauseImage());
    RETURN_IF_ERROR(RunForOutput(
        host_, {.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", layout_.SshKey().string()}}));
    RETURN_IF_ERROR(IssueControlPlaneCredentials(host_, layout_));
    // The kernels boot while the API server starts.
    RETURN_IF_ERROR(BootMachines());
    return StartControlPlane(host_, layout_, parameters_, images_);
  }));
  RETURN_IF_ERROR(progress.Step(fmt::format("nodes {} become Ready", fmt::join(Nodes(), ", ")), seconds(15),
                                [&] { return AwaitReady(Nodes()); }));
  return WriteFile(layout_.UpMark(), "");
}

Status Uml::AwaitReady(const std::vector<std::string>& nodes) {
  const Kube kube = MakeKube();
  const Wait wait{.awaited = fmt::format("nodes {} of cluster {} are Ready", fmt::join(nodes, ", "), layout_.cluster()),
                  .limit = minutes(3),
                  .interval = milliseconds(500)};
  return Await(host_, wait, [&](std::string& last_seen) -> Result<bool> {
    const Result<nlohmann::json> list = kube.List("nodes", "");
    if (!list) {
      last_seen = list.error().message;
      return list.error().code == ErrorCode::kInterrupted ? Result<bool>(tl::unexpected<Error>(list.error())) : false;
    }
    std::vector<std::string> ready;
    for (const auto& node : list->value("items", nlohmann::json::array())) {
      if (NodeIsReady(node)) ready.push_back(node["metadata"].value("name", ""));
    }
    last_seen = fmt::format("Ready: {}", ready.empty() ? "none" : fmt::format("{}", fmt::join(ready, ", ")));
    return std::all_of(nodes.begin(), nodes.end(), [&ready](const std::string& node) {
      return std::find(ready.begin(), ready.end(), node) != ready.end();
    });
  });
}

Status Uml::KillEverything() {
  const std::string space = layout_.NetworkNamespace();
  ASSIGN_OR_RETURN(const std::string spaces, RunForOutput(host_, {.argv = {"ip", "netns", "list"}}));
  std::istringstream lines(spaces);
  bool there = false;
  for (std::string line; std::getline(lines, line);) there = there || line.substr(0, line.find(' ')) == space;
  if (there) {
    const Wait wait{.awaited = fmt::format("every process of cluster {} is gone", layout_.cluster()),
                    .limit = seconds(30)};
    RETURN_IF_ERROR(Await(host_, wait, [&](std::string& last_seen) -> Result<bool> {
      ASSIGN_OR_RETURN(last_seen, RunForOutput(host_, {.argv = {"ip", "netns", "pids", space}}));
      std::istringstream pids(last_seen);
      bool gone = true;
      for (pid_t pid = 0; pids >> pid; gone = false) {
        if (pid != getpid()) kill(pid, SIGKILL);
      }
      return gone;
    }));
    RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "netns", "delete", space}}));
  }
  return RemoveFolder();
}

Status Uml::RemoveFolder() {
  std::error_code error;
  fs::remove_all(layout_.folder(), error);
  if (error) return Unavailable(fmt::format("cannot remove {}: {}", layout_.folder().string(), error.message()));
  return MapLimit::OfThisMachine().PutBack();
}

Status Uml::Destroy(Progress& progress) {
  ASSIGN_OR_RETURN(const ClusterLock lock, ClusterLock::Take(host_, layout_));
  return progress.Step(fmt::format("cluster {} down", layout_.cluster()), seconds(2), [&]() -> Status {
    CollectLogs(layout_.KeptLogs());
    return KillEverything();
  });
}

Status Uml::CollectLogs(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(layout_.ControlPlane(), ignored)) {
    if (entry.path().extension() == ".log") KeepFile(entry.path(), folder / entry.path().filename());
  }
  for (const std::string& node : Nodes()) {
    KeepFile(layout_.Node(node) / "kernel.log", folder / node / "console.log");
    for (const auto& entry : fs::directory_iterator(layout_.NodeHost(node) / "logs", ignored)) {
      KeepFile(entry.path(), folder / node / entry.path().filename());
    }
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> Uml::Fingerprint() const {
  const Result<nlohmann::json> nodes = MakeKube().List("nodes", "");
  if (!nodes || (*nodes)["items"].empty()) return {};
  const auto& info = (*nodes)["items"][0]["status"]["nodeInfo"];
  return {{"Kubernetes", info.value("kubeletVersion", "")},
          {"node kernel", info.value("kernelVersion", "") + " (user-mode Linux)"},
          // See host/boot_kernel.sh.
          {kFlush, "waits for no disk (it ends in the page cache of the machine that runs the nodes)"},
          {"node system", info.value("osImage", "")},
          {"container runtime", info.value("containerRuntimeVersion", "")},
          {"nodes",
           fmt::format("{} × {} MiB{}", parameters_.nodes, parameters_.memory_mib,
                       parameters_.zones == parameters_.nodes ? "" : fmt::format(", {} zones", parameters_.zones))}};
}

Status Uml::LoadImage(const std::string& archive) {
  const fs::path kept = layout_.LoadedImages() / fs::path(archive).filename();
  std::error_code error;
  fs::copy_file(archive, kept, fs::copy_options::overwrite_existing, error);
  if (error) return Unavailable(fmt::format("cannot copy the image {}: {}", archive, error.message()));
  for (int number = 1; number <= parameters_.nodes; ++number) RETURN_IF_ERROR(MachineOf(number).AddImage(kept));
  return {};
}

Result<Machine> Uml::FindMachine(const std::string& node) {
  const std::vector<std::string> nodes = Nodes();
  if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) {
    return UsageError(
        fmt::format("cluster {} has no node '{}'; known: {}", layout_.cluster(), node, fmt::join(nodes, ", ")));
  }
  return Machine(host_, layout_, parameters_, images_, node);
}

Status Uml::ReplaceMachine(const std::string& node) {
  ASSIGN_OR_RETURN(Machine machine, FindMachine(node));
  RETURN_IF_ERROR(machine.PowerOff());
  RETURN_IF_ERROR(MakeKube().Delete("node", node, ""));
  RETURN_IF_ERROR(machine.Make());
  // What another fault drops of the old machine's packets is nothing to the fresh one.
  RETURN_IF_ERROR(Unblock(node));
  RETURN_IF_ERROR(SetQuality(node, {}));
  RETURN_IF_ERROR(machine.PowerOn());
  return AwaitReady({node});
}

Status Uml::Off(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.PowerOff(); });
}
Status Uml::On(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.PowerOn(); });
}
Status Uml::ShutDown(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.ShutDown(); });
}
Status Uml::Freeze(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.Freeze(); });
}
Status Uml::Thaw(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.Thaw(); });
}
Result<bool> Uml::IsOn(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.IsOn(); });
}
Status Uml::Cut(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.CutNetwork(); });
}
Status Uml::Mend(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.MendNetwork(); });
}
Result<bool> Uml::IsCut(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.NetworkIsCut(); });
}
Status Uml::Fail(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.FailDisk(); });
}
Status Uml::ReplaceDisk(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.ReplaceDisk(); });
}
Result<bool> Uml::IsFailing(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.DiskIsFailing(); });
}
Result<Output> Uml::Run(const std::string& node, const std::string& script, Duration limit) {
  return FindMachine(node).and_then([&](Machine machine) { return machine.Run(script, limit); });
}

HOLDFAST_REGISTER(Provider, Uml, "uml");

}  // namespace holdfast::uml
