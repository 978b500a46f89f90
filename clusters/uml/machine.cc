#include "clusters/uml/machine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "clusters/uml/control_plane.h"

namespace holdfast::uml {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

Status Discard(Result<std::string> output) {
  return std::move(output).map([](const std::string&) {});
}

// The data disk's folder entry, sparse.
Status MakeDisk(const fs::path& file, int gib) {
  RETURN_IF_ERROR(WriteFile(file, ""));
  std::error_code error;
  fs::resize_file(file, static_cast<std::uintmax_t>(gib) << 30, error);
  if (error) return Unavailable(fmt::format("cannot make the disk {}: {}", file.string(), error.message()));
  return {};
}

Status CopyFile(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  fs::copy(from, to, fs::copy_options::overwrite_existing | fs::copy_options::recursive, error);
  if (error) return Unavailable(fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.message()));
  return {};
}

}  // namespace

std::string Machine::Environment() const {
  std::string routes, peers;
  for (int number = 1; number <= parameters_.nodes; ++number) {
    const std::string peer = Layout::NodeName(number);
    peers += fmt::format("{}={} ", peer, Layout::Address(peer));
    if (peer != name_) routes += fmt::format("{}={} ", Layout::PodNetwork(peer), Layout::Address(peer));
  }
  return fmt::format(
      "NAME={}\nADDRESS={}\nMANAGEMENT_ADDRESS={}\nGATEWAY={}\nZONE={}\nPOD_CIDR={}\n"
      "POD_ROUTES='{}'\nPEERS='{}'\n",
      name_, Layout::Address(name_), Layout::ManagementAddress(name_), kControlPlaneAddress,
      Layout::ZoneOf(name_, parameters_.zones), Layout::PodNetwork(name_), routes, peers);
}

std::string Machine::KubeletConfiguration() const {
  nlohmann::json config = {
      {"apiVersion", "kubelet.config.k8s.io/v1beta1"},
      {"kind", "KubeletConfiguration"},
      {"authentication",
       {{"anonymous", {{"enabled", false}}},
        {"webhook", {{"enabled", true}}},
        {"x509", {{"clientCAFile", "/host/kubelet/ca.crt"}}}}},
      {"authorization", {{"mode", "Webhook"}}},
      {"tlsCertFile", "/host/kubelet/node.crt"},
      {"tlsPrivateKeyFile", "/host/kubelet/node.key"},
      {"cgroupDriver", "cgroupfs"},
      {"failSwapOn", false},
      {"resolvConf", ""},
      {"evictionHard", nlohmann::json::object()},
      {"enforceNodeAllocatable", nlohmann::json::array()},
  };
  if (parameters_.profile == "tuned") {
    config["nodeStatusUpdateFrequency"] = "4s";
    // Takes the attach/detach controller, and its six minutes, out of the path: the storage must fence a dead node.
    config["enableControllerAttachDetach"] = false;
  }
  return config.dump(2) + "\n";
}

Status Machine::MakeCredentials() {
  const std::string certificate = "node-" + name_;
  // A machine that takes another's place gets credentials of its own.
  fs::remove(layout_.Pki() / (certificate + ".crt"));
  RETURN_IF_ERROR(IssueCertificate(host_, layout_, certificate, "/O=system:nodes/CN=system:node:" + name_,
                                   fmt::format("IP:{},DNS:{}", Layout::Address(name_), name_)));
  const fs::path kubelet = layout_.NodeHost(name_) / "kubelet";
  RETURN_IF_ERROR(CopyFile(layout_.Pki() / "ca.crt", kubelet / "ca.crt"));
  RETURN_IF_ERROR(CopyFile(layout_.Pki() / (certificate + ".crt"), kubelet / "node.crt"));
  RETURN_IF_ERROR(CopyFile(layout_.Pki() / (certificate + ".key"), kubelet / "node.key"));
  RETURN_IF_ERROR(WriteKubeconfig(layout_, kubelet / "kubeconfig", {"ca.crt", "node.crt", "node.key"}));
  const fs::path ssh = layout_.NodeHost(name_) / "ssh";
  RETURN_IF_ERROR(CopyFile(layout_.SshKey().string() + ".pub", ssh / "authorized_keys"));
  return Discard(
      RunForOutput(
          host_, {.argv = {"chroot", (images_.node_root / "root").string(), "/bin/sh", "-c",
                           "umask 077; d=$(mktemp -d) && dropbearkey -t ed25519 -f $d/key >/dev/null 2>&1; cat $d/key; "
                           "rm -r $d"}})
          .and_then([&](const std::string& key) -> Result<std::string> {
            RETURN_IF_ERROR(WriteFile(ssh / "host_key", key));
            return key;
          }));
}

Status Machine::MakeTaps() {
  const std::string space = layout_.NetworkNamespace();
  for (int bridge = 0; bridge < 2; ++bridge) {
    const std::string tap = Layout::Tap(name_, bridge);
    ASSIGN_OR_RETURN(const Output there, host_.Run({.argv = {"ip", "-n", space, "link", "show", tap}}));
    if (there.exit_status != 0) {
      RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "-n", space, "tuntap", "add", tap, "mode", "tap"}}));
      RETURN_IF_ERROR(RunForOutput(host_, {.argv = {"ip", "-n", space, "link", "set", tap, "up"}}));
    }
    // Also of one that was cut off: a fresh machine is not.
    RETURN_IF_ERROR(
        RunForOutput(host_, {.argv = {"ip", "-n", space, "link", "set", tap, "master", fmt::format("br{}", bridge)}}));
  }
  return Discard(RunForOutput(host_, {.argv = {"ip", "-n", space, "route", "replace", Layout::PodNetwork(name_), "via",
                                               Layout::Address(name_)}}));
}

Status Machine::Make() {
  RETURN_IF_ERROR(PowerOff());
  const fs::path folder = layout_.Node(name_), node = layout_.NodeHost(name_);
  for (const char* file : {"root.cow", "disk.img"}) fs::remove(folder / file);
  fs::create_directories(node / "logs");
  RETURN_IF_ERROR(CopyFile(SourceFolder() / "node", node / "boot"));
  RETURN_IF_ERROR(WriteFile(node / "node.env", Environment()));
  RETURN_IF_ERROR(WriteFile(node / "kubelet" / "config.yaml", KubeletConfiguration()));
  RETURN_IF_ERROR(WriteFile(node / "disk-state", "ok\n"));
  RETURN_IF_ERROR(CopyFile(layout_.LoadedImages(), node / "images"));
  RETURN_IF_ERROR(MakeCredentials());
  RETURN_IF_ERROR(MakeDisk(folder / "disk.img", parameters_.disk_gib));
  return MakeTaps();
}

Status Machine::PowerOn() {
  const auto interface = [this](int bridge) {
    return fmt::format("vec{}:transport=tap,ifname={},mac=02:00:00:00:{:02x}:{:02x}", bridge,
                       Layout::Tap(name_, bridge), bridge, Layout::NumberOf(name_));
  };
  // The first process of a PID namespace: when it is killed, so is everything in it.
  return StartDaemon(host_, layout_.NetworkNamespace(), Kernel(),
                     {"unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child=KILL",
                      (SourceFolder() / "host" / "boot_kernel.sh").string(), (images_.kernel / "root").string(),
                      images_.node_root.string(), layout_.Node(name_).string(),
                      fmt::format("{}M", parameters_.memory_mib), interface(0), interface(1)});
}

Status Machine::PowerOff() {
  ASSIGN_OR_RETURN(const bool on, IsOn());
  return on ? TellDaemon(host_, "stop", Kernel()) : Status{};
}

// runit's way to be told, see runit(8). In the background, as the shell itself is one of the programs that are ended.
Status Machine::ShutDown() {
  RETURN_IF_ERROR(RunOrFail("begin the shutdown",
                            "touch /run/runit.stopit /run/runit.reboot\n"
                            "chmod 100 /run/runit.stopit && chmod 0 /run/runit.reboot || exit\n"
                            "setsid sh -c 'sleep 0.2; kill -CONT 1' </dev/null >/dev/null 2>&1 &\n",
                            seconds(30)));
  return Await(host_, {.awaited = fmt::format("node {} has switched itself off", name_), .limit = seconds(90)},
               [this](std::string& last_seen) -> Result<bool> {
                 ASSIGN_OR_RETURN(const bool on, IsOn());
                 last_seen = on ? "it is on" : "it is off";
                 return !on;
               });
}

Status Machine::Freeze() { return TellDaemon(host_, "freeze", Kernel()); }
Status Machine::Thaw() { return TellDaemon(host_, "thaw", Kernel()); }
Result<bool> Machine::IsOn() { return DaemonIsAlive(host_, Kernel()); }

Result<Output> Machine::Run(const std::string& script, Duration limit) {
  Command command{.argv = {"ssh", "-q", "-i", layout_.SshKey().string(), "-o", "StrictHostKeyChecking=no", "-o",
                           "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5", "-o", "BatchMode=yes",
                           "root@" + Layout::ManagementAddress(name_), "bash -s"},
                  .input = script,
                  .network_namespace = layout_.NetworkNamespace(),
                  .limit = limit};
  ASSIGN_OR_RETURN(Output output, host_.Run(command));
  constexpr int kSshItselfFailed = 255;
  if (output.exit_status == kSshItselfFailed) {
    return Unavailable(fmt::format("node {} of cluster {} does not answer on its management network (console: {})",
                                   name_, layout_.cluster(), Kernel().string() + ".log"));
  }
  return output;
}

Status Machine::CutNetwork() {
  return Discard(RunForOutput(
      host_, {.argv = {"ip", "-n", layout_.NetworkNamespace(), "link", "set", Layout::Tap(name_, 0), "nomaster"}}));
}

Status Machine::MendNetwork() {
  return Discard(RunForOutput(host_, {.argv = {"ip", "-n", layout_.NetworkNamespace(), "link", "set",
                                               Layout::Tap(name_, 0), "master", "br0"}}));
}

Result<bool> Machine::NetworkIsCut() {
  ASSIGN_OR_RETURN(const std::string links,
                   RunForOutput(host_, {.argv = {"ip", "-json", "-n", layout_.NetworkNamespace(), "link", "show",
                                                 Layout::Tap(name_, 0)}}));
  const auto json = nlohmann::json::parse(links, nullptr, false);
  return json.is_array() && !json.empty() && !json[0].contains("master");
}

Result<std::string> Machine::RunOrFail(const std::string& deed, const std::string& script, Duration limit) {
  ASSIGN_OR_RETURN(const Output output, Run(script, limit));
  if (output.exit_status == 0) return output.out;
  return Unavailable(fmt::format("cannot {} of {}: {}", deed, name_, output.err.empty() ? output.out : output.err));
}

Status Machine::SetDiskState(const std::string& state) {
  RETURN_IF_ERROR(WriteFile(layout_.NodeHost(name_) / "disk-state", state + "\n"));
  ASSIGN_OR_RETURN(const bool on, IsOn());
  if (!on) return {};
  return Discard(RunOrFail("put the disk in state " + state, "/host/boot/data_disk.sh " + state, seconds(30)));
}

Status Machine::FailDisk() { return SetDiskState("failed"); }

Status Machine::ReplaceDisk() {
  const fs::path file = layout_.Node(name_) / "disk.img";
  // The kernel has the file open, and sees zeros where the old disk's content was.
  std::error_code error;
  fs::resize_file(file, 0, error);
  if (!error) fs::resize_file(file, static_cast<std::uintmax_t>(parameters_.disk_gib) << 30, error);
  if (error) return Unavailable(fmt::format("cannot replace the disk {}: {}", file.string(), error.message()));
  return SetDiskState("ok");
}

Result<bool> Machine::DiskIsFailing() {
  ASSIGN_OR_RETURN(const Output output,
                   Run("dd if=/dev/mapper/data of=/dev/null bs=4096 count=1 iflag=direct", seconds(30)));
  if (output.exit_status == 0) return false;
  // Any other trouble of dd must not pass for a dead disk: it is replaced by an empty one.
  if (output.err.find("Input/output error") != std::string::npos) return true;
  return Unavailable(fmt::format("cannot tell whether the disk of {} fails: {}", name_, output.err));
}

Result<std::string> Machine::DiskTarget() {
  // "0 SECTORS TYPE …"
  ASSIGN_OR_RETURN(
      const std::string table,
      RunOrFail("read the disk's table", "if [ -e /dev/mapper/data ]; then dmsetup table data; else echo 0 0 gone; fi",
                seconds(30)));
  std::istringstream words(table);
  std::string word;
  for (int i = 0; i < 3; ++i) words >> word;
  return word;
}

Result<Duration> Machine::TimeDiskRead() {
  ASSIGN_OR_RETURN(const std::string printed,
                   RunOrFail("read from the disk",
                             "begin=$EPOCHREALTIME\n"
                             "dd if=/dev/mapper/data of=/dev/null bs=4096 count=1 iflag=direct status=none || exit\n"
                             "end=$EPOCHREALTIME\n"
                             "echo $((${end/./} - ${begin/./}))\n",
                             seconds(30)));
  return std::chrono::microseconds(std::strtoll(printed.c_str(), nullptr, 10));
}

Status Machine::StopService(const std::string& name) {
  return Discard(RunOrFail("stop " + name, "sv -w 15 force-stop " + name, seconds(30)));
}

Status Machine::StartService(const std::string& name) {
  return Discard(RunOrFail("start " + name, "sv -w 15 up " + name, seconds(30)));
}

Result<bool> Machine::ProcessIsRunning(const std::string& name) {
  ASSIGN_OR_RETURN(const Output output, Run("pgrep -x " + name, seconds(30)));
  constexpr int kNone = 1;
  if (output.exit_status > kNone)
    return Unavailable(fmt::format("cannot list the processes of {}: {}", name_, output.err));
  return output.exit_status != kNone;
}

Status Machine::AddImage(const fs::path& archive) {
  // Whole whenever it is there: another run may import it at the same time.
  const fs::path place = layout_.NodeHost(name_) / "images" / archive.filename();
  const fs::path fresh = fmt::format("{}.{}", place.string(), getpid());
  RETURN_IF_ERROR(CopyFile(archive, fresh));
  std::error_code error;
  fs::rename(fresh, place, error);
  if (error) return Unavailable(fmt::format("{}: cannot be written: {}", place.string(), error.message()));
  ASSIGN_OR_RETURN(const bool on, IsOn());
  if (!on) return {};
  ASSIGN_OR_RETURN(const Output output, Run("/host/boot/import_images.sh", seconds(120)));
  if (output.exit_status != 0) {
    return Unavailable(fmt::format("node {} could not import {}: {}", name_, archive.string(), output.err));
  }
  return {};
}

}  // namespace holdfast::uml
