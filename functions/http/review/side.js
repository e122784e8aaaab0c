// Beside the pages: what the document is, why it waits, its findings and values, what to do.

import { getClient } from './api.js';
import { button, fill, h } from './dom.js';
import { fieldList } from './fields.js';
import { findingList } from './findings.js';
import { worries } from './sections.js';
import { count, REASONS, since, STATES } from './words.js';
import * as waiting from './waiting.js';

export function sidePane(view) {
  const { document, sections, changes } = view;
  const isPacket = document.children.length > 0;
  const own = { ...document, rows: [], guide: sections[0]?.guide };
  return [
    h('div', { class: 'read' },
      subject(view, isPacket),
      changes.length > 0 && h('section', { class: 'changes', role: 'alert' },
        h('h2', {}, 'Changed by somebody else'),
        h('ul', {}, changes.map((each) => h('li', {}, each)))),
      isPacket && findingList(own, () => {}),
      sections.map((section, at) => form(view, section, at))),
    actions(view),
  ];
}

function subject(view, isPacket) {
  const { document, sections } = view;
  const client = h('span');
  getClient(document.client_id).then(({ name }) => fill(client, name)).catch(() => client.remove());
  const at = waiting.place(document.id);
  return h('header', { class: 'subject' },
    h('p', { class: 'quiet' }, client,
      h('span', {}, `waiting ${since(document.received_at ?? document.created_at)}`),
      at >= 0 && h('span', {}, `${at + 1} of ${waiting.total()}`)),
    h('h1', { tabindex: '-1' }, document.name),
    h('p', { class: 'what' }, isPacket
      ? `A packet of ${count(sections.length, 'form')}, ${count(document.pages.length, 'page')}`
      : what(sections[0])),
    amends(view),
    document.parent_id && h('p', {},
      h('a', { href: `#/documents/${document.parent_id}` },
        'A part of a larger file: see it whole')),
    why(document, sections));
}

function what({ guide, kind, confidence, tax_year: year }) {
  if (!kind) return 'Kind not known';
  const sure = confidence === null ? '' : `, ${Math.min(99, Math.floor(confidence * 100))} % sure`;
  return `${guide?.title ?? kind}${year ? ` for ${year}` : ''}${sure}`;
}

function why({ state, code, detail, findings }, sections) {
  const isSettled = code === 'rules_failed'
    && !worries([...findings, ...sections.flatMap((section) => section.findings)]).length;
  const reason = isSettled ? 'Everything adds up now' : REASONS[code] ?? 'Somebody has to look';
  const title = state === 'needs_review' ? reason : STATES[state];
  return h('div', { class: `why ${state}` },
    h('p', {}, h('strong', {}, title)),
    detail && state !== 'needs_review' && h('p', {}, detail));
}

function form(view, section, at) {
  const acts = {
    select: (key) => view.select(key),
    edit: (row) => view.edit(row),
    keep: (row, value) => view.keep(row, value),
  };
  return h('section', { class: 'form' },
    section.isPart && partHead(view, section, at),
    findingList(section, (key) => view.select(key, { isFocused: true })),
    fieldList(section, acts));
}

function partHead(view, part, at) {
  const pages = part.pages.join(', ');
  const isOpen = part.state === 'needs_review';
  return h('header', { class: 'part' },
    h('h2', {}, `Part ${at + 1}: ${what(part)}`),
    h('p', { class: 'quiet' },
      h('span', {}, `${part.pages.length === 1 ? 'page' : 'pages'} ${pages}`),
      h('span', {}, STATES[part.state])),
    h('p', { class: 'row' },
      isOpen && button('Accept this part', () => view.decidePart(part, 'accepted')),
      isOpen && button('Reject this part', () => view.decidePart(part, 'rejected')),
      button('Another kind…', () => view.changeKind(part))));
}

function amends(view) {
  const { state, parent_id: parent, children } = view.document;
  const isRead = state === 'needs_review' || state === 'accepted';
  const canRead = !parent && (isRead || state === 'rejected' || state === 'failed');
  return h('div', { class: 'row' },
    isRead && !children.length && button('Another kind…', () => view.changeKind(), { key: 'C' }),
    canRead && button('Read again…', () => view.readAgain()));
}

function actions(view) {
  const { state, id } = view.document;
  const isOpen = state === 'needs_review';
  const step = (sign, label, by, key) => {
    const to = waiting.neighbour(id, by);
    const named = { 'aria-label': label, title: `${label} (${key})` };
    return to && button(sign, () => view.go(to.id), named);
  };
  return h('div', { class: 'actions', role: 'group', 'aria-label': 'Decide' },
    isOpen && button('Accept', () => view.accept(), { key: 'A', kind: 'primary' }),
    isOpen && button('Reject…', () => view.reject(), { key: 'R' }),
    h('span', { class: 'space' }),
    step('‹', 'Previous document', -1, 'P'),
    step('›', 'Next document', 1, 'N'));
}
