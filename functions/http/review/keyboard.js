// One letter does one thing. Letters are for the page only while nobody is typing, and can be
// switched off, because speech input and some screen readers send them (WCAG 2.1.4).

import { button, h } from './dom.js';

const OFF = 'review.keys-off';

export const HELP = [
  ['J  ↓', 'the next document, or the next value'],
  ['K  ↑', 'the one before'],
  ['Enter', 'open the document; change the value; keep the change'],
  ['Esc', 'leave a change as it was; back to the queue'],
  ['A', 'accept the document'],
  ['R', 'reject it, with a reason'],
  ['C', 'say that it is another kind'],
  ['Z', 'undo'],
  ['N  P', 'next and previous document'],
  ['+  −  0', 'larger, smaller, fit to the width'],
  ['?', 'these keys'],
];

// A key held down moves and enlarges; it never decides a second time.
const HOLDABLE = ['j', 'k', 'n', 'p', 'ArrowDown', 'ArrowUp', '+', '=', '-'];

let bindings = {};

export function bind(keys) {
  bindings = keys;
}

const isTyping = (target) => target.closest('input, select, textarea, [contenteditable]');

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (localStorage.getItem(OFF) && event.key.length === 1) return;
  if (key === 'Enter' && event.target.closest('a, button, summary')) return; // they know what to do
  const run = key === '?' ? showHelp : bindings[key];
  if (!run) return;
  event.preventDefault();
  if (!event.repeat || HOLDABLE.includes(key)) run();
});

export function showHelp() {
  const toggle = h('input', {
    type: 'checkbox',
    onchange: () => {
      if (toggle.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, 'yes');
    },
  });
  toggle.checked = !localStorage.getItem(OFF);
  const dialog = openDialog('Keys',
    h('dl', { class: 'keys' },
      HELP.flatMap(([key, does]) => [
        h('dt', {}, key.split('  ').map((each) => h('kbd', {}, each))),
        h('dd', {}, does),
      ])),
    h('p', { class: 'quiet' }, 'A box on the page is solid when its value is sure, dashed when it '
      + 'is likely, dotted when it is unsure.'),
    h('label', { class: 'check' }, toggle, ' Use single letters as keys'),
    h('p', { class: 'row' }, button('Close', () => dialog.close())));
}

// Returns the dialog; it goes when it closes, and focus returns to where it was.
export function openDialog(title, ...content) {
  const before = document.activeElement;
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' },
    h('h2', { id: 'dialog-title' }, title),
    content);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
