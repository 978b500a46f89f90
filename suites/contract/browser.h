// Browser: a headless Chromium of the test's own, spoken to in the Chrome DevTools Protocol over a pipe: no port is
// open, and it ends when the pipe does. Its profile is a folder that goes with it; the network is not there for it.
// Owned and used by one thread. Whatever the protocol refuses is a failure of the test.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/child_process.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {

class Browser {
 public:
  // With a page of this size that is open and empty.
  Browser(int width, int height);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // Of the page; null if it failed.
  nlohmann::json Call(const std::string& method, const nlohmann::json& parameters = nlohmann::json::object());
  // Until the page has loaded.
  void Open(const std::filesystem::path& file);
  // What the expression is, after the promise that it may be.
  nlohmann::json Evaluate(const std::string& expression);
  // Until the expression is true.
  void Await(const std::string& expression);
  void Press(const std::string& key);  // Tab, Enter, Space, or a letter
  void Resize(int width, int height);
  // "light" or "dark"; "screen" or "print".
  void Prefer(const std::string& scheme, const std::string& media = "screen");
  // PNG, in base64: of what is in the window, or of that part of it.
  std::string Screenshot(const nlohmann::json& clip = nullptr);
  // Whether everything that it was made of has ended, at most so long after it was told to.
  bool End();

  // Of all pages that were opened: errors of scripts, of the console, of the content security policy.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // URLs of whatever was asked for, but files and data.
  const std::vector<std::string>& requests() const { return requests_; }
  const std::filesystem::path& profile() const { return profile_.path(); }

 private:
  nlohmann::json CallIn(const std::string& session, const std::string& method, const nlohmann::json& parameters);
  std::optional<nlohmann::json> Receive();
  void Notice(const nlohmann::json& event);
  void Send(const std::string& message);
  void OpenPage(int width, int height);

  TemporaryFolder profile_;
  std::unique_ptr<ChildProcess> process_;
  std::string session_;
  std::string received_;
  int calls_ = 0;
  bool loaded_ = false;
  std::vector<std::string> complaints_;
  std::vector<std::string> requests_;
};

}  // namespace holdfast
