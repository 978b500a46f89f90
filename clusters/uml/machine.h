// Machine: one node of an embedded cluster: a user-mode kernel in a process of its own, with a copy-on-write root file
// system, a data disk, two network interfaces and a folder that it shares with this machine. Everything is on disk;
// a Machine object only names it.
#pragma once

#include <string>
#include <vector>

#include "clusters/uml/layout.h"
#include "harness/host.h"

namespace holdfast::uml {

class Machine {
 public:
  Machine(Host& host, const Layout& layout, const Parameters& parameters, const Images& images, std::string name)
      : host_(host), layout_(layout), parameters_(parameters), images_(images), name_(std::move(name)) {}

  // Files and network interfaces: a machine that was never booted, with empty disks and fresh credentials. Gives up
  // what was there before.
  Status Make();
  Status PowerOn();   // idempotent; returns when the kernel runs
  Status PowerOff();  // idempotent; SIGKILL: memory and page cache are gone when it returns
  Status ShutDown();  // its own way; returns when it is off
  Status Freeze();
  Status Thaw();
  Result<bool> IsOn();

  // As root, out of band. Error if the machine cannot be reached.
  Result<Output> Run(const std::string& script, Duration limit);

  Status CutNetwork();
  Status MendNetwork();
  Result<bool> NetworkIsCut();

  Status FailDisk();
  Status ReplaceDisk();
  Result<bool> DiskIsFailing();
  // A state of node/data_disk.sh, on disk before it is put in force: the disk is the same after the next boot.
  Status SetDiskState(const std::string& state);
  // The type of its mapping's target, as the kernel has it ("linear"), or "gone" where nobody can open it.
  Result<std::string> DiskTarget();
  Result<Duration> TimeDiskRead();

  Status StopService(const std::string& name);
  Status StartService(const std::string& name);
  Result<bool> ProcessIsRunning(const std::string& name);

  // Makes the image archive known to the machine, now if it is on and at its next boot.
  Status AddImage(const std::filesystem::path& archive);

 private:
  Result<std::string> RunOrFail(const std::string& deed, const std::string& script, Duration limit);
  std::filesystem::path Kernel() const { return layout_.Node(name_) / "kernel"; }  // what its log and lock begin with
  std::string Environment() const;
  std::string KubeletConfiguration() const;
  Status MakeTaps();
  Status MakeCredentials();

  Host& host_;
  const Layout& layout_;
  const Parameters& parameters_;
  const Images& images_;
  std::string name_;
};

}  // namespace holdfast::uml
