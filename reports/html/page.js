// The page, from top to bottom: the verdict, what it proves, the matrix, recovery times, latency, environment, repetition.

const COPIED_FOR = 3000;  // milliseconds that a button says so

function commandLine(command) {
  if (!command) return element("p", {class: "quiet"}, "The command is not known.");
  const text = element("pre", {}, command);
  const button = element("button", {type: "button", "aria-live": "polite"}, "Copy");
  let saying = 0;
  const say = (words) => {
    button.textContent = words;
    clearTimeout(saying);
    saying = setTimeout(() => { button.textContent = "Copy"; }, COPIED_FOR);
  };
  button.addEventListener("click", () => navigator.clipboard.writeText(command).then(() => say("Copied"), () => {
    // A page that was opened from a disk may not be allowed to copy; its reader is.
    getSelection().selectAllChildren(text);
    say("Selected: press Ctrl+C");
  }));
  return element("div", {class: "command"}, text, navigator.clipboard ? button : null);
}

function showVerdict(run) {
  const counts = d3.rollup(run.cells, (cells) => cells.length, (cell) => cell.judgement);
  const partly = run.judgement === "skipped" && counts.has("pass");
  const verdict = document.getElementById("verdict");
  verdict.classList.add(run.judgement);
  document.getElementById("badge").replaceWith(badge(run.judgement));
  if (partly) verdict.querySelector(".badge").prepend("partly ");
  document.getElementById("headline").textContent = run.headline;
  document.getElementById("what").textContent =
    `· ${run.suite} on ${run.backend}, ${run.workload}, ${run.provider} (profile ${run.profile})`;
  const parts = WORST_FIRST.filter((judgement) => counts.has(judgement)).map((judgement) => `${counts.get(judgement)} ${judgement}`);
  document.getElementById("tally").textContent =
    `${parts.join(", ")} · began ${run.started.replace("T", " ").replace("Z", " UTC")}, took ${run.took} · seed ${run.seed}`;
}

function showProof(run) {
  const list = (title, lines) => element("div", {class: "card"}, element("h3", {}, title),
    element("ul", {}, ...lines.filter(Boolean).map((line) => element("li", {}, line))));
  // Measuring how slow storage is is no experiment: nothing is hurt, and nothing promised is kept.
  const experiments = run.cells.filter((cell) => cell.role !== "latency");
  const proven = [
    experiments.some((cell) => cell.judgement === "pass" || cell.judgement === "fail")
      ? "A verdict of pass or fail was given only where there was traffic before the fault, the fault was seen to bite, it was healed, and everything was read back through the database."
      : null,
    experiments.length ? `The contract: ${run.durability}, and the database is back within ${run.rtoBoundText}.` : null,
    run.fidelity ? `Fidelity ${run.fidelity}. ${run.fidelityNote}` : null,
  ];
  const open = experiments.filter((cell) => cell.judgement === "inconclusive").length;
  const unmeasured = run.cells.some((cell) => cell.role === "latency" && cell.judgement === "inconclusive");
  const limits = [
    experiments.length ? null : "That what was acknowledged is kept: nothing was hurt, it was only measured.",
    open ? `Nothing about the ${open} ${open === 1 ? "experiment that is" : "experiments that are"} inconclusive.` : null,
    unmeasured ? "Nothing about the latency whose measuring is inconclusive." : null,
    run.oneTrial, ...run.limits,
  ];
  document.getElementById("proof-lists").append(list("It proves", proven), list("It does not prove", limits));
  const calibration = document.getElementById("calibration");
  calibration.append(element("strong", {}, "Calibration of the instrument: "), `${run.calibration || "unknown"}.`);
  document.getElementById("proof").hidden = false;
}

function showEnvironment(run) {
  const entries = [...run.fingerprint, ["Provider", `${run.provider}, profile ${run.profile}`], ["Holdfast", run.holdfast]];
  document.getElementById("fingerprint").append(...entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  document.getElementById("environment").hidden = false;
}

function showCommands(run) {
  const again = (why, command) => [element("p", {}, why), commandLine(command)];
  const quoted = /^[\w@%+=:,./-]+$/.test(run.folder) ? run.folder : `'${run.folder.replaceAll("'", "'\\''")}'`;
  document.getElementById("commands").append(
    ...again("The same run, with the same seed:", run.command),
    ...(run.folder ? [
      ...again("Judged again from what was recorded:", `holdfast judge ${quoted}`),
      ...again("The history for Jepsen's checkers, for whoever would rather believe those:", `holdfast export ${quoted}`),
    ] : []));
  document.getElementById("again").hidden = false;
}

const PAPER_WIDTH = 690;  // pixels between the margins of A4

// On paper nothing can be opened: it is, for as long as the printing takes.
function openForPrinting(matrix) {
  let opened = [];
  let unfolded = [];
  addEventListener("beforeprint", () => {
    opened = matrix.openForPaper();
    for (const figure of document.querySelectorAll("figure.picture")) figure.draw(PAPER_WIDTH);
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const row of opened) row.show(false);
    matrix.update();
    for (const figure of document.querySelectorAll("figure.picture")) figure.draw();
    for (const details of unfolded) details.open = false;
  });
}

function showPage(run) {
  showVerdict(run);
  showProof(run);
  const matrix = new Matrix(run);
  document.getElementById("faults").hidden = false;
  showRecoveries(run);
  showLatency(run);
  showEnvironment(run);
  showCommands(run);
  openForPrinting(matrix);
  const linked = /^#cell-(\d+)$/.exec(location.hash);
  const failed = run.cells.find((cell) => cell.judgement === "fail");
  if (linked) matrix.openNumbered(Number(linked[1]));
  else if (failed) matrix.rowOf(failed).show(true);
  document.documentElement.dataset.ready = "true";
}

showPage(JSON.parse(document.getElementById("data").textContent));
