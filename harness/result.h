// Result: what the harness itself could not do. It ends as *inconclusive* (exit 2) or, for ErrorCode::kUsage, as a
// usage error (exit 3); never as a pass and never as an accusation. What the system under test did is data (see
// history.h and verdict.h), and what cannot happen is a CHECK (see check.h).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace holdfast {

enum class ErrorCode {
  kUsage,        // the user's rig, suite or arguments; `message` starts with file:line where there is one
  kUnavailable,  // the machine or the cluster did not do what was asked
  kTimeout,      // a limit ran out; `message` says what was last seen
  kDamaged,      // a database says of itself that what it stored is damaged
  kInterrupted,  // the user pressed Ctrl-C or the harness was told to end
};

struct Error {
  ErrorCode code = ErrorCode::kUnavailable;
  std::string message;  // one line: what is wrong, where, what is allowed or what to run
  std::string command;  // that can be pasted to see it again; empty if there is none
  std::string output;   // of that command, at most a few KiB
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{.code = code, .message = std::move(message), .command = "", .output = ""});
}
inline tl::unexpected<Error> UsageError(std::string message) { return Fail(ErrorCode::kUsage, std::move(message)); }
inline tl::unexpected<Error> Unavailable(std::string message) {
  return Fail(ErrorCode::kUnavailable, std::move(message));
}

// `context: message`, all else kept.
inline Error Within(const std::string& context, Error error) {
  error.message = context + ": " + error.message;
  return error;
}

#define HOLDFAST_CONCAT_INNER(a, b) a##b
#define HOLDFAST_CONCAT(a, b) HOLDFAST_CONCAT_INNER(a, b)

// RETURN_IF_ERROR(expression of type Status or Result<T>);
#define RETURN_IF_ERROR(expression) RETURN_IF_ERROR_INNER(HOLDFAST_CONCAT(holdfast_status_, __COUNTER__), expression)
#define RETURN_IF_ERROR_INNER(status, expression)                          \
  do {                                                                     \
    if (auto status = (expression); !status.has_value())                   \
      return tl::unexpected<::holdfast::Error>(std::move(status).error()); \
  } while (false)

// ASSIGN_OR_RETURN(auto value, expression of type Result<T>);
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(HOLDFAST_CONCAT(holdfast_result_, __COUNTER__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression)                                 \
  auto result = (expression);                                                                   \
  if (!result.has_value()) return tl::unexpected<::holdfast::Error>(std::move(result).error()); \
  declaration = std::move(result).value()

}  // namespace holdfast
