// Promise: what `holdfast export` writes is read by Clojure's own EDN reader, and is a history by the rules of Jepsen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/history/history_builder.h"
#include "harness/host.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Prints what is wrong, or what it has seen. The rules: https://github.com/jepsen-io/history
constexpr char kReadAsHistory[] = R"(
(require '[clojure.edn :as edn] '[clojure.java.io :as io] '[clojure.string :as string])
(def history (with-open [lines (io/reader (first *command-line-args*))]
               (mapv edn/read-string (line-seq lines))))
(assert (= (map :index history) (range (count history))) "indices are 0, 1, 2 …")
(assert (apply <= (map :time history)) "times never fall")
(assert (every? #{:invoke :ok :fail :info} (map :type history)))
(assert (every? integer? (mapcat :value (filter #(and (= :read (:f %)) (= :ok (:type %))) history))))
(reduce (fn [state {:keys [process type f]}]
          (if (= process :nemesis)
            state
            (do (assert (= (state process :free) (if (= type :invoke) :free f))
                        (str "process " process " cannot " type " " f))
                (assoc state process (case type :invoke f :info :crashed :free)))))
        {} history)
(println (string/join " " (map #(count (filter % history))
                               [#(= [:add :ok] ((juxt :f :type) %))
                                #(= [:add :info] ((juxt :f :type) %))
                                #(= [:read :ok] ((juxt :f :type) %))])))
(println (pr-str (keep :error history)))
)";

class JepsenExport : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists("/usr/bin/clojure")) << "install what .ci/packages lists";
  }

  Output Run(const std::vector<std::string>& argv) {
    const Result<Output> output = host_->Run({.argv = argv, .limit = minutes(2)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.value_or(Output{.exit_status = -1, .out = "", .err = ""});
  }

  // What the program exports, read by Clojure.
  std::string Read(const Story& story) {
    folder_.Write("history.jsonl", story.Text());
    folder_.Write("arguments.json", "{}");
    const std::string edn = (folder_.path() / "history.edn").string();
    const Output exported =
        Run({HOLDFAST_PROGRAM, "export", folder_.path().string(), "--format", "jepsen", "--out", edn});
    EXPECT_EQ(exported.exit_status, 0) << exported.err;
    const Output read = Run({"clojure", folder_.Write("read.clj", kReadAsHistory).string(), edn});
    EXPECT_EQ(read.exit_status, 0) << read.err;
    return read.out;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Host> host_ = MakePosixHost();
};

TEST_F(JepsenExport, IsAHistoryForClojure) {
  Story story = HealthyStory();
  story.LastRead().rows.push_back(story.LastRead().rows.front());
  story.LastRead().rows.push_back(Story::MakeRow(-1, 5'000'000'000, 1));
  story.ReadNow();
  EXPECT_EQ(Read(story).substr(0, 10), "1120 160 2");
}

TEST_F(JepsenExport, IsReadWhateverADatabaseSaid) {
  Story story;
  story.Acknowledged(seconds(1));
  story.Write(
      1, story.now, story.now + milliseconds(1),
      {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "\"}\n{:a #inst \\u0000 \\q ; \xC3\xA9 \x01\x7F"});
  story.now += milliseconds(2);
  story.Mark("no keyword }", "\"\\\n\t\b\f\r ☃ 𝄞").ReadBack();
  EXPECT_THAT(Read(story), testing::AllOf(testing::StartsWith("80 1 1\n"), testing::HasSubstr("#inst")));
}

}  // namespace
}  // namespace holdfast
