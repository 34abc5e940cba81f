// The tabs, by mouse and by arrow keys.
"use strict";

const tabs = [...document.querySelectorAll('[role="tab"]')];

function showTab(chosen) {
  for (const tab of tabs) {
    const is = tab === chosen;
    tab.setAttribute("aria-selected", String(is));
    tab.tabIndex = is ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !is;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => showTab(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    showTab(next);
    next.focus();
  });
}

// A file dropped beside a place for it is not opened in the page's stead.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
