// The OpenID Connect provider of the local stack: PKCE, refresh tokens, RS256 JWT access tokens,
// and a second factor for all but those whose entry in the users file says otherwise.
// Its keys, grants and sessions live in a folder, so tokens outlive a restart.

import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Provider from 'oidc-provider';

const { ISSUER, PORT, FOLDER, USERS, AUDIENCE, CLIENT_ID, WEB_ORIGINS, APP_ORIGINS } = process.env;
const PAGES = ['/api/docs', '/api/docs/oauth2-redirect', '/api/review', '/api/ops'];
const APP_PAGES = ['/', '/callback'];
const HOUR = 3600;
const DAY = 24 * HOUR;

function kept(name, make) {
  const path = join(FOLDER, name);
  if (!existsSync(path)) {
    writeFileSync(`${path}.new`, JSON.stringify(make()), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

function newKeySet() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const identity = { kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), ...identity }] };
}

const users = () => JSON.parse(readFileSync(USERS, 'utf8'));

const store = new DatabaseSync(join(FOLDER, 'grants.sqlite'));
store.exec('PRAGMA journal_mode = WAL');
store.exec(`
  CREATE TABLE IF NOT EXISTS items (
    model TEXT, id TEXT, uid TEXT, grant_id TEXT, payload TEXT, expires_at INTEGER,
    PRIMARY KEY (model, id)
  )`);
store.prepare('DELETE FROM items WHERE expires_at < ?').run(Date.now());

const upsertItem = store.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)');
const findById = store.prepare('SELECT payload, expires_at FROM items WHERE model = ? AND id = ?');
const findByUid = store.prepare('SELECT payload, expires_at FROM items WHERE model = ? AND uid = ?');
const consumeItem = store.prepare(
  `UPDATE items SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?`,
);
const deleteItem = store.prepare('DELETE FROM items WHERE model = ? AND id = ?');
const deleteGrant = store.prepare('DELETE FROM items WHERE model = ? AND grant_id = ?');

const unexpired = (row) =>
  row && (row.expires_at ?? Infinity) > Date.now() ? JSON.parse(row.payload) : undefined;

class SqliteAdapter {
  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload, seconds) {
    const expiresAt = seconds ? Date.now() + seconds * 1000 : null;
    const { uid = null, grantId = null } = payload;
    upsertItem.run(this.model, id, uid, grantId, JSON.stringify(payload), expiresAt);
  }

  async find(id) {
    return unexpired(findById.get(this.model, id));
  }

  async findByUid(uid) {
    return unexpired(findByUid.get(this.model, uid));
  }

  async findByUserCode() {
    return undefined;
  }

  async consume(id) {
    consumeItem.run(Math.floor(Date.now() / 1000), this.model, id);
  }

  async destroy(id) {
    deleteItem.run(this.model, id);
  }

  async revokeByGrantId(grantId) {
    deleteGrant.run(this.model, grantId);
  }
}

// There is one client and it is ours, so nobody is asked for consent.
async function grantEverything(ctx) {
  const { client, session, params } = ctx.oidc;
  const grantId = session.grantIdFor(client.clientId);
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(AUDIENCE, 'access_as_user');
  await grant.save();
  return grant;
}

function accountOf(ctx, sub) {
  const user = users().find((each) => each.sub === sub);
  return user && { accountId: sub, claims: async () => ({ sub, email: user.email, name: user.name }) };
}

// How and when somebody has signed in: the API asks it of every access token. A refresh says the
// same as the sign-in did.
async function howTheySignedIn(ctx, token) {
  const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities;
  const source = code ?? refresh;
  if (token.kind !== 'AccessToken' || !source) return undefined;
  return { sid: source.sessionUid, auth_time: source.authTime, amr: source.amr };
}

const origins = WEB_ORIGINS.split(' ');
const apps = APP_ORIGINS.split(' ').filter(Boolean);
const pages = [
  ...origins.flatMap((origin) => PAGES.map((page) => origin + page)),
  ...apps.flatMap((origin) => APP_PAGES.map((page) => origin + page)),
];

const provider = new Provider(ISSUER, {
  adapter: SqliteAdapter,
  jwks: kept('jwks.json', newKeySet),
  cookies: { keys: kept('cookies.json', () => [randomBytes(32).toString('hex')]) },
  clients: [
    {
      client_id: CLIENT_ID,
      token_endpoint_auth_method: 'none',
      redirect_uris: [
        'http://127.0.0.1/callback', // the command line's, which never opens it
        ...pages,
      ],
      post_logout_redirect_uris: pages,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  ],
  scopes: ['openid', 'offline_access', 'profile', 'email', 'access_as_user'],
  claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  expiresWithSession: () => false,
  clientBasedCORS: (ctx, origin) => [...origins, ...apps].includes(origin),
  findAccount: accountOf,
  extraTokenClaims: howTheySignedIn,
  loadExistingGrant: grantEverything,
  interactions: { url: (ctx, interaction) => `/sign-in/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx, form) => {
        ctx.body = signOutPage(form);
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'access_as_user',
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        accessTokenTTL: HOUR,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: {
    AccessToken: HOUR,
    AuthorizationCode: 60,
    Grant: 14 * DAY,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: 14 * DAY,
    Session: 14 * DAY,
  },
});

const shell = (title, content) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui; display: grid; place-items: center; min-height: 90vh }
  form { display: grid; gap: .75rem; width: 20rem }
  label { display: grid }
  input, button { font: inherit; padding: .4rem }
</style>
<main>${content}</main>
</html>`;

const passwordPage = (uid, sentence) => shell('Sign in to AdvisorOS', `
<form method="post" action="/sign-in/${uid}">
  <h1>AdvisorOS</h1>
  <p role="alert">${sentence}</p>
  <label>E-mail <input name="email" type="email" autocomplete="username" required autofocus></label>
  <label>Password
    <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Sign in</button>
</form>`);

// Nobody here has a telephone, so the page says what it would show.
const codePage = (uid, code, sentence) => shell('Sign in to AdvisorOS', `
<form method="post" action="/sign-in/${uid}">
  <h1>AdvisorOS</h1>
  <p role="alert">${sentence}</p>
  <p>A telephone would show <output>${code}</output>.</p>
  <label>Code
    <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
  <button>Sign in</button>
</form>`);

// The form is the library's: it holds the proof that this browser was asked.
const signOutPage = (form) => shell('Sign out of AdvisorOS', `
<h1>AdvisorOS</h1>
<p>Do you want to sign out?</p>
${form}
<button autofocus form="op.logoutForm" name="logout" value="yes">Sign out</button>
<button form="op.logoutForm">Stay signed in</button>`);

async function form(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

// Who has given the password and is asked for the code, by interaction.
const halfway = new Map();
const MOST_TRIES = 5;

provider.use(async (ctx, next) => {
  const [, uid] = ctx.path.match(/^\/sign-in\/([\w-]+)$/) ?? [];
  if (!uid) return next();
  ctx.set('Cache-Control', 'no-store');
  await provider.interactionDetails(ctx.req, ctx.res); // refuses a browser that did not start it
  if (ctx.method !== 'POST') {
    halfway.delete(uid);
    ctx.body = passwordPage(uid, 'Sign in with an account of this machine.');
    return undefined;
  }
  const given = await form(ctx.req);
  return given.has('code') ? takeCode(ctx, uid, given) : takePassword(ctx, uid, given);
});

async function takePassword(ctx, uid, given) {
  const user = users().find(
    ({ email, password }) => email === given.get('email') && password === given.get('password'),
  );
  if (!user) {
    ctx.status = 401;
    ctx.body = passwordPage(uid, 'The e-mail or the password is wrong.');
    return undefined;
  }
  if (user.second_factor === false) return finish(ctx, user, ['pwd']);
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  halfway.set(uid, { user, code, tries: 0 });
  ctx.body = codePage(uid, code, 'Enter the code that your telephone shows.');
  return undefined;
}

async function takeCode(ctx, uid, given) {
  const half = halfway.get(uid);
  if (half && given.get('code') === half.code) {
    halfway.delete(uid);
    return finish(ctx, half.user, ['pwd', 'otp', 'mfa']);
  }
  ctx.status = 401;
  if (!half || ++half.tries >= MOST_TRIES) {
    halfway.delete(uid);
    ctx.body = passwordPage(uid, 'Begin again, with the password.');
  } else {
    ctx.body = codePage(uid, half.code, 'The code is wrong.');
  }
  return undefined;
}

async function finish(ctx, user, amr) {
  const login = { accountId: user.sub, amr };
  return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }));
}

const server = provider.listen(Number(PORT), '127.0.0.1', () => console.log('ready'));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
