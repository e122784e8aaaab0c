// The documents that wait, as far as they have been loaded: the queue, and what is next in it.

import { listWaiting } from './api.js';

let items = [];
let cursor = null;
let loading;
const dropped = new Set(); // decided here, perhaps not yet there

export const all = () => items;
export const hasMore = () => cursor !== null;
export const total = () => `${items.length}${hasMore() ? '+' : ''}`;
export const label = () => (items.length ? `${total()} waiting` : '');

export async function load() {
  const page = await listWaiting();
  items = page.items.filter((item) => !dropped.has(item.id));
  cursor = page.next;
}

export async function loadMore() {
  loading ??= listWaiting(cursor).finally(() => {
    loading = undefined;
  });
  const page = await loading;
  const known = new Set(items.map((item) => item.id));
  items = [...items, ...page.items.filter(({ id }) => !known.has(id) && !dropped.has(id))];
  cursor = page.next;
}

export const place = (id) => items.findIndex((item) => item.id === id);

export function neighbour(id, step) {
  const at = place(id);
  return at < 0 ? undefined : items[at + step];
}

// It has been decided there, too: should it ever wait again, it is shown.
export const forget = (id) => dropped.delete(id);

// Takes a document out; the answer puts it back where it was.
export function drop(id) {
  const at = place(id);
  const [item] = at < 0 ? [] : items.splice(at, 1);
  dropped.add(id);
  return () => {
    dropped.delete(id);
    if (item && place(id) < 0) items.splice(at, 0, item);
  };
}
