// The pages of a document, one below the other, with a box around each value.

import { getPageImage, revealPage } from './api.js';
import { askWhy } from './dialogs.js';
import { button, fill, h, isCalm } from './dom.js';
import { say } from './notice.js';
import { explain } from './problems.js';

const LARGEST = 5;
const STEP = 1.25;
const READABLE = 0.5; // a box this wide, of the view, can be read on a phone

const isNarrow = () => matchMedia('(max-width: 60rem)').matches;

export class Sheets {
  // `pick(key)` is called when somebody points at a value's box.
  constructor(document, pages, pick) {
    Object.assign(this, { document, pick, level: 1, isZoomed: false, shown: null });
    this.addresses = [];
    this.marks = new Map();
    this.sheets = new Map(pages.map((page) => [page, this.#sheet(page)]));
    this.strip = h('div', { class: 'strip' }, [...this.sheets.values()]);
    this.view = h('div', { class: 'view', tabindex: '0', role: 'region', 'aria-label': 'Pages' },
      this.strip);
    this.element = h('section', { class: 'sheets', 'aria-label': 'The document as it is' },
      this.view, this.#tools());
    this.observer = new IntersectionObserver((seen) => this.#load(seen),
      { root: this.view, rootMargin: '100% 0px' });
    for (const sheet of this.sheets.values()) this.observer.observe(sheet);
    this.#listen();
  }

  // `marks` are `{ key, page, box, level }`; a box is in fractions of its page.
  draw(marks) {
    this.marks.clear();
    for (const sheet of this.sheets.values()) fill(sheet.querySelector('.marks'));
    for (const mark of marks) {
      const [x0, y0, x1, y1] = mark.box;
      const element = h('div', { class: `mark ${mark.level}`, onclick: () => this.pick(mark.key) });
      Object.assign(element.style, {
        left: `${x0 * 100}%`, top: `${y0 * 100}%`,
        width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
      });
      this.marks.set(mark.key, element);
      this.sheets.get(mark.page)?.querySelector('.marks').append(element);
    }
    if (this.shown) this.marks.get(this.shown)?.classList.add('is-shown');
  }

  show(key) {
    this.marks.get(this.shown)?.classList.remove('is-shown');
    this.shown = key;
    const mark = this.marks.get(key);
    if (!mark) return;
    mark.classList.add('is-shown');
    if (isNarrow() && !this.isZoomed) {
      this.#zoom(Math.max(1, Math.min(3, READABLE / (parseFloat(mark.style.width) / 100))));
    }
    const [view, box] = [this.view.getBoundingClientRect(), mark.getBoundingClientRect()];
    this.view.scrollBy({
      left: box.left + box.width / 2 - view.left - view.width / 2,
      top: box.top + box.height / 2 - view.top - view.height / 2,
      behavior: isCalm() ? 'instant' : 'smooth',
    });
  }

  larger() { this.zoom(this.level * STEP); }

  smaller() { this.zoom(this.level / STEP); }

  whole() { this.zoom(1); }

  zoom(level, point) {
    this.isZoomed = true;
    this.#zoom(level, point);
  }

  close() {
    this.isClosed = true;
    this.observer.disconnect();
    this.addresses.forEach((address) => URL.revokeObjectURL(address));
  }

  // What is under the point, or in the middle, stays where it is.
  #zoom(level, point) {
    const next = Math.max(1, Math.min(LARGEST, level));
    const { left, top, width, height } = this.view.getBoundingClientRect();
    const [x, y] = point ? [point.x - left, point.y - top] : [width / 2, height / 2];
    const [across, down] = [this.view.scrollLeft + x, this.view.scrollTop + y];
    this.strip.style.setProperty('--zoom', next);
    this.view.scrollTo({
      left: (across * next) / this.level - x, top: (down * next) / this.level - y,
      behavior: 'instant',
    });
    this.level = next;
  }

  #sheet(page) {
    return h('figure', { class: 'sheet', 'data-page': page },
      h('div', { class: 'paper' }, h('p', { class: 'quiet' }, `Page ${page}`)),
      h('div', { class: 'marks', 'aria-hidden': 'true' }));
  }

  #tools() {
    return h('div', { class: 'tools', role: 'group', 'aria-label': 'The pages' },
      button('Show TINs', () => this.#reveal()),
      button('−', () => this.smaller(), { 'aria-label': 'Smaller' }),
      button('+', () => this.larger(), { 'aria-label': 'Larger' }),
      button('Fit', () => this.whole(), { 'aria-label': 'Fit the page to the width' }));
  }

  #load(seen) {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      this.observer.unobserve(target);
      this.#picture(target);
    }
  }

  // Of the page in the middle of the view: each sight of one is somebody's to explain.
  #reveal() {
    const { top, height } = this.view.getBoundingClientRect();
    const sheets = [...this.sheets];
    const [page, sheet] = sheets.find(([, each]) =>
      each.getBoundingClientRect().bottom > top + height / 2) ?? sheets.at(-1);
    askWhy(page, (reason) => this.#picture(sheet, reason));
  }

  async #picture(sheet, reason) {
    const page = Number(sheet.dataset.page);
    const paper = sheet.querySelector('.paper');
    try {
      const { id, name } = this.document;
      const address = URL.createObjectURL(
        await (reason ? revealPage(id, page, reason) : getPageImage(id, page)));
      if (this.isClosed) return URL.revokeObjectURL(address);
      this.addresses.push(address);
      const image = h('img', {
        src: address, draggable: 'false',
        alt: `Page ${page} of ${name}${reason ? ', with its TINs' : ''}`,
      });
      await image.decode();
      sheet.style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`;
      fill(paper, image);
      if (sheet.contains(this.marks.get(this.shown) ?? null)) this.show(this.shown);
    } catch (problem) {
      const [title, advice] = explain(problem);
      if (reason) return say(`${title}. ${advice}`, { isProblem: true });
      fill(paper, h('p', {}, `Page ${page}: ${title}. ${advice}`),
        button('Try again', () => this.#picture(sheet)));
    }
    return undefined;
  }

  #listen() {
    this.view.addEventListener('dblclick', ({ clientX: x, clientY: y }) =>
      this.zoom(this.level > 1 ? 1 : 2, { x, y }));
    let start;
    this.view.addEventListener('touchstart', ({ touches }) => {
      start = touches.length === 2 && { apart: apart(touches), level: this.level };
    }, { passive: true });
    this.view.addEventListener('touchmove', (event) => {
      if (!start || event.touches.length !== 2) return;
      event.preventDefault();
      this.zoom(start.level * (apart(event.touches) / start.apart), middle(event.touches));
    }, { passive: false });
  }
}

const apart = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

const middle = ([a, b]) => ({ x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 });
