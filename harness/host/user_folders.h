// UserFolders: where the user's state and caches are, by the XDG base directory specification, which has relative paths
// ignored.
#pragma once

#include <filesystem>

namespace holdfast {

std::filesystem::path StateFolder();  // $XDG_STATE_HOME/holdfast, or ~/.local/state/holdfast
std::filesystem::path CacheFolder();  // $XDG_CACHE_HOME/holdfast, or ~/.cache/holdfast

}  // namespace holdfast
