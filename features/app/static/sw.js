// Keeps the app's own files on the phone, so that it opens without a network. It touches nothing else: an
// alert goes straight to the center, and no answer of the center is ever kept.

importScripts('/app/shell.js'); // {version, files}: another version of any file is another shell

const { version, files } = self.SHELL;
const PREFIX = 'securwoman-app-';
const CACHE = PREFIX + version;
const PAGES = ['/app', '/app/calculator'];
const urls = new Set(files.map((name) => `/app/${name}`));

self.addEventListener('install', (event) => {
  const all = [...PAGES, ...urls].map((url) => new Request(url, { cache: 'no-cache' }));
  // All or nothing: a shell of two versions would be neither. An open page keeps the modules that it has.
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
  // Whatever is asked for after `?`, the page is the same.
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(name))
      .then((kept) => kept ?? fetch(event.request)),
  );
});
