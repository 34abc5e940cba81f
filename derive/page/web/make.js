// Make a training sheet: the network's text, its drawing, each gradient step by step, and the files to download.
"use strict";

const making = { area: byId("make-text"), gutter: byId("make-gutter"), picture: null, steps: [], known: false };

const wanted = () => ({
  toml: making.area.value, rates: byId("make-rates").value, updates: byId("make-updates").value,
});

async function readNetwork() {
  const given = wanted();
  const made = await ask("make", given, { latest: true });
  if (JSON.stringify(given) !== JSON.stringify(wanted())) return;
  making.known = !made.fault;
  byId("make-shown").classList.toggle("stale", !making.known);
  for (const button of byId("make-files").querySelectorAll("button")) button.disabled = !making.known;
  byId("make-fault").textContent = made.fault ? faultText(made.fault) : "";
  const line = Number(/^line (\d+)/.exec(made.fault?.where ?? "")?.[1]);
  showGutter(making.gutter, making.area, line ? { [line]: "refuted" } : {});
  if (making.known) showNetwork(made);
}

function showNetwork(made) {
  byId("make-title").textContent = shown(made.title);
  making.picture = networkPicture(made.drawing);
  byId("make-network").replaceChildren(making.picture);
  byId("make-equations").replaceChildren(...made.equations.map((written) => make("li", {}, formula(written, ""))));
  byId("make-rates").placeholder = made.rates.join(", ");
  byId("make-updates").placeholder = String(made.updates);
  const chosen = byId("make-parameter").value;
  byId("make-parameter").replaceChildren(...made.parameters.map((name) =>
    make("option", { value: name, selected: name === chosen }, shown(name))));
  showDerivation();
}

async function showDerivation() {
  const by = byId("make-parameter").value;
  const found = await ask("derivation", { ...wanted(), by }, { latest: true });
  if (by !== byId("make-parameter").value) return;
  making.steps = found.fault ? [] : found.steps;
  if (found.fault) byId("make-fault").textContent = faultText(found.fault);
  byId("make-steps").replaceChildren(...making.steps.map(stepItem));
  const slider = byId("make-step");
  slider.max = String(Math.max(1, making.steps.length));
  slider.value = "1";
  showStep();
}

function stepItem({ part, mathml, idle }, place, steps) {
  const first = place === 0 || steps[place - 1].part !== part;
  const rest = idle.length ? `, without ${idle.join(", ")}` : "";
  return make("li", {}, first && make("b", {}, shown(part + rest)), formula(mathml, ""));
}

function showStep() {
  const slider = byId("make-step");
  const at = Number(slider.value) - 1;
  const told = making.steps.length ? `step ${at + 1} of ${making.steps.length}` : "";
  byId("make-place").textContent = told;
  slider.setAttribute("aria-valuetext", making.steps.length ? `${told}: ${making.steps[at].part}` : "");
  [...byId("make-steps").children].forEach((item, place) => {
    item.classList.toggle("ahead", place > at);
    item.classList.toggle("here", place === at);
  });
  if (making.picture) light(making.picture, making.steps[at]?.link);
}

async function save(act, more = {}) {
  byId("make-fault").textContent = await saveResult(act, { ...wanted(), ...more });
}

const exercise = (solved) => save("exercise", { blank: byId("make-blank").value, seed: byId("make-seed").value, solved });

function startMake(examples) {
  for (const { name, title } of examples) {
    byId("make-example").append(make("option", { value: name }, title));
  }
  choiceOfTexts(byId("make-example"), making.area, (chosen) => examples.find(({ name }) => name === chosen)?.toml);
  if (making.area.value) return setText(making.area, making.area.value); // typed before Python was there
  byId("make-example").value = "kanungo";
  byId("make-example").dispatchEvent(new Event("change"));
}

const tellMake = (text) => { byId("make-fault").textContent = text; };

editor(making.area, making.gutter, readNetwork);
onFiles(byId("make"), async ([file]) => {
  const text = await file.text();
  const isText = !text.includes("\0");
  if (isText) setText(making.area, text);
  else tellMake(`${shown(file.name)} is no text: open a network's .toml here, workbooks on “Audit workbooks”`);
}, tellMake);
for (const box of [byId("make-rates"), byId("make-updates")]) box.addEventListener("input", afterTyping(readNetwork));
byId("make-parameter").addEventListener("change", showDerivation);
byId("make-step").addEventListener("input", showStep);
byId("make-workbook").addEventListener("click", () => save("workbook"));
byId("make-latex").addEventListener("click", () => save("latex"));
byId("make-exercise").addEventListener("click", () => exercise(false));
byId("make-solution").addEventListener("click", () => exercise(true));
