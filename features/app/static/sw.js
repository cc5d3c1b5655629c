// The service worker that stores the app's own files on the phone, so that the app opens without a network.
// All other requests pass: an alert goes directly to the center, and no answer of the center is ever stored.

importScripts('/app/shell.js'); // {version, files}: any changed file changes the version

const { version, files } = self.SHELL;
const PREFIX = 'securwoman-app-';
const CACHE = PREFIX + version;
const PAGES = ['/app', '/app/calculator'];
const urls = new Set(files.map((name) => `/app/${name}`));

self.addEventListener('install', (event) => {
  const all = [...PAGES, ...urls].map((url) => new Request(url, { cache: 'no-cache' }));
  // All files or none: a mixture of two versions would not work. An open page keeps its loaded modules.
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(all))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith(PREFIX) && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  const name = pathname === '/app/' ? '/app' : pathname;
  if (!PAGES.includes(name) && !urls.has(name)) return;
  // The page is the same for every query.
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(name))
      .then((kept) => kept ?? fetch(event.request)),
  );
});
