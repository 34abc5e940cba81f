// A text area with line numbers and marks beside its lines.
"use strict";

const SIGNS = {
  proved: "✓", definition: "≔", refuted: "✗", undecided: "?", "not-understood": "?", right: "✓", wrong: "✗",
  incomplete: "…", unreadable: "!", fragile: "~",
};
const WORST = ["refuted", "not-understood", "undecided", "proved", "definition"];

function showGutter(gutter, area, marks = {}) {
  const lines = area.value.split("\n");
  gutter.replaceChildren(...Array.from({ length: lines.length }, (_, place) => {
    const verdict = marks[place + 1];
    const sign = verdict ? make(`b.word.${verdict}`, {}, SIGNS[verdict]) : " ";
    return make("div", { "data-text": lines[place] }, sign, ` ${place + 1}`); // its text is for paper: a text area is cut off there
  }));
  gutter.scrollTop = area.scrollTop;
}

function editor(area, gutter, changed) {
  const later = afterTyping(changed);
  area.addEventListener("input", () => {
    showGutter(gutter, area);
    later();
  });
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  showGutter(gutter, area);
}

function selectLine(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

function setText(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input"));
}

// Texts to choose from for an editor; what was typed comes back by the first choice.
function choiceOfTexts(box, area, textOf) {
  let own = area.value;
  area.addEventListener("input", () => {
    own = area.value;
    box.value = "";
    box.options[0].disabled = false;
  });
  box.addEventListener("change", () => {
    const [kept, value] = [own, box.value];
    setText(area, textOf(value) ?? own);
    [own, box.value] = [kept, value];
  });
}

// Files chosen by a section's button or dropped anywhere on it.
function onFiles(section, given, told) {
  const input = section.querySelector('input[type="file"]');
  const take = (files) => {
    if (files.length > 1 && !input.multiple) told(`${files.length} files were dropped: one at a time is opened here`);
    else if (files.length) given(files);
  };
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  const over = (is) => (event) => {
    event.preventDefault();
    section.classList.toggle("over", is);
  };
  section.addEventListener("dragover", over(true));
  section.addEventListener("dragleave", over(false));
  section.addEventListener("drop", (event) => {
    over(false)(event);
    take([...event.dataTransfer.files]);
  });
}

async function withBytes(files) {
  return Promise.all(files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())]));
}
