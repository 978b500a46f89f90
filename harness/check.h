// CHECK: always on, for what cannot happen. Trouble of the environment is never a CHECK; it is a Result (result.h).
#pragma once

#include <cstdio>
#include <cstdlib>

// For the end of a function that a switch over all values has left already. Not CHECK(false): without optimisation the
// compiler does not see that it never returns.
#define CHECK_UNREACHABLE()                                                         \
  do {                                                                              \
    std::fprintf(stderr, "%s:%d: CHECK failed: unreachable\n", __FILE__, __LINE__); \
    std::abort();                                                                   \
  } while (false)

#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
