// Audit workbooks: a row for each as it is done, its report below with the cells around each finding.
"use strict";

const ORDER = ["wrong", "incomplete", "unreadable", "right"];
const auditing = { files: [], reports: new Map(), asked: new Set() };

async function auditFiles(files) {
  const given = await withBytes(files);
  const { asked, reports } = auditing;
  auditing.files.push(...given);
  const kept = await ask("keep", {}, { files: given });
  if (kept.fault) {
    byId("audit-summary").textContent = faultText(kept.fault);
    return;
  }
  const fresh = kept.filter(({ number }) => !asked.has(number)); // others may be waiting since an earlier drop
  for (const { number } of fresh) asked.add(number);
  for (const { number, name } of fresh) {
    byId("audit-summary").textContent = `Auditing ${shown(name)} (${reports.size + 1} of ${asked.size})`;
    const report = await ask("audit", { number });
    if (reports !== auditing.reports) return; // begun anew meanwhile
    const told = report.fault
      ? { file: name, verdict: "unreadable", reason: faultText(report.fault), tables: [], findings: [], texts: [] }
      : report;
    reports.set(number, { ...told, row: classRow(number, told), section: reportSection(number, told) });
    showClass();
  }
}

function showClass() {
  const reports = [...auditing.reports].sort(([, a], [, b]) =>
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || a.file.localeCompare(b.file));
  const counts = ORDER.map((verdict) => [verdict, reports.filter(([, report]) => report.verdict === verdict).length]);
  byId("audit-summary").textContent =
    `${reports.length} ${reports.length === 1 ? "workbook" : "workbooks"}: ` +
    counts.filter(([, count]) => count).map(([verdict, count]) => `${count} ${verdict}`).join(", ");
  byId("audit-class").hidden = byId("audit-bar").hidden = !reports.length;
  refill(byId("audit-class").tBodies[0], reports.map(([, { row }]) => row));
  refill(byId("audit-reports"), reports.map(([, { section }]) => section));
}

function classRow(number, report) {
  return make("tr", {},
    make(`td.word.${report.verdict}`, {}, `${SIGNS[report.verdict]} ${report.verdict}`),
    make("td", {}, make("a", { href: `#report-${number}`, onclick: (event) => toReport(event, number) }, shown(report.file))),
    make("td", {}, shown(report.reason)));
}

function toReport(event, number) {
  event.preventDefault();
  const heading = byId(`report-${number}`);
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
}

function reportSection(number, report) {
  return make("section", {},
    make("h2", { id: `report-${number}`, tabindex: "-1" }, make(`span.word.${report.verdict}`, {}, SIGNS[report.verdict]), " ",
      shown(report.file)),
    report.verdict === "right" && ![...report.tables, ...(report.trainings ?? [])].some((part) => part.findings.length)
      ? make("p.quiet", {}, "Nothing is wrong here.") : make("p", {}, shown(report.reason)),
    ...report.tables.map(tableReport),
    ...(report.trainings ?? []).map(trainingReport),
    ...report.findings.map(findingBox),
    ...besideTables(report.texts.filter((text) => text.verdict === "refuted")));
}

function besideTables(texts) {
  if (!texts.length) return [];
  const told = `Formulas in words beside the tables that are refuted: ${texts.length}; they change no verdict`;
  return [make("details", {}, make("summary", {}, told), ...texts.map(textBox))];
}

function tableReport(table) {
  const rate = table.learning_rate?.value;
  const place = `${table.sheet}, rows ${table.first_row} to ${table.last_row}`;
  return make("div", {},
    make("h3", {}, shown(place), rate === null || rate === undefined ? "" : `, learning rate ${rate}`),
    ...(table.notes ?? []).map((note) => make("p.quiet", {}, shown(note))),
    ...table.findings.map(findingBox));
}

function trainingReport(training) {
  const [first, last] = [training.sheets[0], training.sheets.at(-1)];
  const where = first === last ? first : `${first} to ${last}`;
  const rate = training.learning_rate?.value;
  const told = [`${where}: ${training.steps} steps of ${training.updates} parameters`, training.method,
    rate === null || rate === undefined ? "" : `learning rate ${rate}`].filter(Boolean).join(", ");
  return make("div", {}, make("h3", {}, shown(told)), ...training.notes.map((note) => make("p.quiet", {}, shown(note))),
    ...training.findings.map(findingBox));
}

function findingBox(finding) {
  const said = [["stands", finding.formula], ["belongs", finding.expected]].filter(([, text]) => text);
  return make(`div.finding.${finding.severity}`, {},
    make("p", {}, make("span.word", {}, finding.severity), " ", make("b", {}, shown(finding.quantity)), " in ",
      make("code", {}, shown(finding.sheet ? `${finding.sheet}!${finding.cells}` : finding.cells)), `: ${shown(finding.slip)}`),
    make("dl", {}, ...said.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, make("code", {}, shown(text)))])),
    finding.follows?.length ? make("p.quiet", {}, shown(`wrong by this alone: ${finding.follows.join(", ")}`)) : null,
    finding.around && cellsTable(finding.around, finding));
}

function cellsTable({ columns, rows }, finding) {
  return make("div.cells", { tabindex: "0", role: "group", "aria-label": shown(`cells around ${finding.cells}`) }, make("table", {},
    make("thead", {}, make("tr", {}, make("td"), ...columns.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...rows.map(([row, cells]) => make("tr", {}, make("th", { scope: "row" }, String(row)),
      ...cells.map(([text, marked]) => make(marked ? "td.marked" : "td", { title: shown(text) }, shown(text))))))));
}

function textBox(text) {
  return make("div.finding.wrong", {},
    make("p", {}, make("span.word", {}, "text"), " in ", make("code", {}, shown(text.where)), text.slip ? `: ${shown(text.slip)}` : ""),
    make("p", {}, formula(text.mathml, text.text)),
    text.correct && make("p.belongs", {}, "right: ", formula(text.correct_mathml, text.correct)));
}

async function saveResult(act, given) {
  const made = await ask(act, given);
  if (made.fault) return faultText(made.fault);
  download(made.name, bytesOf(made.base64));
  return "";
}

onFiles(byId("audit"), auditFiles);
for (const [button, act] of [["audit-page", "class"], ["audit-table", "table"], ["audit-marked", "marked"]]) {
  byId(button).addEventListener("click", async () => {
    const fault = await saveResult(act, {});
    if (fault) byId("audit-summary").textContent = fault;
  });
}
byId("audit-again").addEventListener("click", async () => {
  Object.assign(auditing, { files: [], reports: new Map(), asked: new Set() });
  showClass();
  byId("audit-summary").textContent = "";
  byId("audit-file").focus(); // its own button is gone
  await ask("forget");
});
python.renewed.push(() => { if (auditing.files.length) ask("keep", {}, { files: auditing.files }); });
