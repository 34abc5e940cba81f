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

// An archive, as bytes, whose files are stored as they are, each behind its local header (APPNOTE.TXT 4.3.7): nothing is copied.
function unpack(archive, folder) {
  const view = new DataView(archive.buffer, archive.byteOffset);
  for (let at = 0; view.getUint32(at, true) === 0x04034b50;) {
    const [size, named, more] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
    const path = `${folder}/${new TextDecoder().decode(archive.subarray(at + 30, at + 30 + named))}`;
    const start = at + 30 + named + more;
    python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    python.FS.writeFile(path, archive.subarray(start, start + size), { canOwn: true });
    at = start + size;
  }
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
  unpack(await modules, "/modules");
  tell("Loading the mathematics", 0.7);
  // no collector meanwhile: what a module defines stays
  python.runPython("import gc, sys; gc.disable(); sys.path.insert(0, '/modules'); from sheets import browser; gc.enable()");
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
