// What the clients saw of one cell, and what the cluster said meanwhile: three plots above each other on one axis of time.

const SVG_MARGIN = {marginLeft: 92, marginRight: 18};
// By number, as exchange.h has them; the last one is page_data.cc's.
const OUTCOMES = ["acknowledged", "refused", "not answered", "acknowledged, absent from the last read,"];
const ABSENT = 3;
const LANES = {pod: "pods", node: "nodes", attachment: "attachments", claim: "claims", event: "events", lease: "leases", log: "log", watch: "watching"};
const MOMENTS = {
  "injecting": "fault", "also-injecting": "further fault", "bitten": "bites", "not-bitten": "does not bite",
  "recovered": "recovery held", "not-recovered": "given up", "healed": "healed", "not-healed": "not healed",
  "whole": "whole again", "not-whole": "not whole", "harness-trouble": "harness trouble",
};
const LABEL_ROWS = 3;
const LETTER = 6.2;  // pixels, of the plots' font

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

function durationText(ms) {
  if (ms > 0 && ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// Of powers of ten.
function tickText(ms) {
  if (ms < 1) return `${ms * 1000} µs`;
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function momentText(ms) {
  return `${ms < 0 ? "−" : "+"}${durationText(Math.abs(ms))}`;
}

function total(spans) {
  return spans.reduce((sum, [begin, end]) => sum + end - begin, 0);
}

// A plot is one image to who cannot see it; what it shows is said by `label`, and by the tables beside it.
function plotOf(label, options) {
  const svg = Plot.plot({...SVG_MARGIN, style: {background: "none", color: "currentColor"}, ...options});
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
}

// The moments' names above the plot, in as many rows as they need; one for which there is no room has its line alone.
function momentMarks(moments, scale) {
  const ends = Array(LABEL_ROWS).fill(-Infinity);
  const rows = ends.map(() => []);
  for (const moment of moments) {
    const long = moment.label.length * LETTER;
    const isLast = scale(moment.t) + long > scale.range()[1];
    const left = scale(moment.t) - (isLast ? long : 0);
    const row = ends.findIndex((end) => end + 8 < left);
    if (row < 0) continue;
    ends[row] = left + long;
    rows[row].push({...moment, anchor: isLast ? "end" : "start"});
  }
  const used = rows.filter((row) => row.length > 0).length;
  return {
    used,
    marks: rows.flatMap((row, i) => ["start", "end"].map((anchor) => Plot.text(row.filter((d) => d.anchor === anchor), {
      x: (d) => d.t / 1000, text: "label", frameAnchor: "top", textAnchor: anchor, dx: anchor === "start" ? 1 : -1, dy: -10 - 13 * i,
      fill: (d) => (d.isFault ? "fault" : "moment"), className: "moments",
    }))),
  };
}

function momentRules(moments, bound, domain) {
  const rules = [true, false].map((isFault) => Plot.ruleX(moments.filter((d) => d.isFault === isFault), {
    x: (d) => d.t / 1000, stroke: isFault ? "var(--fault)" : "var(--moment)",
    strokeDasharray: isFault ? null : "2,3", strokeOpacity: isFault ? 1 : .8,
  }));
  if (bound < domain[1]) rules.push(Plot.ruleX([bound], {stroke: "var(--text)", strokeWidth: 1.5, strokeDasharray: "6,3"}));
  return rules;
}

function phaseMarks(phases, scale) {
  if (phases.length === 0) return [];
  const fits = phases.filter((d) => scale(d.end) - scale(d.begin) > (d.name.length + 1) * LETTER);
  const place = {x1: (d) => d.begin / 1000, x2: (d) => d.end / 1000, y: () => "phases"};
  return [
    ...d3.range(6).map((color) => Plot.barX(phases.filter((_, i) => i % 6 === color), {
      ...place, fill: `var(--phase-${color})`, stroke: "var(--quiet)", strokeWidth: .5,
    })),
    Plot.text(fits, {x: (d) => (d.begin + d.end) / 2000, y: () => "phases", text: "name", fill: "var(--text)"}),
  ];
}

function lanesPlot(picture, phases, moments, bound, width) {
  const domain = [picture.begin / 1000, picture.end / 1000];
  const inside = phases.map((d) => ({...d, begin: Math.max(d.begin, picture.begin), end: Math.min(d.end, picture.end)}))
    .filter((d) => d.end > d.begin);
  const kinds = Object.keys(LANES).filter((kind) => picture.events.some((event) => event.kind === kind));
  const lanes = ["clients", ...(inside.length ? ["phases"] : []), ...kinds.map((kind) => LANES[kind])];
  const scale = d3.scaleLinear([picture.begin, picture.end], [SVG_MARGIN.marginLeft, width - SVG_MARGIN.marginRight]);
  const labels = momentMarks(moments, scale);
  const marginTop = 6 + 13 * Math.max(labels.used, 1);
  const span = {x1: (d) => d[0] / 1000, x2: (d) => d[1] / 1000, y: () => "clients"};
  const events = picture.events.filter((event) => LANES[event.kind]);
  const tips = [
    ...picture.away.map(([a, b]) => ({t: (a + b) / 2, lane: "clients", text: `away for ${durationText(b - a)}`})),
    ...picture.late.map(([a, b]) => ({t: (a + b) / 2, lane: "clients", text: `answered late for ${durationText(b - a)}`})),
    ...inside.map((d) => ({t: (d.begin + d.end) / 2, lane: "phases", text: `${d.name}, ${d.took}, until ${d.until}`})),
    ...events.map((d) => ({t: d.t, lane: LANES[d.kind], text: `${momentText(d.t)}  ${d.text}`})),
  ];
  return plotOf(`Away from clients for ${durationText(total(picture.away))} in all`, {
    width, marginTop, marginBottom: 4, height: marginTop + 4 + lanes.length * 24,
    x: {domain, axis: null}, y: {domain: lanes, label: null, tickSize: 0, paddingInner: .3, paddingOuter: .15},
    color: {domain: ["fault", "moment"], range: ["var(--fault)", "var(--moment)"]},
    marks: [
      Plot.barX([[picture.begin, picture.end]], {...span, fill: "var(--up)"}),
      Plot.barX(picture.late, {...span, fill: "var(--ground)"}),
      Plot.barX(picture.late, {...span, fill: "var(--late)", insetTop: 4, insetBottom: 4}),
      Plot.barX(picture.away, {...span, fill: "var(--ground)"}),
      Plot.barX(picture.away, {...span, fill: "var(--away)", insetTop: 6.5, insetBottom: 6.5}),
      ...phaseMarks(inside, scale),
      Plot.dot(events, {x: (d) => d.t / 1000, y: (d) => LANES[d.kind], r: 3, fill: "var(--probe)", fillOpacity: .75}),
      ...momentRules(moments, bound, domain),
      ...labels.marks,
      Plot.tip(tips, Plot.pointer({x: (d) => d.t / 1000, y: "lane", title: "text", fill: "var(--ground)", lineWidth: 40})),
    ],
  });
}

function ratePlot(picture, moments, bound, width) {
  const domain = [picture.begin / 1000, picture.end / 1000];
  const points = picture.rate.map((count, i) => ({
    x: (picture.begin + i * picture.bucket) / 1000, y: count * 1000 / picture.bucket,
  }));
  // The last bucket may be cut off, and its rate would be too low.
  if (points.length > 1) points.pop();
  const most = d3.max(points, (d) => d.y) ?? 0;
  return plotOf(`Acknowledged writes per second, up to ${Math.round(most)}`, {
    width, height: 92, marginTop: 6, marginBottom: 4, x: {domain, axis: null},
    y: {domain: [0, Math.max(most, 1)], nice: true, label: null, ticks: 3, grid: true},
    marks: [
      Plot.areaY(points, {x: "x", y: "y", curve: "step-after", fill: "var(--rate)"}),
      ...momentRules(moments, bound, domain),
      Plot.tip(points, Plot.pointerX({
        x: "x", y: "y", title: (d) => `${momentText(d.x * 1000)}  ${Math.round(d.y)} a second`, fill: "var(--ground)",
      })),
    ],
  });
}

function probesOf(picture) {
  const probes = [];
  for (let i = 0; i < picture.probes.length; i += 3) {
    probes.push({t: picture.probes[i], ms: Math.max(picture.probes[i + 1], 1) / 1000, outcome: picture.probes[i + 2]});
  }
  return probes;
}

function latencyPlot(picture, probes, moments, bound, lateBound, width) {
  const domain = [picture.begin / 1000, picture.end / 1000];
  const vain = (outcome, stroke) => Plot.dot(probes.filter((d) => d.outcome === outcome), {
    x: (d) => d.t / 1000, y: "ms", symbol: "times", r: 2.4, stroke, strokeWidth: 1.2,
  });
  const [least, most] = d3.extent(probes, (d) => d.ms);
  return plotOf(`Latency of ${probes.length} writes, from ${durationText(least ?? 0)} to ${durationText(most ?? 0)}`, {
    width, height: 176, marginTop: 8, marginBottom: 34,
    x: {domain, label: hasManyFaults(picture) ? "seconds since the first fault" : "seconds since the fault", labelAnchor: "center", labelArrow: "none"},
    y: {type: "log", domain: [Math.min(least ?? 1, lateBound), Math.max(most ?? 1, lateBound)], nice: true, label: null,
        ticks: 4, tickFormat: tickText, grid: true},
    marks: [
      Plot.ruleY([lateBound], {stroke: "var(--late)", strokeDasharray: "4,3"}),
      ...momentRules(moments, bound, domain),
      Plot.dot(probes.filter((d) => d.outcome === 0), {
        x: (d) => d.t / 1000, y: "ms", r: 1.6, fill: "var(--probe)", fillOpacity: .65, stroke: "none",
      }),
      vain(1, "var(--inconclusive)"),
      vain(2, "var(--fail)"),
      Plot.dot(probes.filter((d) => d.outcome === ABSENT), {
        x: (d) => d.t / 1000, y: "ms", symbol: "diamond2", r: 3.5, fill: "var(--fail)", stroke: "var(--ground)", strokeWidth: .5,
      }),
      Plot.tip(probes, Plot.pointer({
        x: (d) => d.t / 1000, y: "ms", fill: "var(--ground)", maxRadius: 20,
        title: (d) => `${momentText(d.t)}  ${OUTCOMES[d.outcome]} after ${durationText(d.ms)}`,
      })),
    ],
  });
}

function legendOf(picture, probes, lateBound) {
  const entry = (shape, color, text) => element("li", {}, element("i", {class: shape, style: `--swatch: var(--${color})`, "aria-hidden": "true"}, {cross: "×", diamond: "◆"}[shape] ?? ""), text);
  return element("ul", {class: "legend"},
    entry("", "up", "answered"),
    picture.late.length ? entry("", "late", `answered after more than ${durationText(lateBound)}`) : null,
    picture.away.length ? entry("thin", "away", "away") : null,
    entry("", "probe", "acknowledged write"),
    probes.some((d) => d.outcome === ABSENT) ? entry("diamond", "fail", "acknowledged, absent from the last read") : null,
    probes.some((d) => d.outcome === 1) ? entry("cross", "inconclusive", "refused") : null,
    probes.some((d) => d.outcome === 2) ? entry("cross", "fail", "not answered") : null);
}

function captionOf(picture, probes) {
  const times = (spans, what) => spans.length === 0 ? "" : ` ${what} ${spans.length === 1 ? "once" : `${spans.length} times`}, ${durationText(total(spans))} in all.`;
  const drawn = probes.length === picture.attempts ? `All ${probes.length} writes are drawn.`
    : `${probes.length} of ${picture.attempts} writes are drawn: of each short span the fastest, the slowest and a few between.`;
  return element("figcaption", {}, `Clients were${times(picture.away, "away") || " never away."}${times(picture.late, "Answered late")} ${drawn}`);
}

// The experiment's marks, and the end of the recovery time as it was measured.
function momentsOf(picture, cell) {
  const moments = picture.moments.map((d) => ({...d, label: MOMENTS[d.name] ?? d.name, isFault: /injecting/.test(d.name)}));
  const back = cell.rtoSeconds * 1000;
  if (cell.role !== "soak" && hasRecovered(cell) && back < picture.end) {
    moments.push({t: back, name: "back", label: `back after ${cell.rto}`, isFault: false});
  }
  // Of many faults what went as it should would hide the rest.
  const shown = hasManyFaults(picture) ? moments.filter((d) => d.isFault || /^not-|trouble/.test(d.name)) : moments;
  return d3.sort(shown, (d) => d.t);
}

function hasManyFaults(picture) {
  return picture.moments.filter((d) => d.name === "injecting").length > 1;
}

function hasRecovered(cell) {
  return cell.rtoSeconds != null && !cell.censored && cell.rto !== "no outage";
}

function drawPlots(place, picture, cell, run, available) {
  const width = Math.max(Math.min(available || 900, 1180), 320);
  const bound = run.rtoBound;
  const lateBound = run.lateBound * 1000;
  const moments = momentsOf(picture, cell);
  const probes = probesOf(picture);
  const shownBound = moments.some((d) => d.isFault) && !hasManyFaults(picture) ? bound : Infinity;
  place.replaceChildren(
    lanesPlot(picture, cell.phases, moments, shownBound, width),
    element("h4", {}, "acknowledged writes per second"), ratePlot(picture, moments, shownBound, width),
    element("h4", {}, "latency of each write, by when it began"), latencyPlot(picture, probes, moments, shownBound, lateBound, width),
    legendOf(picture, probes, lateBound), captionOf(picture, probes));
}

// Draws what is asked for, and again when the place gets another width.
function pictureFigure(cell, run) {
  const place = element("div", {class: "plots"});
  const figure = element("figure", {class: "picture"}, place);
  let shown = 0;
  let width = 0;
  const draw = (available = place.clientWidth) => {
    width = place.clientWidth;
    drawPlots(place, cell.pictures[shown], cell, run, available);
  };
  if (cell.pictures.length > 1) {
    const buttons = cell.pictures.map((picture, i) => {
      const button = element("button", {type: "button", "aria-pressed": String(i === shown)}, picture.excerpt ? "Outage" : "Whole experiment");
      button.addEventListener("click", () => {
        shown = i;
        buttons.forEach((other, k) => other.setAttribute("aria-pressed", String(k === i)));
        draw();
      });
      return button;
    });
    figure.prepend(element("div", {class: "zoom", role: "group", "aria-label": "Part of the experiment"}, ...buttons));
  }
  // Only what is in the document has a width.
  requestAnimationFrame(() => draw());
  new ResizeObserver(() => {
    if (width !== 0 && Math.abs(place.clientWidth - width) > 8) requestAnimationFrame(() => draw());
  }).observe(place);
  figure.draw = draw;
  return figure;
}
