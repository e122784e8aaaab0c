// Signing in: OpenID Connect, authorization code with PKCE, found by discovery.
//
// Tokens lie in sessionStorage: they outlive a reload, which memory would not, and end with the
// tab, which localStorage would not. No script but ours, and Swagger UI's on the reference, can run
// here to read them (see the pages' Content-Security-Policy).

const setting = (name) => document.querySelector(`meta[name="sign-in-${name}"]`).content;

const TOKENS = 'review.tokens';
const LEAVING = 'review.signing-in';
const ANEW = 'review.sign-in-anew';
const FIRM = 'review.firm';
const HOME = location.origin + location.pathname;
const EARLY = 60_000; // a token is renewed this long before it ends

let discovered;
let renewing;

const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? 'null');
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

export class SignInFailed extends Error {}

export const isSignedIn = () => kept(TOKENS) !== null;

export function person() {
  const claims = kept(TOKENS)?.claims ?? {};
  return claims.name ?? claims.email ?? claims.preferred_username ?? 'Signed in';
}

export async function signIn() {
  const verifier = random();
  const [state, nonce] = [random(), random()];
  const { authorization_endpoint: endpoint } = await provider();
  keep(LEAVING, { verifier, state, nonce, place: location.hash });
  const asked = {
    response_type: 'code',
    client_id: setting('client'),
    redirect_uri: HOME,
    scope: setting('scopes'),
    code_challenge: await challenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  };
  location.assign(`${endpoint}?${new URLSearchParams({ ...asked, ...kept(ANEW) })}`);
}

// After the provider has sent the browser back. Does nothing on any other visit.
export async function finishSigningIn() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return;
  const leaving = kept(LEAVING);
  sessionStorage.removeItem(LEAVING);
  history.replaceState(null, '', HOME + (leaving?.place ?? ''));
  if (!leaving || answer.get('state') !== leaving.state) {
    throw new SignInFailed('The answer was not to a question of this tab.');
  }
  if (answer.has('error')) {
    throw new SignInFailed(answer.get('error_description') ?? answer.get('error'));
  }
  await ask({
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: HOME,
    code_verifier: leaving.verifier,
  }, leaving.nonce);
  sessionStorage.removeItem(ANEW);
}

// The access token, renewed when it is about to end; null when nobody is signed in.
export async function accessToken() {
  const tokens = kept(TOKENS);
  if (!tokens) return null;
  if (tokens.ends - Date.now() < EARLY && tokens.refresh) await renew();
  return kept(TOKENS)?.access ?? null;
}

// The one in hand, without asking anybody: for what is sent while the page closes.
export const tokenInHand = () => kept(TOKENS)?.access ?? null;

export function renew() {
  const refresh = kept(TOKENS)?.refresh;
  if (!refresh) return Promise.resolve(false);
  renewing ??= ask({ grant_type: 'refresh_token', refresh_token: refresh })
    .then(() => true)
    .catch((error) => {
      if (error instanceof SignInFailed) forget();
      return false;
    })
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}

export function forget() {
  sessionStorage.removeItem(TOKENS);
  sessionStorage.removeItem(FIRM);
}

// For members of several firms: the `id` and `name` of the one they have chosen.
export const firm = () => kept(FIRM);

export const chooseFirm = (chosen) => keep(FIRM, chosen);

// At the next sign-in people prove who they are: the provider may still know them, by a sign-in
// that they have left, that was ended, or that was too weak.
export const askAnew = (wanted = {}) => keep(ANEW, { prompt: 'login', ...wanted });

export async function signOut() {
  const hint = kept(TOKENS)?.id;
  forget();
  askAnew();
  const { end_session_endpoint: endpoint } = await provider().catch(() => ({}));
  if (!endpoint) return location.assign(HOME);
  const asked = { post_logout_redirect_uri: HOME, client_id: setting('client') };
  if (hint) asked.id_token_hint = hint;
  return location.assign(`${endpoint}?${new URLSearchParams(asked)}`);
}

async function provider() {
  const authority = setting('authority').replace(/\/$/, '');
  discovered ??= fetch(`${authority}/.well-known/openid-configuration`)
    .then((answer) => answer.json());
  try {
    const found = await discovered;
    if (found.issuer !== setting('issuer')) throw new SignInFailed('Another issuer answered.');
    return found;
  } catch (error) {
    discovered = undefined;
    if (error instanceof SignInFailed) throw error;
    throw new SignInFailed('The sign-in cannot be reached.');
  }
}

async function ask(parameters, nonce) {
  const { token_endpoint: endpoint } = await provider();
  const body = new URLSearchParams({ client_id: setting('client'), ...parameters });
  const answer = await fetch(endpoint, { method: 'POST', body });
  const said = await answer.json();
  if (!answer.ok) throw new SignInFailed(said.error_description ?? said.error);
  const before = kept(TOKENS);
  const claims = said.id_token ? claimsOf(said.id_token, nonce) : before?.claims;
  keep(TOKENS, {
    access: said.access_token,
    refresh: said.refresh_token ?? before?.refresh,
    id: said.id_token ?? before?.id,
    ends: Date.now() + (said.expires_in ?? 3600) * 1000,
    claims,
  });
}

// It comes from the token endpoint itself, so its signature needs no check (OpenID Connect Core
// 3.1.3.7); issuer, audience and nonce do. The API verifies the access token in full.
function claimsOf(token, nonce) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes));
  const isForUs = [claims.aud].flat().includes(setting('client'));
  const isOurs = claims.iss === setting('issuer') && (!nonce || claims.nonce === nonce);
  if (!isForUs || !isOurs) throw new SignInFailed('The identity is for somebody else.');
  return claims;
}

const encoded = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));

const challenge = async (verifier) =>
  encoded(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
