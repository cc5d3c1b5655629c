// What does not fit where the page is magnified: run within it, tells each fault (WCAG 1.4.4, 1.4.10).
async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const faults = [];
  const named = ({ tagName, classList, textContent }) =>
    `${[tagName.toLowerCase(), ...classList].join('.')} «${textContent.trim().slice(0, 40)}»`;
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) {
    const beyond = [...document.querySelectorAll('#page *')].filter(
      (one) =>
        one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table, svg, .leaflet-container'),
    );
    faults.push(`the page is ${wide} px too wide: ${beyond.slice(0, 4).map(named).join(', ')}`);
  }
  // The lines of text that can be seen, each cut to what its scrolling or hiding ancestors leave of it.
  const lines = [];
  const walk = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const holder = text.parentElement;
    const apart = holder.closest('svg, .leaflet-container, select, .sr, .help');
    if (apart || !text.textContent.trim()) continue;
    if (!holder.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const rect of range.getClientRects()) {
      // A line that is set closer than its font's own box: what is set counts.
      const spare = Math.max(0, rect.height - parseFloat(getComputedStyle(holder).lineHeight) || 0) / 2;
      let [left, top, right, bottom] = [rect.left, rect.top + spare, rect.right, rect.bottom - spare];
      for (let up = holder; up; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.position === 'fixed' || style.position === 'sticky') break;
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const frame = up.getBoundingClientRect();
        [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
      }
      const layer = holder.closest('.act--step, .dock, .incoming__foot, .ready__keys, .bar, thead');
      if (right - left > 1 && bottom - top > 1) lines.push({ left, top, right, bottom, holder, text, layer });
    }
  }
  const deep = 3; // px: ascenders and descenders of two lines may touch
  for (const [n, a] of lines.entries())
    for (const b of lines.slice(n + 1)) {
      if (a.layer !== b.layer || a.text === b.text) continue;
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > deep && y > deep) faults.push(`${named(a.holder)} lies on ${named(b.holder)}`);
    }
  // The step, and each command beside it, can be reached: the step without scrolling at all.
  const step = document.querySelector('.act--step');
  if (step) {
    const { top, bottom, left, right } = step.getBoundingClientRect();
    if (top < -1 || left < -1 || bottom > innerHeight + 1 || right > innerWidth + 1)
      faults.push(`${named(step)} is out of view: ${top | 0} to ${bottom | 0} of ${innerHeight}`);
    const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const over = document.elementFromPoint((left + right) / 2, middle);
    if (over && !step.contains(over)) faults.push(`${named(over)} lies on ${named(step)}`);
  }
  // Magnified twice, who is on the line is seen above the dock without scrolling.
  const parties = document.querySelector('.case > .parties .party__state');
  const dock = document.querySelector('.dock');
  if (parties && dock && innerWidth === 640) {
    const under = parties.getBoundingClientRect().bottom - dock.getBoundingClientRect().top;
    if (under > 1) faults.push(`who is on the line is ${under | 0} px under the dock`);
  }
  return [...new Set(faults)];
};
