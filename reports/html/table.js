// The matrix: a row for each cell, which opens to what proves its verdict. Sorting and filtering work on the data; only a
// page of rows is in the document, and the evidence of a row only while that is open, so that a thousand stay fluid.

const ROWS_AT_ONCE = 200;
const OPEN_AT_MOST = 40;  // by one command: each has plots
const SYMBOLS = {pass: "✓", fail: "✗", inconclusive: "?", skipped: "–"};
const WORST_FIRST = ["fail", "inconclusive", "skipped", "pass"];

const VERDICT = 1;  // of the columns
const COLUMNS = [
  {title: "Fault", key: (cell) => cell.order},
  {title: "Verdict", key: (cell) => WORST_FIRST.indexOf(cell.judgement)},
  {title: "Acknowledged", key: (cell) => cell.acknowledged, number: true},
  {title: "Lost", key: (cell) => cell.lost, number: true},
  {title: "RPO", key: (cell) => cell.rpoSeconds, number: true},
  {title: "RTO", key: (cell) => (cell.censored ? Infinity : cell.rtoSeconds), number: true},
  {title: "Recovered by", key: (cell) => cell.recoveredBy || null},
];

function badge(judgement) {
  return element("span", {class: `badge ${judgement}`}, element("span", {"aria-hidden": "true"}, `${SYMBOLS[judgement]} `), judgement);
}

// What was not measured comes last, whichever way.
function compareBy(key, sign) {
  return (one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a == null || b == null) return (a == null) - (b == null) || one.order - other.order;
    return (sign * d3.ascending(a, b)) || one.order - other.order;
  };
}

function rtoBar(cell, run, most) {
  if (cell.rtoSeconds == null || cell.rto === "no outage") return null;
  const share = (seconds) => `${Math.min(100 * seconds / most, 100).toFixed(1)}%`;
  return element("span", {class: "bar", "aria-hidden": "true"},
    element("i", {style: `width: ${share(cell.rtoSeconds)}`}), element("b", {style: `left: ${share(run.rtoBound)}`}));
}

function phasesTable(cell) {
  if (cell.phases.length === 0) return null;
  const slowest = d3.greatest(cell.phases, (d) => d.end - d.begin);
  return element("table", {class: "small phases"},
    element("caption", {class: "unseen"}, "Where the time went"),
    element("thead", {}, element("tr", {}, ...["Where the time went", "took", "until"].map((title) => element("th", {scope: "col"}, title)))),
    element("tbody", {}, ...cell.phases.map((phase) => element("tr", {class: phase === slowest ? "slowest" : null},
      element("th", {scope: "row"}, phase.name + (phase === slowest ? " (slowest)" : "")),
      element("td", {}, `${phase.ended ? "" : "≥ "}${phase.took}`), element("td", {}, phase.until)))));
}

function eventsList(cell) {
  const picture = cell.pictures.at(-1);
  if (!picture || picture.events.length + picture.moments.length === 0) return null;
  const moments = picture.moments.map((d) => ({t: d.t, text: `${MOMENTS[d.name] ?? d.name}${d.text ? `: ${d.text}` : ""}`}));
  const all = d3.sort([...moments, ...picture.events], (d) => d.t);
  const left = picture.leftOut ? `, ${picture.leftOut} more in timeline.jsonl` : "";
  return element("details", {}, element("summary", {}, `What the cluster said (${all.length}${left})`),
    element("ol", {class: "events"}, ...all.map((d) => element("li", {}, element("time", {}, momentText(d.t)), element("span", {}, d.text)))));
}

function verdictsList(cell) {
  return element("ul", {class: "verdicts"}, ...cell.verdicts.map((verdict) => {
    const lines = verdict.because.filter((line) => line !== verdict.summary);
    return element("li", {class: verdict.judgement}, badge(verdict.judgement), ` ${verdict.checker}: ${verdict.summary}`,
      lines.length ? element("pre", {}, lines.join("\n")) : null);
  }));
}

function evidenceOf(cell, run) {
  return element("div", {class: "evidence-body"},
    element("p", {class: "summary"}, cell.summary),
    cell.cause ? element("p", {}, element("strong", {}, "Cause: "), cell.cause) : null,
    cell.pictures.length ? pictureFigure(cell, run) : element("p", {class: "quiet"}, "No picture: no client tried to write, or the run's history is gone."),
    phasesTable(cell),
    element("h3", {}, "What proves it"), verdictsList(cell),
    cell.limit ? element("p", {class: "quiet"}, `No evidence about power loss: ${cell.limit}.`) : null,
    eventsList(cell),
    element("h3", {}, "To repeat it"), commandLine(cell.repeat),
    element("p", {class: "quiet"}, `Seed of this experiment ${cell.seed}; it took ${cell.took}.`));
}

// A row, with the one that it opens.
class Row {
  constructor(cell, run, most) {
    this.cell = cell;
    this.run = run;
    this.button = element("button", {type: "button", class: "opener", "aria-expanded": "false", "aria-controls": `evidence-${cell.number}`}, cell.name);
    this.evidence = element("tr", {class: "evidence", id: `evidence-${cell.number}`, hidden: true},
      element("td", {colspan: COLUMNS.length}));
    const reason = cell.judgement === "pass" ? null : element("div", {class: "reason"}, cell.summary);
    const number = (value, className) => element("td", {class: `number ${className ?? ""}`}, value == null ? "–" : String(value));
    this.body = element("tbody", {class: cell.judgement, id: `cell-${cell.number}`},
      element("tr", {class: "cell"},
        element("th", {scope: "row"}, this.button, reason),
        element("td", {class: "judgement"}, badge(cell.judgement)),
        number(cell.acknowledged), number(cell.lost, cell.lost > 0 ? "lost" : ""), number(cell.rpo),
        element("td", {class: "number"}, cell.rto, rtoBar(cell, run, most)),
        element("td", {}, cell.recoveredBy || "–")),
      this.evidence);
    this.button.addEventListener("click", () => this.show(!this.isOpen));
  }

  get isOpen() {
    return !this.evidence.hidden;
  }

  show(open) {
    if (open === this.isOpen) return;
    this.evidence.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    this.evidence.firstChild.replaceChildren(...(open ? [evidenceOf(this.cell, this.run)] : []));
  }
}

class Matrix {
  constructor(run) {
    this.run = run;
    this.table = document.getElementById("matrix");
    this.most = Math.max(d3.max(run.cells, (cell) => cell.rtoSeconds) ?? 0, run.rtoBound) * 1.05;
    this.rows = new Map();
    this.sorted = {column: 0, sign: 1};
    this.limit = ROWS_AT_ONCE;
    run.cells.forEach((cell, order) => {
      cell.order = order;
      cell.words = [cell.name, cell.judgement, cell.summary, cell.cause, cell.recoveredBy,
                    ...cell.verdicts.flatMap((verdict) => [verdict.summary, ...verdict.because])].join("\n").toLowerCase();
    });
    this.addHeads();
    this.addTools();
    // Of more than there is room for at once, what went wrong is seen.
    if (run.cells.length > ROWS_AT_ONCE) this.sortBy(VERDICT);
    else this.update();
  }

  addHeads() {
    this.heads = COLUMNS.map((column, i) => {
      const button = element("button", {type: "button"}, column.title);
      button.addEventListener("click", () => this.sortBy(i));
      return element("th", {scope: "col", class: column.number ? "number" : null, "aria-sort": "none"}, button);
    });
    document.getElementById("heads").append(...this.heads);
    this.heads[0].setAttribute("aria-sort", "ascending");
  }

  addTools() {
    this.filter = document.getElementById("filter");
    this.filter.addEventListener("input", () => this.restart());
    document.getElementById("tools").addEventListener("submit", (event) => event.preventDefault());
    const counts = d3.rollup(this.run.cells, (cells) => cells.length, (cell) => cell.judgement);
    this.boxes = WORST_FIRST.filter((judgement) => counts.has(judgement)).map((judgement) => {
      const box = element("input", {type: "checkbox", value: judgement, checked: true});
      box.addEventListener("change", () => this.restart());
      document.getElementById("judgements").append(element("label", {}, box, " ", badge(judgement), ` ${counts.get(judgement)}`));
      return box;
    });
    this.more = document.getElementById("more");
    this.more.addEventListener("click", () => {
      this.limit += ROWS_AT_ONCE;
      this.update();
    });
    this.openAll = document.getElementById("open-all");
    this.openAll.addEventListener("click", () => this.toggleAll());
  }

  sortBy(column) {
    const again = this.sorted.column === column;
    // Figures are asked for their worst first.
    this.sorted = {column, sign: again ? -this.sorted.sign : (COLUMNS[column].number ? -1 : 1)};
    this.heads.forEach((head, i) => head.setAttribute("aria-sort",
      i !== column ? "none" : this.sorted.sign > 0 ? "ascending" : "descending"));
    this.restart();
  }

  restart() {
    this.limit = ROWS_AT_ONCE;
    this.update();
  }

  rowOf(cell) {
    if (!this.rows.has(cell)) this.rows.set(cell, new Row(cell, this.run, this.most));
    return this.rows.get(cell);
  }

  found() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const judgements = new Set(this.boxes.filter((box) => box.checked).map((box) => box.value));
    return this.run.cells
      .filter((cell) => judgements.has(cell.judgement) && words.every((word) => cell.words.includes(word)))
      .sort(compareBy(COLUMNS[this.sorted.column].key, this.sorted.sign));
  }

  update() {
    const found = this.found();
    this.lay(found.slice(0, this.limit));
    document.getElementById("left-out").hidden = true;
    document.getElementById("shown").textContent = `${found.length} of ${this.run.cells.length} shown`;
    const left = found.length - this.shown.length;
    this.more.hidden = left <= 0;
    this.more.textContent = `Show ${Math.min(left, ROWS_AT_ONCE)} more of ${left}`;
  }

  lay(cells) {
    this.shown = cells.map((cell) => this.rowOf(cell));
    const bodies = this.shown.map((row) => row.body);
    const laid = [...this.table.tBodies];
    // What is taken out loses the focus.
    if (laid.length === bodies.length && laid.every((body, i) => body === bodies[i])) return;
    for (const body of laid) body.remove();
    this.table.append(...bodies);
  }

  // The rows that are shown and whatever else is no pass, with the evidence of the first, and a line that says what is
  // not there. Until the next update().
  openForPaper() {
    const found = this.found();
    this.lay(found.filter((cell, i) => i < this.limit || cell.judgement !== "pass"));
    const opened = this.openFirst();
    const count = (cells) => d3.rollups(cells, (own) => own.length, (cell) => cell.judgement).map(([judgement, own]) => `${own} ${judgement}`).join(", ");
    const shown = new Set(this.shown.map((row) => row.cell));
    const isFound = new Set(found);
    const lines = [
      [this.run.cells.filter((cell) => !isFound.has(cell)), "Filtered out"],
      [found.filter((cell) => !shown.has(cell)), "Not printed"],
      [this.shown.filter((row) => !row.isOpen).map((row) => row.cell), "Printed without evidence"],
    ].filter(([cells]) => cells.length > 0).map(([cells, what]) => `${what}: ${count(cells)}.`);
    const place = document.getElementById("left-out");
    place.textContent = lines.join(" ");
    place.hidden = lines.length === 0;
    return opened;
  }

  toggleAll() {
    const open = this.openAll.getAttribute("aria-pressed") !== "true";
    this.openAll.setAttribute("aria-pressed", String(open));
    if (open) this.openFirst();
    else for (const row of this.rows.values()) row.show(false);
  }

  // What is not a pass first, if there are too many.
  openFirst() {
    const worst = d3.sort(this.shown, (row) => WORST_FIRST.indexOf(row.cell.judgement));
    const opened = worst.filter((row) => !row.isOpen).slice(0, OPEN_AT_MOST);
    for (const row of opened) row.show(true);
    return opened;
  }

  openNumbered(number) {
    const cell = this.run.cells.find((one) => one.number === number);
    if (!cell) return;
    const row = this.rowOf(cell);
    this.limit = Math.max(this.limit, this.found().indexOf(cell) + 1);
    this.update();
    row.show(true);
    row.body.scrollIntoView({block: "start"});
  }
}
