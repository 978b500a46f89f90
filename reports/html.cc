// html: report.html, one file that needs no network, for people. The page is drawn by the scripts in html/ from the
// data that it holds; where scripts may not run, the text report stands in its place.
#include <string_view>
#include <utility>
#include <vector>

#include "harness/check.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/reporting/headline.h"
#include "harness/text/html_text.h"
#include "harness/text/printable.h"
#include "reports/html/page_assets.h"
#include "reports/html/page_data.h"

namespace holdfast {
namespace {

// {{NAME}} in `page` becomes the text of that name; what that holds is not looked at again.
std::string Filled(std::string_view page, const std::vector<std::pair<std::string_view, std::string_view>>& texts) {
  std::string filled;
  while (true) {
    const std::size_t begin = page.find("{{");
    filled += page.substr(0, begin);
    if (begin == std::string_view::npos) return filled;
    const std::size_t end = page.find("}}", begin);
    CHECK(end != std::string_view::npos);
    const std::string_view name = page.substr(begin + 2, end - begin - 2);
    bool known = false;
    for (const auto& [key, text] : texts) {
      if (key != name) continue;
      filled += text;
      known = true;
    }
    CHECK(known);
    page.remove_prefix(end + 2);
  }
}

class Html : public Reporter {
 public:
  explicit Html(const Context&) {}
  std::string FileName() const override { return "report.html"; }
  Need Needs() const override { return Need::kPictures; }

  std::string Write(const Run& run) const override {
    const std::string title =
        EscapeHtml(ToString(run.Overall()) + ": " + Printable(run.suite) + " on " + Printable(run.backend));
    const std::string headline = EscapeHtml(Headline(run));
    const std::string text = EscapeHtml(Registry<Reporter>::Make("text", {})->Write(run));
    const std::string data = PageData(run);
    return Filled(page_assets::kPage, {{"TITLE", title},
                                       {"HEADLINE", headline},
                                       {"TEXT", text},
                                       {"DATA", data},
                                       {"STYLE", page_assets::kStyle},
                                       {"D3", page_assets::kD3},
                                       {"PLOT", page_assets::kPlot},
                                       {"PICTURE", page_assets::kPicture},
                                       {"PLOTS", page_assets::kPlots},
                                       {"TABLE", page_assets::kTable},
                                       {"LATENCY", page_assets::kLatency},
                                       {"SCRIPT", page_assets::kScript}});
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Html, "html");

}  // namespace holdfast
