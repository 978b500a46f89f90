#include "harness/kube/kube.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "harness/options.h"

namespace holdfast {
namespace {

constexpr Duration kLimitOfOneAnswer = std::chrono::seconds(20);
// kubectl keeps the limit by itself and then says why; only one that does not is killed, so much later.
constexpr Duration kSlack = std::chrono::seconds(5);

constexpr std::string_view kRemoteExit = "command terminated with exit code";

std::string InSeconds(Duration duration) {
  return fmt::format("{}s", std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(duration).count()));
}

// kubectl logs what it tries (klog: severity, date, …) before it says, in one line, what is wrong.
bool IsLogLine(const std::string& line) {
  return line.size() > 5 && std::string_view("IWEF").find(line[0]) != std::string_view::npos &&
         std::all_of(line.begin() + 1, line.begin() + 5, [](char digit) { return digit >= '0' && digit <= '9'; });
}

// The line in which kubectl, or the API server through it, says what is wrong: the last one, which has the reasons.
std::string WordsOf(const Output& output) {
  std::istringstream lines(output.err.empty() ? output.out : output.err);
  std::string last, complaint;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("error:") || line.starts_with("Error from server")) complaint = line;
    if (!line.empty() && !IsLogLine(line)) last = line;
  }
  if (!complaint.empty()) return complaint;
  return last.empty() ? fmt::format("exit status {}", output.exit_status) : last;
}

template <std::size_t count>
bool MentionsAny(const std::string& words, const std::array<std::string_view, count>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&words](std::string_view phrase) { return words.find(phrase) != std::string::npos; });
}

bool BlamesKubeconfig(const std::string& words, const Access& access) {
  // Without a cluster in its kubeconfig, kubectl turns to this address.
  constexpr std::array<std::string_view, 6> kPhrases = {"error loading config file",
                                                        "invalid configuration",
                                                        "no configuration has been provided",
                                                        "server localhost:8080",
                                                        "http://localhost:8080",
                                                        "the server has asked for the client to provide credentials"};
  return MentionsAny(words, kPhrases) || words.find("stat " + access.kubeconfig.string()) != std::string::npos ||
         (words.find("context") != std::string::npos && words.find("does not exist") != std::string::npos);
}

bool BlamesConnection(const std::string& words) {
  // Then it did answer; what it could not reach is somebody else, say a kubelet.
  if (words.starts_with("Error from server")) return false;
  constexpr std::array<std::string_view, 10> kPhrases = {"The connection to the server",
                                                         "Unable to connect to the server",
                                                         "dial tcp",
                                                         "i/o timeout",
                                                         "TLS handshake timeout",
                                                         "Client.Timeout",
                                                         "connection refused",
                                                         "no route to host",
                                                         "context deadline exceeded",
                                                         "net/http: request canceled"};
  return MentionsAny(words, kPhrases);
}

// "kubectl delete pod ledger-0": the words before the first option.
std::string Deed(const std::vector<std::string>& arguments) {
  std::string deed = "kubectl";
  for (const std::string& argument : arguments) {
    if (argument.starts_with("-")) break;
    deed += " " + argument;
  }
  return deed;
}

std::string Unreachable(const Access& access, const std::string& words) {
  Command look{.argv = {access.kubectl, "--kubeconfig=" + access.kubeconfig.string(), "get", "--raw=/readyz?verbose"},
               .input = "",
               .network_namespace = access.network_namespace};
  return fmt::format("the API server of {} does not answer: {}; run: {}", access.kubeconfig.string(), words,
                     Pasteable(look));
}

Error Describe(const Access& access, const std::vector<std::string>& arguments, const Command& command,
               const Output& output) {
  const std::string words = WordsOf(output);
  if (BlamesKubeconfig(words, access)) {
    return CommandError(
        ErrorCode::kUnavailable,
        fmt::format("kubeconfig {} cannot be used: {}; it must name a running cluster and its credentials",
                    access.kubeconfig.string(), words),
        command, output);
  }
  if (BlamesConnection(words)) {
    return CommandError(ErrorCode::kUnavailable, Unreachable(access, words), command, output);
  }
  const bool waited = words.find("timed out waiting") != std::string::npos;
  return CommandError(waited ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
                      fmt::format("{}: {}", Deed(arguments), words), command, output);
}

// kubectl could not be run, or was ended by its limit.
Error DescribeFailedRun(const Access& access, const std::vector<std::string>& arguments, Error error) {
  if (error.code == ErrorCode::kInterrupted) return error;
  if (error.code == ErrorCode::kTimeout) return Within(Deed(arguments), std::move(error));
  error.message =
      fmt::format("{}; install kubectl (apt-get install kubernetes-client) or say where it is", error.message);
  if (access.kubectl.find('/') != std::string::npos) error.message += fmt::format(" instead of {}", access.kubectl);
  return error;
}

Result<nlohmann::json> Parse(const std::string& text, const std::string& deed) {
  auto object = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return Unavailable(fmt::format("{}: not JSON: {}", deed, text.substr(0, 200)));
  return object;
}

// What the command in the pod said, without kubectl's remark about its exit status.
std::string WithoutRemark(const std::string& text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kRemoteExit)) kept += line + "\n";
  }
  return kept;
}

}  // namespace

Command Kube::KubectlCommand(std::vector<std::string> arguments, const std::string& input, Duration limit) const {
  arguments.insert(arguments.begin(), {access_.kubectl, "--kubeconfig=" + access_.kubeconfig.string(),
                                       "--request-timeout=" + InSeconds(limit)});
  return Command{.argv = std::move(arguments),
                 .input = input,
                 .network_namespace = access_.network_namespace,
                 .limit = limit + kSlack};
}

Result<std::string> Kube::Kubectl(const std::vector<std::string>& arguments, const std::string& input,
                                  Duration limit) const {
  const Command command = KubectlCommand(arguments, input, limit);
  auto output = host_.Run(command);
  if (!output) return tl::unexpected<Error>(DescribeFailedRun(access_, arguments, std::move(output).error()));
  if (output->exit_status != 0) return tl::unexpected<Error>(Describe(access_, arguments, command, *output));
  return std::move(output->out);
}

Result<nlohmann::json> Kube::Get(const std::string& kind, const std::string& name, const std::string& space) const {
  if (name.empty()) return List(kind, space);
  std::vector<std::string> arguments = {"get", kind, name};
  if (!space.empty()) arguments.push_back("--namespace=" + space);
  arguments.push_back("--output=json");
  const std::string deed = Deed(arguments);
  ASSIGN_OR_RETURN(std::string text, Kubectl(arguments, "", kLimitOfOneAnswer));
  return Parse(text, deed);
}

Result<nlohmann::json> Kube::List(const std::string& kind, const std::string& space,
                                  const std::string& selector) const {
  std::vector<std::string> arguments = {"get", kind};
  arguments.push_back(space.empty() ? "--all-namespaces" : "--namespace=" + space);
  if (!selector.empty()) arguments.push_back("--selector=" + selector);
  arguments.push_back("--output=json");
  const std::string deed = Deed(arguments);
  ASSIGN_OR_RETURN(std::string text, Kubectl(arguments, "", kLimitOfOneAnswer));
  return Parse(text, deed);
}

Status Kube::Apply(const std::string& manifest) const {
  RETURN_IF_ERROR(Kubectl({"apply", "--filename=-"}, manifest));
  return {};
}

Status Kube::Delete(const std::string& kind, const std::string& name, const std::string& space, Grace grace,
                    Waiting waiting, Duration limit) const {
  std::vector<std::string> arguments = {"delete", kind, name, "--ignore-not-found"};
  if (!space.empty()) arguments.push_back("--namespace=" + space);
  if (grace == Grace::kNone) arguments.insert(arguments.end(), {"--grace-period=0", "--force"});
  arguments.push_back(waiting == Waiting::kForDeletion ? "--wait=true" : "--wait=false");
  arguments.push_back("--timeout=" + InSeconds(limit));
  RETURN_IF_ERROR(Kubectl(arguments, "", limit));
  return {};
}

Result<Output> Kube::Exec(const std::string& space, const std::string& pod, const std::vector<std::string>& argv,
                          Duration limit) const {
  std::vector<std::string> arguments = {"exec", pod, "--namespace=" + space, "--"};
  arguments.insert(arguments.end(), argv.begin(), argv.end());
  const Command command = KubectlCommand(arguments, "", limit);
  auto output = host_.Run(command);
  if (!output) return tl::unexpected<Error>(DescribeFailedRun(access_, arguments, std::move(output).error()));
  // kubectl itself fails with status 1, which the command in the pod might, too: its remark tells them apart.
  const bool from_pod = output->err.find(kRemoteExit) != std::string::npos;
  if (output->exit_status != 0 && !from_pod) {
    return tl::unexpected<Error>(Describe(access_, arguments, command, *output));
  }
  if (from_pod) output->err = WithoutRemark(output->err);
  return std::move(*output);
}

}  // namespace holdfast
