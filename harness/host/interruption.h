// Interruption: Ctrl-C (SIGINT) and SIGTERM of this process, caught once for all of it.
//
//     first  ──▶ Happened(); host calls end early, what was hurt is healed, what was made is torn down
//     second ──▶ one line that says so; nothing else changes
//     third  ──▶ exits at once; the undo log on disk still knows what is to be healed
//
// Shielded (host.h) is this thread's exemption from it.
#pragma once

namespace holdfast {

class Interruption {
 public:
  // Idempotent and thread-safe. From here on the signals no longer end the process.
  static void Catch();
  static bool Happened();
  // Readable from the first signal on, for ever: whoever polls it wakes.
  static int Descriptor();
};

}  // namespace holdfast
