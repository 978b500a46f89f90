// Promise: report.html can be read by anybody: with a mouse, a keyboard or a screen reader, in light and in dark, on
// paper and on a telephone, of one cell or a thousand. Asked of a real Chromium.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "harness/comparing/side_by_side.h"
#include "harness/latency/storage_latency.h"
#include "suites/contract/browser.h"
#include "suites/contract/html_report_runs.h"

namespace holdfast {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr char kOpeners[] = "[...document.querySelectorAll('.opener')]";
constexpr char kNodes[] = "document.querySelectorAll('*').length";
// Two frames, so that what was asked for is drawn.
constexpr char kDrawn[] = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";

class HtmlReport : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists("/usr/bin/chromium")) << "install the package chromium, as ./check does";
    browser_.emplace(1200, 900);
  }
  void TearDown() override {
    if (!browser_) return;
    EXPECT_THAT(browser_->complaints(), IsEmpty());
    EXPECT_THAT(browser_->requests(), IsEmpty()) << "a report that needs the network";
    EXPECT_TRUE(browser_->End()) << "something of the browser still runs";
  }

  void Open(const holdfast::Run& run) {
    browser_->Open(folder_.Write("report.html", PageOf(run)));
    EXPECT_EQ(browser_->Evaluate("document.documentElement.dataset.ready"), "true");
  }
  json Ask(const std::string& expression) { return browser_->Evaluate(expression); }
  // Milliseconds that the page needs for it, with the drawing.
  double Time(const std::string& statements) {
    return Ask("(async () => { const begin = performance.now(); " + statements + "; await " + kDrawn +
               "; return performance.now() - begin; })()")
        .get<double>();
  }
  // As a person would feel it: the quickest of a few times, as the machine may be busy with something else.
  double Quickest(const std::string& statements) {
    double quickest = Time(statements);
    for (int again = 0; again < 4; ++again) quickest = std::min(quickest, Time(statements));
    return quickest;
  }
  std::vector<std::string> Names() { return Ask(std::string(kOpeners) + ".map((one) => one.textContent)"); }
  void Click(const std::string& selector) { Ask("document.querySelector(\"" + selector + "\").click()"); }
  void ClickHead(int column) { Click("#heads th:nth-child(" + std::to_string(column) + ") button"); }
  std::string Focused() { return Ask("document.activeElement.textContent || document.activeElement.id"); }

  // The pixels of a screenshot, looked at by the browser that took it, on a page without a report.
  json LookAt(const std::string& png, const std::string& expression) {
    browser_->Call("Page.navigate", {{"url", "about:blank"}});
    return Ask("(async () => { const image = new Image(); image.src = 'data:image/png;base64," + png +
               "'; await image.decode(); const canvas = document.createElement('canvas'); canvas.width = image.width; "
               "canvas.height = image.height; const context = canvas.getContext('2d'); context.drawImage(image, 0, 0); "
               "const {data} = context.getImageData(0, 0, image.width, image.height); const colors = new Map(); "
               "for (let i = 0; i < data.length; i += 4) { const color = [data[i], data[i + 1], data[i + 2]].join(); "
               "colors.set(color, (colors.get(color) ?? 0) + 1); } const pixels = data.length / 4; return " +
               expression + "; })()");
  }
  std::string ShotOf(const std::string& selector) {
    return browser_->Screenshot(
        Ask("(() => { const {x, y, width, height} = document.querySelector('" + selector +
            "').getBoundingClientRect(); return {x: x + scrollX, y: y + scrollY, width, height, scale: 1}; })()"));
  }

  // "18,107,45": what the style calls --pass.
  std::string ColourOf(const std::string& name) {
    return Ask(
        "(() => { const probe = document.body.appendChild(document.createElement('i')); probe.style.color = "
        "'var(--" +
        name +
        ")'; const color = getComputedStyle(probe).color; probe.remove(); return "
        "color.match(/\\d+/g).join(); })()");
  }
  // How many pixels of the screenshot have the colour, exactly.
  int PixelsOf(const std::string& png, const std::string& colour) {
    return LookAt(png, "colors.get('" + colour + "') ?? 0").get<int>();
  }
  // What is in a row is drawn in the frame after it has opened.
  void OpenFirstRow() {
    Ask(std::string(kOpeners) + "[0].click()");
    Ask(kDrawn);
  }
  void OpenAllRows() {
    Ask(std::string(kOpeners) + ".forEach((one) => { if (one.ariaExpanded === 'false') one.click(); })");
    Ask(kDrawn);
  }

  TemporaryFolder folder_;
  std::optional<Browser> browser_;
};

// What the other tests are worth: a complaint of any page is one of the test.
TEST(TheBrowser, RemembersWhatEveryPageComplainedOf) {
  if (!std::filesystem::exists("/usr/bin/chromium")) GTEST_SKIP() << "chromium is not installed";
  const TemporaryFolder folder;
  Browser browser(400, 400);
  browser.Open(folder.Write("bad.html", "<!doctype html><title>bad</title><script>throw new Error('hurt')</script>"));
  browser.Open(folder.Write("good.html", "<!doctype html><title>good</title>"));
  EXPECT_THAT(browser.complaints(), ElementsAre(HasSubstr("hurt")));
}

TEST_F(HtmlReport, OpensWithoutComplaintsAndSaysTheVerdictFirst) {
  Open(RunWithPictures());
  EXPECT_THAT(Ask("document.querySelector('h1').innerText").get<std::string>(),
              testing::MatchesRegex("✗ FAIL.*ceph-rbd broke a promise in 1 of 4 experiments: node-power-off: .*"));
  EXPECT_THAT(Ask("[...document.querySelectorAll('h1, h2')].filter((one) => one.checkVisibility()).map((one) => "
                  "one.id || one.tagName)")
                  .get<std::vector<std::string>>(),
              ElementsAre("H1", "proof-title", "faults-title", "recoveries-title", "environment-title", "again-title"));
  EXPECT_THAT(Ask("document.getElementById('proof').innerText").get<std::string>(),
              testing::AllOf(HasSubstr("Fidelity kernel"), HasSubstr("14 of 14 planted defects caught"),
                             HasSubstr("No evidence about power loss: db-kill"), HasSubstr("an example, not a rate")));
  EXPECT_EQ(Ask("document.title"), "fail: ha-matrix on ceph-rbd · Holdfast");
  Open(RunWithLatency());
  EXPECT_THAT(Ask("[...document.querySelectorAll('h1, h2')].filter((one) => one.checkVisibility()).map((one) => "
                  "one.id || one.tagName)")
                  .get<std::vector<std::string>>(),
              ElementsAre("H1", "proof-title", "faults-title", "recoveries-title", "latency-title", "environment-title",
                          "again-title"));
}

TEST_F(HtmlReport, OpensTheFailureByItselfAndEveryRowWhenAsked) {
  Open(RunWithPictures());
  EXPECT_THAT(Ask("document.querySelector('.evidence:not([hidden])').innerText").get<std::string>(),
              HasSubstr("lost: client 1 #240, incarnation 1"));
  Ask(kDrawn);
  EXPECT_THAT(Ask("document.querySelector('#cell-2 .legend').innerText").get<std::string>(),
              HasSubstr("acknowledged, absent from the last read"));
  for (int row = 0; row < 4; ++row) {
    const std::string opener = std::string(kOpeners) + "[" + std::to_string(row) + "]";
    if (Ask(opener + ".ariaExpanded") == "false") Ask(opener + ".click()");
    EXPECT_EQ(Ask(opener + ".ariaExpanded"), "true");
    const std::string evidence = Ask("document.getElementById(" + opener + ".getAttribute('aria-controls')).innerText");
    EXPECT_THAT(evidence, HasSubstr("What proves it"));
    EXPECT_THAT(evidence, HasSubstr("--seed 42"));
  }
  Ask(kDrawn);
  EXPECT_EQ(Ask("document.querySelectorAll('figure.picture svg').length"), 6) << "two cells have pictures";
  EXPECT_EQ(
      Ask("[...document.querySelectorAll('svg')].filter((one) => one.getBoundingClientRect().width < 300).length"), 0);
  Ask(std::string(kOpeners) + "[0].click()");
  EXPECT_EQ(Ask("document.querySelectorAll('figure.picture svg').length"), 3);
}

TEST_F(HtmlReport, CopiesACommandOrSelectsItForWhoeverMay) {
  Open(RunWithPictures());
  Ask("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }");
  Ask("window.button = document.querySelector('#commands button')");
  Ask("button.click()");
  browser_->Await("button.textContent === 'Copied'");
  EXPECT_EQ(Ask("window.copied"), "holdfast run suites/ha_matrix.yaml --seed 42");
  browser_->Await("button.textContent === 'Copy'");
  Ask("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
  Ask("button.click()");
  browser_->Await("getSelection().toString() === 'holdfast run suites/ha_matrix.yaml --seed 42'");
  EXPECT_THAT(Ask("button.textContent").get<std::string>(), HasSubstr("Selected"));
}

TEST_F(HtmlReport, ShowsTheOutageOrTheWholeExperiment) {
  Open(RunWithPictures());
  OpenFirstRow();
  const std::string label = "document.querySelector('#cell-1 figure.picture svg').getAttribute('aria-label')";
  EXPECT_THAT(Ask(label).get<std::string>(), testing::MatchesRegex("Away from clients for 2.0[01] s in all"));
  const std::string attempts = "document.querySelector('#cell-1 figcaption').textContent";
  const std::string outage = Ask(attempts);
  Click("#cell-1 .zoom button:last-child");
  EXPECT_EQ(Ask("document.querySelector('#cell-1 .zoom button:last-child').ariaPressed"), "true");
  EXPECT_NE(Ask(attempts), outage);
}

TEST_F(HtmlReport, SortsByEveryColumnAndSaysSo) {
  Open(RunWithPictures());
  EXPECT_THAT(Names(), ElementsAre("db-kill", "node-power-off", "pod-delete", "disk-loss"));
  ClickHead(2);
  EXPECT_THAT(Names(), ElementsAre("node-power-off", "pod-delete", "disk-loss", "db-kill")) << "the worst first";
  EXPECT_EQ(Ask("document.querySelector('#heads th:nth-child(2)').ariaSort"), "ascending");
  ClickHead(6);
  EXPECT_THAT(Names(), ElementsAre("node-power-off", "db-kill", "pod-delete", "disk-loss")) << "≥ 3 min is the longest";
  ClickHead(6);
  EXPECT_THAT(Names(), ElementsAre("db-kill", "node-power-off", "pod-delete", "disk-loss")) << "not measured: last";
  EXPECT_EQ(Ask("[...document.querySelectorAll('#heads [aria-sort]')].map((one) => one.ariaSort).join()"),
            "none,none,none,none,none,ascending,none");
  for (int column = 1; column <= 7; ++column) {
    ClickHead(column);
    EXPECT_THAT(Names(), SizeIs(4)) << column;
  }
}

TEST_F(HtmlReport, FiltersByWordsAndByVerdict) {
  Open(RunWithPictures());
  const auto type = [&](const std::string& words) {
    Ask("{ const filter = document.getElementById('filter'); filter.value = '" + words +
        "'; filter.dispatchEvent(new Event('input')); }");
  };
  type("POWER affinity");
  EXPECT_THAT(Names(), ElementsAre("node-power-off")) << "also what is in the evidence, every word";
  EXPECT_EQ(Ask("document.getElementById('shown').textContent"), "1 of 4 shown");
  type("no such thing");
  EXPECT_THAT(Names(), IsEmpty());
  type("");
  Click("#judgements input[value=pass]");
  EXPECT_THAT(Names(), ElementsAre("node-power-off", "pod-delete", "disk-loss"));
  Click("#judgements input[value=pass]");
  EXPECT_THAT(Names(), SizeIs(4));
}

TEST_F(HtmlReport, IsUsedWithTheKeyboardAlone) {
  Open(RunWithPictures());
  browser_->Press("Tab");
  EXPECT_EQ(Focused(), "Skip to the faults");
  const auto tab_to = [&](const std::string& name) {
    for (int i = 0; i < 60 && Focused() != name; ++i) browser_->Press("Tab");
    EXPECT_EQ(Focused(), name);
    EXPECT_NE(Ask("getComputedStyle(document.activeElement).outlineStyle"), "none") << "where one is is seen";
  };
  tab_to("filter");
  browser_->Press("k");
  EXPECT_THAT(Names(), SizeIs(Le(3)));
  Ask("{ filter.value = ''; filter.dispatchEvent(new Event('input')); }");
  tab_to("Verdict");
  browser_->Press("Space");
  EXPECT_EQ(Names().front(), "node-power-off");
  EXPECT_EQ(Focused(), "Verdict") << "sorting does not take the focus away";
  tab_to("disk-loss");
  browser_->Press("Enter");
  EXPECT_EQ(Ask("document.activeElement.ariaExpanded"), "true");
  browser_->Press("Enter");
  EXPECT_EQ(Ask("document.activeElement.ariaExpanded"), "false");
}

TEST_F(HtmlReport, TellsAScreenReaderWhatEverythingIs) {
  Open(RunWithPictures());
  OpenFirstRow();
  std::multiset<std::string> roles;
  const json tree = browser_->Call("Accessibility.getFullAXTree");
  for (const json& node : tree["nodes"]) {
    if (node.value("ignored", true)) continue;
    const std::string role = node["role"].value("value", "");
    const std::string name = node.contains("name") ? node["name"].value("value", "") : "";
    roles.insert(role);
    const std::set<std::string> named = {"button", "searchbox",    "checkbox",  "image",   "img",
                                         "table",  "columnheader", "rowheader", "heading", "DisclosureTriangle"};
    EXPECT_TRUE(named.count(role) == 0 || !name.empty()) << node.dump();
  }
  EXPECT_EQ(roles.count("main"), 1U);
  EXPECT_EQ(roles.count("search"), 1U);
  EXPECT_THAT(roles.count("rowheader"), Ge(4U));
  EXPECT_THAT(roles.count("columnheader"), Ge(7U));
  EXPECT_THAT(roles.count("image") + roles.count("img"), Ge(7U));
  EXPECT_EQ(Ask("[...document.querySelectorAll('.badge')].filter((one) => !/pass|fail|inconclusive|skipped/.test("
                "one.textContent)).length"),
            0)
      << "a verdict is a word, not a colour";
}

// WCAG 2.1, 1.4.3: text has a contrast of 4.5 to 1.
constexpr char kFaintTexts[] = R"((() => {
  const channel = (value) => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const ground = (one) => { for (; one; one = one.parentElement) { const color = rgba(getComputedStyle(one).backgroundColor); if (color[3] > 250) return color; } return [255, 255, 255]; };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || /SCRIPT|STYLE|NOSCRIPT/.test(one.tagName)) continue;
    const svg = one instanceof SVGElement;
    const color = rgba(getComputedStyle(one)[svg ? 'fill' : 'color']);
    const [a, b] = [luminance(color), luminance(ground(svg ? one.closest('svg').parentElement : one))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(`${walker.currentNode.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return faint;
})())";

TEST_F(HtmlReport, IsLegibleInLightAndInDark) {
  for (const char* scheme : {"light", "dark"}) {
    browser_->Prefer(scheme);
    Open(RunWithPictures());
    OpenFirstRow();
    EXPECT_THAT(Ask(kFaintTexts).get<std::vector<std::string>>(), IsEmpty()) << scheme;
    const bool is_dark = Ask("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)";
    EXPECT_EQ(is_dark, std::string(scheme) == "dark");
  }
}

// What is to be seen, in either scheme: the tint of each verdict, and of each plot more than its ground.
TEST_F(HtmlReport, ShowsAColouredMatrixAndPlotsThatAreNotBlank) {
  for (const char* scheme : {"light", "dark"}) {
    browser_->Prefer(scheme);
    Open(RunWithPictures());
    Ask(kDrawn);
    std::vector<std::string> verdicts;
    for (int cell = 1; cell <= 4; ++cell) verdicts.push_back(ShotOf("#cell-" + std::to_string(cell) + " td.judgement"));
    std::vector<std::string> plots;
    for (int plot = 1; plot <= 3; ++plot) {
      plots.push_back(ShotOf("#cell-2 figure.picture svg:nth-of-type(" + std::to_string(plot) + ")"));
    }
    std::set<std::string> tints;
    for (const std::string& shot : verdicts) {
      tints.insert(LookAt(shot, "[...colors].sort((one, other) => other[1] - one[1])[0][0]"));
    }
    EXPECT_THAT(tints, SizeIs(4)) << scheme << ": each verdict has a colour";
    for (const std::string& shot : plots) {
      const json seen = LookAt(shot, "{colors: colors.size, drawn: 1 - Math.max(...colors.values()) / pixels}");
      EXPECT_THAT(seen["colors"].get<int>(), Ge(8)) << scheme;
      EXPECT_THAT(seen["drawn"].get<double>(), Ge(0.01)) << scheme;
    }
  }
}

// Each in the colour that says it: a database that came back and one that did not, the volume and the node's own disk,
// a condition that never ended.
TEST_F(HtmlReport, ShowsRecoveriesAndLatencyInTheColoursThatSayThem) {
  for (const char* scheme : {"light", "dark"}) {
    browser_->Prefer(scheme);
    Open(RunWithLatency());
    Ask(kDrawn);
    const std::string probe = ColourOf("probe"), fail = ColourOf("fail"), text = ColourOf("text");
    const std::string recoveries = ShotOf("#recoveries svg");
    const std::string storage = ShotOf("#latency figure svg");
    const std::string commits = ShotOf("#latency figure svg:last-of-type");
    EXPECT_THAT(PixelsOf(recoveries, probe), Ge(10)) << scheme << ": the outline of what came back";
    EXPECT_THAT(PixelsOf(recoveries, fail), Ge(5)) << scheme << ": what did not";
    EXPECT_THAT(PixelsOf(recoveries, text), Ge(10)) << scheme << ": what is allowed";
    EXPECT_THAT(PixelsOf(storage, probe), Ge(30)) << scheme << ": the volume's p99";
    EXPECT_THAT(PixelsOf(commits, probe), Ge(30)) << scheme << ": the commits' p99";
    EXPECT_THAT(PixelsOf(commits, fail), Ge(5)) << scheme << ": never";
    EXPECT_EQ(PixelsOf(storage, fail), 0) << scheme << ": every job ended";
  }
}

// On paper the tints are there as on a screen, on white, and what only a hand can use is not.
TEST_F(HtmlReport, PrintsInColourOnWhite) {
  browser_->Prefer("dark", "print");
  Open(RunWithPictures());
  Ask(kDrawn);
  EXPECT_EQ(ColourOf("ground"), "255,255,255");
  EXPECT_EQ(ColourOf("fail"), "192,30,40") << "those of the light scheme";
  const std::string fail = ColourOf("fail");
  const std::string page = ShotOf("body"), cell = ShotOf("#cell-2 td.judgement"), plot = ShotOf("#recoveries svg");
  const json seen = LookAt(page, "{white: (colors.get('255,255,255') ?? 0) / pixels, colors: colors.size}");
  EXPECT_THAT(seen["white"].get<double>(), Ge(0.6));
  EXPECT_THAT(seen["colors"].get<int>(), Ge(30));
  EXPECT_LT(LookAt(cell, "(colors.get('255,255,255') ?? 0) / pixels").get<double>(), 0.5) << "the verdict's tint";
  EXPECT_THAT(PixelsOf(plot, fail), Ge(5));
}

// Nothing is broader than the window, but for what scrolls by itself.
TEST_F(HtmlReport, FitsATelephone) {
  for (const holdfast::Run& run : {RunWithLatency(), RunOfTrials(20), RunWithPictures()}) {
    browser_->Resize(390, 800);
    Open(run);
    OpenAllRows();
    EXPECT_EQ(Ask("document.scrollingElement.scrollWidth <= innerWidth"), true) << run.results.size();
    EXPECT_EQ(Ask("[...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && "
                  "!one.closest('.scroll, .unseen, .skip') && one.getBoundingClientRect().right > innerWidth + 1)"
                  ".map((one) => one.outerHTML.slice(0, 80))"),
              json::array());
    const json seen = LookAt(ShotOf("#recoveries"), "{colors: colors.size}");
    EXPECT_THAT(seen["colors"].get<int>(), Ge(8)) << "drawn, also so small";
  }
  Open(RunWithPictures());
  browser_->Resize(1200, 900);
  browser_->Await(
      "[...document.querySelectorAll('figure.picture svg')].every((one) => "
      "one.getBoundingClientRect().width > 600)");
}

TEST_F(HtmlReport, PrintsWithEverythingOpen) {
  browser_->Prefer("dark");
  Open(RunWithPictures());
  Ask("addEventListener('beforeprint', () => { window.printed = {open: document.querySelectorAll("
      "'.evidence:not([hidden])').length, folded: document.querySelectorAll('details:not([open])').length, plots: "
      "document.querySelectorAll('figure.picture svg').length}; })");
  const json paper = browser_->Call("Page.printToPDF", {{"printBackground", true}});
  EXPECT_THAT(paper.value("data", ""), testing::StartsWith("JVBERi0")) << "%PDF-";
  EXPECT_EQ(Ask("window.printed"), (json{{"open", 4}, {"folded", 0}, {"plots", 6}}));
  EXPECT_EQ(Ask("document.querySelectorAll('.evidence:not([hidden])').length"), 1) << "afterwards as before";
  browser_->Prefer("dark", "print");
  EXPECT_EQ(Ask("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)") << "paper is white";
  EXPECT_EQ(Ask("getComputedStyle(document.getElementById('tools')).display"), "none");
}

constexpr char kPrinted[] =
    "addEventListener('beforeprint', () => { window.printed = {rows: document.querySelectorAll('tr.cell').length, bad: "
    "document.querySelectorAll('tbody.fail').length, open: "
    "document.querySelectorAll('.evidence:not([hidden])').length, "
    "left: document.getElementById('left-out').checkVisibility() && document.getElementById('left-out').textContent}; "
    "})";

// Trap: a failure in the 250th row, of which there are 200 on paper.
TEST_F(HtmlReport, PrintsEveryRowThatIsNoPassAndSaysWhatIsLeftOut) {
  holdfast::Run run = RunOfTrials(300);
  for (int trial = 30; trial < 300; trial += 5) NeverRecovers(run.results[static_cast<std::size_t>(trial)]);
  Open(run);
  ClickHead(1);
  Ask(kPrinted);
  browser_->Call("Page.printToPDF");
  // 200 rows by their number, of which 34 are failures, and the 20 failures beyond.
  EXPECT_EQ(Ask("window.printed"),
            (json{{"rows", 220},
                  {"bad", 54},
                  {"open", 41},
                  {"left", "Not printed: 80 pass. Printed without evidence: 166 pass, 13 fail."}}));
  EXPECT_THAT(Names(), SizeIs(200)) << "afterwards as before";
  EXPECT_EQ(Ask("document.getElementById('left-out').checkVisibility()"), false);
  Ask("filter.value = 'delete/30'; filter.dispatchEvent(new Event('input'))");
  browser_->Call("Page.printToPDF");
  EXPECT_THAT(Ask("window.printed.left").get<std::string>(), HasSubstr("Filtered out: "));
}

// What went wrong is in sight, however many went well before it.
TEST_F(HtmlReport, BeginsWithTheWorstOfManyRows) {
  holdfast::Run run = RunOfTrials(300);
  NeverRecovers(run.results[249]);
  Open(run);
  EXPECT_EQ(Names().front(), "pod-delete/250");
  EXPECT_EQ(Ask("document.querySelector('#heads th:nth-child(2)').ariaSort"), "ascending");
  EXPECT_EQ(Ask("document.querySelector('.evidence:not([hidden])').id"), "evidence-250");
}

// Trap: ten of a hundred never came back, and the picture is that of ninety good ones.
TEST_F(HtmlReport, ShowsOfManyTrialsThoseThatNeverCameBack) {
  holdfast::Run run = RunOfTrials(100);
  for (int trial = 9; trial < 100; trial += 10) NeverRecovers(run.results[static_cast<std::size_t>(trial)]);
  Open(run);
  EXPECT_EQ(Ask("document.querySelectorAll('#recoveries svg').length"), 2);
  EXPECT_EQ(Ask("document.querySelectorAll('#recoveries g.never path').length"), 10) << "a triangle each";
  EXPECT_EQ(Ask("[...document.querySelectorAll('#recoveries svg')].map((one) => /never: 10/.test(one.textContent))"),
            json({true, true}));
  EXPECT_EQ(Ask("document.querySelector('#recoveries g.whiskers').getBoundingClientRect().right < "
                "document.querySelector('#recoveries g.never').getBoundingClientRect().left"),
            true)
      << "the longest that is known is that of one that came back";
  EXPECT_EQ(Ask("document.querySelectorAll('#recoveries g.never rect').length"), 1) << "a bar beyond the axis";
  EXPECT_THAT(Ask("document.querySelectorAll('#recoveries svg')[1].ariaLabel").get<std::string>(),
              HasSubstr("10 of 100 never recovered"));
  EXPECT_EQ(Ask("[...document.querySelectorAll('#recoveries svg *')].filter((one) => "
                "/NaN/.test(one.outerHTML.slice(0, 300))).length"),
            0);
}

TEST_F(HtmlReport, OfTrialsOfWhichNoneCameBackIsDrawn) {
  holdfast::Run run = RunOfTrials(100);
  for (CellResult& result : run.results) NeverRecovers(result);
  Open(run);
  EXPECT_EQ(Ask("[...document.querySelectorAll('#recoveries svg')].map((one) => /never: 100/.test(one.textContent))"),
            json({true, true}));
  EXPECT_EQ(Ask("document.querySelectorAll('#recoveries g.never path').length"), 100);
}

// The page on which one chooses a backend: without scripts, and read like the reports that it links.
TEST_F(HtmlReport, StandsBesideOthersOnAPageThatOpensWithoutComplaints) {
  std::vector<holdfast::Run> runs = {RunWithLatency(), RunWithPictures()};
  runs[1].backend = "local";
  runs[0].folder = folder_.path() / "runs/ceph";
  runs[1].folder = folder_.path() / "runs/local";
  std::filesystem::create_directories(runs[1].folder);
  folder_.Write("runs/local/report.html", PageOf(runs[1]));
  const std::filesystem::path page = folder_.path() / "choose.html";
  for (const char* scheme : {"light", "dark"}) {
    browser_->Prefer(scheme);
    browser_->Open(folder_.Write("choose.html", HtmlPage(PutSideBySide(runs), page)));
    EXPECT_THAT(
        Ask("[...document.querySelectorAll('thead a')].map((one) => one.textContent)").get<std::vector<std::string>>(),
        ElementsAre("ceph-rbd", "local"));
    EXPECT_THAT(Ask("document.body.innerText").get<std::string>(), HasSubstr("node-power-off"));
    EXPECT_THAT(Ask(kFaintTexts).get<std::vector<std::string>>(), IsEmpty()) << scheme;
    EXPECT_EQ(Ask("document.scrollingElement.scrollWidth <= innerWidth"), true);
  }
  const std::string linked = Ask("document.querySelectorAll('thead a')[1].href");
  browser_->Open(linked.substr(std::string("file://").size()));
  EXPECT_EQ(Ask("document.documentElement.dataset.ready"), "true");
}

TEST_F(HtmlReport, WithoutScriptsIsTheTextReport) {
  browser_->Call("Emulation.setScriptExecutionDisabled", {{"value", true}});
  browser_->Open(folder_.Write("report.html", PageOf(RunWithPictures())));
  browser_->Call("Emulation.setScriptExecutionDisabled", {{"value", false}});
  EXPECT_THAT(Ask("document.body.innerText").get<std::string>(),
              testing::AllOf(HasSubstr("ceph-rbd broke a promise"), HasSubstr("no-lost-writes: fail: 2 lost")));
}

TEST_F(HtmlReport, TakesHostileTextForText) {
  holdfast::Run run = RunWithPictures();
  const std::string hostile = std::string("\x01\xFF\0", 3) +
                              "</script><script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"
                              "\xE2\x80\xA8 & <!-- \"'`";
  run.suite = run.backend = run.command = run.fidelity_note = hostile;
  run.folder = hostile;
  run.fingerprint.emplace_back(hostile, hostile);
  for (CellResult& result : run.results) {
    result.summary = result.cause = result.recovered_by = result.cell.scenario = hostile;
    for (Picture& picture : result.pictures) {
      for (Picture::Moment& moment : picture.moments) moment.text = hostile;
      picture.events.push_back({.cell = 1, .time = picture.origin, .kind = "pod", .name = hostile, .what = hostile});
    }
    for (Verdict& verdict : result.verdicts) {
      verdict.summary = verdict.checker = hostile;
      verdict.because = {hostile, hostile};
    }
  }
  Open(run);
  Click("#open-all");
  Ask(kDrawn);
  EXPECT_EQ(Ask("window.hurt"), nullptr);
  EXPECT_EQ(Ask("document.querySelectorAll('img').length"), 0);
  EXPECT_THAT(Ask("document.getElementById('matrix').innerText").get<std::string>(),
              HasSubstr("</script><script>window.hurt = 1</script>"));
}

TEST_F(HtmlReport, ShowsLatencyAgainstLocalStorageOfARunThatMeasuredIt) {
  Open(RunWithPictures());
  EXPECT_FALSE(Ask("document.getElementById('latency').checkVisibility()"));
  Open(RunWithLatency());
  const std::string shown = Ask("document.getElementById('latency').innerText");
  EXPECT_THAT(shown, testing::AllOf(HasSubstr("4.2 × local (3.1 – 5.7)"), HasSubstr("12.0 ms"), HasSubstr("19.9 ms"),
                                    HasSubstr("in brackets the 95 % interval"), HasSubstr("with 95 % confidence"),
                                    HasSubstr("Unqualified: acknowledged writes were lost on this rig;")));
  EXPECT_EQ(Ask("document.querySelectorAll('#latency svg').length"), 2);
  EXPECT_THAT(Ask("[...document.querySelectorAll('#latency figure > *')].map((one) => one.tagName).slice(1, 3)")
                  .get<std::vector<std::string>>(),
              ElementsAre("P", "svg"))
      << "the ratio in words stands above what is drawn";
  EXPECT_THAT(Ask("document.querySelector('#latency .lead').innerText").get<std::string>(),
              HasSubstr("Journal p99 4.2× node-local (3.1 to 5.7"));
}

TEST_F(HtmlReport, SaysOfLatencyWhatItIsNot) {
  Open(RunWithLatency());
  const std::string shown = Ask("document.getElementById('latency').innerText");
  EXPECT_THAT(shown, HasSubstr("Fewer than 100 operations in a repetition, so that its p99 is the maximum: journal on "
                               "volume, journal on local, random-read on volume"));
  EXPECT_THAT(shown, HasSubstr("The database did not keep up (rebuilding)"));
  EXPECT_THAT(shown, HasSubstr("of these never sent"));
  const std::string row = Ask(
      "[...document.querySelectorAll('#latency tr')].find((one) => one.innerText.startsWith('rebuilding')).innerText");
  EXPECT_THAT(row, HasSubstr("11.8 s\tnever\tnever\t–\tnever"));
  // Drawn, and without an end.
  EXPECT_EQ(Ask("[...document.querySelectorAll('#latency svg')].at(-1).textContent.includes('▸ never')"), true);
}

TEST_F(HtmlReport, KeepsTheFiguresOfLatencyWholeOnATelephone) {
  browser_->Resize(420, 800);
  Open(RunWithLatency());
  EXPECT_EQ(
      Ask("[...document.querySelectorAll('#latency td, #latency th')].filter((one) => one.getClientRects().length "
          "> 0 && one.getBoundingClientRect().height > 45).map((one) => one.innerText)"),
      json::array())
      << "broken into lines";
  EXPECT_LE(Ask("document.documentElement.scrollWidth").get<int>(), 420) << "the table scrolls, and not the page";
}

// Trap: a run that hurt nothing, said to prove what only experiments do.
TEST_F(HtmlReport, OfARunThatOnlyMeasuredClaimsNoExperiment) {
  holdfast::Run run = RunWithLatency();
  run.results.resize(1);
  run.results[0].cell.role = Role::kLatency;
  run.results[0].verdicts.erase(run.results[0].verdicts.begin(), run.results[0].verdicts.begin() + 3);
  run.results[0].summary = run.results[0].verdicts[0].summary;
  MarkQualified(run);
  Open(run);
  const std::string proof = Ask("document.getElementById('proof').innerText");
  EXPECT_THAT(proof, HasSubstr("nothing was hurt, it was only measured"));
  for (const char* claim : {"traffic before the fault", "The contract", "Each fault was tried once"}) {
    EXPECT_THAT(proof, testing::Not(HasSubstr(claim)));
  }
  EXPECT_THAT(Ask("document.querySelector('h1').innerText").get<std::string>(),
              testing::AllOf(HasSubstr("UNQUALIFIED"), testing::Not(HasSubstr("acknowledged writes in"))));
}

TEST_F(HtmlReport, LinksToACell) {
  const std::filesystem::path file = folder_.Write("report.html", PageOf(RunWithPictures()));
  browser_->Open(file.string() + "#cell-3");
  EXPECT_THAT(Ask("document.querySelector('.evidence:not([hidden])').id"), "evidence-3");
  browser_->Open(folder_.Write("trials.html", PageOf(RunOfTrials(300))).string() + "#cell-250");
  EXPECT_THAT(Ask("document.querySelector('.evidence:not([hidden])').id"), "evidence-250") << "beyond the first rows";
}

TEST_F(HtmlReport, OfARunWithoutCellsOpens) {
  Open(holdfast::Run());
  EXPECT_THAT(Ask("document.querySelector('h1').innerText").get<std::string>(), HasSubstr("nothing is proved"));
}

// Fluid: what is in the document does not grow with the run, so that an act takes as long as in a small report on the
// same machine, which may be busy with clusters; and the quickest of a few is over before one would wait for it.
constexpr double kMoment = 1000;  // ms

struct Act {
  const char* name;
  std::string statements;
};

std::vector<Act> ActsOfTheMatrix() {
  const std::string type = "; filter.dispatchEvent(new Event('input'))";
  return {{"sort", "document.querySelector('#heads th:nth-child(6) button').click()"},
          {"filter", "filter.value = 'delete/99'" + type + "; filter.value = ''" + type},
          {"open", "const row = document.querySelector('#matrix tbody:nth-of-type(150) .opener'); row.click(); await " +
                       std::string(kDrawn) + "; row.click()"}};
}

TEST_F(HtmlReport, OfAThousandTrialsStaysFluid) {
  std::map<std::string, double> small;
  Open(RunOfTrials(200));
  for (const Act& act : ActsOfTheMatrix()) small[act.name] = Quickest(act.statements);
  Open(RunOfTrials(1000));
  for (const Act& act : ActsOfTheMatrix()) {
    const double took = Quickest(act.statements);
    EXPECT_THAT(took, Le(kMoment)) << act.name;
    EXPECT_THAT(took, Le(4 * small[act.name])) << act.name << " grows with the run";
  }
  EXPECT_THAT(Ask(kNodes).get<int>(), Le(8000));
  EXPECT_EQ(Ask("document.getElementById('shown').textContent"), "1000 of 1000 shown");
  EXPECT_THAT(Names(), SizeIs(200));
  Ask("filter.value = 'delete/99'; filter.dispatchEvent(new Event('input'))");
  EXPECT_THAT(Names(), SizeIs(11)) << "99 and 990 to 999";
  Ask("filter.value = ''; filter.dispatchEvent(new Event('input'))");
  Click("#more");
  EXPECT_THAT(Names(), SizeIs(400));
  EXPECT_THAT(Ask("document.querySelectorAll('#recoveries svg').length").get<int>(), Ge(2)) << "with their spread";
  EXPECT_THAT(Ask("document.querySelector('#recoveries li').textContent").get<std::string>(),
              HasSubstr("1000 trials: RTO min"));
  Click("#open-all");
  EXPECT_THAT(Ask(kNodes).get<int>(), Le(100'000));
}

TEST_F(HtmlReport, OfATenMinuteSoakStaysFluid) {
  const std::string draw = "document.querySelector('#cell-1 figure.picture').draw()";
  Open(RunOfSoak(std::chrono::minutes(2)));
  OpenFirstRow();
  const double small = Quickest(draw);
  Open(RunOfSoak(std::chrono::minutes(10)));
  EXPECT_THAT(Ask("document.querySelector('#cell-1 td.number').textContent").get<std::string>(),
              testing::MatchesRegex("4[0-9][0-9][0-9][0-9]"));
  OpenFirstRow();
  EXPECT_EQ(Ask("document.querySelectorAll('#cell-1 figure.picture svg').length"), 3);
  EXPECT_THAT(Ask("document.querySelectorAll('#cell-1 *').length").get<int>(), Le(2500));
  EXPECT_THAT(Ask("document.querySelector('#cell-1 figcaption').textContent").get<std::string>(),
              HasSubstr("Clients were away 20 times"));
  EXPECT_EQ(Ask("[...document.querySelectorAll('#cell-1 g[fill=\"var(--away)\"] rect')].filter((one) => "
                "one.getBoundingClientRect().height > 2).length"),
            20)
      << "each is to be seen";
  const double took = Quickest(draw);
  EXPECT_THAT(took, Le(kMoment));
  EXPECT_THAT(took, Le(4 * small)) << "grows with the run";
}

}  // namespace
}  // namespace holdfast
