// The queue: one line for each document, the longest wait first.

import { getClient, listKinds } from './api.js';
import { undo } from './decisions.js';
import { button, fill, h } from './dom.js';
import { bind } from './keyboard.js';
import { problemView } from './problems.js';
import { count, REASONS, since } from './words.js';
import * as waiting from './waiting.js';

let lastOpened;

export const remember = (id) => {
  lastOpened = id;
};

// `isCurrent` says whether somebody still waits for it; `changed` hears of its length.
export async function showQueue(main, { isCurrent, changed }) {
  document.title = 'Review · AdvisorOS';
  const draw = () => {
    fill(main, waiting.all().length ? list(main, draw, titles) : nothing());
    changed();
  };
  let titles = {};
  try {
    const [kinds] = await Promise.all([listKinds(), waiting.load()]);
    if (!isCurrent()) return undefined;
    titles = Object.fromEntries(kinds.map(({ kind, title }) => [kind, title]));
    draw();
  } catch (problem) {
    return isCurrent()
      && fill(main, problemView(problem, () => showQueue(main, { isCurrent, changed })));
  }
  bind({ z: undo, j: () => move(main, 1, draw), k: () => move(main, -1, draw),
    ArrowDown: () => move(main, 1, draw), ArrowUp: () => move(main, -1, draw),
    o: () => links(main)[Math.max(at(main), 0)]?.click() });
  (main.querySelector(`[data-id="${lastOpened}"]`) ?? links(main)[0] ?? main)
    .focus({ focusVisible: true });
  return undefined;
}

const links = (main) => [...main.querySelectorAll('a.waiting')];

const at = (main) => links(main).indexOf(document.activeElement);

async function move(main, step, draw) {
  const next = at(main) + step;
  if (next >= links(main).length && waiting.hasMore()) await more(draw);
  links(main)[Math.min(Math.max(next, 0), links(main).length - 1)]?.focus();
}

async function more(draw) {
  const place = document.activeElement?.dataset.id;
  await waiting.loadMore();
  draw();
  document.querySelector(`[data-id="${place}"]`)?.focus();
}

function list(main, draw, titles) {
  const items = waiting.all();
  const total = `${items.length}${waiting.hasMore() ? ' or more' : ''}`;
  return h('section', { class: 'queue' },
    h('h1', {}, items.length === 1 && !waiting.hasMore()
      ? '1 document waits for you' : `${total} documents wait for you`),
    h('p', { class: 'quiet' }, 'The longest wait first.'),
    h('ol', {}, items.map((item) => h('li', {}, line(item, titles)))),
    waiting.hasMore() && button('Show more', () => more(draw)));
}

function line(item, titles) {
  const client = h('span', { class: 'client' });
  getClient(item.client_id).then(({ name }) => fill(client, name)).catch(() => {});
  const kind = titles[item.kind] ?? (item.kind ? item.kind : 'Kind not known');
  return h('a', { class: 'waiting', href: `#/documents/${item.id}`, 'data-id': item.id },
    h('span', { class: 'name' }, item.name),
    h('span', { class: 'kind' }, kind, item.tax_year && ` · ${item.tax_year}`,
      item.pages.length > 1 && ` · ${count(item.pages.length, 'page')}`),
    client,
    h('span', { class: 'why' }, REASONS[item.code] ?? 'Somebody has to look'),
    h('span', { class: 'age' }, since(item.received_at ?? item.created_at)));
}

function nothing() {
  return h('section', { class: 'empty' },
    h('h1', {}, 'Nothing waits for you'),
    h('p', {}, 'Every document has been read for sure or decided on. New ones appear here when '
      + 'you come back.'));
}
