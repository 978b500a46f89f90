// A server that is asked for under another name is still asked for what stands behind its own.
#include "harness/kube/api_stream.h"

#include <gtest/gtest.h>

#include "harness/kube/scripted_api_server.h"

namespace holdfast {
namespace {

TEST(ApiStream, KeepsThePathOfAServerThatIsCalledOtherwise) {
  ScriptedApiServer server([](const ScriptedApiServer::Connection& connection, const ScriptedApiServer::Request&) {
    return connection.Answer("200 OK", "{}");
  });
  for (const char* name : {"", "kubernetes.default"}) {
    Kubeconfig config;
    config.server = server.url() + "/k8s/clusters/c-1";
    config.tls_server_name = name;
    ApiStream stream(config, "");
    const ApiStream::Ending ending = stream.Get({.path = "/api/v1/nodes?watch=1", .credential = {}});
    EXPECT_EQ(ending.status, 200) << ending.trouble;
  }
  const std::vector<std::string> expected(2, "/k8s/clusters/c-1/api/v1/nodes?watch=1");
  EXPECT_EQ(server.targets(), expected);
}

}  // namespace
}  // namespace holdfast
