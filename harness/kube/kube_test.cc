#include "harness/kube/kube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KubeTest : public ::testing::Test {
 protected:
  static Output Refusal(std::string words) { return Output{.exit_status = 1, .out = "", .err = std::move(words)}; }

  std::string LastLine() const { return Pasteable(host_.commands().back()); }

  FakeHost host_;
  Kube kube_{host_, Access{.kubeconfig = "/run/k.conf", .kubectl = "kubectl", .network_namespace = "hf-net"}};
};

TEST_F(KubeTest, EveryCommandNamesTheKubeconfigALimitAndTheNetworkNamespace) {
  host_.On("*", Output{.exit_status = 0, .out = R"({"kind":"Pod"})", .err = ""});
  const auto pod = kube_.Get("pod", "ledger-0", "db");
  ASSERT_TRUE(pod) << pod.error().message;
  EXPECT_EQ((*pod)["kind"], "Pod");
  EXPECT_EQ(LastLine(),
            "ip netns exec hf-net kubectl --kubeconfig=/run/k.conf --request-timeout=20s get pod ledger-0 "
            "--namespace=db --output=json");
}

TEST_F(KubeTest, ListsOneNamespaceBySelectorOrAllOfThem) {
  host_.On("*", Output{.exit_status = 0, .out = R"({"items":[]})", .err = ""});
  ASSERT_TRUE(kube_.List("pods", "db", "app=ledger"));
  EXPECT_THAT(LastLine(), HasSubstr("get pods --namespace=db --selector=app=ledger --output=json"));
  ASSERT_TRUE(kube_.Get("nodes", ""));
  EXPECT_THAT(LastLine(), HasSubstr("get nodes --all-namespaces --output=json"));
}

TEST_F(KubeTest, AnAbsentObjectIsNotFoundInTheApisOwnWords) {
  host_.On("*", Refusal("Error from server (NotFound): pods \"x\" not found\n"));
  const auto pod = kube_.Get("pod", "x", "db");
  ASSERT_FALSE(pod);
  EXPECT_EQ(pod.error().message, "kubectl get pod x: Error from server (NotFound): pods \"x\" not found");
  EXPECT_THAT(pod.error().command, HasSubstr("get pod x --namespace=db"));
}

TEST_F(KubeTest, AMissingKubectlSaysHowToGetIt) {
  host_.On("*", Error{.code = ErrorCode::kUnavailable,
                      .message = "cannot run kubectl: no such program in PATH",
                      .command = "",
                      .output = ""});
  EXPECT_EQ(kube_.Get("pod", "x").error().message,
            "cannot run kubectl: no such program in PATH; install kubectl (apt-get install kubernetes-client) or say "
            "where it is");
}

TEST_F(KubeTest, AKubeconfigThatCannotBeUsedIsNamed) {
  for (const std::string words :
       {"error: stat /run/k.conf: no such file or directory", "error: context \"x\" does not exist",
        "error: error loading config file \"/run/k.conf\": yaml: did not find expected key",
        "error: failed to download openapi: Get \"http://localhost:8080/openapi/v2\": connection refused",
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?"}) {
    host_.On("*", Refusal(words + "\n"));
    const auto pod = kube_.Get("pod", "x");
    ASSERT_FALSE(pod);
    EXPECT_THAT(pod.error().message, HasSubstr("kubeconfig /run/k.conf cannot be used: " + words));
  }
}

TEST_F(KubeTest, AnApiServerThatDoesNotAnswerSaysWhatToRun) {
  host_.On("*", Refusal("E1122 22:33:29.196022   13591 memcache.go:265] \"Unhandled Error\" err=\"…\"\n"
                        "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host?\n"));
  const auto pod = kube_.Get("pod", "x");
  ASSERT_FALSE(pod);
  EXPECT_EQ(pod.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(pod.error().message,
            "the API server of /run/k.conf does not answer: The connection to the server 10.0.0.1:6443 was refused - "
            "did you specify the right host?; run: ip netns exec hf-net kubectl --kubeconfig=/run/k.conf get "
            "'--raw=/readyz?verbose'");
}

TEST_F(KubeTest, AnAnswerThatIsNotJsonIsAnError) {
  host_.On("*", Output{.exit_status = 0, .out = "{\"kind\":", .err = ""});
  EXPECT_THAT(kube_.Get("pod", "x").error().message, HasSubstr("not JSON"));
}

TEST_F(KubeTest, ADeletionThatIsNotOverInTimeIsATimeout) {
  host_.On("*", Refusal("error: timed out waiting for the condition on pods/x\n"));
  const Status status = kube_.Delete("pod", "x", "db", Kube::Grace::kNone);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(LastLine(), HasSubstr("delete pod x --ignore-not-found --namespace=db --grace-period=0 --force "
                                    "--wait=true --timeout=120s"));
}

TEST_F(KubeTest, ExecGivesTheExitStatusOfTheCommandInThePod) {
  host_.On("*", Output{.exit_status = 3, .out = "", .err = "no such file\ncommand terminated with exit code 3\n"});
  const auto output = kube_.Exec("db", "ledger-0", {"cat", "/x"});
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->exit_status, 3);
  EXPECT_EQ(output->err, "no such file\n");
  EXPECT_THAT(LastLine(), HasSubstr("exec ledger-0 --namespace=db -- cat /x"));
}

TEST_F(KubeTest, ExecThatKubectlCouldNotDoIsAnErrorAndNoExitStatus) {
  host_.On("*", Refusal("error: unable to upgrade connection: container not found (\"ledger\")\n"));
  const auto output = kube_.Exec("db", "ledger-0", {"true"});
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().message, HasSubstr("container not found"));
}

TEST_F(KubeTest, AKubeletThatIsGoneIsNotTakenForTheApiServer) {
  host_.On("*", Refusal("Error from server: error dialing backend: dial tcp 10.0.0.2:10250: i/o timeout\n"));
  EXPECT_EQ(kube_.Exec("db", "ledger-0", {"true"}).error().message,
            "kubectl exec ledger-0: Error from server: error dialing backend: dial tcp 10.0.0.2:10250: i/o timeout");
}

TEST_F(KubeTest, ApplyHandsTheManifestOverAsInput) {
  host_.On("*", Output{});
  ASSERT_TRUE(kube_.Apply("kind: Namespace"));
  EXPECT_EQ(host_.commands().back().input, "kind: Namespace");
  EXPECT_THAT(host_.unexpected(), IsEmpty());
}

TEST_F(KubeTest, AnInterruptionStaysOne) {
  host_.Interrupt();
  EXPECT_EQ(kube_.Get("pod", "x").error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace holdfast
