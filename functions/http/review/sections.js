// A document is one form, or a packet of several: sections with values and findings of their own.

import { getGuide } from './api.js';
import { GROUPS, plainName, shown, STATES, sureness } from './words.js';

export async function sectionsOf(document) {
  const forms = document.children.length
    ? document.children.map((part) => ({ ...part, id: part.document_id, isPart: true }))
    : [document];
  return Promise.all(forms.map(async (form) => {
    const guide = form.kind ? await getGuide(form.kind, form.tax_year) : null;
    return { ...form, guide, rows: rowsOf(form, guide, spokenOf(form)) };
  }));
}

export const worries = (findings) => findings.filter(({ severity }) => severity !== 'info');

const spokenOf = ({ findings }) => new Set(worries(findings).flatMap(({ fields }) => fields));

function rowsOf(form, guide, spoken) {
  const known = new Map((guide?.fields ?? []).map((field) => [field.name, field]));
  const others = Object.keys(form.fields).filter((name) => !known.has(name));
  const unknown = (name) => ({ name, number: null, title: plainName(name), group: 'document' });
  return [...known.values(), ...others.map(unknown)].map((field) => {
    const value = form.fields[field.name];
    const sure = sureness(value, field);
    return {
      ...field,
      key: `${form.id ?? form.document_id}/${field.name}`,
      field: value,
      text: shown(value?.value, field.shape),
      sure,
      isEmpty: !value && !field.is_required,
      isDoubtful: sure.isDoubtful || spoken.has(field.name),
      isSecret: ['ssn', 'ein'].includes(field.shape) || /_(ssn|tin|ein)$/.test(field.name),
    };
  });
}

// A person's value has no box, so it is shown where it was read; `places` remembers where.
export function marksOf(sections, places) {
  return sections.flatMap(({ rows }) => rows).flatMap(({ key, field, sure }) => {
    if (field?.box && field.page) places.set(key, { page: field.page, box: field.box });
    return field && places.has(key) ? [{ key, level: sure.level, ...places.get(key) }] : [];
  });
}

// Where a reviewer should look first.
export function firstDoubt(sections) {
  const rows = sections.flatMap((section) => section.rows);
  const [spoken] = sections.flatMap(({ id, findings }) => worries(findings)
    .flatMap(({ fields }) => fields.map((name) => `${id}/${name}`)));
  const doubt = rows.find(({ sure, isEmpty }) => sure.isDoubtful && !isEmpty);
  return doubt?.key ?? spoken ?? rows.find(({ field }) => field)?.key;
}

export const groupsOf = (rows) => Object.keys(GROUPS)
  .map((group) => [GROUPS[group], rows.filter((row) => row.group === group)])
  .filter(([, some]) => some.length);

export const rowTitle = ({ number, title }) => (number ? `Box ${number}, ${title}` : title);

// What somebody else has changed, in sentences.
export function differences(before, after) {
  if (!before) return [];
  const said = [];
  if (before.state !== after.state) said.push(`It is now: ${STATES[after.state]}.`);
  if (before.kind !== after.kind) said.push('It is another kind now; its values were read anew.');
  return [...said, ...valueChanges(before, after)];
}

function valueChanges(before, after) {
  const known = new Map(before.sections.flatMap(({ rows }) => rows.map((row) => [row.key, row])));
  return after.sections.flatMap(({ rows }) => rows)
    .filter((row) => known.has(row.key) && known.get(row.key).text !== row.text)
    .map((row) => `${rowTitle(row)}: ${known.get(row.key).text} is now ${row.text}.`);
}
