#include "harness/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/options.h"

namespace holdfast {
namespace {

thread_local int shields = 0;

// Of a command's output in an Error: its end, where the reason stands.
constexpr std::size_t kMostQuoted = 4096;

std::string EndOf(const std::string& text) {
  return text.size() <= kMostQuoted ? text : "…" + text.substr(text.size() - kMostQuoted);
}

std::string LastLine(const std::string& text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) return "";
  const std::size_t newline = text.find_last_of('\n', last);
  const std::size_t first = newline == std::string::npos ? 0 : newline + 1;
  return text.substr(first, last + 1 - first);
}

bool IsPlain(char letter) {
  constexpr std::string_view kPlain = "_@%+=:,./-";
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         kPlain.find(letter) != std::string_view::npos;
}

std::string Quoted(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain)) return word;
  std::string quoted = "'";
  for (const char letter : word) quoted += letter == '\'' ? "'\\''" : std::string(1, letter);
  return quoted + "'";
}

}  // namespace

std::string Pasteable(const Command& command) {
  std::string line;
  if (!command.network_namespace.empty()) line = "ip netns exec " + Quoted(command.network_namespace);
  for (const std::string& word : command.argv) line += (line.empty() ? "" : " ") + Quoted(word);
  // The input itself may be long, or a secret.
  if (!command.input.empty()) line += fmt::format("  # and {} bytes of input", command.input.size());
  return line;
}

Shielded::Shielded() { ++shields; }
Shielded::~Shielded() { --shields; }
bool Shielded::Active() { return shields > 0; }

Error CommandError(ErrorCode code, std::string message, const Command& command, const Output& output) {
  return Error{.code = code,
               .message = std::move(message),
               .command = Pasteable(command),
               .output = EndOf(output.out + output.err)};
}

Result<std::string> RunForOutput(Host& host, const Command& command) {
  ASSIGN_OR_RETURN(Output output, host.Run(command));
  if (output.exit_status == 0) return std::move(output.out);
  const std::string reason =
      LastLine(output.err.find_first_not_of(" \t\r\n") != std::string::npos ? output.err : output.out);
  return tl::unexpected<Error>(CommandError(ErrorCode::kUnavailable,
                                            fmt::format("{} ended with status {}{}{}", command.argv[0],
                                                        output.exit_status, reason.empty() ? "" : ": ", reason),
                                            command, output));
}

Status Await(Host& host, const Wait& wait, const std::function<Result<bool>(std::string& last_seen)>& probe) {
  const Time until = host.Now() + wait.limit;
  std::string last_seen = "nothing";
  while (true) {
    ASSIGN_OR_RETURN(const bool arrived, probe(last_seen));
    if (arrived) return {};
    const Duration left = until - host.Now();
    if (left <= Duration::zero()) break;
    if (!host.SleepFor(std::min(wait.interval, left))) {
      return Fail(ErrorCode::kInterrupted,
                  fmt::format("{}: interrupted while waiting; last seen: {}", wait.awaited, last_seen));
    }
  }
  return Fail(ErrorCode::kTimeout,
              fmt::format("{}: not within {}; last seen: {}", wait.awaited, FormatDuration(wait.limit), last_seen));
}

}  // namespace holdfast
