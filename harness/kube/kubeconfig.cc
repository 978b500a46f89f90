#include "harness/kube/kubeconfig.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <fstream>
#include <iterator>
#include <string_view>

namespace holdfast {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadFileOf(const std::string& purpose, const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream || stream.bad()) {
    return Unavailable(fmt::format("{} {} cannot be read; allowed: a readable file", purpose, file.string()));
  }
  return text;
}

// Nothing if it is none.
std::optional<std::string> DecodeBase64(std::string text) {
  using boost::archive::iterators::binary_from_base64;
  using boost::archive::iterators::transform_width;
  using Decoder = transform_width<binary_from_base64<std::string::const_iterator>, 8, 6>;
  text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
             text.end());
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::fill(text.end() - static_cast<std::ptrdiff_t>(padding), text.end(), 'A');  // zero bits
  try {
    std::string decoded(Decoder(text.cbegin()), Decoder(text.cend()));
    decoded.resize(decoded.size() - padding);
    return decoded;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// One mapping of the file. Keys that nobody asks for are others' business: kubeconfigs carry extensions.
class Section {
 public:
  Section(const fs::path& file, std::string title, const YAML::Node& node)
      : file_(file), title_(std::move(title)), node_(node) {}

  tl::unexpected<Error> Complain(const YAML::Node& where, const std::string& what) const {
    return Unavailable(fmt::format("{}:{}: {}", file_.string(), where.Mark().line + 1, what));
  }
  tl::unexpected<Error> Complain(const std::string& what) const { return Complain(node_, what); }

  YAML::Node Find(const std::string& key) const {
    const YAML::Node& constant = node_;
    return constant[key];
  }
  bool Has(const std::string& key) const {
    const YAML::Node node = Find(key);
    return node && !node.IsNull();
  }

  // Empty if it is absent.
  Result<std::string> Text(const std::string& key) const {
    if (!Has(key)) return "";
    const YAML::Node node = Find(key);
    if (!node.IsScalar()) return Complain(node, fmt::format("{} of {} is no single value; allowed: text", key, title_));
    return node.Scalar();
  }
  Result<std::string> RequiredText(const std::string& key, const std::string& allowed) const {
    ASSIGN_OR_RETURN(std::string text, Text(key));
    if (text.empty()) return Complain(fmt::format("{} has no {}; allowed: {}", title_, key, allowed));
    return text;
  }
  Result<bool> Flag(const std::string& key) const {
    ASSIGN_OR_RETURN(const std::string text, Text(key));
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
    return Complain(Find(key), fmt::format("{} of {} is '{}'; allowed: true, false", key, title_, text));
  }
  Result<std::vector<std::string>> Texts(const std::string& key) const {
    std::vector<std::string> texts;
    if (!Has(key)) return texts;
    for (const YAML::Node& item : Find(key)) {
      if (!item.IsScalar()) return Complain(item, fmt::format("{} of {}: allowed: a list of texts", key, title_));
      texts.push_back(item.Scalar());
    }
    return texts;
  }
  Result<Section> Inner(const std::string& key) const {
    if (!Has(key)) return Section(file_, title_, YAML::Node(YAML::NodeType::Map));
    const YAML::Node node = Find(key);
    if (!node.IsMap())
      return Complain(node, fmt::format("{} of {} is no mapping; allowed: {{key: value}}", key, title_));
    return Section(file_, title_, node);
  }

  // `key`-data, base64, or the content of the file that `key` names; empty if there is neither.
  Result<std::string> Content(const std::string& key) const {
    ASSIGN_OR_RETURN(const std::string data, Text(key + "-data"));
    if (!data.empty()) {
      const std::optional<std::string> decoded = DecodeBase64(data);
      if (decoded) return *decoded;
      return Complain(Find(key + "-data"), fmt::format("{}-data of {} is not base64; allowed: base64", key, title_));
    }
    ASSIGN_OR_RETURN(const fs::path path, Path(key));
    if (path.empty()) return "";
    Result<std::string> content = ReadFileOf(key, path);
    if (!content) return Complain(Find(key), content.error().message);
    return content;
  }
  Result<fs::path> Path(const std::string& key) const {
    ASSIGN_OR_RETURN(const std::string text, Text(key));
    return text.empty() ? fs::path() : file_.parent_path() / text;
  }

  // The entry of that name in the list `list`: what it holds under `inner`.
  Result<Section> Entry(const std::string& list, const std::string& inner, const std::string& name) const {
    std::vector<std::string> names;
    const YAML::Node entries = Find(list);
    if (entries && entries.IsSequence()) {
      for (const YAML::Node& node : entries) {
        if (!node.IsMap()) return Complain(node, fmt::format("{}: allowed: a list of mappings", list));
        const Section entry(file_, fmt::format("{} '{}'", inner, name), node);
        ASSIGN_OR_RETURN(names.emplace_back(), entry.Text("name"));
        if (names.back() == name) return entry.Inner(inner);
      }
    }
    return Complain(fmt::format("no {} '{}'; known: {}", inner, name,
                                names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  }

 private:
  fs::path file_;
  std::string title_;
  YAML::Node node_;
};

Status ReadCluster(const Section& cluster, Kubeconfig& config) {
  constexpr char kServer[] = "https://HOST:PORT or http://HOST:PORT";
  ASSIGN_OR_RETURN(config.server, cluster.RequiredText("server", kServer));
  if (!config.server.starts_with("https://") && !config.server.starts_with("http://")) {
    return cluster.Complain(cluster.Find("server"), fmt::format("server is '{}'; allowed: {}", config.server, kServer));
  }
  while (config.server.ends_with('/')) config.server.pop_back();
  ASSIGN_OR_RETURN(config.tls_server_name, cluster.Text("tls-server-name"));
  ASSIGN_OR_RETURN(config.authority, cluster.Content("certificate-authority"));
  ASSIGN_OR_RETURN(config.skips_verification, cluster.Flag("insecure-skip-tls-verify"));
  ASSIGN_OR_RETURN(config.proxy, cluster.Text("proxy-url"));
  if (config.proxy.empty()) return {};
  for (const std::string_view scheme : {"http://", "https://", "socks5://"}) {
    if (config.proxy.starts_with(scheme)) return {};
  }
  // Not quoted: it may hold a password.
  return cluster.Complain(cluster.Find("proxy-url"),
                          "proxy-url is of another kind; allowed: http://…, https://…, socks5://…");
}

// As Kubernetes looks for it: what has a slash and no root is beside the kubeconfig.
std::string ProgramOf(const fs::path& file, const std::string& command) {
  const bool is_name = command.find('/') == std::string::npos;
  return is_name ? command : (file.parent_path() / command).string();
}

Result<CredentialPlugin> ReadPlugin(const Section& section, const fs::path& file) {
  constexpr std::array<std::string_view, 2> kVersions = {"client.authentication.k8s.io/v1",
                                                         "client.authentication.k8s.io/v1beta1"};
  const std::string allowed = fmt::format("{}", fmt::join(kVersions, ", "));
  CredentialPlugin plugin;
  ASSIGN_OR_RETURN(plugin.api_version, section.RequiredText("apiVersion", allowed));
  if (std::find(kVersions.begin(), kVersions.end(), plugin.api_version) == kVersions.end()) {
    return section.Complain(section.Find("apiVersion"),
                            fmt::format("exec is of {}; allowed: {}", plugin.api_version, allowed));
  }
  ASSIGN_OR_RETURN(const std::string command, section.RequiredText("command", "a program that prints a credential"));
  plugin.command = ProgramOf(file, command);
  ASSIGN_OR_RETURN(plugin.arguments, section.Texts("args"));
  ASSIGN_OR_RETURN(plugin.wants_cluster, section.Flag("provideClusterInfo"));
  ASSIGN_OR_RETURN(plugin.install_hint, section.Text("installHint"));
  ASSIGN_OR_RETURN(const std::string interactive, section.Text("interactiveMode"));
  if (interactive == "Always") {
    return section.Complain(section.Find("interactiveMode"),
                            fmt::format("{} wants to ask a person; allowed: Never, IfAvailable", command));
  }
  if (!section.Has("env")) return plugin;
  for (const YAML::Node& node : section.Find("env")) {
    const Section variable(file, "env", node);
    if (!node.IsMap()) return variable.Complain("env: allowed: a list of {name, value}");
    ASSIGN_OR_RETURN(const std::string name, variable.RequiredText("name", "the name of a variable"));
    ASSIGN_OR_RETURN(const std::string value, variable.Text("value"));
    plugin.environment.push_back(fmt::format("{}={}", name, value));
  }
  return plugin;
}

Status ReadUser(const Section& user, Kubeconfig& config) {
  for (const char* key : {"as", "auth-provider"}) {
    if (!user.Has(key)) continue;
    return user.Complain(user.Find(key),
                         fmt::format("{} is not supported; allowed: client-certificate, token, tokenFile, "
                                     "username and password, exec",
                                     key));
  }
  ASSIGN_OR_RETURN(config.certificate, user.Content("client-certificate"));
  ASSIGN_OR_RETURN(config.key, user.Content("client-key"));
  if (config.certificate.empty() != config.key.empty()) {
    return user.Complain("only one of client-certificate and client-key; allowed: both or neither");
  }
  ASSIGN_OR_RETURN(config.token, user.Text("token"));
  ASSIGN_OR_RETURN(config.token_file, user.Path("tokenFile"));
  ASSIGN_OR_RETURN(config.username, user.Text("username"));
  ASSIGN_OR_RETURN(config.password, user.Text("password"));
  if (!user.Has("exec")) return {};
  ASSIGN_OR_RETURN(const Section exec, user.Inner("exec"));
  ASSIGN_OR_RETURN(config.plugin, ReadPlugin(exec, config.file));
  return {};
}

Result<Kubeconfig> ReadDocument(const fs::path& file, const std::string& context, const YAML::Node& node) {
  const Section document(file, "the kubeconfig", node);
  if (!node.IsMap()) return document.Complain("no kubeconfig; allowed: a mapping with clusters, users and contexts");
  Kubeconfig config;
  config.file = file;
  config.context = context;
  if (context.empty()) {
    ASSIGN_OR_RETURN(config.context, document.RequiredText("current-context", "the name of one of its contexts"));
  }
  ASSIGN_OR_RETURN(const Section chosen, document.Entry("contexts", "context", config.context));
  ASSIGN_OR_RETURN(const std::string cluster_name, chosen.RequiredText("cluster", "the name of one of its clusters"));
  ASSIGN_OR_RETURN(const Section cluster, document.Entry("clusters", "cluster", cluster_name));
  RETURN_IF_ERROR(ReadCluster(cluster, config));
  ASSIGN_OR_RETURN(const std::string user_name, chosen.Text("user"));
  if (user_name.empty()) return config;  // an API server that asks nobody who he is
  ASSIGN_OR_RETURN(const Section user, document.Entry("users", "user", user_name));
  RETURN_IF_ERROR(ReadUser(user, config));
  return config;
}

}  // namespace

Result<Kubeconfig> ReadKubeconfig(const fs::path& file, const std::string& context) {
  ASSIGN_OR_RETURN(const std::string text, ReadFileOf("kubeconfig", file));
  try {
    return ReadDocument(file, context, YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return Unavailable(fmt::format("{}:{}: not YAML: {}", file.string(), error.mark.line + 1, error.msg));
  }
}

}  // namespace holdfast
