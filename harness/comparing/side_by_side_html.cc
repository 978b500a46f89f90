// The page from which a backend is chosen.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/comparing/side_by_side.h"
#include "harness/judging/quantity.h"
#include "harness/text/html_text.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Each colour is also said by a word. Text has a contrast of 4.5:1 at least, in both schemes.
constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --ground: #ffffff; --line: #d1d9e0; --text: #1f2328; --quiet: #59636e;
  --link: #0757ba; --bar: #7fa8d8; --pass: #126b2d; --fail: #c01e28; --inconclusive: #855a00; --skipped: #59636e; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #10151b; --line: #37414d; --text: #e6ebf1; --quiet: #9aa5b1; --link: #79b8ff; --bar: #35608f;
    --pass: #4cc066; --fail: #ff7f79; --inconclusive: #e0ab3b; --skipped: #9aa5b1; }
}
body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; }
a { color: var(--link); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 400; white-space: nowrap; }
tfoot tr:first-child > * { border-top: 2px solid var(--line); }
.pass b { color: var(--pass); } .fail b { color: var(--fail); }
.inconclusive b { color: var(--inconclusive); } .skipped b { color: var(--skipped); }
.bar { display: block; height: .35rem; min-width: 1px; background: var(--bar); border-radius: 2px; }
.never { background: var(--fail); }
.quiet { color: var(--quiet); }
)";

std::string Escaped(const std::string& text) { return EscapeHtml(Printable(text)); }

// As a relative reference: what is no plain character of a path is encoded, so that nothing is taken for a scheme.
std::string Reference(const fs::path& file, const fs::path& page) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::error_code error;
  const fs::path relative = fs::absolute(file, error).lexically_relative(fs::absolute(page, error).parent_path());
  std::string reference;
  for (const char c : relative.string()) {
    reference += kPlain.find(c) != std::string_view::npos ? std::string(1, c)
                                                          : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return reference;
}

double LongestOf(const SideBySide& table) {
  double longest = 0;
  for (const Column& column : table.columns) {
    for (const Standing& standing : column.standings) {
      if (standing.rto_s && std::isfinite(*standing.rto_s)) longest = std::max(longest, *standing.rto_s);
    }
  }
  return longest;
}

// As long as the outage, against the longest one of the page; columns differ in width, so in absolute units.
std::string Bar(double rto_s, double longest) {
  if (std::isinf(rto_s)) return R"(<span class="bar never" style="width: 10rem"></span>)";
  const double share = longest > 0 ? rto_s / longest : 0;
  return fmt::format(R"(<span class="bar" style="width: {:.2f}rem"></span>)", 10 * share);
}

std::string CellOf(const Standing& standing, double longest) {
  if (standing.trials == 0) return R"(<td class="quiet">not played</td>)";
  const std::string judgement = ToString(standing.worst);
  std::string text = fmt::format(R"(<td class="{}"><b>{}</b>)", judgement, judgement);
  if (standing.trials > 1) text += fmt::format(" ({} of {} pass)", standing.passed, standing.trials);
  if (standing.lost > 0) text += fmt::format(", {} lost", standing.lost);
  if (standing.rto_s) text += fmt::format("<br/>RTO {}{}", SecondsText(*standing.rto_s), Bar(*standing.rto_s, longest));
  return text + "</td>";
}

template <typename Text>
std::string RowOf(const SideBySide& table, const std::string& name, const Text& text) {
  std::string row = fmt::format(R"(<tr><th scope="row">{}</th>)", Escaped(name));
  for (const Column& column : table.columns) row += text(column);
  return row + "</tr>\n";
}

std::string Plain(const std::string& text) { return "<td>" + Escaped(text) + "</td>"; }

std::string Sums(const SideBySide& table) {
  std::string rows;
  for (const SumRow& row : SumRows(table)) {
    rows += fmt::format(R"(<tr><th scope="row">{}</th>)", Escaped(row.name));
    for (const std::string& text : row.texts) rows += Plain(text);
    rows += "</tr>\n";
  }
  return rows;
}

std::string Notes(const std::string& title, const std::vector<std::string>& lines) {
  std::string notes;
  for (const std::string& line : lines) notes += fmt::format("<li>{}</li>", Escaped(line));
  return notes.empty() ? "" : fmt::format("<h2>{}</h2><ul>{}</ul>\n", title, notes);
}

}  // namespace

std::string HtmlPage(const SideBySide& table, const fs::path& page) {
  std::string head = R"(<tr><th scope="col">fault</th>)";
  for (const Column& column : table.columns) {
    head += fmt::format(R"(<th scope="col"><a href="{}">{}</a></th>)",
                        Reference(fs::path(column.folder) / "report.html", page), Escaped(column.title));
  }
  const double longest = LongestOf(table);
  std::string rows;
  for (std::size_t i = 0; i < table.scenarios.size(); ++i) {
    rows +=
        RowOf(table, table.scenarios[i], [&](const Column& column) { return CellOf(column.standings[i], longest); });
  }
  const std::string notes =
      Notes("Latencies that are unqualified", Unqualified(table)) + Notes("Not the same ground", table.unlike);
  return fmt::format(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>Holdfast: backends side by side</title><style>{}</style></head>
<body><h1>Backends side by side</h1>
<div class="scroll"><table><thead>{}</tr></thead>
<tbody>
{}</tbody>
<tfoot>
{}</tfoot></table></div>
<p class="quiet">Each cell: the worst verdict of the trials, and their median RTO, with a bar as long as the outage.</p>
<p class="quiet">{}</p>
{}</body></html>
)",
                     kStyle, head, rows, Sums(table), table.quantities.empty() ? "" : Escaped(kQuantitiesNote), notes);
}

}  // namespace holdfast
