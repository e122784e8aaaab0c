// Elements made from text that nobody trusts: children become text nodes, never markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

// A button whose label names its key, for those who look for it.
export function button(label, onclick, { key, kind = '', ...more } = {}) {
  return h(
    'button',
    { type: 'button', class: `button ${kind}`, onclick, 'aria-keyshortcuts': key, ...more },
    label,
    key && h('kbd', { 'aria-hidden': 'true' }, key),
  );
}
