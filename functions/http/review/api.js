// The public API, and nothing else.

import { accessToken, firm, renew, tokenInHand } from './session.js';

const BASE = '/api/v1';

const clients = new Map();
const guides = new Map();
let kinds;

// An answer that was not the one hoped for; `code` is one of docs/errors.md, or "offline".
export class Problem extends Error {
  constructor(status, { code, detail, request_id: requestId } = {}) {
    super(detail ?? 'The server gave no reason.');
    Object.assign(this, { status, code, requestId });
  }
}

export const listWaiting = (cursor) =>
  json('GET', `/documents/review-queue${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);

export const getDocument = (id) => json('GET', `/documents/${id}`);

export async function getPageImage(id, page) {
  return (await send('GET', `/documents/${id}/pages/${page}.png`)).blob();
}

export const correctField = (id, version, name, value) =>
  json('PATCH', `/documents/${id}/fields/${name}`, { version, body: { value } });

export const decide = (id, version, decision) =>
  json('POST', `/documents/${id}/review`, { version, body: decision });

export const readAgain = (id) => json('POST', `/documents/${id}/reread`);

export const getClient = (id) => once(clients, id, () => json('GET', `/clients/${id}`));

export const listKinds = () => (kinds ??= again(json('GET', '/documents/kinds'), () => {
  kinds = undefined;
}));

export const getGuide = (kind, year) =>
  once(guides, `${kind}/${year}`, () =>
    json('GET', `/documents/kinds/${kind}${year ? `?tax_year=${year}` : ''}`));

// For a page that closes: the browser carries it on, so there is no time to renew a token first.
export async function decideWhileLeaving(id, version, decision) {
  const asked = request('POST', tokenInHand(), { version, body: decision });
  return settled(await fetch(`${BASE}/documents/${id}/review`, { ...asked, keepalive: true }));
}

function once(known, key, make) {
  if (!known.has(key)) known.set(key, again(make(), () => known.delete(key)));
  return known.get(key);
}

// What failed is not remembered.
function again(promise, forget) {
  promise.catch(forget);
  return promise;
}

async function json(...asked) {
  return (await send(...asked)).json();
}

async function send(method, path, options = {}) {
  let answer = await attempt(method, path, await accessToken(), options);
  if (answer.status === 401 && (await renew())) {
    answer = await attempt(method, path, tokenInHand(), options);
  }
  return settled(answer);
}

async function settled(answer) {
  if (answer.ok) return answer;
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

async function attempt(method, path, token, options) {
  try {
    return await fetch(BASE + path, request(method, token, options));
  } catch {
    throw new Problem(0, { code: 'offline', detail: 'The server cannot be reached.' });
  }
}

function request(method, token, { version, body } = {}) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  if (firm()) headers['x-organization'] = firm();
  if (body) headers['content-type'] = 'application/json';
  return { method, headers, body: body && JSON.stringify(body) };
}
