#include "harness/judging/fidelity.h"

#include "harness/check.h"

namespace holdfast {

std::string ToString(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::kContainer:
      return "container";
    case Fidelity::kKernel:
      return "kernel";
    case Fidelity::kMachine:
      return "machine";
  }
  CHECK_UNREACHABLE();
}

std::string FidelityNote(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::kContainer:
      return "A node is a container: killing it leaves the host's kernel and its page cache alive, so no unsynced "
             "write "
             "can be lost and a pass proves nothing about power loss.";
    case Fidelity::kKernel:
      return "A node is a kernel of its own: powering it off destroys its memory and page cache, so unsynced writes "
             "are "
             "lost as in a power failure; what its disks were given is kept, "
             "also what a disk would hold in a volatile cache.";
    case Fidelity::kMachine:
      return "A node is a machine that loses its power: unsynced writes and volatile disk caches are lost.";
  }
  CHECK_UNREACHABLE();
}

std::string ToString(MemoryLoss loss) {
  switch (loss) {
    case MemoryLoss::kNone:
      return "none";
    case MemoryLoss::kKernel:
      return "kernel";
    case MemoryLoss::kPower:
      return "power";
  }
  CHECK_UNREACHABLE();
}

std::optional<MemoryLoss> ParseMemoryLoss(const std::string& text) {
  for (const MemoryLoss loss : {MemoryLoss::kNone, MemoryLoss::kKernel, MemoryLoss::kPower}) {
    if (ToString(loss) == text) return loss;
  }
  return std::nullopt;
}

std::string PowerLossNote(MemoryLoss loss, const std::string& fidelity) {
  if (loss == MemoryLoss::kNone) {
    return "no machine lost power: the kernel under the database survived and kept unsynced writes in its page cache";
  }
  if (fidelity == ToString(Fidelity::kContainer)) {
    return "the node is a container: the host's kernel survived and kept unsynced writes in its page cache";
  }
  if (loss == MemoryLoss::kKernel && fidelity == ToString(Fidelity::kMachine)) {
    return "no machine lost power: a kernel died with its page cache, and the disks kept what was in their own";
  }
  return "";
}

}  // namespace holdfast
