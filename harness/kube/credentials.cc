#include "harness/kube/credentials.h"

#include <fmt/format.h>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/kube/timestamp.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr Duration kLimitOfPlugin = std::chrono::seconds(30);
constexpr int kNoSuchProgram = 127;  // says env
// What is about to expire would be refused on its way.
constexpr std::chrono::seconds kBeforeExpiry{10};

// The last line of what a program complained of. Never of its output, which is the secret.
std::string LastComplaint(const Output& output) {
  std::string text = output.err;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const std::size_t line = text.rfind('\n');
  return Printable(line == std::string::npos ? text : text.substr(line + 1), 200);
}

std::string EncodeBase64(const std::string& text) {
  using boost::archive::iterators::base64_from_binary;
  using boost::archive::iterators::transform_width;
  using Encoder = base64_from_binary<transform_width<std::string::const_iterator, 6, 8>>;
  std::string encoded(Encoder(text.cbegin()), Encoder(text.cend()));
  encoded.append((4 - encoded.size() % 4) % 4, '=');
  return encoded;
}

std::string TextOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<std::string> ReadToken(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string token;
  if (stream >> token) return token;
  return Unavailable(fmt::format("tokenFile {} holds no token", file.string()));
}

}  // namespace

Credentials::Credentials(Host& host, Kubeconfig config, std::string network_namespace, WallClock now)
    : host_(host), config_(std::move(config)), network_namespace_(std::move(network_namespace)), now_(std::move(now)) {}

Result<Credential> Credentials::Get() {
  Credential credential{.certificate = config_.certificate,
                        .key = config_.key,
                        .token = config_.token,
                        .username = config_.username,
                        .password = config_.password};
  if (!config_.token_file.empty()) {
    ASSIGN_OR_RETURN(credential.token, ReadToken(config_.token_file));
  }
  if (!config_.plugin) return credential;
  const std::lock_guard lock(mutex_);
  if (kept_ && (!expires_ || now_() + kBeforeExpiry < *expires_)) return *kept_;
  kept_.reset();
  ASSIGN_OR_RETURN(kept_, AskPlugin(*config_.plugin));
  return *kept_;
}

void Credentials::Refuse() {
  const std::lock_guard lock(mutex_);
  kept_.reset();
}

std::string Credentials::Request(const CredentialPlugin& plugin) const {
  json spec = {{"interactive", false}};
  if (plugin.wants_cluster) {
    spec["cluster"] = {{"server", config_.server}};
    if (!config_.authority.empty()) spec["cluster"]["certificate-authority-data"] = EncodeBase64(config_.authority);
    if (!config_.tls_server_name.empty()) spec["cluster"]["tls-server-name"] = config_.tls_server_name;
    if (!config_.proxy.empty()) spec["cluster"]["proxy-url"] = config_.proxy;
    if (config_.skips_verification) spec["cluster"]["insecure-skip-tls-verify"] = true;
  }
  return json{{"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", spec}}.dump();
}

Command Credentials::CommandOf(const CredentialPlugin& plugin) const {
  std::vector<std::string> argv = {"env"};
  argv.insert(argv.end(), plugin.environment.begin(), plugin.environment.end());
  argv.push_back("KUBERNETES_EXEC_INFO=" + Request(plugin));
  argv.push_back(plugin.command);
  argv.insert(argv.end(), plugin.arguments.begin(), plugin.arguments.end());
  return {.argv = std::move(argv), .input = "", .network_namespace = network_namespace_, .limit = kLimitOfPlugin};
}

Result<Credential> Credentials::AskPlugin(const CredentialPlugin& plugin) {
  const std::string hint = plugin.install_hint.empty() ? "" : "; " + Printable(plugin.install_hint, 200);
  const auto complain = [&](ErrorCode code, const std::string& what) {
    return Fail(code, fmt::format("{}: the credential plugin {}{}", config_.file.string(), plugin.command, what));
  };
  const Result<Output> output = host_.Run(CommandOf(plugin));
  if (!output) return complain(output.error().code, ": " + output.error().message + hint);
  if (output->exit_status == kNoSuchProgram) return complain(ErrorCode::kUnavailable, " cannot be run" + hint);
  if (output->exit_status != 0) {
    return complain(ErrorCode::kUnavailable,
                    fmt::format(" ended with status {}: {}", output->exit_status, LastComplaint(*output)));
  }
  return TakeAnswer(plugin, output->out);
}

Result<Credential> Credentials::TakeAnswer(const CredentialPlugin& plugin, const std::string& answer) {
  const auto complain = [&](const std::string& what) {
    return Unavailable(fmt::format("{}: the credential plugin {} {}; allowed: an ExecCredential of {}",
                                   config_.file.string(), plugin.command, what, plugin.api_version));
  };
  const json object = json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || TextOf(object, "kind") != "ExecCredential") return complain("printed something else");
  if (const std::string version = TextOf(object, "apiVersion"); version != plugin.api_version) {
    return complain(fmt::format("answered in version '{}'", Printable(version, 100)));
  }
  const json status = object.value("status", json::object());
  if (!status.is_object()) return complain("printed no status");
  Credential credential{.certificate = TextOf(status, "clientCertificateData"),
                        .key = TextOf(status, "clientKeyData"),
                        .token = TextOf(status, "token")};
  if (credential.token.empty() && (credential.certificate.empty() || credential.key.empty())) {
    return complain("printed neither a token nor a certificate with its key");
  }
  expires_.reset();
  if (const std::string until = TextOf(status, "expirationTimestamp"); !until.empty()) {
    expires_ = ParseTimestamp(until);
    if (!expires_) return complain(fmt::format("says that it expires at '{}'", Printable(until, 100)));
  }
  return credential;
}

}  // namespace holdfast
