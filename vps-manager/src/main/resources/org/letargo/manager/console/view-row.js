import * as api from './api.js';
import {el} from './dom.js';
import {progressText, size, when} from './format.js';
import * as store from './store.js';
import {openDestroy} from './view-destroy.js';
import {showError} from './view-errors.js';
import {openMigrate} from './view-migrate.js';
import {TimelinePanel} from './view-timeline.js';
import {openPreflight} from './view-preflight.js';

/** What can be done in each state, the most likely first. */
const ACTIONS = {
  running: ['suspend', 'pause', 'stop', 'restart'],
  paused: ['unpause', 'suspend', 'stop'],
  suspended: ['resume', 'export'],
  stopped: ['start', 'export'],
};

const LABELS = {
  suspend: 'Suspend',
  pause: 'Pause',
  stop: 'Stop',
  restart: 'Restart',
  unpause: 'Unpause',
  resume: 'Resume',
  start: 'Start',
  export: 'Export',
};

/** One VPS: its facts, what can be done with it, and how far what is being done is. */
export class VpsRow {
  #drawnActions = '';

  constructor(name) {
    this.timeline = new TimelinePanel(name);
    this.name = el('h2');
    this.state = el('span', {class: 'state', 'data-testid': 'state'});
    this.facts = el('dl');
    this.bar = el('progress', {max: 100});
    this.phase = el('span', {'data-testid': 'phase'});
    this.progress = el(
      'div',
      {class: 'progress', 'data-testid': 'progress', hidden: true},
      this.bar,
      this.phase,
    );
    this.actions = el('div', {class: 'actions', role: 'group'});
    this.element = el(
      'li',
      {class: 'card vps'},
      el('div', {class: 'title'}, this.name, this.state),
      this.facts,
      this.actions,
      this.progress,
      this.timeline.element,
    );
  }

  /**
   * @param {object} vps as the manager shows it
   * @param {object} [operation] the one that is changing it, when it is known
   */
  update(vps, operation) {
    this.element.dataset.testid = `vps-${vps.name}`;
    this.name.textContent = vps.name;
    this.state.textContent = vps.state;
    this.state.dataset.state = vps.state in ACTIONS ? vps.state : 'changing';
    this.#drawFacts(vps);
    this.#drawProgress(vps, operation);
    this.#drawActions(vps);
    this.timeline.update();
  }

  #drawFacts(vps) {
    const used = vps.memoryUsedBytes > 0 ? `${size(vps.memoryUsedBytes)} of ` : '';
    const loading = vps.loading ? `, ${vps.loading.percent} % of it loaded` : '';
    const facts = [
      ['Migration', 'migration', vps.migration?.says],
      ['Address', 'address', vps.address],
      ['Memory', 'memory', used + size(vps.memoryBytes) + loading],
      ['CPUs', 'cpus', vps.cpus],
      ['Template', 'template', vps.template],
      ['Ports', 'ports', vps.publish?.join(', ')],
      [
        'Checkpoint',
        'checkpoint',
        vps.checkpoint ? `${when(vps.checkpoint.takenAt)}, ${size(vps.checkpoint.sizeBytes)}` : '',
      ],
    ];
    this.facts.replaceChildren(
      ...facts
        .filter(([, , value]) => value !== undefined && value !== '')
        .map(([label, id, value]) =>
          el('div', {class: id}, el('dt', {}, label), el('dd', {'data-testid': id}, String(value))),
        ),
    );
  }

  #drawProgress(vps, operation) {
    const running = vps.operation !== undefined;
    this.progress.hidden = !running;
    if (!running) {
      return;
    }
    this.bar.setAttribute('aria-label', `${vps.name}: ${vps.state}`);
    if (typeof operation?.percent === 'number') {
      this.bar.value = operation.percent;
    } else {
      this.bar.removeAttribute('value');
    }
    this.phase.textContent = operation ? progressText(operation) : vps.state;
  }

  /** Only when others are due: a button must not go away under the finger. */
  #drawActions(vps) {
    const busy = vps.operation !== undefined;
    const between = vps.migration?.phase;
    const drawn = `${vps.state} ${busy} ${between}`;
    if (drawn === this.#drawnActions) {
      return;
    }
    this.#drawnActions = drawn;
    const focused = this.actions.contains(document.activeElement) ? document.activeElement : null;
    this.actions.setAttribute('aria-label', `What to do with ${vps.name}`);
    const shown = (between ? [] : (ACTIONS[vps.state] ?? [])).map((verb, index) =>
      verb === 'export' ? exportLink(vps.name) : this.#button(vps.name, verb, index === 0, busy),
    );
    shown.push(this.timeline.toggle);
    if (vps.state in ACTIONS && !between) {
      shown.push(
        el(
          'button',
          {
            type: 'button',
            class: 'quiet',
            disabled: busy,
            'aria-label': `Move ${vps.name} to another host`,
            'data-testid': 'migrate-open',
            onclick: () => openMigrate(vps.name),
          },
          'Move',
        ),
      );
    }
    if ((vps.state === 'running' || vps.state === 'paused') && !between) {
      shown.push(
        el(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-label': `Check whether ${vps.name} can be suspended`,
            'data-testid': 'preflight-open',
            onclick: () => openPreflight(vps.name),
          },
          'Check',
        ),
      );
    }
    if (vps.state in ACTIONS && (!between || between === 'moved')) {
      shown.push(
        el(
          'button',
          {
            type: 'button',
            class: 'quiet danger',
            disabled: busy,
            'aria-label': `Destroy ${vps.name}`,
            'data-testid': 'destroy',
            onclick: () => openDestroy(vps.name),
          },
          'Destroy',
        ),
      );
    }
    this.actions.replaceChildren(...shown);
    if (focused) {
      const stays = this.actions.contains(focused) ? focused : null;
      (stays ?? this.actions.querySelector('button, a'))?.focus();
    }
  }

  #button(name, verb, first, busy) {
    return el(
      'button',
      {
        type: 'button',
        class: first ? 'primary' : null,
        disabled: busy,
        'aria-label': `${LABELS[verb]} ${name}`,
        'data-testid': verb,
        onclick: async (event) => {
          const button = event.currentTarget;
          button.disabled = true;
          try {
            store.expect(await api.changeVps(name, verb));
          } catch (error) {
            button.disabled = false;
            showError(error);
          }
        },
      },
      LABELS[verb],
    );
  }
}

function exportLink(name) {
  return el(
    'a',
    {
      class: 'button',
      href: api.archiveUrl(name),
      download: `${name}.letargo`,
      'aria-label': `Export ${name}`,
      'data-testid': 'export',
      onclick: () => store.expectExport(name),
    },
    LABELS.export,
  );
}
