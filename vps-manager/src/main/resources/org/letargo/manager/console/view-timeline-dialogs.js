import * as api from './api.js';
import {el, field, openDialog, tick} from './dom.js';
import {exactly} from './format.js';
import * as store from './store.js';
import {errorText} from './view-errors.js';

const words = (entry) => entry.label ?? exactly(entry.takenAt);

/**
 * A dialog with fields that asks the manager for something, and stays while it is refused.
 *
 * @param {string} id what tests find its parts by
 * @param {string} title its heading
 * @param {string} verb what its button says
 * @param {Node[]} content above the buttons
 * @param {function(): Promise<?object>} ask does it; gives the operation that it begins, if any
 * @param {boolean} [danger] whether something is lost
 */
function askDialog(id, title, verb, content, ask, danger = false) {
  const trouble = el('div', {class: 'trouble', role: 'alert', 'data-testid': `${id}-error`});
  const submit = el(
    'button',
    {class: danger ? 'primary danger' : 'primary', 'data-testid': `${id}-submit`},
    verb,
  );
  const dialog = openDialog(
    title,
    `${id}-dialog`,
    el(
      'form',
      {
        onsubmit: async (event) => {
          event.preventDefault();
          trouble.replaceChildren();
          submit.disabled = true;
          try {
            const operation = await ask();
            if (operation) {
              store.expect(operation); // its end is not waited for: it may be a failure
            }
            dialog.close();
          } catch (error) {
            trouble.replaceChildren(...errorText(error));
            submit.disabled = false;
          }
        },
      },
      ...content,
      trouble,
      el(
        'div',
        {class: 'buttons'},
        el('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
        submit,
      ),
    ),
  );
}

const text = (id, value = '', properties = {}) =>
  el('input', {id, value, autocomplete: 'off', 'data-testid': id, ...properties});

const LABEL = {
  maxlength: 40,
  pattern: '[A-Za-z][A-Za-z0-9._\\-]*',
  title: 'a letter, then letters, digits, dots, underscores and hyphens',
  autocapitalize: 'none',
  spellcheck: 'false',
};

const NOTE = {maxlength: 1000};

/** Keeps this moment. */
export function openCheckpoint(name) {
  const label = text('checkpoint-label', '', LABEL);
  const note = text('checkpoint-note', '', NOTE);
  askDialog(
    'checkpoint',
    `Keep this moment of ${name}?`,
    'Checkpoint',
    [field('Label', label, 'A short name, if you like.'), field('Note', note)],
    async () => {
      const body = {};
      if (label.value) {
        body.label = label.value;
      }
      if (note.value) {
        body.note = note.value;
      }
      return api.checkpoint(name, body);
    },
  );
}

/** Makes the VPS what it was. */
export function openRewind(name, entry) {
  const keep = tick('rewind-keep', 'Keep the present as a checkpoint first', {
    checked: true,
    'data-testid': 'rewind-keep',
  });
  askDialog(
    'rewind',
    `Rewind ${name} to ${words(entry)}?`,
    'Rewind',
    [
      el('p', {}, 'What it does now ends. It goes on as it was at that moment.'),
      keep.element,
    ],
    () => api.rewindVps(name, {checkpoint: entry.id, discardCurrent: !keep.box.checked}),
    true,
  );
}

/**
 * Makes another VPS of a checkpoint.
 *
 * @param {object} [entry] the checkpoint; the present if there is none
 */
export function openClone(name, entry) {
  const copy = text('clone-name', '', {
    required: true,
    maxlength: 32,
    pattern: '[a-z]([a-z0-9\\-]*[a-z0-9])?',
    title: 'lower-case letters, digits and hyphens, a letter first',
    autocapitalize: 'none',
    spellcheck: 'false',
  });
  const address = text('clone-address', '', {inputmode: 'decimal', placeholder: 'automatic'});
  const publish = text('clone-publish', '', {placeholder: '8080:80, 5353:53/udp'});
  askDialog(
    'clone',
    entry ? `Clone ${name} as of ${words(entry)}` : `Clone ${name} as it is`,
    'Clone',
    [
      field('Name', copy, 'It gets a host name, address and identity of its own.'),
      el('div', {class: 'fields'}, field('Address', address), field('Published ports', publish)),
    ],
    async () => {
      const body = {name: copy.value};
      if (entry) {
        body.checkpoint = entry.id;
      }
      if (address.value.trim()) {
        body.address = address.value.trim();
      }
      const ports = publish.value.split(/[\s,]+/).filter((port) => port !== '');
      if (ports.length > 0) {
        body.publish = ports;
      }
      return api.cloneVps(name, body);
    },
  );
}

/**
 * Changes what people wrote on a checkpoint.
 *
 * @param {function()} done called when it is changed
 */
export function openLabel(name, entry, done) {
  const label = text('label-label', entry.label ?? '', LABEL);
  const note = text('label-note', entry.note ?? '', NOTE);
  askDialog(
    'label',
    `Checkpoint ${exactly(entry.takenAt)} of ${name}`,
    'Save',
    [field('Label', label, 'Empty takes it away.'), field('Note', note)],
    async () => {
      await api.markCheckpoint(name, entry.id, {label: label.value, note: note.value});
      done();
    },
  );
}

/** Removes a checkpoint. */
export function openForget(name, entry) {
  askDialog(
    'forget',
    `Forget ${words(entry)} of ${name}?`,
    'Forget',
    [el('p', {}, 'Nothing brings this checkpoint back. The others stay whole.')],
    () => api.forgetCheckpoint(name, entry.id),
    true,
  );
}
