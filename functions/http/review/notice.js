// The line at the bottom: what has just happened, and the way back from it.

import { button, byId, fill, h } from './dom.js';

let hiding;

export function say(text, { actions = [], isProblem = false, stays = false } = {}) {
  clearTimeout(hiding);
  const line = byId('notice');
  line.classList.toggle('is-problem', isProblem);
  fill(line, h('p', {}, text), actions.map(([label, run, key]) => button(label, run, { key })));
  if (!stays) hiding = setTimeout(hush, isProblem ? 15_000 : 6_000);
}

export function hush() {
  clearTimeout(hiding);
  fill(byId('notice'));
}
