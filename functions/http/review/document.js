// One document: its pages, what was read from them, and what a person makes of it.

import * as api from './api.js';
import * as decisions from './decisions.js';
import { askKind, askReason, confirm } from './dialogs.js';
import { fill } from './dom.js';
import { editField } from './fields.js';
import { bind } from './keyboard.js';
import { say } from './notice.js';
import { explain, isPassing, problemView, waysOut } from './problems.js';
import { differences, firstDoubt, marksOf, rowTitle, sectionsOf } from './sections.js';
import { Sheets } from './sheets.js';
import { sidePane } from './side.js';
import { shown } from './words.js';
import * as waiting from './waiting.js';

const UNDER_WAY = ['expected', 'received', 'processing'];
const POLL = 2_000;

// What somebody saw when they decided on a version that was not the last.
const seenBefore = new Map();

// Whether the address names another document: somebody may be typing there.
const isOther = (id) => location.hash.startsWith('#/documents/') && !location.hash.endsWith(id);

export class DocumentView {
  constructor(main, id, go) {
    Object.assign(this, { main, id, go, corrected: [], changes: [], places: new Map() });
  }

  async open() {
    try {
      await this.#load();
    } catch (problem) {
      return fill(this.main, problemView(problem, () => this.open()));
    }
    if (this.isClosed) return undefined;
    this.changes = differences(seenBefore.get(this.id), this);
    seenBefore.delete(this.id);
    this.#build();
    this.#bind();
    this.select(firstDoubt(this.sections));
    this.side.querySelector('h1').focus();
    return undefined;
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.polling);
    this.sheets?.close();
  }

  get state() { return this.document.state; }

  get kind() { return this.document.kind; }

  // Marks the value and its box; moving the focus does the same.
  select(key, { isFocused = false } = {}) {
    if (!key) return;
    const line = this.#row(key)?.querySelector('.value-button');
    if (isFocused && line) {
      line.closest('details')?.setAttribute('open', '');
      line.focus({ focusVisible: true });
    }
    if (this.selected === key) return;
    this.selected = key;
    this.#mark();
  }

  edit(row, draft) {
    this.select(row.key);
    editField(this.#row(row.key), row, this, draft);
  }

  // The form is gone: what had to wait for it is shown.
  edited() {
    if (this.late) this.reload(this.late);
  }

  // A correction is sent at once: correcting it back is its undo.
  async keep(row, value) {
    await decisions.release();
    const section = this.sections.find(({ rows }) => rows.includes(row)) ?? this.#sectionOf(row);
    try {
      await this.#correct(section, row.name, value);
    } catch (problem) {
      if (problem.status !== 412) throw problem;
      await this.reload({ isForced: true });
      const now = this.#find(row.key);
      if (now) this.edit(now, value ?? '');
      throw problem;
    }
    this.corrected.push({ key: row.key, before: row.field?.value ?? null, isSecret: row.isSecret });
    say(`${rowTitle(row)} is now ${shown(this.#find(row.key)?.text)}.`,
      { actions: [['Undo', () => this.undo(), 'Z']] });
  }

  async undo() {
    if (this.#isEditing()) return say('Save the value you are changing first, or leave it.');
    const last = this.corrected.pop();
    if (!last) return say('There is nothing to undo here.');
    const row = this.#find(last.key);
    if (last.isSecret && last.before !== null) {
      return say('A sealed number cannot be put back from here: this page never had it. Type it '
        + 'again.', { isProblem: true });
    }
    try {
      await this.#correct(this.#sectionOf(row), row.name, last.before);
      say(`${rowTitle(row)} is ${shown(last.before, row.shape)} again.`);
    } catch (problem) {
      await this.#failed(problem);
    }
    return undefined;
  }

  accept() {
    if (!this.#isOpen()) return;
    const blocks = this.sections.flatMap(({ findings }) => findings)
      .filter(({ severity }) => severity === 'block');
    const run = () => this.#decide({ verdict: 'accepted' });
    if (!blocks.length) run();
    else confirm('Accept it as it is?', blocks.map(({ message }) => message), 'Accept anyway', run);
  }

  reject() {
    if (!this.#isOpen()) return;
    askReason(this.document.name, (reason) =>
      this.#decide(reason ? { verdict: 'rejected', reason } : { verdict: 'rejected' }));
  }

  decidePart(part, verdict) {
    decisions.hold({
      ...this.#decision(part, { verdict }),
      undo: () => {},
      sent: () => this.reload({ isOurs: true }),
      refused: () => this.reload(),
    });
  }

  changeKind(section = this.#sectionInHand()) {
    if (!section) return;
    const { id, version } = section;
    askKind(section.kind, (kind) => this.#do(
      (key) => api.decide(id, version, { verdict: 'kind_changed', kind }, key),
      'The values were looked for again.'));
  }

  readAgain() {
    confirm('Read the file again?', ['What is read then takes the place of everything you see, '
      + 'corrections too. They stay in the history.'], 'Read it again',
    () => this.#do((key) => api.readAgain(this.id, key), 'It is being read again.'));
  }

  // Shows it as it is now, and what has changed since somebody looked. What is being typed is not
  // drawn over: keys that miss their form are commands.
  async reload({ isOurs = false, isForced = false } = {}) {
    if (this.isClosed) return;
    const before = { ...this, state: this.state, kind: this.kind };
    const found = await this.#read();
    if (this.isClosed) return;
    if (this.#isEditing() && !isForced) {
      this.late = { isOurs: isOurs && (this.late?.isOurs ?? true) };
      return;
    }
    this.#take(found);
    this.changes = isOurs ? [] : differences(before, this);
    this.#draw();
  }

  async #load() {
    this.#take(await this.#read());
  }

  async #read() {
    const document = await api.getDocument(this.id);
    return { document, sections: await sectionsOf(document) };
  }

  #take(found) {
    Object.assign(this, found, { late: undefined });
    this.#pollLater();
  }

  #pollLater() {
    clearTimeout(this.polling);
    if (UNDER_WAY.includes(this.state) && !this.isClosed) {
      this.polling = setTimeout(() => this.#poll(), POLL);
    }
  }

  async #poll() {
    const { version } = this.document;
    const found = await this.#read().catch((problem) => this.#failed(problem));
    if (this.isClosed || !found) return;
    if (this.#isEditing()) {
      this.#pollLater();
      return;
    }
    this.#take(found);
    if (this.document.version !== version) this.#build();
  }

  #build() {
    document.title = `${this.document.name} · Review`;
    this.sheets?.close();
    this.sheets = new Sheets(this.document, this.document.pages.map(({ page }) => page),
      (key) => this.select(key, { isFocused: true }));
    this.side = document.createElement('section');
    Object.assign(this.side, { className: 'side', ariaLabel: 'What was read' });
    const frame = document.createElement('div');
    frame.className = 'review';
    fill(frame, this.sheets.element, this.side);
    fill(this.main, frame);
    this.#draw();
  }

  #draw() {
    const focused = document.activeElement?.dataset?.key;
    const at = this.side.firstElementChild?.scrollTop ?? 0;
    fill(this.side, sidePane(this));
    this.side.firstElementChild.scrollTop = at;
    this.sheets.draw(marksOf(this.sections, this.places));
    this.#mark();
    if (focused) this.#row(focused)?.querySelector('.value-button')?.focus();
  }

  #mark() {
    this.side.querySelector('.is-selected')?.classList.remove('is-selected');
    this.#row(this.selected)?.classList.add('is-selected');
    this.sheets.show(this.selected);
  }

  #bind() {
    const next = (step) => () => this.#step(step);
    const neighbour = (step) => () => this.go(waiting.neighbour(this.id, step)?.id);
    bind({
      j: next(1), ArrowDown: next(1), k: next(-1), ArrowUp: next(-1),
      n: neighbour(1), p: neighbour(-1),
      a: () => this.accept(), r: () => this.reject(), c: () => this.changeKind(),
      z: () => decisions.undo() || this.undo(),
      '+': () => this.sheets.larger(), '=': () => this.sheets.larger(),
      '-': () => this.sheets.smaller(), 0: () => this.sheets.whole(),
      Escape: () => this.go(),
      Enter: () => this.#editSelected(),
    });
  }

  #editSelected() {
    const row = this.#find(this.selected);
    if (row) this.edit(row);
  }

  // Goes to the selected value first, when the focus is elsewhere.
  #step(step) {
    const keys = [...this.side.querySelectorAll('.value-button')]
      .filter((each) => each.checkVisibility()).map((each) => each.dataset.key);
    const isThere = document.activeElement?.dataset.key === this.selected;
    const at = keys.indexOf(this.selected) - (isThere ? 0 : step);
    this.select(keys[Math.max(0, Math.min(keys.length - 1, at + step))], { isFocused: true });
  }

  async #correct(section, name, value) {
    await api.correctField(section.id, section.version, name, value);
    this.changes = [];
    await this.#load();
    this.#draw();
    this.#row(`${section.id}/${name}`)?.querySelector('.value-button')?.focus();
  }

  #decide(body) {
    if (this.isDecided) return;
    this.isDecided = true;
    const next = waiting.neighbour(this.id, 1) ?? waiting.neighbour(this.id, -1);
    const seen = { ...this, state: this.state, kind: this.kind };
    let putBack = waiting.drop(this.id);
    const open = () => this.go(this.id);
    decisions.hold({
      ...this.#decision(this.document, body),
      undo: () => {
        putBack();
        open();
      },
      sent: () => waiting.forget(this.id),
      refused: (problem) => {
        putBack();
        if (problem.status === 412) seenBefore.set(this.id, seen);
      },
      again: () => {
        putBack = waiting.drop(this.id);
        if (!isOther(this.id)) this.go();
      },
      open,
    });
    this.go(next?.id);
  }

  #decision({ id, version }, body) {
    return { id, version, body, name: this.document.name, open: () => this.go(this.id) };
  }

  #isEditing() {
    return Boolean(this.side?.querySelector('form.edit'));
  }

  #isOpen() {
    if (this.isDecided) return false;
    if (this.state === 'needs_review') return true;
    say('It does not wait for a decision.');
    return false;
  }

  async #do(act, done, key = crypto.randomUUID()) {
    await decisions.release();
    try {
      await act(key);
      this.corrected = [];
      say(done);
      await this.open();
    } catch (problem) {
      const again = ['Try again', () => this.#do(act, done, key)];
      await this.#failed(problem, isPassing(problem) ? [again] : waysOut(problem));
    }
  }

  async #failed(problem, actions = waysOut(problem)) {
    say(explain(problem).join('. '), { isProblem: true, stays: actions.length > 0, actions });
    if ([409, 412].includes(problem.status)) await this.reload();
  }

  #sectionInHand() {
    return this.sections.find(({ rows }) => rows.some(({ key }) => key === this.selected))
      ?? this.sections[0];
  }

  #sectionOf({ key }) {
    return this.sections.find(({ id }) => key.startsWith(`${id}/`));
  }

  #find(key) {
    return this.sections.flatMap(({ rows }) => rows).find((row) => row.key === key);
  }

  #row(key) {
    return key && this.side?.querySelector(`[data-row="${CSS.escape(key)}"]`);
  }
}
