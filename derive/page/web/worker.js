// Python in a worker: starts the runtime from the parts that the page hands over, then answers one request at a time.
"use strict";

const NOWHERE = "https://nowhere.invalid/";
let python = null;
let hand = null;
const modules = new Promise((resolve) => { hand = resolve; });

// The runtime asks for its files by fetch; they come from memory, and nothing else comes from anywhere.
function serve(parts) {
  self.fetch = async (asked) => {
    const name = String(asked.url ?? asked).split("/").pop();
    if (!parts[name]) return new Response(null, { status: 404 });
    const type = name.endsWith("wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(parts[name], { headers: { "Content-Type": type } });
  };
}

function loaded(bytes) {
  return import(URL.createObjectURL(new Blob([bytes], { type: "text/javascript" })));
}

function tell(doing, share) {
  postMessage({ doing, share });
}

async function start({ parts, about }) {
  serve(parts);
  Object.defineProperty(self, "importScripts", { value: undefined, configurable: true });
  tell("Starting Python", 0.35);
  const { loadPyodide } = await loaded(parts["pyodide.mjs"]);
  const { default: createPyodideModule } = await loaded(parts["pyodide.asm.mjs"]);
  const info = { arch: "wasm32", platform: about.platform, version: "", python: about.version, abi_version: about.abi };
  python = await loadPyodide({
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    createPyodideModule,
    lockFileContents: { info, packages: {} },
  });
  tell("Unpacking", 0.6);
  python.unpackArchive(await modules, "zip", { extractDir: "/modules" });
  tell("Loading the mathematics", 0.7);
  python.runPython("import sys; sys.path.insert(0, '/modules'); from sheets import browser");
  self.answer = python.runPython("browser.answer");
  postMessage({ ready: true });
}

function answered({ id, act, given, files }) {
  const handed = python.toPy(files ?? []);
  try {
    const text = self.answer(act, JSON.stringify(given), handed);
    postMessage({ id, result: JSON.parse(text) });
  } finally {
    handed.destroy();
  }
}

self.onmessage = async ({ data }) => {
  try {
    if (data.modules) hand(data.modules);
    else if (data.parts) await start(data);
    else answered(data);
  } catch (error) {
    // Python's own faults come back as results; what arrives here has ended the interpreter.
    postMessage({ id: data.id, fatal: String(error.message ?? error).trim().split("\n").pop() });
  }
};
