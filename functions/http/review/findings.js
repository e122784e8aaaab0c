// Rules that did not hold, in sentences, with ways to the values they speak of.

import { h } from './dom.js';
import { plainName, SEVERITIES } from './words.js';
import { rowTitle } from './sections.js';

const ORDER = ['block', 'warn', 'info'];
const SIGNS = { block: '■', warn: '▲', info: 'i' };

export function findingList(section, select) {
  const rows = new Map(section.rows.map((row) => [row.name, row]));
  const sorted = section.findings.toSorted((one, other) =>
    ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
  return sorted.length > 0 && h('ul', { class: 'findings', 'aria-label': 'Findings' },
    sorted.map((finding) => h('li', { class: `finding ${finding.severity}` },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[finding.severity]),
      h('div', {},
        h('p', {}, h('strong', {}, `${SEVERITIES[finding.severity]}: `), finding.message),
        h('p', { class: 'quiet' }, `${finding.rule} `,
          finding.fields.map((name) => link(rows.get(name), name, select)))))));
}

function link(row, name, select) {
  if (!row) return h('span', { class: 'chip' }, plainName(name));
  return h('button', {
    type: 'button', class: 'chip', onclick: () => select(row.key), title: rowTitle(row),
  }, row.number ? `Box ${row.number}` : row.title);
}
