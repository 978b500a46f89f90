// Spelling: how names that a user wrote, and those that he may have meant, stand in a message of one line.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

// 'text' in quotes, cut if it is long; control characters as \xNN, so that a message stays one line.
std::string Quoted(const std::string& text);

// " (did you mean 'rto'?)" if one of `known` is near, else nothing.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& known);

}  // namespace holdfast
