// Promise: a credential is as fresh as the server demands, a plugin is run no oftener than that, and nothing that it
// prints appears in a complaint.
#include "harness/kube/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_folder.h"
#include "harness/kube/timestamp.h"

namespace holdfast {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kVersion[] = "client.authentication.k8s.io/v1";

std::string Answer(const std::string& status) {
  return std::string(R"({"kind":"ExecCredential","apiVersion":")") + kVersion + R"(","status":)" + status + "}";
}

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    config_.file = "config";
    config_.server = "https://h:1";
    config_.authority = "PEM";
    config_.plugin = CredentialPlugin{.api_version = kVersion, .command = "get-token", .arguments = {"sea"}};
  }
  Credentials Make() {
    return Credentials(host_, config_, "net", [this] { return now_; });
  }
  std::string ComplaintAbout(const Output& output) {
    host_.On("*get-token sea", output);
    Credentials credentials = Make();
    const auto credential = credentials.Get();
    return credential.has_value() ? "none" : credential.error().message + credential.error().output;
  }

  FakeHost host_;
  Kubeconfig config_;
  std::chrono::system_clock::time_point now_ = *ParseTimestamp("2026-11-22T10:00:00Z");
};

TEST_F(CredentialsTest, APluginIsAskedAgainShortlyBeforeItsAnswerExpires) {
  host_.On("*get-token sea", Output{.exit_status = 0,
                                    .out = Answer(R"({"token":"first","expirationTimestamp":"2026-11-22T10:01:00Z"})"),
                                    .err = ""});
  Credentials credentials = Make();
  EXPECT_EQ(credentials.Get()->token, "first");
  now_ += seconds(49);
  EXPECT_EQ(credentials.Get()->token, "first");
  EXPECT_THAT(host_.commands(), SizeIs(1));
  host_.On("*get-token sea", Output{.exit_status = 0, .out = Answer(R"({"token":"second"})"), .err = ""});
  now_ += seconds(2);
  EXPECT_EQ(credentials.Get()->token, "second");
  now_ += std::chrono::hours(1000);
  EXPECT_EQ(credentials.Get()->token, "second") << "without an expiry it is good until the server refuses it";
  credentials.Refuse();
  EXPECT_EQ(credentials.Get()->token, "second");
  EXPECT_THAT(host_.commands(), SizeIs(3));
}

TEST_F(CredentialsTest, APluginIsToldWhatItIsAskedFor) {
  config_.plugin->environment = {"REGION=north"};
  config_.plugin->wants_cluster = true;
  host_.On("*get-token sea",
           Output{.exit_status = 0, .out = Answer(R"({"clientCertificateData":"C","clientKeyData":"K"})"), .err = ""});
  Credentials credentials = Make();
  EXPECT_EQ(credentials.Get()->key, "K");
  const Command& command = host_.commands().at(0);
  EXPECT_EQ(command.network_namespace, "net");
  ASSERT_THAT(command.argv,
              ElementsAre("env", "REGION=north", StartsWith("KUBERNETES_EXEC_INFO="), "get-token", "sea"));
  const std::string info = command.argv[2];
  EXPECT_EQ(nlohmann::json::parse(info.substr(info.find('=') + 1)), nlohmann::json::parse(R"(
      {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
       "spec": {"interactive": false, "cluster": {"server": "https://h:1", "certificate-authority-data": "UEVN"}}})"));
}

TEST_F(CredentialsTest, ComplaintsNameThePluginAndNotItsSecrets) {
  EXPECT_EQ(ComplaintAbout({.exit_status = 3, .out = "secret", .err = "noise\nplease log in\n"}),
            "config: the credential plugin get-token ended with status 3: please log in");
  EXPECT_EQ(ComplaintAbout({.exit_status = 0, .out = "secret", .err = ""}),
            "config: the credential plugin get-token printed something else; allowed: an ExecCredential of "
            "client.authentication.k8s.io/v1");
  EXPECT_EQ(
      ComplaintAbout({.exit_status = 0, .out = Answer(R"({"expirationTimestamp":"2026-11-22T10:01:00Z"})"), .err = ""}),
      "config: the credential plugin get-token printed neither a token nor a certificate with its key; allowed: "
      "an ExecCredential of client.authentication.k8s.io/v1");
  EXPECT_THAT(ComplaintAbout(
                  {.exit_status = 0, .out = Answer(R"({"token":"secret","expirationTimestamp":"soon"})"), .err = ""}),
              testing::AllOf(HasSubstr("expires at 'soon'"), Not(HasSubstr("secret"))));
  EXPECT_THAT(ComplaintAbout({.exit_status = 0,
                              .out = R"({"kind":"ExecCredential","apiVersion":"v0","status":{"token":"secret"}})",
                              .err = ""}),
              testing::AllOf(HasSubstr("answered in version 'v0'"), Not(HasSubstr("secret"))));
}

TEST_F(CredentialsTest, AHintSaysHowToInstallAPluginThatIsNotThere) {
  config_.plugin->install_hint = "apt-get install get-token";
  EXPECT_EQ(ComplaintAbout({.exit_status = 127, .out = "", .err = "env: 'get-token': No such file or directory"}),
            "config: the credential plugin get-token cannot be run; apt-get install get-token");
}

TEST_F(CredentialsTest, ATokenInAFileIsReadAgainEachTime) {
  const TemporaryFolder folder;
  config_.plugin.reset();
  config_.token = "of old";
  config_.token_file = folder.Write("token", "first\n");
  Credentials credentials = Make();
  EXPECT_EQ(credentials.Get()->token, "first");
  folder.Write("token", "second");
  EXPECT_EQ(credentials.Get()->token, "second");
  folder.Write("token", "");
  EXPECT_THAT(credentials.Get().error().message, testing::EndsWith("holds no token"));
}

}  // namespace
}  // namespace holdfast
