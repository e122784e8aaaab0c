// The values of one section: what was read, how surely, and a way to correct it.

import { button, h } from './dom.js';
import { say } from './notice.js';
import { explain, waysOut } from './problems.js';
import { groupsOf, rowTitle } from './sections.js';

const SIGNS = { sure: '●', likely: '◐', unsure: '○', person: '✎', missing: '–' };

const LONG = 16; // letters, from which on a value has a row to itself

const HINTS = {
  money: 'Dollars and cents, as 1234.50.',
  ssn: 'All nine digits: they are kept sealed and shown masked.',
  ein: 'All nine digits: they are kept sealed and shown masked.',
  code: 'One or two letters.',
};

// `acts` are select(key), edit(row), and keep(row, value), which rejects with a problem; edited()
// hears that a form was left.
export function fieldList(section, acts) {
  const full = section.rows.filter((row) => !row.isEmpty);
  const empty = section.rows.filter((row) => row.isEmpty);
  return [
    groupsOf(full).map(([title, rows]) => group(title, rows, acts, section.isPart)),
    empty.length > 0 && h('details', { class: 'blank' },
      h('summary', {}, `${empty.length} more without a value`),
      groupsOf(empty).map(([title, rows]) => group(title, rows, acts, section.isPart))),
    !section.rows.length && h('p', { class: 'quiet' },
      section.kind ? 'No values are read from this kind of document.'
        : 'Say what kind of document this is, and its values are looked for.'),
  ];
}

function group(title, rows, acts, isDeep) {
  return h('section', { class: 'group' },
    h(isDeep ? 'h3' : 'h2', {}, title),
    h('ul', {}, rows.map((row) => h('li', { 'data-row': row.key }, line(row, acts)))));
}

function line(row, acts) {
  const { sure } = row;
  const isLong = row.text.length > LONG;
  return h('div', { class: `line is-${sure.level} ${isLong ? 'is-long' : ''}` },
    h('button', {
      type: 'button',
      class: 'value-button',
      'data-key': row.key,
      onfocus: () => acts.select(row.key),
      onclick: ({ detail }) => (detail === 0 ? acts.edit(row) : acts.select(row.key)),
      ondblclick: () => acts.edit(row),
    },
    h('span', { class: 'number' },
      row.number && h('span', { class: 'unseen' }, 'Box '), row.number),
    h('span', { class: 'title' }, row.title),
    h('span', { class: 'value' }, row.text),
    h('span', { class: 'sureness' },
      h('span', { 'aria-hidden': 'true', class: 'sign' }, SIGNS[sure.level]), ` ${sure.words}`,
      row.isDoubtful && h('strong', {}, ' · check'))),
    button('Change', () => acts.edit(row), {
      kind: 'change', 'aria-label': `Change ${rowTitle(row)}`,
    }));
}

// The line becomes a form; what it was comes back when it ends.
export function editField(place, row, acts, draft) {
  const input = control(row, draft);
  const error = h('p', { class: 'error', id: 'edit-error', role: 'alert' });
  const complain = (problem) => {
    const isValue = problem.code === 'bad_value';
    error.textContent = isValue ? problem.message : explain(problem).join('. ');
    const actions = waysOut(problem);
    if (actions.length) {
      say('What you typed is not saved.', { actions, isProblem: true, stays: true });
    }
  };
  const end = () => {
    place.replaceChildren(line(row, acts));
    place.querySelector('.value-button').focus();
    acts.edited();
  };
  const save = async (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    if (typed === (row.isSecret ? '' : row.field?.value ?? '')) return end();
    form.querySelectorAll('button').forEach((each) => (each.disabled = true));
    try {
      await acts.keep(row, typed || null);
    } catch (problem) {
      input.setAttribute('aria-invalid', 'true');
      complain(problem);
      form.querySelectorAll('button').forEach((each) => (each.disabled = false));
      input.focus();
    }
    return undefined;
  };
  const unreadable = () => {
    input.value = '';
    return acts.keep(row, null).catch(complain);
  };
  const form = h('form', { class: 'edit', onsubmit: save, novalidate: true, autocomplete: 'off' },
    h('label', { for: 'edit-value' }, rowTitle(row)),
    input,
    h('p', { class: 'hint', id: 'edit-hint' }, HINTS[row.shape] ?? '',
      row.isSecret && row.field?.value && ` Now: ${row.field.value}.`),
    error,
    h('div', { class: 'row' },
      h('button', { class: 'button primary' },
        'Save', h('kbd', { 'aria-hidden': 'true' }, 'Enter')),
      button('Cancel', end, { key: 'Esc' }),
      row.field?.value && button('Nobody can read it', unreadable)));
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') end();
    else if (event.key === 'Enter' && event.target === input) save(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  place.replaceChildren(form);
  input.focus();
  input.select?.();
}

function control(row, draft) {
  const value = draft ?? (row.isSecret ? '' : row.field?.value ?? '');
  const common = { id: 'edit-value', 'aria-describedby': 'edit-hint edit-error' };
  if (row.shape === 'check') {
    return h('select', common, ['', 'yes', 'no'].map((each) =>
      h('option', { value: each, selected: each === value }, each || 'not readable')));
  }
  return h('input', {
    ...common,
    value,
    type: row.shape === 'date' ? 'date' : 'text',
    inputmode: { money: 'decimal', ssn: 'numeric', ein: 'numeric' }[row.shape],
    maxlength: 1000,
    spellcheck: 'false',
    placeholder: { ssn: '000-00-0000', ein: '00-0000000' }[row.shape],
  });
}
