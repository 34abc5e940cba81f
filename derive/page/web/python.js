// Python as the page sees it: ask for an act, get its result. A worker that dies is replaced, and costs its request only.
"use strict";

const PATIENCE = 3000; // after so many milliseconds a request may be stopped

const python = { worker: null, parts: null, modules: null, about: null, ready: false, current: null, waiting: [], renewed: [], number: 0 };

function tellState(text, share = null) {
  byId("state").textContent = text;
  byId("progress").hidden = share === null;
  if (share !== null) byId("progress").value = share;
}

const MODULES = "modules.zip";

// The worker starts the runtime while our modules are still being read.
async function startPython(about) {
  python.about = about;
  const runtime = Object.keys(about.parts).filter((name) => name !== MODULES);
  tellState("Reading Python", 0.1);
  python.parts = await partsOf(runtime, about.parts);
  startWorker();
  python.modules = (await partsOf([MODULES], about.parts))[MODULES];
  python.worker.postMessage({ modules: python.modules });
}

function startWorker() {
  const source = new Blob([byId("worker").textContent], { type: "text/javascript" });
  python.ready = false;
  python.worker = new Worker(URL.createObjectURL(source));
  python.worker.onmessage = ({ data }) => heard(data);
  python.worker.onerror = (event) => heard({ fatal: event.message || "the worker ended" });
  python.worker.postMessage({ parts: python.parts, about: python.about.python });
  if (python.modules) python.worker.postMessage({ modules: python.modules });
}

function heard(data) {
  if (data.doing) tellState(data.doing, data.share);
  if (data.ready) {
    python.ready = true;
    tellState("Ready");
    document.documentElement.dataset.ready = "yes";
    next();
  }
  if (data.fatal) return replaceWorker(data.fatal);
  if (data.id !== undefined && data.id === python.current?.id) finish((request) => request.resolve(data.result));
}

function finish(settle) {
  const request = python.current;
  python.current = null;
  clearTimeout(python.timer);
  if (document.activeElement === byId("stop")) tabs.find((tab) => tab.tabIndex === 0).focus();
  byId("stop").hidden = true;
  if (request) settle(request);
  if (python.ready) tellState("Ready");
  next();
}

// What was asked of the dead worker fails; what waits is asked of the new one.
function replaceWorker(reason) {
  python.worker.terminate();
  const started = python.ready;
  python.ready = false;
  if (!started) return tellState(`Python did not start: ${reason}`);
  const fault = { where: "", found: `this ended Python in the page (${reason})`, right: "Python was started anew" };
  startWorker();
  finish((request) => request.resolve({ fault }));
  for (const renew of python.renewed) renew();
  return undefined;
}

function next() {
  if (!python.ready || python.current || !python.waiting.length) return;
  python.current = python.waiting.shift();
  const { id, act, given, files } = python.current;
  tellState("Working …");
  python.timer = setTimeout(() => { byId("stop").hidden = false; }, PATIENCE);
  python.worker.postMessage({ id, act, given, files });
}

// The result of an act, or { fault }. With `latest`, an earlier request of the same act that still waits is dropped:
// its promise never ends.
function ask(act, given = {}, { files = [], latest = false } = {}) {
  if (latest) python.waiting = python.waiting.filter((request) => request.act !== act);
  return new Promise((resolve) => {
    python.waiting.push({ id: python.number++, act, given, files, resolve });
    next();
  });
}

byId("stop").addEventListener("click", () => replaceWorker("stopped"));
