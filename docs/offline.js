// The service worker of the site, so that a reader who compiles in the page can go on without a network. Only
// assets/here/here.js registers it. While there is a network, pages and scripts come from there and are kept; without
// one, the kept ones are shown. (assets/here/store.js keeps the compiler's own parts.)
const KEPT = "workbook-pages";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page that has registered this worker sends the addresses of the files that it had loaded before.
self.addEventListener("message", ({ data }) => {
  caches.open(KEPT).then((kept) => Promise.allSettled(data.keep.map((url) => kept.add(url))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || url.pathname.includes("/here/kit/")) return;
  event.respondWith(fromNetwork(request));
});

async function fromNetwork(request) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await kept.put(request, response.clone()).catch(() => {}); // the browser may be full
    return response;
  } catch (error) {
    const response = await kept.match(request, { ignoreSearch: true });
    if (response) return response;
    throw error;
  }
}
