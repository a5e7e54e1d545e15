// The service worker of the site: whoever compiles in the page goes on without a network. It is asked for by
// assets/here/here.js, and by nobody else. Pages and scripts come from the network as long as there is one, and are kept;
// without one, what was kept is shown. (The compiler's own parts are kept by assets/here/store.js.)
const KEPT = "workbook-pages";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page that has asked for this tells what it had loaded before.
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
