#include "clusters/uml/layout.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/check.h"
#include "harness/host/user_folders.h"
#include "harness/installed.h"

namespace holdfast::uml {

namespace fs = std::filesystem;

Layout::Layout(std::string cluster)
    : cluster_(std::move(cluster)),
      folder_(StateFolder() / "clusters" / cluster_),
      kept_logs_(CacheFolder() / "logs" / ("cluster-" + cluster_)) {
  // The folder is removed with all that is in it.
  CHECK(!cluster_.empty() && cluster_.find_first_of("/.") == std::string::npos);
}

std::string Layout::ZoneOf(const std::string& node, int zones) {
  return fmt::format("zone-{}", (NumberOf(node) - 1) % zones + 1);
}

std::string Layout::Address(const std::string& node) { return fmt::format("10.77.0.{}", 10 + NumberOf(node)); }

std::string Layout::ManagementAddress(const std::string& node) {
  return fmt::format("10.78.0.{}", 10 + NumberOf(node));
}

std::string Layout::PodNetwork(const std::string& node) { return fmt::format("10.244.{}.0/24", NumberOf(node)); }

std::string Layout::Tap(const std::string& node, int bridge) { return fmt::format("{}-{}", node, bridge); }

fs::path SourceFolder() { return InstalledFolder() / "clusters" / "uml"; }

Status SaveParameters(const Layout& layout, const Parameters& parameters, const Images& images) {
  const nlohmann::json json = {{"nodes", parameters.nodes},
                               {"profile", parameters.profile},
                               {"memory_mib", parameters.memory_mib},
                               {"disk_gib", parameters.disk_gib},
                               {"zones", parameters.zones},
                               {"kernel", images.kernel.string()},
                               {"kubernetes", images.kubernetes.string()},
                               {"node_root", images.node_root.string()}};
  return WriteFile(layout.folder() / "cluster.json", json.dump(2) + "\n");
}

Result<Saved> LoadParameters(const Layout& layout) {
  const fs::path file = layout.folder() / "cluster.json";
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Unavailable(fmt::format("{} is damaged; run: holdfast cluster down {}", file.string(), layout.cluster()));
  }
  Saved saved;
  saved.parameters = {.nodes = json.value("nodes", 3),
                      .profile = json.value("profile", ""),
                      .memory_mib = json.value("memory_mib", 0),
                      .disk_gib = json.value("disk_gib", 0),
                      .zones = json.value("zones", json.value("nodes", 3))};
  saved.images = {.kernel = json.value("kernel", ""),
                  .kubernetes = json.value("kubernetes", ""),
                  .node_root = json.value("node_root", "")};
  return saved;
}

Status WriteFile(const fs::path& file, const std::string& text) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  if (!stream) return Unavailable(fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
  return {};
}

Result<std::string> ReadFile(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Unavailable(fmt::format("cannot read {}: {}", file.string(), std::strerror(errno)));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace holdfast::uml
