// What the API says in codes, said to people.

export const REASONS = {
  unsure_of_kind: 'It is not clear what this is',
  unsure_of_values: 'Some values are not certain',
  values_missing: 'Values are missing',
  rules_failed: 'Something does not add up',
  kind_changed: 'Somebody said what it is; check the new values',
  not_read: 'It could not be read',
  reader_unavailable: 'Nothing here can read pictures',
  document_blank: 'Nothing is written on it, or nothing that can be read',
  embedded_documents: 'Documents lie inside the file; ask for them one by one',
  reader_gave_up: 'Reading it failed twice',
  cloud_reader_unavailable: 'The cloud reader was away; read it again later',
  cloud_reader_throttled: 'The cloud reader was busy; read it again later',
  cloud_reader_too_slow: 'The cloud reader did not finish; read it again later',
  cloud_reader_rejected: 'The cloud reader does not know us; tell your administrator',
  cloud_reader_refused_file: 'The cloud reader does not take this file',
  cloud_reader_missing: 'There is no cloud reader here; tell your administrator',
};

export const STATES = {
  expected: 'On its way: the file has not arrived yet',
  received: 'Arrived: reading begins in a moment',
  processing: 'Being read',
  accepted: 'Accepted',
  needs_review: 'Waiting for a person',
  duplicate: 'A duplicate of a file you have',
  rejected: 'Rejected',
  failed: 'Reading failed on our side',
};

// What went wrong, and what the person in front of it can do.
export const PROBLEMS = {
  offline: ['You are offline', 'Nothing is lost. Try again when the connection is back.'],
  unauthenticated: ['Nobody is signed in', 'Sign in; you come back to this place.'],
  invalid_token: ['Your sign-in has ended', 'Sign in again; you come back to this place.'],
  session_expired: ['Your session has ended', 'Your firm lets sessions last for a while only. Sign '
    + 'in again; you come back to this place.'],
  session_revoked: ['Your session was ended', 'You or your firm have ended it, as after a device '
    + 'was lost. Sign in again; you come back to this place.'],
  mfa_required: ['A second factor is needed', 'Your firm asks for it, or your role may see Social '
    + 'Security numbers. Sign in again, and confirm it with your telephone or security key. If '
    + 'you are not asked for one, ask the owner of your firm to have one set up for you.'],
  forbidden: ['Your role may not do this', 'Reviewing is for the firm’s staff. If you should be '
    + 'able to do this, ask the owner of your firm to change your role.'],
  not_a_member: ['You are not a member of this firm', 'Ask its owner for an invitation.'],
  member_suspended: ['Your firm keeps you out for now', 'Ask the owner of your firm.'],
  client_portal_off: ['The portal for clients is closed', 'Ask the firm.'],
  organization_suspended: ['Your firm is suspended', 'Ask the owner of your firm what has '
    + 'happened.'],
  organization_required: ['Which firm?', 'You belong to several. Choose one.'],
  address_refused: ['Not from this network', 'Your firm lets people in from its own networks only. '
    + 'Use one of them, or ask its owner.'],
  not_found: ['There is no such document', 'It is not there, or it is not your firm’s.'],
  page_not_found: ['No picture of this page', 'It has not been made yet, or the file could not '
    + 'be read.'],
  blob_not_found: ['The file is missing', 'It has to be sent again: ask the client.'],
  conflict: ['That is not possible any more', 'Look at it again: it has changed.'],
  review_not_open: ['It does not wait for a decision any more', 'Somebody has decided already.'],
  document_not_correctable: ['It cannot be corrected now', 'Only a document that has been read '
    + 'can be.'],
  document_not_rereadable: ['It cannot be read again now', 'Wait until it has been read. A '
    + 'duplicate cannot: open the original.'],
  reading_lost: ['What was read of it is gone', 'Have it read again first, then change its kind.'],
  run_overtaken: ['It is being read again', 'Look at it again in a moment.'],
  idempotency_key_in_use: ['It is still under way', 'Try again in a moment: it is done once.'],
  upload_lost: ['The file is missing', 'It has to be sent again: ask the client.'],
  stale: ['Somebody changed it while you were looking', 'What changed is shown below. Decide on '
    + 'what it is now.'],
  if_match_required: ['The page is out of date', 'Load it again.'],
  rate_limited: ['Too many requests', 'Wait a minute, then try again.'],
};

export const OUR_PROBLEM = ['Something failed on our side',
  'Nothing is lost. Try again in a moment.'];

export const ROLES = {
  owner: 'Owner',
  admin: 'Administrator',
  manager: 'Manager',
  senior_cpa: 'Senior CPA',
  cpa: 'CPA',
  staff: 'Staff',
  intern: 'Intern',
  client: 'Client',
};

export const SEVERITIES = { block: 'Must be resolved', warn: 'Please check', info: 'Good to know' };

export const GROUPS = {
  employee: 'Employee',
  employer: 'Employer',
  payer: 'Payer',
  recipient: 'Recipient',
  vendor: 'Vendor',
  document: 'Document',
  boxes: 'Boxes',
  state: 'State and local',
};

const LIKELY = 0.6;
const SURE = 0.9;

// How sure a value is: a word, a number that is never rounded up, and where it comes from.
export function sureness(field, guide) {
  if (!field) {
    const isMissed = guide?.is_required;
    return { level: 'missing', words: isMissed ? 'not found' : 'empty', isDoubtful: isMissed };
  }
  if (field.source === 'person') return { level: 'person', words: 'by a person' };
  if (field.value === null) {
    return { level: 'missing', words: 'not readable', isDoubtful: guide?.is_required };
  }
  const percent = `${Math.floor(field.confidence * 100)} %`;
  const level = levelOf(field.confidence);
  const origin = { derived: ', worked out', model: ', by a model' }[field.source] ?? '';
  const needed = guide?.sure_from ?? LIKELY;
  return {
    level,
    words: `${level} ${percent}${origin}`,
    isDoubtful: field.confidence < needed,
  };
}

function levelOf(confidence) {
  if (confidence >= SURE) return 'sure';
  return confidence >= LIKELY ? 'likely' : 'unsure';
}

export function shown(value, shape) {
  if (value === null || value === undefined) return '—';
  if (shape === 'money') return money(value);
  return value;
}

// Never through a number: a float would round somebody's cents.
function money(value) {
  const [, minus, dollars, cents] = /^(-?)(\d+)(\.\d+)?$/.exec(value) ?? [];
  if (dollars === undefined) return value;
  return minus + dollars.replace(/\B(?=(\d{3})+$)/g, ',') + (cents ?? '');
}

const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

export function since(instant) {
  const passed = Date.now() - new Date(instant).getTime();
  const [unit, length] = UNITS.find(([, long]) => passed >= long) ?? [];
  if (!unit) return 'less than a minute';
  const count = Math.floor(passed / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

// A field no guide knows: a form's box of another year.
export const plainName = (name) => {
  const words = name.replaceAll('_', ' ');
  return words[0].toUpperCase() + words.slice(1);
};
