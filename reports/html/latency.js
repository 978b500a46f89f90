// How long storage and commits took: of each job of fio the volume against node-local storage, and of commits one line a
// condition. Shown only of a run that measured it. What a figure lacks is left blank, and what never ended has no end.

const STORAGE_COLUMNS = [["p50_us", "p50"], ["p95_us", "p95"], ["p99_us", "p99"], ["p99_9_us", "p99.9"], ["max_us", "max"]];
const COMMIT_COLUMNS = [["p50", "p50"], ["p95", "p95"], ["p99", "p99"], ["p99_9", "p99.9"], ["max", "max"]];

function millisecondsText(ms) {
  if (typeof ms !== "number") return "–";
  return ms < 1 ? `${Math.round(ms * 1000)} µs` : ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

// Runs of before may have a lower limit alone.
function intervalText(low, high) {
  if (typeof low !== "number") return "–";
  return typeof high === "number" ? `${millisecondsText(low)} – ${millisecondsText(high)}` : `≥ ${millisecondsText(low)}`;
}

function figuresTable(caption, heads, lines) {
  return element("div", {class: "scroll"}, element("table", {class: "small"},
    element("caption", {class: "unseen"}, caption),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", {scope: "col"}, head)))),
    element("tbody", {}, ...lines.map(([name, ...values]) => element("tr", {}, element("th", {scope: "row"}, name),
      ...values.map((value) => element("td", {}, String(value ?? "–"))))))));
}

function listOf(figure, key) {
  return Array.isArray(figure?.[key]) ? figure[key] : [];
}

// A figure that is read before all others.
function leadOf(summary) {
  return summary ? element("p", {class: "lead"}, `${summary[0].toUpperCase()}${summary.slice(1)}.`) : null;
}

function notesOf(notes) {
  return notes.map((note) => element("p", {class: "quiet"}, note));
}

function rangeText(d) {
  const text = (ms) => (ms == null && d.open ? d.open : millisecondsText(ms));
  return `${d.name}: median ${text(d.low)}, p99 ${text(d.middle)}, p99.9 ${text(d.high)}`;
}

// Each from the median to the p99.9 of what was measured, with a circle at the p99. One that is `open`, which is the word
// for why, has no end that is a time: its line goes on to the edge.
function rangesPlot(label, ranges, width) {
  const time = (ms) => (typeof ms === "number" && ms > 0 ? ms : null);
  const measured = ranges.map((d) => ({...d, low: time(d.low), middle: time(d.middle), high: time(d.high)}))
    .filter((d) => d.open || (d.low && d.middle));
  if (measured.length === 0) return null;
  const edge = 2 * (d3.max(measured, (d) => Math.max(d.low, d.middle, d.high)) || 1);
  const drawn = measured.map((d) => ({...d, from: d.low ?? edge / 2, to: d.open ? edge : Math.max(d.middle, d.high)}));
  const open = drawn.filter((d) => d.open);
  const longest = d3.max(drawn, (d) => d.name.length);
  const color = (d) => (d.isReference ? "var(--quiet)" : "var(--probe)");
  const line = {y: "name", x1: "from", x2: "to", stroke: color, strokeWidth: 3, strokeOpacity: .5};
  return plotOf(label, {
    width, marginLeft: Math.min(longest * 6.6 + 16, width / 2), marginRight: open.length ? 116 : 24, marginBottom: 36, height: 56 + 24 * drawn.length,
    x: {type: "log", label: "median to p99.9, circle: p99", labelAnchor: "center", labelArrow: "none", grid: true, ticks: 5, tickFormat: tickText},
    y: {domain: drawn.map((d) => d.name), label: null, tickSize: 0, padding: .4},
    color: {type: "identity"},
    marks: [
      Plot.ruleY(drawn.filter((d) => !d.open), line),
      Plot.ruleY(open, {...line, strokeDasharray: "6,4"}),
      Plot.text(open, {y: "name", x: "to", text: (d) => `▸ ${d.open}`, textAnchor: "start", dx: 4, fill: "var(--fail)"}),
      Plot.tickX(drawn.filter((d) => d.low), {y: "name", x: "low", stroke: color, strokeWidth: 2}),
      Plot.dot(drawn.filter((d) => d.middle), {y: "name", x: "middle", r: 5, fill: color}),
      Plot.tip(drawn, Plot.pointer({x: (d) => d.middle ?? d.to, y: "name", fill: "var(--ground)", title: rangeText})),
    ],
  });
}

function storageParts(one, width) {
  const jobs = listOf(one.storage, "jobs");
  const median = (medium, key) => (typeof medium?.[key]?.median === "number" ? medium[key].median / 1000 : null);
  const spread = ({least, most} = {}) => intervalText(typeof least === "number" ? least / 1000 : null, typeof most === "number" ? most / 1000 : null);
  const ratio = (job) => {
    const {estimate, low, high} = job.p99_vs_local ?? {};
    if (typeof estimate !== "number") return "–";
    return `${estimate.toFixed(1)} × local` + (typeof low === "number" && typeof high === "number" ? ` (${low.toFixed(1)} – ${high.toFixed(1)})` : "");
  };
  const media = [["volume", "volume", false], ["local", "node-local", true]];
  const ranges = jobs.flatMap((job) => media.map(([key, name, isReference]) => ({
    name: `${job.job}, ${name}`, isReference, low: median(job[key], "p50_us"), middle: median(job[key], "p99_us"), high: median(job[key], "p99_9_us"),
  })));
  const lines = jobs.flatMap((job) => media.map(([key, name, isReference]) => [
    `${job.job}, ${name}`, isReference ? "" : ratio(job), ...STORAGE_COLUMNS.map(([column]) => millisecondsText(median(job[key], column))),
    spread(job[key]?.p99_us ?? {}), Math.round(job[key]?.iops?.median) || "–",
  ]));
  return [
    leadOf(one.storageSummary),
    rangesPlot("Latency of the volume against node-local storage", ranges, width),
    figuresTable("Latency of the volume against node-local storage",
      ["job", "p99 against local", ...STORAGE_COLUMNS.map(([, title]) => title), "p99, least – most", "IOPS"], lines),
    element("p", {class: "quiet"}, "Medians of the repetitions, on the volume and on the node's own storage in turn."),
    ...notesOf(one.storageNotes),
  ];
}

// Of runs of before it is not known why a quantile is missing.
function openEnd(condition, deadline) {
  const any = (end) => ["p50", "p95", "p99", "p99_9"].some((name) => condition[`${name}_${end}`] === true);
  if (any("never")) return "never";
  if (any("unanswered")) return deadline;
  if (typeof condition.p99_ms === "number") return null;
  return condition.p99_never === false ? "too few writes" : "unknown";
}

function commitParts(one, width) {
  const conditions = listOf(one.commits, "conditions");
  const deadline = `> ${millisecondsText(one.commits.deadline_ms)}`;
  const time = (condition, name) => {
    if (condition[`${name}_never`] === true) return "never";
    return condition[`${name}_unanswered`] === true ? deadline : millisecondsText(condition[`${name}_ms`]);
  };
  const lines = conditions.map((condition) => [
    condition.condition, condition.writes, ...COMMIT_COLUMNS.map(([column]) => time(condition, column)),
    intervalText(condition.p99_low_ms, condition.p99_high_ms), condition.unacknowledged, condition.never_sent,
  ]);
  const ranges = conditions.map((condition) => ({
    name: String(condition.condition), isReference: false, low: condition.p50_ms, middle: condition.p99_ms, high: condition.p99_9_ms,
    open: openEnd(condition, deadline),
  }));
  return [
    leadOf(one.commitSummary),
    rangesPlot("Latency of commits by condition", ranges, width),
    figuresTable("Latency of commits by condition",
      ["condition", "writes", ...COMMIT_COLUMNS.map(([, title]) => title), "interval of p99", "unacknowledged", "of these never sent"], lines),
    element("p", {class: "quiet"}, `At ${one.commits.arrivals_per_s ?? "–"} writes a second, each counted from when it was due, so that a database that stood still is late for all of them.`),
    ...notesOf(one.commitNotes),
  ];
}

function showLatency(run) {
  if (run.latency.length === 0) return;
  const place = document.getElementById("latency-content");
  document.getElementById("latency").hidden = false;
  const width = Math.max(Math.min(place.clientWidth || 900, 1180), 320);
  if (run.unqualified) {
    place.append(element("p", {}, element("strong", {class: "inconclusive badge"}, "Unqualified: "),
      `${run.unqualified}; storage that acknowledges before it stores is fast.`));
  }
  for (const one of run.latency) {
    place.append(element("figure", {class: "plots"}, element("h3", {}, one.cell),
      ...[...(one.storage ? storageParts(one, width) : []), ...(one.commits ? commitParts(one, width) : [])].filter(Boolean)));
  }
}
