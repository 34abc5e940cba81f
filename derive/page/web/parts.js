// The parts that Python needs: in this page, or beside it on the server; unpacked, by their names.
"use strict";

async function fetchPart(name, { address, integrity }) {
  const answer = await fetch(address, { integrity });
  if (!answer.ok) throw new Error(`${address} cannot be had from the server (${answer.status})`);
  return answer.arrayBuffer();
}

function insidePart(name) {
  const block = document.querySelector(`script[data-part="${name}"]`);
  const bytes = bytesOf(block.textContent);
  block.remove();
  return bytes;
}

async function partsOf(names, listed) {
  const unpack = async (name) => {
    const packed = listed[name] ? await fetchPart(name, listed[name]) : insidePart(name);
    return [name, await through(packed, new DecompressionStream("gzip"))];
  };
  return Object.fromEntries(await Promise.all(names.map(unpack)));
}
