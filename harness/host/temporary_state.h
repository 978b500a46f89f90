// TemporaryState: a folder in place of the user's state folder, for tests that leave locks or records there.
#pragma once

#include <cstdlib>

#include "harness/host/temporary_folder.h"

namespace holdfast {

class TemporaryState : public TemporaryFolder {
 public:
  TemporaryState() { setenv("XDG_STATE_HOME", path().c_str(), 1); }
  ~TemporaryState() { unsetenv("XDG_STATE_HOME"); }
  TemporaryState(const TemporaryState&) = delete;
  TemporaryState& operator=(const TemporaryState&) = delete;
};

}  // namespace holdfast
