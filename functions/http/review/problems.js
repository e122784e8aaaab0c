// What stands in the way, in words, and the way out of it.

import { listFirms, Problem } from './api.js';
import { button, fill, h } from './dom.js';
import { say } from './notice.js';
import { chooseFirm, firm, SignInFailed, signIn } from './session.js';
import { OUR_PROBLEM, PROBLEMS, ROLES } from './words.js';

const BY_STATUS = {
  401: PROBLEMS.invalid_token,
  403: PROBLEMS.forbidden,
  404: PROBLEMS.not_found,
  412: PROBLEMS.stale,
  429: PROBLEMS.rate_limited,
};

export function explain(problem) {
  if (problem instanceof SignInFailed) return ['Signing in failed', problem.message];
  if (!(problem instanceof Problem) || problem.status >= 500) return OUR_PROBLEM;
  return PROBLEMS[problem.code] ?? BY_STATUS[problem.status]
    ?? ['That did not work', problem.message];
}

// What may work when it is asked for once more, in the same words.
export const isPassing = ({ status, code }) =>
  status === 0 || status === 429 || status >= 500 || code === 'idempotency_key_in_use';

// What the line that tells of it offers.
export function waysOut(problem) {
  const label = signInLabel(problem);
  return label ? [[label, goAndSignIn]] : [];
}

function signInLabel(problem) {
  if (problem.code === 'mfa_required') return 'Sign in with a second factor';
  return problem.status === 401 || problem instanceof SignInFailed ? 'Sign in' : null;
}

const goAndSignIn = () => signIn().catch((failed) =>
  say(explain(failed).join('. '), { isProblem: true }));

// A problem in the place of what could not be shown.
export function problemView(problem, retry) {
  const isWrongFirm = firm() && problem.code === 'not_a_member';
  if (problem.code === 'organization_required' || isWrongFirm) return firmQuestion();
  const [title, advice] = explain(problem);
  const [[label, act] = ['Try again', retry]] = waysOut(problem);
  return h('section', { class: 'empty problem', role: 'alert' },
    h('h1', {}, title),
    h('p', {}, advice),
    problem.requestId && problem.status >= 500
      && h('p', { class: 'quiet' }, `If it goes on, tell us this number: ${problem.requestId}`),
    h('p', { class: 'row' },
      act && button(label, act, { kind: 'primary' }),
      location.hash && h('a', { class: 'button', href: '#/' }, 'To the queue')));
}

// For members of several firms, who say in which of them they are at work here.
export function firmQuestion() {
  const question = h('section', { class: 'empty' },
    h('h1', {}, 'Which firm?'), h('p', { class: 'quiet' }, 'Loading…'));
  listFirms().then(
    (firms) => fill(question, ...choices(firms.toSorted((a, b) => a.name.localeCompare(b.name)))),
    (problem) => question.replaceWith(problemView(problem, () => location.reload())),
  );
  return question;
}

function choices(firms) {
  const open = firms.filter(({ is_active: isActive }) => isActive);
  const closed = firms.filter(({ is_active: isActive }) => !isActive);
  return [
    h('h1', {}, open.length ? 'Which firm?' : 'You are not a member of any firm'),
    h('p', {}, open.length ? 'You see the documents of one firm at a time.'
      : 'Ask the owner of yours for an invitation.'),
    open.length > 0 && h('ul', { class: 'firms' }, open.map((each) => h('li', {},
      button([h('span', {}, each.name), h('span', { class: 'quiet' }, ROLES[each.role])],
        () => enter(each))))),
    closed.map(({ name }) => h('p', { class: 'quiet' }, `${name} lets you in no more.`)),
  ];
}

// From the start: nothing of one firm is left on a page that shows another.
function enter({ id, name }) {
  if (firm()) history.replaceState(null, '', location.pathname);
  chooseFirm({ id, name });
  location.reload();
}
