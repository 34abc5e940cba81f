// Elements from text that may say anything: everything comes in as text, MathML element by element from a list.
"use strict";

const byId = (id) => document.getElementById(id);

// make("p.quiet", { id: "x" }, "text", another element)
function make(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// Other children in a box; the focus stays on what is alike.
function refill(box, children) {
  const at = document.activeElement;
  if (!box.contains(at)) return box.replaceChildren(...children);
  const alike = () => [...box.querySelectorAll(at.localName)].filter((each) => each.outerHTML === at.outerHTML);
  const place = alike().indexOf(at);
  box.replaceChildren(...children);
  return alike()[place]?.focus({ preventScroll: true });
}

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const MATH = "http://www.w3.org/1998/Math/MathML";
const MATH_ELEMENTS = new Set(
  "math mrow mi mo mn mtext mfrac msub msup msubsup msqrt mroot mover munder munderover mtable mtr mtd mspace mstyle mpadded"
    .split(" "),
);
const MATH_ATTRIBUTES = new Set(
  "display stretchy fence form separator mathvariant displaystyle scriptlevel columnalign columnspacing rowspacing accent minsize maxsize lspace rspace width linethickness"
    .split(" "),
);

// A formula as MathML, or as plain text where it has none.
function formula(mathml, text) {
  if (mathml) {
    const parsed = new DOMParser().parseFromString(mathml, "application/xml").documentElement;
    if (parsed.localName === "math") {
      parsed.setAttribute("displaystyle", "true");
      return copied(parsed);
    }
  }
  return make("code", {}, shown(text));
}

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  const known = MATH_ELEMENTS.has(node.localName);
  const made = document.createElementNS(MATH, known ? node.localName : "mrow");
  for (const { name, value } of node.attributes ?? []) if (MATH_ATTRIBUTES.has(name)) made.setAttribute(name, value);
  made.append(...[...node.childNodes].map(copied));
  return made;
}

// Signs that change how other text is read are shown by their number.
function shown(text) {
  const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
  return String(text).replace(hidden, (sign) => `[U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

function download(name, content, type = "application/octet-stream") {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

// Runs a function when nothing has been typed for a moment.
function afterTyping(run, wait = 250) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}

function faultText({ where, found, right }) {
  return shown([where && `${where}: `, found, right && ` — ${right}`].filter(Boolean).join(""));
}
