// Promise: what kubectl can use is understood, and what cannot be used is told in one line that names the place.
#include "harness/kube/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOfManyClusters[] = R"(apiVersion: v1
kind: Config
preferences: {}
current-context: lake
clusters:
- name: sea-cluster
  cluster:
    server: https://10.0.0.1:6443/
    certificate-authority-data: UEVNIG9mIHRoZSBzZWE=
    proxy-url: socks5://proxy:1080
    tls-server-name: kubernetes.default
- name: lake-cluster
  cluster:
    server: https://lake.example:443
    certificate-authority: pki/ca.crt
    extensions:
    - {name: somebody's, extension: {last-update: today}}
contexts:
- name: sea
  context: {cluster: sea-cluster, user: sailor, namespace: harbour}
- name: lake
  context: {cluster: lake-cluster, user: angler}
- name: pond
  context: {cluster: lake-cluster}
users:
- name: sailor
  user: {token: ahoy}
- name: angler
  user:
    client-certificate: pki/angler.crt
    client-key-data: |
      a2V5IG9mIHRo
      ZSBhbmdsZXI=
)";

class KubeconfigTest : public testing::Test {
 protected:
  KubeconfigTest() {
    std::filesystem::create_directory(folder_.path() / "pki");
    folder_.Write("pki/ca.crt", "PEM of the lake");
    folder_.Write("pki/angler.crt", "PEM of the angler");
  }
  Kubeconfig Read(const std::string& text, const std::string& context = "") {
    auto config = ReadKubeconfig(folder_.Write("config", text), context);
    EXPECT_TRUE(config.has_value()) << config.error().message;
    return config.value_or(Kubeconfig{});
  }
  std::string ComplaintAbout(const std::string& text, const std::string& context = "") {
    const auto config = ReadKubeconfig(folder_.Write("config", text), context);
    return config.has_value() ? "none" : folder_.Relative(config.error().message);
  }
  static std::string WithUser(const std::string& user) {
    return "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
           "clusters: [{name: k, cluster: {server: 'http://127.0.0.1:8080'}}]\nusers:\n- name: u\n  user: " +
           user + "\n";
  }

  TemporaryFolder folder_;
};

TEST_F(KubeconfigTest, TheCurrentContextCountsAndItsFilesAreBesideIt) {
  const Kubeconfig config = Read(kOfManyClusters);
  EXPECT_EQ(config.context, "lake");
  EXPECT_EQ(config.server, "https://lake.example:443");
  EXPECT_EQ(config.authority, "PEM of the lake");
  EXPECT_EQ(config.certificate, "PEM of the angler");
  EXPECT_EQ(config.key, "key of the angler");
  EXPECT_EQ(config.token, "");
  EXPECT_FALSE(config.skips_verification);
}

TEST_F(KubeconfigTest, AnotherContextMayBeAskedFor) {
  const Kubeconfig config = Read(kOfManyClusters, "sea");
  EXPECT_EQ(config.server, "https://10.0.0.1:6443");
  EXPECT_EQ(config.authority, "PEM of the sea");
  EXPECT_EQ(config.proxy, "socks5://proxy:1080");
  EXPECT_EQ(config.tls_server_name, "kubernetes.default");
  EXPECT_EQ(config.token, "ahoy");
  EXPECT_EQ(Read(kOfManyClusters, "pond").token, "") << "a context need not have a user";
}

TEST_F(KubeconfigTest, JsonIsYaml) {
  EXPECT_EQ(Read(R"({"clusters":[{"name":"k","cluster":{"server":"https://h:1","insecure-skip-tls-verify":true}}],
                     "contexts":[{"name":"c","context":{"cluster":"k","user":"u"}}],
                     "users":[{"name":"u","user":{"username":"me","password":"secret"}}],"current-context":"c"})")
                .password,
            "secret");
}

TEST_F(KubeconfigTest, APluginComesWithAllThatItNeeds) {
  const Kubeconfig config = Read(WithUser(R"(
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: bin/get-token
        args: [--cluster, sea]
        env: [{name: REGION, value: north}]
        interactiveMode: IfAvailable
        provideClusterInfo: true
        installHint: ask the harbour master)"));
  ASSERT_TRUE(config.plugin.has_value());
  EXPECT_EQ(config.plugin->command, (folder_.path() / "bin/get-token").string());
  EXPECT_THAT(config.plugin->arguments, ElementsAre("--cluster", "sea"));
  EXPECT_THAT(config.plugin->environment, ElementsAre("REGION=north"));
  EXPECT_TRUE(config.plugin->wants_cluster);
  const Kubeconfig plain =
      Read(WithUser("{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: }}"));
  EXPECT_EQ(plain.plugin->command, "aws") << "to be looked up in PATH";
  EXPECT_THAT(plain.plugin->arguments, IsEmpty());
}

TEST_F(KubeconfigTest, EachComplaintNamesThePlaceAndWhatIsAllowed) {
  EXPECT_EQ(ComplaintAbout(kOfManyClusters, "ocean"), "config:1: no context 'ocean'; known: sea, lake, pond");
  EXPECT_EQ(ComplaintAbout("a: 1"),
            "config:1: the kubeconfig has no current-context; allowed: the name of one of its "
            "contexts");
  EXPECT_EQ(ComplaintAbout("just text"),
            "config:1: no kubeconfig; allowed: a mapping with clusters, users and contexts");
  EXPECT_EQ(ComplaintAbout("a: [1"), "config:1: not YAML: end of sequence flow not found");
  EXPECT_EQ(ComplaintAbout("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]"),
            "config:1: no cluster 'k'; known: none");
  EXPECT_EQ(ComplaintAbout("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
                           "clusters:\n- name: k\n  cluster:\n    server: ftp://x"),
            "config:6: server is 'ftp://x'; allowed: https://HOST:PORT or http://HOST:PORT");
  EXPECT_EQ(ComplaintAbout(WithUser("{client-certificate-data: '***', client-key-data: ''}")),
            "config:6: client-certificate-data of user 'u' is not base64; allowed: base64");
  EXPECT_EQ(ComplaintAbout(WithUser("{client-certificate-data: YQ==}")),
            "config:6: only one of client-certificate and client-key; allowed: both or neither");
  EXPECT_EQ(ComplaintAbout(WithUser("{client-certificate: none.crt}")),
            "config:6: client-certificate none.crt cannot be read; allowed: a readable file");
  EXPECT_EQ(ComplaintAbout(WithUser("{auth-provider: {name: gcp}}")),
            "config:6: auth-provider is not supported; allowed: client-certificate, token, tokenFile, username and "
            "password, exec");
  EXPECT_EQ(ComplaintAbout(WithUser("{exec: {apiVersion: v1, command: aws}}")),
            "config:6: exec is of v1; allowed: client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1");
  EXPECT_EQ(folder_.Relative(ReadKubeconfig(folder_.path() / "none").error().message),
            "kubeconfig none cannot be read; allowed: a readable file");
}

TEST_F(KubeconfigTest, WhatMayBeSecretIsNotQuoted) {
  std::string text = kOfManyClusters;
  text.replace(text.find("socks5://proxy"), 14, "quic://me:secret@proxy");
  EXPECT_EQ(ComplaintAbout(text, "sea"),
            "config:10: proxy-url is of another kind; allowed: http://…, https://…, socks5://…");
}

}  // namespace
}  // namespace holdfast
