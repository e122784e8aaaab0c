// Somebody who asks too much too fast is told so, and waits.

import { byId, fill, h } from './dom.js';
import { count } from './words.js';

let until = 0;

const left = () => Math.max(0, until - Date.now());

// Whoever waits longest, all wait as long: what is said of it is true for the page.
export async function waitFor(seconds) {
  until = Math.max(until, Date.now() + seconds * 1000);
  const line = h('p', {}, 'Too many requests at once. This page goes on by itself in '
    + `${count(Math.ceil(left() / 1000), 'second')}; nothing is lost.`);
  fill(byId('patience'), line);
  while (left()) await new Promise((go) => setTimeout(go, left()));
  fill(byId('patience'));
}
