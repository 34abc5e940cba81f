// What is inside the page, and the start of Python.
"use strict";

function showLicences(licences) {
  byId("licences").querySelector("ul").replaceChildren(...licences.map(({ name, version, licence, text }) =>
    make("li", {}, `${name} ${version}: ${licence}`,
      text && make("details", {}, make("summary", {}, "its text"), make("pre", {}, text)))));
}

async function start() {
  const about = JSON.parse(byId("about").textContent);
  showLicences(about.licences);
  if (location.protocol.startsWith("http") && "serviceWorker" in navigator) {
    navigator.serviceWorker.register("service.js").catch(() => {}); // without one, the next visit is only slower
  }
  openLink();
  try {
    await startPython(about);
  } catch (error) {
    tellState(`This browser cannot run the page: ${error.message}`);
    return;
  }
  const examples = await ask("examples");
  startCheck(examples);
  startMake(examples);
}

start();
