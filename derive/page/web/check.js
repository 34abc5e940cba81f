// Check a derivation: verdicts beside the lines as they are typed.
"use strict";

const checking = { area: byId("check-text"), gutter: byId("check-gutter"), opened: new Set() };

const NOTHING = "Nothing to check is found: what is checked has a sign =, as dE/dw = (y - t)*x has.";

async function checkText() {
  const text = checking.area.value;
  if (!text.trim()) {
    showMeant(null);
    return showClaims([], "");
  }
  const found = await ask("check", { text, network: byId("check-network").value }, { latest: true });
  if (text !== checking.area.value) return undefined; // another run is on its way
  showMeant(found.network);
  if (found.fault) return showClaims([], faultText(found.fault));
  return showClaims(found.claims, found.claims.length ? found.summary : NOTHING);
}

function showMeant(network) {
  const box = byId("check-meant");
  box.hidden = !network;
  if (network) box.querySelector("div").replaceChildren(networkPicture(network));
}

function showClaims(claims, summary) {
  byId("check-summary").textContent = summary;
  refill(byId("check-claims"), claims.map(claimItem));
  const marks = {};
  for (const verdict of [...WORST].reverse()) {
    for (const claim of claims) if (claim.verdict === verdict) marks[claim.line] = verdict;
  }
  showGutter(checking.gutter, checking.area, marks);
}

function claimItem(claim) {
  const word = claim.verdict.replace("-", " ");
  const line = make("button", { onclick: () => selectLine(checking.area, claim.line) }, `line ${claim.line}`);
  const head = make("div.head", {}, make("span.word", {}, `${SIGNS[claim.verdict]} ${word}`), line);
  const item = make(`li.${claim.verdict}`, { tabindex: "-1", "data-line": String(claim.line) }, head, make("div", {}, formula(claim.mathml, claim.text)));
  if (claim.reading) item.append(make("p.quiet", {}, "read as ", make("code", {}, shown(claim.reading))));
  const answers = answersOf(claim);
  if (!answers.length) return item;
  if (!byId("check-hints").checked || claim.verdict !== "refuted") item.append(disclosed(claim, "Why", answers));
  else item.append(...hintsOf(claim), disclosed(claim, "The answer", answers));
  return item;
}

// Opened by a click, and open still when the text is checked again.
function disclosed(claim, title, children) {
  const key = `${title} ${claim.text}`;
  // at the click, not at the later event "toggle": until then the text may have been checked again
  const remember = () => {
    checking.opened[box.open ? "delete" : "add"](key);
    setTimeout(() => box.scrollIntoView({ block: "nearest" })); // it may open below the edge of the screen
  };
  const summary = make("summary", { onclick: remember }, title);
  const box = make("details", { open: checking.opened.has(key) }, summary, make("div", {}, ...children));
  return box;
}

// What a slip says, without the word for its kind.
function slipOf(claim) {
  const [, told] = /^[\w-]+: (.*)$/s.exec(claim.slip ?? "") ?? [];
  return told ?? claim.slip;
}

function hintsOf(claim) {
  const told = slipOf(claim);
  const hints = [];
  if (claim.hint) hints.push(disclosed(claim, "First hint", [make("p", {}, `Most likely ${claim.hint}.`)]));
  if (told) hints.push(disclosed(claim, claim.hint ? "Second hint" : "Hint", [make("p", {}, shown(told))]));
  return hints;
}

function answersOf(claim) {
  const told = slipOf(claim);
  return [
    told && make("p", {}, shown(told)),
    claim.correct && make("p.belongs", {}, "right: ", formula(claim.correct_mathml, claim.correct)),
    claim.correct_mathml && make("code.narrow", {}, shown(claim.correct)), // typeset, it breaks into no second line
    claim.witness && make("p.quiet", {}, "An example at which it fails:"),
    claim.witness && make("dl", {}, ...Object.entries(claim.witness).flatMap(
      ([name, value]) => [make("dt", {}, shown(name)), make("dd", {}, shown(value))])),
    claim.reason && make("p.quiet", {}, shown(claim.reason)),
  ].filter(Boolean);
}

// A text in a link's fragment: deflated, in base64 that an address may have.
async function linkOf(text) {
  const packed = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const base64 = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const plain = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const network = byId("check-network").value;
  const settings = [byId("check-hints").checked && "hints", `text=${plain}`, network && `network=${network}`];
  return `${location.href.split("#")[0]}#${settings.filter(Boolean).join("&")}`;
}

const MOST_LINKED = 1_000_000;

async function textOf(packed) {
  const base64 = packed.replaceAll("-", "+").replaceAll("_", "/");
  const reader = new Blob([bytesOf(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="))]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const chunks = [];
  let length = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    length += value.length;
    if (length > MOST_LINKED) throw new Error("the link carries too long a text");
    chunks.push(value);
  }
  return new Blob(chunks).text();
}

function linked() {
  return new URLSearchParams(location.hash.slice(1));
}

function chooseNetwork(name) {
  const box = byId("check-network");
  box.value = name ?? "";
  if (box.selectedIndex < 0) box.value = "";
}

async function openLink() {
  const settings = linked();
  byId("check-hints").checked = settings.has("hints");
  if (!settings.has("text")) return;
  try {
    const text = await textOf(settings.get("text"));
    chooseNetwork(settings.get("network"));
    setText(checking.area, text);
  } catch {
    tellCheck("The link is damaged: its text cannot be read.");
  }
}

const tellCheck = (text) => { byId("check-summary").textContent = text; };

async function openDocument(files) {
  const read = await ask("read", {}, { files: await withBytes(files) });
  if (read.fault) tellCheck(faultText(read.fault));
  else setText(checking.area, read.text);
}

const COPY = byId("check-link").textContent;

async function copyLink() {
  const link = await linkOf(checking.area.value);
  const button = byId("check-link");
  try {
    await navigator.clipboard.writeText(link);
    button.textContent = "Copied";
  } catch { // a browser that does not let a page copy: the address bar has it
    history.replaceState(null, "", link);
    button.textContent = "It is in the address bar";
  }
  setTimeout(() => { button.textContent = COPY; }, 2500);
}

const FIRST = `h1 = w1*i1 + w2*i2
out_h1 = 1/(1 + e^-h1)
E = (t1 - out_h1)^2/2

∂E/∂out_h1 = out_h1 - t1
∂out_h1/∂h1 = out_h1*(1 - out_h1)
∂h1/∂w1 = i1
∂E/∂w1 = (out_h1 - t1)*out_h1*(1 - out_h1)*i2`;

function startCheck(builtIn) {
  const examples = [{ name: "", title: "One neuron, with one slip", derivation: FIRST }, ...builtIn];
  for (const { name, title, derivation } of examples) {
    if (name) byId("check-network").append(make("option", { value: name }, name));
    if (derivation) byId("check-example").append(make("option", { value: title }, title));
  }
  chooseNetwork(linked().get("network"));
  choiceOfTexts(byId("check-example"), checking.area, (title) => {
    const chosen = examples.find((example) => example.title === title);
    chooseNetwork(chosen?.name);
    return chosen?.derivation;
  });
  if (checking.area.value) checkText(); // what is said of a damaged link stays
}

// From a line to the worst of its verdicts.
function toVerdict(line) {
  const items = [...byId("check-claims").children].filter((each) => each.dataset.line === String(line));
  const [item] = items.sort((a, b) => WORST.indexOf(a.className) - WORST.indexOf(b.className));
  item?.scrollIntoView({ block: "center" });
  item?.focus({ preventScroll: true });
}

editor(checking.area, checking.gutter, checkText);
checking.area.addEventListener("keydown", ({ key, ctrlKey, metaKey, target }) => {
  if (key === "Enter" && (ctrlKey || metaKey)) toVerdict(target.value.slice(0, target.selectionStart).split("\n").length);
});
checking.gutter.addEventListener("click", ({ target }) => toVerdict(target.closest("div").innerText.split(" ").at(-1)));
onFiles(byId("check"), openDocument, tellCheck);
byId("check-network").addEventListener("change", checkText);
byId("check-hints").addEventListener("change", checkText);
byId("check-link").addEventListener("click", copyLink);
addEventListener("hashchange", openLink);
