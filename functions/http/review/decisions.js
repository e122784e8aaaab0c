// A decision cannot be taken back once it is sent, so it is held for a moment first.
// Leaving the page sends it: what somebody decided must not get lost.

import { decide, decideWhileLeaving } from './api.js';
import { byId } from './dom.js';
import { hush, say } from './notice.js';
import { explain, isPassing, waysOut } from './problems.js';

const PATIENCE = 8_000;
const DOING = { accepted: 'Accepting', rejected: 'Rejecting' };

let held;

// `undo` puts back what the page has changed; `sent` and `refused` tell it how it ended, and
// `again` that it is sent once more.
export function hold(decision) {
  const before = release();
  held = { ...decision, key: crypto.randomUUID() };
  wait();
  say(`${DOING[decision.body.verdict]} “${decision.name}” in a few seconds.`, {
    actions: [['Undo', undo, 'Z'], ['Do it now', release]], stays: true,
  });
  return before;
}

export function undo() {
  const taken = take();
  if (!taken) return false;
  say(`“${taken.name}” waits as before.`);
  taken.undo();
  return true;
}

export async function release() {
  const taken = take();
  if (taken) await send(taken);
}

async function send(taken) {
  hush();
  await settle(taken, decide(taken.id, taken.version, taken.body, taken.key));
}

async function settle(taken, answer) {
  try {
    await answer;
    if (!held) say(`“${taken.name}” is ${taken.body.verdict}.`);
    taken.sent();
  } catch (problem) {
    const [title, advice] = explain(problem);
    taken.refused(problem);
    say(`“${taken.name}” is not ${taken.body.verdict}. ${title}. ${advice}`, {
      isProblem: true,
      stays: true,
      actions: [
        ...(isPassing(problem) ? [['Try again', () => repeat(taken)]] : []),
        ...waysOut(problem),
        ['Open it', () => {
          hush();
          taken.open();
        }],
      ],
    });
  }
}

// Under the same name: it may have been done, and only the answer got lost.
function repeat(taken) {
  taken.again?.();
  return send(taken);
}

function take() {
  const taken = held;
  held = undefined;
  clearTimeout(taken?.timer);
  return taken;
}

function wait() {
  clearTimeout(held?.timer);
  if (held) held.timer = setTimeout(release, PATIENCE);
}

// Nobody is hurried while they reach for "Undo".
for (const [stop, go] of [['pointerenter', 'pointerleave'], ['focusin', 'focusout']]) {
  byId('notice').addEventListener(stop, () => clearTimeout(held?.timer));
  byId('notice').addEventListener(go, wait);
}

function leave() {
  const taken = take();
  if (taken) settle(taken, decideWhileLeaving(taken.id, taken.version, taken.body, taken.key));
}

addEventListener('pagehide', leave);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') leave();
});
