#include "clusters/uml/node_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace holdfast::uml {
namespace {

using std::chrono::seconds;

}  // namespace

Command NodeNetwork::Nft(std::vector<std::string> arguments, std::string input) const {
  Command command{.argv = {"chroot", (images_.node_root / "root").string(), "nft"},
                  .input = std::move(input),
                  .network_namespace = layout_.NetworkNamespace()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

// One transaction. A table can be deleted only where there is one.
Status NodeNetwork::SetRules(const std::string& table, const Matches& from_node, const Matches& to_node) {
  std::string script = fmt::format("add table bridge {0}\ndelete table bridge {0}\n", table);
  const auto chain = [&](const char* hook, const char* side, const Matches& matches) {
    if (matches.empty()) return std::string();
    std::string rules;
    for (const std::string& match : matches) {
      rules += fmt::format("    {} \"{}\" {} drop\n", side, Layout::Tap(node_, 0), match);
    }
    return fmt::format("  chain {0} {{ type filter hook {0} priority 0;\n{1}  }}\n", hook, rules);
  };
  if (!from_node.empty() || !to_node.empty()) {
    script += fmt::format("table bridge {} {{\n{}{}}}\n", table, chain("prerouting", "iifname", from_node),
                          chain("postrouting", "oifname", to_node));
  }
  return RunForOutput(host_, Nft({"-f", "-"}, script)).map([](const std::string&) {});
}

Status NodeNetwork::Block(Network::Traffic traffic) {
  switch (traffic) {
    case Network::Traffic::kIn:
      return SetRules(Table("block"), {}, {""});
    case Network::Traffic::kOut:
      return SetRules(Table("block"), {""}, {});
    case Network::Traffic::kControlPlane:
      break;
  }
  // By its ports: clients, who are no part of the control plane, have its address.
  return SetRules(Table("block"), {fmt::format("ip daddr {} tcp dport {}", kControlPlaneAddress, kApiServerPort)},
                  {fmt::format("ip saddr {} tcp dport {}", kControlPlaneAddress, kKubeletPort)});
}

// Requests to its ports and answers from them, by each packet alone: a connection that is there already is cut, too.
// What the node sends to itself never comes to its tap.
Status NodeNetwork::BlockPorts(const std::vector<PortRange>& ports) {
  const std::string set = PortSet(ports);
  const Matches matches = {"tcp dport " + set, "tcp sport " + set};
  return SetRules(Table("block"), matches, matches);
}

Status NodeNetwork::Unblock() { return SetRules(Table("block"), {}, {}); }

Result<bool> NodeNetwork::IsBlocked() {
  ASSIGN_OR_RETURN(const std::string tables, RunForOutput(host_, Nft({"list", "tables", "bridge"})));
  return (tables + "\n").find(fmt::format(" {}\n", Table("block"))) != std::string::npos;
}

Status NodeNetwork::Lose(int percent) {
  const Matches none;
  return SetRules(Table("loss"), percent == 0 ? none : Matches{fmt::format("numgen random mod 100 < {}", percent)},
                  none);
}

Result<std::vector<std::optional<Duration>>> NodeNetwork::TimeConnections(int count) {
  ASSIGN_OR_RETURN(
      const std::string printed,
      RunForOutput(host_, {.argv = {(SourceFolder() / "host" / "time_connections.sh").string(), Layout::Address(node_),
                                    std::to_string(kKubeletPort), std::to_string(count)},
                           .network_namespace = layout_.NetworkNamespace(),
                           .limit = seconds(30)}));
  return ReadConnectionTimes(printed, count);
}

std::string PortSet(const std::vector<PortRange>& ports) {
  std::vector<std::string> elements;
  for (const auto& [first, last] : ports) {
    elements.push_back(first == last ? std::to_string(first) : fmt::format("{}-{}", first, last));
  }
  return fmt::format("{{ {} }}", fmt::join(elements, ", "));
}

std::vector<std::optional<Duration>> ReadConnectionTimes(const std::string& printed, int count) {
  std::vector<std::optional<Duration>> times;
  std::istringstream lines(printed);
  double begin = 0, end = 0;
  while (static_cast<int>(times.size()) < count && lines >> begin >> end) {
    times.emplace_back(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(end - begin)));
  }
  times.resize(static_cast<std::size_t>(count));
  return times;
}

}  // namespace holdfast::uml
