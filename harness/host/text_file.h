// Text files as the harness leaves them behind. An error names the file and the reason.
#pragma once

#include <filesystem>
#include <string>

#include "harness/result.h"

namespace holdfast {

// In place of what the file held. Its folder exists.
Status WriteText(const std::filesystem::path& file, const std::string& text);

// The same, but whoever reads meanwhile, or after a harness that was killed here, finds the old text or the new one.
Status ReplaceText(const std::filesystem::path& file, const std::string& text);

}  // namespace holdfast
