#include "harness/host/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "harness/check.h"

namespace holdfast {
namespace {

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Unavailable(fmt::format("cannot make a pipe: {}", strerror(errno)));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<Descriptor> Open(const std::string& path, const std::string& what) {
  const int number = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return Unavailable(fmt::format("cannot open {} {}: {}", what, path, strerror(errno)));
  return Descriptor(number);
}

void MakeNonBlocking(const Descriptor& descriptor) {
  const int flags = fcntl(descriptor.number(), F_GETFL);
  CHECK(flags >= 0 && fcntl(descriptor.number(), F_SETFL, flags | O_NONBLOCK) == 0);
}

// By number: glibc 2.36 declares its wrapper without C linkage. The kernel sets close-on-exec by itself.
int OpenProcess(pid_t process) { return static_cast<int>(syscall(SYS_pidfd_open, process, 0)); }

bool IsExecutable(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

// Before the fork: execvp's own search is not safe in the child of a process with threads.
Result<std::string> FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (IsExecutable(candidate)) return candidate;
  }
  return Unavailable(fmt::format("cannot run {}: no such program in PATH", name));
}

// All that the child needs, made before the fork: between fork and exec it may neither allocate nor lock.
struct Preparation {
  std::string program;
  std::vector<char*> argv;
  Descriptor in, out, err;  // the child's ends
  Descriptor space;         // its network namespace, if it is to have another
  Descriptor complaint;     // receives a Complaint if the program cannot be executed
};

struct Complaint {
  enum Stage : int { kNamespace, kExecute } stage;
  int error;
};

[[noreturn]] void Complain(const Preparation& preparation, Complaint::Stage stage) {
  const Complaint complaint{.stage = stage, .error = errno};
  [[maybe_unused]] const ssize_t written = write(preparation.complaint.number(), &complaint, sizeof complaint);
  _exit(127);
}

// In the child: async-signal-safe calls only.
[[noreturn]] void Become(const Preparation& preparation, pid_t harness) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != harness) _exit(127);  // it died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);  // an ignored signal stays ignored across exec, a caught one does not
  dup2(preparation.in.number(), STDIN_FILENO);
  dup2(preparation.out.number(), STDOUT_FILENO);
  dup2(preparation.err.number(), STDERR_FILENO);
  if (preparation.space.open() && setns(preparation.space.number(), CLONE_NEWNET) != 0) {
    Complain(preparation, Complaint::kNamespace);
  }
  // Also what the harness inherited: a daemon would keep, say, the lock of the script that started the harness.
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  execv(preparation.program.c_str(), preparation.argv.data());
  Complain(preparation, Complaint::kExecute);
}

// Empty if the program was executed: exec closes the pipe.
Status ReadComplaint(const Descriptor& pipe, const Command& command) {
  Complaint complaint{};
  ssize_t size = 0;
  do {
    size = read(pipe.number(), &complaint, sizeof complaint);
  } while (size < 0 && errno == EINTR);
  if (size != static_cast<ssize_t>(sizeof complaint)) return {};
  if (complaint.stage == Complaint::kNamespace) {
    return Unavailable(
        fmt::format("cannot enter the network namespace {}: {}", command.network_namespace, strerror(complaint.error)));
  }
  return Unavailable(fmt::format("cannot run {}: {}", command.argv[0], strerror(complaint.error)));
}

}  // namespace

Status ChildProcess::ConnectStreams(const Command& command, Descriptor& its_in, Descriptor& its_out,
                                    Descriptor& its_err) {
  if (command.input.empty()) {
    ASSIGN_OR_RETURN(its_in, Open("/dev/null", "the empty input"));
  } else {
    ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
    its_in = std::move(pipe.read);
    in = std::move(pipe.write);
    MakeNonBlocking(in);
  }
  ASSIGN_OR_RETURN(Pipe out_pipe, MakePipe());
  ASSIGN_OR_RETURN(Pipe err_pipe, MakePipe());
  its_out = std::move(out_pipe.write);
  its_err = std::move(err_pipe.write);
  out = std::move(out_pipe.read);
  err = std::move(err_pipe.read);
  MakeNonBlocking(out);
  MakeNonBlocking(err);
  return {};
}

Result<ChildProcess> ChildProcess::Start(const Command& command) {
  CHECK(!command.argv.empty());
  ChildProcess child;
  Descriptor complaint;
  {
    Preparation preparation;
    ASSIGN_OR_RETURN(preparation.program, FindProgram(command.argv[0]));
    for (const std::string& argument : command.argv) preparation.argv.push_back(const_cast<char*>(argument.c_str()));
    preparation.argv.push_back(nullptr);
    if (!command.network_namespace.empty()) {
      ASSIGN_OR_RETURN(preparation.space, Open("/run/netns/" + command.network_namespace, "the network namespace"));
    }
    RETURN_IF_ERROR(child.ConnectStreams(command, preparation.in, preparation.out, preparation.err));
    ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
    preparation.complaint = std::move(pipe.write);
    complaint = std::move(pipe.read);

    const pid_t harness = getpid();
    child.process_ = fork();
    if (child.process_ == 0) Become(preparation, harness);
    // The child's ends of the pipes close here, so that their end can be seen.
  }
  if (child.process_ < 0) return Unavailable(fmt::format("cannot start {}: {}", command.argv[0], strerror(errno)));
  setpgid(child.process_, child.process_);  // here too: the group must exist before anybody signals it
  child.ended_ = Descriptor(OpenProcess(child.process_));
  if (!child.ended_.open()) return Unavailable(fmt::format("cannot watch {}: {}", command.argv[0], strerror(errno)));
  RETURN_IF_ERROR(ReadComplaint(complaint, command));
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : in(std::move(other.in)),
      out(std::move(other.out)),
      err(std::move(other.err)),
      process_(std::exchange(other.process_, -1)),
      ended_(std::move(other.ended_)) {}

ChildProcess::~ChildProcess() {
  if (process_ < 0) return;
  kill(-process_, SIGKILL);
  Reap();
}

void ChildProcess::End(Duration grace) {
  CHECK(process_ > 0);
  kill(-process_, SIGTERM);
  pollfd ended{.fd = ended_.number(), .events = POLLIN, .revents = 0};
  const auto until = std::chrono::steady_clock::now() + grace;
  while (ended.revents == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    poll(&ended, 1, static_cast<int>(left.count()));
  }
  // Not reaped yet, so the number still means this group, also if only descendants are left in it.
  kill(-process_, SIGKILL);
}

int ChildProcess::Reap() {
  CHECK(process_ > 0);
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = waitpid(process_, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  CHECK(reaped == process_);
  process_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace holdfast
