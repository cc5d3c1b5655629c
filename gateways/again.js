// A page of which a script or style has not arrived is blank or bare, and would stay so: the network changed
// while it was opened. It is opened again until all of it is there. No module: of those, none runs then.

const PAUSE_MS = 2000;

addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)
      setTimeout(() => location.reload(), PAUSE_MS);
  },
  true,
);
