// A backend as somebody new would add it: this file alone. registry_test.cc puts a copy into fixtures/backends/ of a
// scratch tree and builds that. A start for your own; CONTRIBUTING.md says what each part must do.
#include "harness/backend.h"

namespace holdfast {
namespace {

class NewcomerBackend : public Backend {
 public:
  explicit NewcomerBackend(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  Status Install(Progress&) override { return {}; }
  Status Uninstall(Progress&) override { return {}; }
  Result<Health> GetHealth() override { return Health{.whole = true, .detail = "what holds nothing is whole"}; }
  std::string StorageClass() const override { return "newcomer"; }
  std::string Version() const override { return "newcomer 1"; }

 private:
  Options options_;
};

HOLDFAST_REGISTER(Backend, NewcomerBackend, "newcomer-backend");

}  // namespace
}  // namespace holdfast
