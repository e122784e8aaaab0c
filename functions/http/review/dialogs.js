// Questions that need more than a key: why it is rejected, what else it is, whether to go on.

import { listKinds } from './api.js';
import { button, h } from './dom.js';
import { openDialog } from './keyboard.js';

export function confirm(title, sentences, verb, run) {
  const dialog = openDialog(title, sentences.map((sentence) => h('p', {}, sentence)),
    h('p', { class: 'row' },
      button(verb, () => {
        dialog.close();
        run();
      }, { kind: 'primary' }),
      button('Cancel', () => dialog.close())));
}

export function askReason(name, run) {
  const reason = h('input', { id: 'reason', maxlength: 500, list: 'reasons', autocomplete: 'off' });
  form(`Reject “${name}”`, 'Reject it', () => run(reason.value.trim()),
    h('label', { for: 'reason' }, 'Why? The client can read this.'),
    reason,
    h('datalist', { id: 'reasons' }, [
      'A page is missing', 'It is for another year', 'It belongs to somebody else',
      'It is not legible; please send a better copy',
    ].map((value) => h('option', { value }))));
  reason.focus();
}

export function askWhy(page, run) {
  const reason = h('input', {
    id: 'reason', required: true, minlength: 10, maxlength: 500, autocomplete: 'off',
  });
  form(`Show the TINs on page ${page}`, 'Show them', () => run(reason.value.trim()),
    h('label', { for: 'reason' }, 'Why? It is kept in the audit trail.'),
    reason);
  reason.focus();
}

export async function askKind(now, run) {
  const kinds = await listKinds();
  const choice = h('select', { id: 'kind' }, kinds.map(({ kind, title }) =>
    h('option', { value: kind, selected: kind === now }, title)));
  form('What kind of document is it?', 'Change the kind', () => run(choice.value),
    h('label', { for: 'kind' }, 'Kind'),
    choice,
    h('p', { class: 'quiet' }, 'Its values are looked for again, as that kind’s. They take the '
      + 'place of the ones you see, corrections too.'));
  choice.focus();
}

function form(title, verb, run, ...content) {
  const dialog = openDialog(title, h('form', {
    class: 'stack',
    onsubmit: (event) => {
      event.preventDefault();
      dialog.close();
      run();
    },
  }, content, h('p', { class: 'row' },
    h('button', { class: 'button primary' }, verb),
    button('Cancel', () => dialog.close()))));
}
