#include "harness/verbs/verb.h"

int main(int argc, char** argv) {
  const auto host = holdfast::MakePosixHost();
  const auto progress = holdfast::MakeProgress();
  return holdfast::Main(argc, argv, [&] { return holdfast::Session{.host = *host, .progress = *progress}; });
}
