#include "suites/contract/browser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <thread>

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Of one answer; on a machine on which clusters play beside.
constexpr std::chrono::seconds kPatience{60};

// The streams of a command become the two that the protocol speaks on. Without a sandbox, which root has not; what it
// opens is our own report. Its home is the profile, so that nothing stays behind.
constexpr char kStart[] =
    R"(export HOME="$0" XDG_CONFIG_HOME="$0" XDG_CACHE_HOME="$0"; )"
    R"(exec chromium --headless --remote-debugging-pipe --user-data-dir="$0" --no-sandbox --disable-gpu )"
    R"(--disable-dev-shm-usage --disable-breakpad --disable-crash-reporter --no-first-run --disable-extensions )"
    R"(--disable-background-networking --disable-component-update --disable-sync --disable-default-apps )"
    R"(--host-resolver-rules='MAP * ~NOTFOUND' --force-color-profile=srgb --hide-scrollbars about:blank )"
    R"(3<&0 4>&1 </dev/null >"$0/browser.log" 2>&1)";

// Processes that name the folder in their command line.
bool AnyMentions(const std::string& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (line.find(folder) != std::string::npos) return true;
  }
  return false;
}

struct Key {
  std::string code;
  int number;
  std::string text;
};

Key KeyNamed(const std::string& name) {
  static const std::map<std::string, Key> kKeys = {
      {"Tab", {"Tab", 9, ""}}, {"Enter", {"Enter", 13, "\r"}}, {"Space", {"Space", 32, " "}}};
  const auto found = kKeys.find(name);
  if (found != kKeys.end()) return found->second;
  return {"Key" + name, std::toupper(name[0]), name};
}

}  // namespace

Browser::Browser(int width, int height) {
  Result<ChildProcess> started = ChildProcess::Start(
      {.argv = {"sh", "-c", kStart, profile_.path().string()}, .input = "the protocol", .limit = kPatience});
  if (!started.has_value()) {
    ADD_FAILURE() << started.error().message;
    return;
  }
  process_ = std::make_unique<ChildProcess>(std::move(*started));
  OpenPage(width, height);
}

Browser::~Browser() { EXPECT_TRUE(End()) << "something of " << profile_.path() << " still runs"; }

void Browser::OpenPage(int width, int height) {
  const json target = CallIn("", "Target.createTarget", {{"url", "about:blank"}});
  const json attached =
      CallIn("", "Target.attachToTarget", {{"targetId", target.value("targetId", "")}, {"flatten", true}});
  session_ = attached.value("sessionId", "");
  ASSERT_FALSE(session_.empty()) << profile_.Read("browser.log");
  for (const char* domain : {"Page", "Runtime", "Log", "Network", "Accessibility"})
    Call(fmt::format("{}.enable", domain));
  Resize(width, height);
}

bool Browser::End() {
  if (process_ == nullptr) return true;
  Send(json{{"id", ++calls_}, {"method", "Browser.close"}}.dump());
  process_->in.Close();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (AnyMentions(profile_.path().string()) && std::chrono::steady_clock::now() < until) {
    while (Receive().has_value()) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const bool gone = !AnyMentions(profile_.path().string());
  process_.reset();  // kills what is left of its group
  return gone;
}

void Browser::Send(const std::string& message) {
  const std::string framed = message + '\0';
  for (std::size_t sent = 0; sent < framed.size();) {
    const ssize_t size = write(process_->in.number(), framed.data() + sent, framed.size() - sent);
    if (size > 0) sent += static_cast<std::size_t>(size);
    if (size >= 0 || errno == EINTR) continue;
    pollfd room{.fd = process_->in.number(), .events = POLLOUT, .revents = 0};
    if (errno != EAGAIN || poll(&room, 1, 10'000) <= 0) return;
  }
}

// The next message; none if the pipe has ended or nothing comes.
std::optional<json> Browser::Receive() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = received_.find('\0', searched);
    if (end != std::string::npos) {
      json message = json::parse(received_.substr(0, end), nullptr, /*allow_exceptions=*/false);
      received_.erase(0, end + 1);
      return message;
    }
    searched = received_.size();
    pollfd more{.fd = process_->out.number(), .events = POLLIN, .revents = 0};
    if (std::chrono::steady_clock::now() > until || !process_->out.open()) return std::nullopt;
    if (poll(&more, 1, 1000) <= 0) continue;
    std::array<char, 65536> buffer{};
    const ssize_t size = read(process_->out.number(), buffer.data(), buffer.size());
    if (size == 0) process_->out.Close();
    if (size > 0) received_.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

void Browser::Notice(const json& event) {
  const std::string method = event.value("method", "");
  const json& parameters = event.contains("params") ? event["params"] : json::object();
  if (method == "Page.loadEventFired") loaded_ = true;
  if (method == "Runtime.exceptionThrown") complaints_.push_back(parameters.dump());
  if (method == "Log.entryAdded") complaints_.push_back(parameters.dump());
  if (method == "Runtime.consoleAPICalled") complaints_.push_back(parameters.dump());
  if (method == "Network.requestWillBeSent") {
    const std::string url = parameters["request"].value("url", "");
    const auto begins = [&](const char* start) { return url.starts_with(start); };
    if (!begins("file:") && !begins("data:") && !begins("about:")) requests_.push_back(url);
  }
}

json Browser::CallIn(const std::string& session, const std::string& method, const json& parameters) {
  if (process_ == nullptr) return nullptr;
  const int number = ++calls_;
  json message = {{"id", number}, {"method", method}, {"params", parameters}};
  if (!session.empty()) message["sessionId"] = session;
  Send(message.dump());
  while (const std::optional<json> answer = Receive()) {
    if (answer->contains("method")) Notice(*answer);
    if (answer->value("id", 0) != number) continue;
    if (answer->contains("result")) return (*answer)["result"];
    ADD_FAILURE() << method << ": " << answer->dump();
    return nullptr;
  }
  ADD_FAILURE() << method << ": the browser does not answer; " << profile_.Read("browser.log");
  return nullptr;
}

json Browser::Call(const std::string& method, const json& parameters) { return CallIn(session_, method, parameters); }

void Browser::Open(const fs::path& file) {
  loaded_ = false;
  Call("Page.navigate", {{"url", "file://" + file.string()}});
  while (!loaded_) {
    const std::optional<json> event = Receive();
    ASSERT_TRUE(event.has_value()) << file << " does not load";
    Notice(*event);
  }
}

json Browser::Evaluate(const std::string& expression) {
  const json result =
      Call("Runtime.evaluate", {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
  if (!result.is_object() || result.contains("exceptionDetails")) {
    ADD_FAILURE() << expression << "\n" << result.dump();
    return nullptr;
  }
  return result["result"].contains("value") ? result["result"]["value"] : json();
}

void Browser::Await(const std::string& expression) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (Evaluate(expression) == true) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ADD_FAILURE() << "never true: " << expression;
}

void Browser::Press(const std::string& name) {
  const Key key = KeyNamed(name);
  json event = {{"type", key.text.empty() ? "rawKeyDown" : "keyDown"},
                {"key", name == "Space" ? " " : name},
                {"code", key.code},
                {"windowsVirtualKeyCode", key.number}};
  if (!key.text.empty()) event["text"] = key.text;
  Call("Input.dispatchKeyEvent", event);
  event["type"] = "keyUp";
  event.erase("text");
  Call("Input.dispatchKeyEvent", event);
}

void Browser::Resize(int width, int height) {
  Call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

void Browser::Prefer(const std::string& scheme, const std::string& media) {
  Call("Emulation.setEmulatedMedia",
       {{"media", media}, {"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
}

std::string Browser::Screenshot(const json& clip) {
  json parameters = {{"format", "png"}, {"captureBeyondViewport", true}};
  if (!clip.is_null()) parameters["clip"] = clip;
  const json shot = Call("Page.captureScreenshot", parameters);
  return shot.is_object() ? shot.value("data", "") : "";
}

}  // namespace holdfast
