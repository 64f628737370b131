import * as api from './api.js';
import {el} from './dom.js';
import {exactly, size} from './format.js';
import * as store from './store.js';
import {rows} from './timeline-tree.js';
import {openDiff} from './view-diff.js';
import {showError} from './view-errors.js';
import {
  openCheckpoint,
  openClone,
  openForget,
  openLabel,
  openRewind,
} from './view-timeline-dialogs.js';

const MAX_SHOWN_DEPTH = 6;

/** The checkpoints of one VPS, below its facts; read when it is opened, and after each change. */
export class TimelinePanel {
  #name;
  #open = false;
  #ended = 0;
  #asked = 0;
  #picked = null; // the checkpoint that the next one is compared with
  #list = el('ol', {class: 'checkpoints', 'data-testid': 'checkpoints'});
  #schedule = el('p', {class: 'hint', hidden: true, 'data-testid': 'schedule'});
  #empty = el('p', {class: 'hint', hidden: true}, 'No checkpoint yet.');

  constructor(name) {
    this.#name = name;
    this.toggle = el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-expanded': 'false',
        'aria-label': `Timeline of ${name}`,
        'data-testid': 'timeline',
        onclick: () => this.#turn(),
      },
      'Timeline',
    );
    this.element = el(
      'section',
      {class: 'timeline', hidden: true, 'aria-label': `Timeline of ${name}`},
      el(
        'div',
        {class: 'bar'},
        el('h3', {}, 'Timeline'),
        el(
          'button',
          {type: 'button', 'data-testid': 'checkpoint-now', onclick: () => openCheckpoint(name)},
          'Checkpoint',
        ),
        el(
          'button',
          {type: 'button', 'data-testid': 'clone-now', onclick: () => openClone(name)},
          'Clone',
        ),
      ),
      this.#schedule,
      this.#empty,
      this.#list,
    );
  }

  #turn() {
    this.#open = !this.#open;
    this.toggle.setAttribute('aria-expanded', String(this.#open));
    this.element.hidden = !this.#open;
    if (this.#open) {
      this.#load();
    }
  }

  /** Something of the page has changed; perhaps an operation on this VPS has ended. */
  update() {
    if (this.#open && store.endedOn(this.#name) !== this.#ended) {
      this.#load();
    }
  }

  async #load() {
    this.#ended = store.endedOn(this.#name);
    const asked = ++this.#asked;
    try {
      const [timeline, schedules] = await Promise.all([
        api.timeline(this.#name),
        api.listSchedules(),
      ]);
      if (asked === this.#asked) {
        this.#draw(timeline);
        this.#drawSchedule(schedules.find((schedule) => schedule.vps === this.#name));
      }
    } catch (error) {
      if (error.status !== 404) {
        showError(error); // else the VPS is gone, and its row goes too
      }
    }
  }

  #draw(timeline) {
    const focused = document.activeElement;
    const id = this.#list.contains(focused) ? focused.closest('li').dataset.testid : null;
    const shown = rows(timeline);
    this.#empty.hidden = shown.length > 0;
    this.#list.replaceChildren(...shown.map((row) => this.#row(row)));
    if (id) {
      const again = this.#list.querySelector(
        `[data-testid="${id}"] [data-testid="${focused.dataset.testid}"]`,
      );
      (again ?? this.toggle).focus();
    }
  }

  #drawSchedule(schedule) {
    this.#schedule.hidden = !schedule;
    this.#schedule.classList.toggle('danger', schedule?.failures > 0);
    this.#schedule.textContent = schedule ? scheduleText(schedule) : '';
  }

  #row({entry, depth, here}) {
    const item = el(
      'li',
      {'data-testid': `checkpoint-${entry.id}`, 'aria-current': here ? 'true' : null},
      el(
        'div',
        {class: 'moment'},
        el('time', {datetime: entry.takenAt, title: entry.id}, exactly(entry.takenAt)),
        entry.label ? el('strong', {'data-testid': 'label'}, entry.label) : null,
        el('span', {class: 'hint', 'data-testid': 'kind'}, kind(entry)),
        verified(entry),
        here ? el('span', {class: 'here', 'data-testid': 'here'}, 'you are here') : null,
      ),
      el('div', {class: 'hint', 'data-testid': 'sizes'}, sizes(entry)),
      entry.note ? el('p', {class: 'note', 'data-testid': 'note'}, entry.note) : null,
      this.#actions(entry),
    );
    item.style.setProperty('--depth', Math.min(depth, MAX_SHOWN_DEPTH));
    return item;
  }

  #actions(entry) {
    const name = this.#name;
    const about = `${entry.label ?? exactly(entry.takenAt)} of ${name}`;
    const button = (label, testId, onclick) =>
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': `${label} ${about}`,
          'data-testid': testId,
          onclick,
        },
        label,
      );
    return el(
      'div',
      {class: 'actions'},
      button('Rewind', 'rewind', () => openRewind(name, entry)),
      button('Clone', 'clone', () => openClone(name, entry)),
      el(
        'a',
        {
          class: 'button quiet',
          href: api.checkpointArchiveUrl(name, entry.id),
          download: `${name}-${entry.id}.letargo`,
          'aria-label': `Export ${about}`,
          'data-testid': 'export-checkpoint',
          onclick: () => store.expectExport(name),
        },
        'Export',
      ),
      this.#compareButton(entry, about),
      button('Verify', 'verify', () => this.#verify(entry)),
      button('Label', 'relabel', () => openLabel(name, entry, () => this.#load())),
      button(entry.pinned ? 'Unpin' : 'Pin', 'pin', () => this.#pin(entry)),
      button('Forget', 'forget', () => openForget(name, entry)),
    );
  }

  #compareButton(entry, about) {
    const picked = this.#picked?.id === entry.id;
    return el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-pressed': String(picked),
        'aria-label': `Compare ${about}`,
        title: 'Pick two checkpoints to see what is different between them',
        'data-testid': 'compare',
        onclick: () => this.#compare(entry),
      },
      'Compare',
    );
  }

  /** The first one is picked, the second one is compared with it, the same one is let go. */
  #compare(entry) {
    const other = this.#picked;
    this.#picked = other ? null : entry;
    if (other && other.id !== entry.id) {
      // ids of one second are in no order
      const [before, after] =
        Date.parse(other.takenAt) <= Date.parse(entry.takenAt) ? [other, entry] : [entry, other];
      openDiff(this.#name, before, after);
    }
    for (const button of this.#list.querySelectorAll('[data-testid="compare"]')) {
      const id = button.closest('li').dataset.testid;
      button.setAttribute('aria-pressed', String(id === `checkpoint-${this.#picked?.id}`));
    }
  }

  async #verify(entry) {
    try {
      store.expect(await api.verifyCheckpoint(this.#name, entry.id));
    } catch (error) {
      showError(error);
    }
  }

  async #pin(entry) {
    try {
      await api.markCheckpoint(this.#name, entry.id, {pinned: !entry.pinned});
      await this.#load();
    } catch (error) {
      showError(error);
    }
  }
}

function scheduleText(schedule) {
  const text = `A checkpoint every ${span(schedule.everySeconds)}, the next at ${exactly(schedule.nextAt)}.`;
  return schedule.error ? `${text} Failing: ${schedule.error.message}` : text;
}

function span(seconds) {
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const [name, length] = units.find(([, unit]) => seconds % unit === 0);
  return `${seconds / length} ${name}`;
}

function kind(entry) {
  const words = [entry.kind];
  if (!entry.hasMemory) {
    words.push('disk only');
  }
  if (entry.pinned) {
    words.push('pinned');
  }
  return words.join(', ');
}

/** What was found out about whether it can be restored, if anybody has tried. */
function verified(entry) {
  const found = entry.verification;
  if (!found) {
    return null;
  }
  const failed = found.result === 'failed';
  const text = failed ? `cannot be restored: ${found.because}` : `verified (${found.depth})`;
  return el(
    'span',
    {class: failed ? 'danger' : 'hint', title: exactly(found.at), 'data-testid': 'verified'},
    text,
  );
}

function sizes(entry) {
  const frozen = entry.frozenMillis > 0 ? ` · frozen ${entry.frozenMillis} ms` : '';
  return `${size(entry.sizeBytes)} · ${size(entry.newBytes)} new${frozen}`;
}
