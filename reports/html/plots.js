// The recovery times of all faults against the bound, and of a fault with many trials how they are spread.

const DOTS_AT_MOST = 60;     // of one fault; of more the quartiles are drawn
const FEWEST_FOR_SPREAD = 10;  // trials; fewer are seen one by one
const FAULTS_IN_PLOT = 60;

function recoveriesOf(run) {
  return run.cells.filter((cell) => cell.rtoSeconds != null && cell.rto !== "no outage" && cell.role !== "soak");
}

// Quartiles over all trials, of which those that never recovered are the longest: a quartile among these has no end that
// is a time (`edge`). The line is of those that did recover.
function boxOf(name, cells, edge) {
  const seconds = d3.sort(cells, (cell) => (cell.censored ? Infinity : cell.rtoSeconds)).map((cell) => (cell.censored ? edge : cell.rtoSeconds));
  const at = (share) => seconds[Math.ceil(share * seconds.length) - 1];
  const [least, most] = d3.extent(cells.filter((cell) => !cell.censored), (cell) => cell.rtoSeconds);
  return {name, least, low: at(.25), middle: at(.5), high: at(.75), most};
}

function overviewPlot(run, scenarios, recoveries, width) {
  const most = Math.max(d3.max(recoveries, (d) => d.rtoSeconds) ?? 0, run.rtoBound);
  const names = scenarios.map((d) => d[0]);
  const longest = d3.max(names, (name) => name.length) ?? 0;
  const edge = most * 1.06;
  const isFew = ([, cells]) => cells.length <= DOTS_AT_MOST;
  const boxes = scenarios.filter((one) => !isFew(one)).map(([name, cells]) => boxOf(name, cells, edge));
  const never = scenarios.flatMap(([, cells]) => cells.filter((cell) => cell.censored));
  const recovered = scenarios.filter(isFew).flatMap(([, cells]) => cells.filter((cell) => !cell.censored));
  const nevers = d3.rollups(never, (cells) => cells.length, (cell) => cell.scenario);
  const dot = (cells, options) => Plot.dot(cells, {x: "rtoSeconds", y: "scenario", r: 5, strokeWidth: 1.5, ...options});
  return plotOf(`Recovery times of ${names.length} faults, ${run.rtoBoundText} allowed`, {
    width, marginLeft: Math.min(Math.max(longest * 6.6 + 16, 92), width / 3), marginRight: nevers.length ? 84 : 24,
    marginTop: 22, marginBottom: 36, height: 60 + 28 * names.length,
    x: {domain: [0, edge], label: "seconds until the database was back", labelAnchor: "center", labelArrow: "none", grid: true},
    y: {domain: names, label: null, tickSize: 0, padding: .4},
    marks: [
      Plot.ruleX([run.rtoBound], {stroke: "var(--text)", strokeWidth: 1.5, strokeDasharray: "6,3"}),
      Plot.text([run.rtoBound], {x: (d) => d, text: () => `allowed: ${run.rtoBoundText}`, frameAnchor: "top", dy: -14,
                                 textAnchor: run.rtoBound > most * .7 ? "end" : "start", fill: "var(--quiet)"}),
      Plot.ruleY(boxes.filter((d) => d.least != null), {y: "name", x1: "least", x2: "most", stroke: "var(--probe)", className: "whiskers"}),
      Plot.barX(boxes, {y: "name", x1: "low", x2: "high", fill: "var(--rate)"}),
      Plot.tickX(boxes, {y: "name", x: "middle", stroke: "var(--text)", strokeWidth: 2}),
      dot(recovered, {fill: "var(--probe)", fillOpacity: .55, stroke: "var(--probe)"}),
      dot(never, {symbol: "triangle2", stroke: "var(--fail)", fill: "var(--ground)", className: "never"}),
      Plot.text(nevers, {y: ([name]) => name, text: ([, count]) => `never: ${count}`, frameAnchor: "right", textAnchor: "start", dx: 6, fill: "var(--fail)"}),
      Plot.tip([...recovered, ...never], Plot.pointer({x: "rtoSeconds", y: "scenario", fill: "var(--ground)", title: (d) => `${d.name}: ${d.rto}, ${d.judgement}`})),
    ],
  });
}

// Those that never recovered have a bar of their own, beyond the end of the axis.
function spreadPlot(run, trials, width) {
  const recovered = trials.seconds.filter((seconds) => seconds != null);
  const never = trials.seconds.length - recovered.length;
  const most = Math.max(d3.max(recovered) ?? 0, trials.limit ?? 0) || run.rtoBound;
  // A bound far off would squeeze all trials into one bar.
  const showsBound = run.rtoBound < most * 2.5;
  const edge = (showsBound ? Math.max(most, run.rtoBound) : most) * 1.06;
  const end = never ? edge * 1.1 : edge;
  return plotOf(`How the recovery times of ${trials.scenario} are spread${never ? `; ${never} of ${trials.seconds.length} never recovered` : ""}`, {
    width, height: 150, marginLeft: 48, marginRight: 24, marginTop: 22, marginBottom: 36,
    x: {domain: [0, end], ticks: d3.ticks(0, edge, 8), label: "seconds until the database was back", labelAnchor: "center", labelArrow: "none"},
    y: {label: null, grid: true, ticks: 3, tickFormat: "d"},
    marks: [
      Plot.rectY(recovered, Plot.binX({y: "count"}, {x: (d) => d, fill: "var(--rate)", thresholds: 30})),
      Plot.rectY(never ? [never] : [], {x1: edge * 1.03, x2: end, y: (d) => d, fill: "var(--fail)", className: "never"}),
      Plot.text(never ? [never] : [], {x: end, y: (d) => d, text: (d) => `never: ${d}`, textAnchor: "end", lineAnchor: "bottom", dy: -4, fill: "var(--fail)"}),
      Plot.ruleY([0]),
      showsBound ? Plot.ruleX([run.rtoBound], {stroke: "var(--text)", strokeWidth: 1.5, strokeDasharray: "6,3"}) : null,
      trials.limit == null ? null : Plot.ruleX([trials.limit], {stroke: "var(--fail)"}),
      trials.limit == null ? null : Plot.text([trials.limit], {x: (d) => d, frameAnchor: "top", dy: -14, fill: "var(--fail)", textAnchor: trials.limit > most * .6 ? "end" : "start",
        text: () => `${Math.floor(run.quantile * 100)} % within, with ${Math.floor(run.confidence * 100)} % confidence`}),
    ],
  });
}

function showRecoveries(run) {
  const recoveries = recoveriesOf(run);
  if (recoveries.length === 0) return;
  const scenarios = d3.groups(recoveries, (d) => d.scenario).slice(0, FAULTS_IN_PLOT);
  const place = document.getElementById("recovery-plots");
  document.getElementById("recoveries").hidden = false;
  const draw = () => {
    const width = Math.max(Math.min(place.clientWidth || 900, 1180), 320);
    const spread = run.trials.filter((trials) => trials.seconds.length >= FEWEST_FOR_SPREAD);
    place.replaceChildren(
      element("figure", {class: "plots"}, overviewPlot(run, scenarios, recoveries, width),
        element("figcaption", {}, "Each circle is one recovery, from the fault to the first acknowledged write that lasted; a triangle is a database that had not come back when the limit ran out. A bar, where there are many, is the middle half of all, with a mark at the median; its line goes from the shortest to the longest of those that came back.")),
      ...spread.map((trials) => element("figure", {class: "plots"}, element("h3", {}, trials.scenario), spreadPlot(run, trials, width))),
      ...(run.trialsNotes.length ? [element("ul", {}, ...run.trialsNotes.map((note) => element("li", {}, note)))] : []));
  };
  draw();
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(place.clientWidth - width) <= 8) return;
    width = place.clientWidth;
    requestAnimationFrame(draw);
  }).observe(place);
}
