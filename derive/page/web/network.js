// The network drawn: circles in columns, weights on the links; the links of a step can be lit.
"use strict";

const ACROSS = 150;
const DOWN = 92;
const RADIUS = 30;

function networkPicture({ circles, links, loss }) {
  const rows = circles.map((circle) => circle.row);
  const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
  const columns = Math.max(...circles.map((circle) => circle.column));
  const place = (circle) => ({ x: (circle.column + 0.5) * ACROSS, y: (circle.row - top + 0.7) * DOWN });
  const home = new Map(circles.flatMap((circle) => circle.names.map((name) => [name, circle])));
  const size = `0 0 ${(columns + 1) * ACROSS} ${(bottom - top + 1.4) * DOWN}`;
  const told = `A network of ${circles.length} circles: from ${circles.filter((c) => c.kind === "input").map((c) => c.names[0]).join(", ")} to ${loss}`;
  const picture = drawn("svg", { class: "network", viewBox: size, role: "img", "aria-label": shown(told) },
    ...links.map((link) => linkLine(link, place(home.get(link.source)), place(home.get(link.target)), home)),
    ...links.filter((link) => link.labelled && link.weights.length)
      .map((link) => weightText(link, place(home.get(link.source)), place(home.get(link.target)))),
    ...circles.map((circle) => circleGroup(circle, place(circle))));
  picture.style.maxWidth = `${(columns + 1) * ACROSS}px`; // a small network is not blown up,
  picture.style.minWidth = `${0.6 * (columns + 1) * ACROSS}px`; // and what stands in a large one can be read on a phone
  return picture;
}

function linkLine(link, from, to, home) {
  const ends = JSON.stringify({ source: home.get(link.source).names, target: home.get(link.target).names, weights: link.weights });
  return drawn("g", { "data-link": ends }, drawn("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }));
}

function weightText(link, from, to) {
  const along = Math.abs(from.y - to.y) < 1 ? 0.5 : 0.36;
  const at = { x: from.x + along * (to.x - from.x), y: from.y + along * (to.y - from.y) - 8 };
  const text = drawn("text", { class: "weight", ...at }, ...spelled(link.weights.join(", ")));
  return drawn("g", { "data-weight": JSON.stringify(link.weights) }, text);
}

function circleGroup(circle, { x, y }) {
  const lines = circle.names.slice(0, 2).map((name, number, all) =>
    drawn("text", { x, y: y + (number - (all.length - 1) / 2) * 17 }, ...spelled(name)));
  const bias = circle.biases.length ? [drawn("text", { class: "weight", x, y: y + RADIUS + 11 }, ...spelled(`+ ${circle.biases.join(" + ")}`))] : [];
  return drawn("g", { class: circle.kind, "data-circle": JSON.stringify([...circle.names, ...circle.biases]) },
    drawn("circle", { cx: x, cy: y, r: RADIUS }), ...lines, ...bias);
}

// w1 as w with a small 1.
function spelled(name) {
  const pieces = shown(name).split(/(?<=[^\W\d_])_?(\d+)/).filter(Boolean);
  return pieces.map((piece) => /^\d+$/.test(piece)
    ? drawn("tspan", { "font-size": "75%", "baseline-shift": "sub" }, piece) : drawn("tspan", {}, piece));
}

// Lights where ∂of/∂by stands: a circle that holds both, or the link from the one to the other.
function light(picture, link) {
  for (const lit of picture.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!link) return;
  const [of, by] = link;
  for (const group of picture.querySelectorAll("[data-circle]")) {
    const names = JSON.parse(group.dataset.circle);
    group.classList.toggle("lit", names.includes(of) && names.includes(by));
  }
  for (const group of picture.querySelectorAll("[data-link]")) {
    const { source, target, weights } = JSON.parse(group.dataset.link);
    group.classList.toggle("lit", target.includes(of) && !target.includes(by) && (source.includes(by) || weights.includes(by)));
  }
  for (const group of picture.querySelectorAll("[data-weight]")) {
    group.classList.toggle("lit", JSON.parse(group.dataset.weight).includes(by));
  }
}
