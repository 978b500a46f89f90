// YamlText: the bytes of a YAML file, once they are known to be text that a reader and an editor see alike. What YAML
// would quietly make something else of (a tab in the indentation, a foreign encoding, a control character) is an error.
#pragma once

#include <filesystem>
#include <string>

#include "harness/result.h"

namespace holdfast {

// Without white space at its end. Errors are kUsage: "rig.yaml:3: ...", or "rig.yaml: ..." for the file as a whole.
Result<std::string> ReadYamlText(const std::filesystem::path& file);

// The same of a text in memory, `name` standing for the file's.
Result<std::string> TakeYamlText(const std::string& name, std::string text);

// The complaint about `text`, as "<name>:<line>: ...", if there is any.
Status CheckYamlText(const std::string& name, const std::string& text);

}  // namespace holdfast
