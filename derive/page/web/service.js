// The service worker of a site: keeps the page and its parts, so that the second visit needs no network.
"use strict";

const CACHE = "derive-EDITION";
const FILES = KEPT;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(
    names.filter((name) => name.startsWith("derive-") && name !== CACHE).map((name) => caches.delete(name)),
  );
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

// The page from the network where there is one, so that a new edition is seen; a part, whose name tells its content,
// from the cache.
async function respond(request) {
  const cache = await caches.open(CACHE);
  if (request.mode === "navigate") {
    try {
      return await fetch(request);
    } catch {
      return cache.match("./");
    }
  }
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(respond(event.request));
});
