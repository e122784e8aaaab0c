// The public API, and nothing else.

import { waitFor } from './patience.js';
import { accessToken, askAnew, firm, renew, tokenInHand } from './session.js';

const BASE = '/api/v1';
const TRIES = 3; // of a request that comes too soon
const LONGEST = 120; // seconds that it waits by itself

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

export async function revealPage(id, page, reason) {
  return (await send('POST', `/documents/${id}/pages/${page}/reveal`, { body: { reason } })).blob();
}

export const correctField = (id, version, name, value) =>
  json('PATCH', `/documents/${id}/fields/${name}`, { version, body: { value } });

// `key` names what somebody has decided: sent again with it, it is done once.
export const decide = (id, version, decision, key) =>
  json('POST', `/documents/${id}/review`, { version, key, body: decision });

export const readAgain = (id, key) => json('POST', `/documents/${id}/reread`, { key });

export const listFirms = () => json('GET', '/me/organizations');

export const getClient = (id) => once(clients, id, () => json('GET', `/clients/${id}`));

export const listKinds = () => (kinds ??= again(json('GET', '/documents/kinds'), () => {
  kinds = undefined;
}));

export const getGuide = (kind, year) =>
  once(guides, `${kind}/${year}`, () =>
    json('GET', `/documents/kinds/${kind}${year ? `?tax_year=${year}` : ''}`));

// For a page that closes: the browser carries it on, so there is no time to renew a token first.
export async function decideWhileLeaving(id, version, decision, key) {
  const asked = request('POST', tokenInHand(), { version, key, body: decision });
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
  if (answer.status === 401 && !signInWanted(answer) && (await renew())) {
    answer = await attempt(method, path, tokenInHand(), options);
  }
  return settled(answer);
}

async function settled(answer) {
  if (answer.ok) return answer;
  const wanted = signInWanted(answer);
  if (wanted) askAnew(wanted);
  throw new Problem(answer.status, await answer.json().catch(() => ({})));
}

// RFC 9470: the token is good, and the sign-in it came of is not. Another token of that sign-in
// would not do either.
function signInWanted(answer) {
  const said = answer.headers.get('www-authenticate') ?? '';
  if (!said.includes('"insufficient_user_authentication"')) return null;
  const [, classes] = /acr_values="([^"]+)"/.exec(said) ?? [];
  return classes ? { acr_values: classes } : {};
}

async function attempt(method, path, token, options) {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(method, path, token, options);
    const seconds = Number(answer.headers.get('retry-after')) || 1;
    if (answer.status !== 429 || tries === TRIES || seconds > LONGEST) return answer;
    await waitFor(seconds);
  }
}

async function ask(method, path, token, options) {
  try {
    return await fetch(BASE + path, request(method, token, options));
  } catch {
    throw new Problem(0, { code: 'offline', detail: 'The server cannot be reached.' });
  }
}

function request(method, token, { version, key, body } = {}) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  if (key) headers['idempotency-key'] = key;
  if (firm()) headers['x-organization'] = firm().id;
  if (body) headers['content-type'] = 'application/json';
  return { method, headers, body: body && JSON.stringify(body) };
}
