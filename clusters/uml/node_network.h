// NodeNetwork: what becomes of one node's packets on the cluster's bridge. Filters are on this machine's side of the
// node's tap, by nft in the cluster's network namespace (a table of its own for each node and purpose), so that they
// need nothing of the node; only a delay is the node's own (netem), which not every host's kernel has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clusters/uml/layout.h"
#include "harness/provider.h"

namespace holdfast::uml {

class NodeNetwork {
 public:
  NodeNetwork(Host& host, const Layout& layout, const Images& images, std::string node)
      : host_(host), layout_(layout), images_(images), node_(std::move(node)) {}

  Status Block(Network::Traffic traffic);
  Status BlockPorts(const std::vector<PortRange>& ports);
  Status Unblock();
  Result<bool> IsBlocked();

  Status Lose(int percent);  // 0: nothing
  Result<std::vector<std::optional<Duration>>> TimeConnections(int count);

 private:
  std::string Table(const std::string& purpose) const { return "holdfast-" + purpose + "-" + node_; }
  // What is dropped of what the node sends and of what comes to it: matches of nft, and "" matches everything. Instead
  // of the rules that were there; none removes the table.
  using Matches = std::vector<std::string>;
  Status SetRules(const std::string& table, const Matches& from_node, const Matches& to_node);
  // nft, from the node's root file system: nothing has to be installed for it on this machine.
  Command Nft(std::vector<std::string> arguments, std::string input = "") const;

  Host& host_;
  const Layout& layout_;
  const Images& images_;
  std::string node_;
};

// As nft matches packets to or from any of these ports: "{ 22, 6800-7300 }".
std::string PortSet(const std::vector<PortRange>& ports);

// Of the output of host/time_connections.sh: a line "BEGIN END" in seconds for each that was made.
std::vector<std::optional<Duration>> ReadConnectionTimes(const std::string& printed, int count);

}  // namespace holdfast::uml
