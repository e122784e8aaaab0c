// The API's reference: Swagger UI, whose requests are those of whoever has signed in here.

import { button, byId, fill, h } from './dom.js';
import * as session from './session.js';

const description = () => document.querySelector('link[rel="service-desc"]').href;

function drawTop(problem) {
  const isIn = session.isSignedIn();
  fill(byId('top'),
    h('strong', {}, 'AdvisorOS API'),
    h('span', { role: 'status' }, problem?.message ?? (isIn
      ? `Requests are sent as ${session.person()}.`
      : 'Sign in to try it, or give an API key under “Authorize”.')),
    h('a', { href: description() }, 'OpenAPI document'),
    isIn
      ? button('Sign out', () => session.signOut())
      : button('Sign in', () => session.signIn().catch(drawTop), { kind: 'primary' }));
}

// What somebody has typed under "Authorize" comes first; nobody else's server hears of us.
async function authorized(request) {
  const isOurs = new URL(request.url, location.href).origin === location.origin;
  const token = isOurs && !request.headers.Authorization && (await session.accessToken());
  if (token) request.headers.Authorization = `Bearer ${token}`;
  return request;
}

// The examples of headers would be sent with every try: an id, a trace and an ETag of somebody else.
async function described() {
  const found = await (await fetch(description())).json();
  for (const parameter of Object.values(found.components.parameters)) delete parameter.example;
  return found;
}

let failed;
await session.finishSigningIn().catch((problem) => {
  failed = problem;
});
drawTop(failed);
window.SwaggerUIBundle({
  spec: await described(),
  domNode: byId('reference'),
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  filter: true,
  showExtensions: true,
  tryItOutEnabled: true,
  requestInterceptor: authorized,
});
