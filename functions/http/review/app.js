// Starts the page, and shows what the address asks for: the queue, or one document.

import * as decisions from './decisions.js';
import { DocumentView } from './document.js';
import { button, byId, fill, h } from './dom.js';
import { bind, showHelp } from './keyboard.js';
import { hush } from './notice.js';
import { firmQuestion, problemView } from './problems.js';
import { remember, showQueue } from './queue.js';
import * as session from './session.js';
import * as waiting from './waiting.js';

const main = byId('main');
let view;
let shows = 0;

function drawTop() {
  const isIn = session.isSignedIn();
  fill(byId('top'),
    h('a', { class: 'brand', href: '#/' }, 'AdvisorOS ', h('span', {}, 'Review')),
    isIn && h('span', { class: 'quiet', id: 'count' }, waiting.label()),
    h('span', { class: 'space' }),
    isIn && session.firm() && button(session.firm().name, changeFirm, {
      kind: 'plain firm', title: 'Choose another firm',
    }),
    isIn && h('span', { class: 'person' }, session.person()),
    isIn && button('Keys', showHelp, { key: '?', kind: 'plain' }),
    isIn && button('Sign out', leave, { kind: 'plain' }));
}

// What was decided is sent for the firm and the person that it was decided for.
async function clear(sentence) {
  shows += 1;
  view?.close();
  view = undefined;
  bind({});
  document.title = 'Review · AdvisorOS';
  fill(main, h('p', { class: 'empty' }, sentence));
  await decisions.release();
  hush();
}

async function changeFirm() {
  await clear('Loading…');
  fill(main, firmQuestion());
}

// Nothing stays on the screen, however long the provider takes or the way back is.
async function leave() {
  await clear('Signing out…');
  const leaving = session.signOut();
  drawTop();
  await leaving;
}

function go(id) {
  const next = id ? `#/documents/${id}` : '#/';
  if (location.hash === next) show();
  else location.hash = next;
}

async function show() {
  shows += 1;
  const turn = shows;
  const isCurrent = () => turn === shows;
  view?.close();
  view = undefined;
  bind({ z: decisions.undo, Escape: () => go() });
  if (!session.isSignedIn()) return fill(main, welcome());
  const [, id] = /^#\/documents\/([0-9a-f-]{36})$/.exec(location.hash) ?? [];
  if (!id) return showQueue(main, { isCurrent, changed: drawTop });
  remember(id);
  fill(main, h('p', { class: 'empty' }, 'Loading…'));
  if (!waiting.all().length) await waiting.load().catch(() => {});
  if (!isCurrent()) return undefined;
  drawTop();
  view = new DocumentView(main, id, go);
  return view.open();
}

function welcome() {
  return h('section', { class: 'empty' },
    h('h1', {}, 'Review documents'),
    h('p', {}, 'Sign in to see what waits for you.'),
    button('Sign in', () => session.signIn().catch(fail), { kind: 'primary' }));
}

const fail = (problem) => fill(main, problemView(problem, () => location.reload()));

addEventListener('hashchange', show);
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload(); // it was kept as it was left, by whoever left it
});
document.addEventListener('visibilitychange', () => {
  const isList = main.querySelector('section.queue, section.empty');
  if (document.visibilityState === 'visible' && isList) show();
});
addEventListener('online', () => {
  if (main.querySelector('.problem')) show();
});

await session.finishSigningIn().catch(fail);
drawTop();
if (!main.querySelector('.problem')) await show();
