// What went wrong, and what the person in front of it can do.

import { Problem } from './api.js';
import { button, h } from './dom.js';
import { say } from './notice.js';
import { chooseFirm, firm, SignInFailed, signIn } from './session.js';

const UUID = '\\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\s*';

const ADVICE = {
  offline: ['You are offline', 'Nothing is lost. Try again when the connection is back.'],
  forbidden: ['Your role may not do this', 'Reviewing is for the firm’s staff. If you should be '
    + 'able to do this, ask the owner of your firm to change your role.'],
  not_a_member: ['You are not a member of this firm', 'Ask its owner for an invitation.'],
  not_found: ['There is no such document', 'It is not there, or it is not your firm’s.'],
  stale: ['Somebody changed it while you were looking', 'What changed is shown below. Decide on '
    + 'what it is now.'],
  review_not_open: ['It does not wait for a decision any more', 'Somebody has decided already.'],
  document_not_correctable: ['It cannot be corrected now', 'Only a document that has been read '
    + 'can be.'],
  document_not_rereadable: ['It cannot be read again now', 'Wait until it has been read. A '
    + 'duplicate cannot: open the original.'],
  run_overtaken: ['It is being read again', 'Look at it again in a moment.'],
  page_not_found: ['No picture of this page', 'It has not been made yet, or the file could not '
    + 'be read.'],
};

const BY_STATUS = {
  401: ['Your sign-in has ended', 'Sign in again; you come back to this place.'],
  403: ADVICE.forbidden,
  404: ADVICE.not_found,
  412: ADVICE.stale,
};

const OURS = ['Something failed on our side', 'Nothing is lost. Try again in a moment.'];

export function explain(problem) {
  if (problem instanceof SignInFailed) return ['Signing in failed', problem.message];
  if (!(problem instanceof Problem)) return OURS;
  if (problem.status >= 500) return OURS;
  return ADVICE[problem.code] ?? BY_STATUS[problem.status]
    ?? ['That did not work', problem.message];
}

// What the line that tells of it offers.
export const waysOut = (problem) => (problem.status === 401 ? [['Sign in', goAndSignIn]] : []);

const goAndSignIn = () => signIn().catch((failed) =>
  say(explain(failed).join('. '), { isProblem: true }));

// A problem in the place of what could not be shown.
export function problemView(problem, retry) {
  if (problem.code === 'organization_required' || isWrongFirm(problem)) return firmQuestion(retry);
  const [title, advice] = explain(problem);
  const isSignIn = problem.status === 401 || problem instanceof SignInFailed;
  return h('section', { class: 'empty problem', role: 'alert' },
    h('h1', {}, title),
    h('p', {}, advice),
    problem.requestId && problem.status >= 500
      && h('p', { class: 'quiet' }, `If it goes on, tell us this number: ${problem.requestId}`),
    h('p', { class: 'row' },
      isSignIn
        ? button('Sign in', goAndSignIn, { kind: 'primary' })
        : retry && button('Try again', retry, { kind: 'primary' }),
      location.hash && h('a', { class: 'button', href: '#/' }, 'To the queue')));
}

const isWrongFirm = ({ code, status }) => firm() && (code === 'not_a_member' || status === 422);

// Members of several firms say which; the API has no list of them to choose from yet.
function firmQuestion(retry) {
  const input = h('input', { id: 'firm', required: true, pattern: UUID });
  return h('form', {
    class: 'empty',
    onsubmit: (event) => {
      event.preventDefault();
      chooseFirm(input.value.trim());
      retry();
    },
  },
  h('h1', {}, 'Which firm?'),
  h('p', {}, firm() ? `You are not a member of ${firm()}, or no firm has that number.`
    : 'You are a member of several.', ' Its administrator knows the firm’s number.'),
  h('label', { for: 'firm' }, 'The firm’s number'),
  input,
  h('p', { class: 'row' }, h('button', { class: 'button primary' }, 'Go on')));
}
