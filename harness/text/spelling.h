// Spelling: how names that a user wrote, and those that he may have meant, stand in a message of one line.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

// 'text' in quotes, cut if it is long; control characters as \xNN, so that a message stays one line.
std::string Quoted(const std::string& text);

// " (did you mean 'rto'?)" if one of `known` is near, else nothing.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& known);

// a-z, 0-9 and '-' within: fit for a folder, a network namespace, a Kubernetes object.
bool IsName(const std::string& text, std::size_t longest);
inline constexpr std::size_t kLongestClusterName = 20;  // a provider adds to it for interfaces and folders

}  // namespace holdfast
