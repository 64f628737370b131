import * as api from './api.js';
import {el, field, openDialog, tick} from './dom.js';
import {size} from './format.js';
import * as store from './store.js';
import {errorText, showError} from './view-errors.js';

const MEBIBYTE = 1024 * 1024;

/** Asks for name, template and limits, and creates a VPS. */
export async function openCreate() {
  let templates;
  try {
    templates = await api.listTemplates();
  } catch (error) {
    showError(error);
    return;
  }
  const name = el('input', {
    id: 'create-name',
    required: true,
    maxlength: 32,
    pattern: '[a-z]([a-z0-9\\-]*[a-z0-9])?',
    title: 'lower-case letters, digits and hyphens, a letter first',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'data-testid': 'create-name',
  });
  const template = el(
    'select',
    {id: 'create-template', required: true, 'data-testid': 'create-template'},
    ...templates
      .toSorted((a, b) => b.built - a.built)
      .map((item) =>
        el(
          'option',
          {value: item.name, disabled: !item.built},
          item.built ? `${item.name} – ${size(item.sizeBytes)}` : `${item.name} – not built yet`,
        ),
      ),
  );
  const memory = number('create-memory', 512, 16, 1);
  const cpus = number('create-cpus', 1, 0.05, 0.05);
  const pids = number('create-pids', 512, 16, 1);
  const address = el('input', {
    id: 'create-address',
    inputmode: 'decimal',
    autocomplete: 'off',
    placeholder: 'automatic',
    'data-testid': 'create-address',
  });
  const publish = el('input', {
    id: 'create-publish',
    autocomplete: 'off',
    placeholder: '8080:80, 5353:53/udp',
    'data-testid': 'create-publish',
  });
  const start = tick('create-start', 'Start it at once', {checked: true, 'data-testid': 'create-start'});
  const trouble = el('div', {class: 'trouble', role: 'alert', 'data-testid': 'create-error'});
  const submitButton = el('button', {class: 'primary', 'data-testid': 'create-submit'}, 'Create');
  const dialog = openDialog(
    'Create a VPS',
    'create-dialog',
    el(
      'form',
      {onsubmit: submit},
      field('Name', name, 'Lower-case letters, digits and hyphens; it is the host name, too.'),
      field('Template', template),
      el(
        'div',
        {class: 'fields'},
        field('Memory in MiB', memory),
        field('CPUs', cpus),
        field('Processes', pids),
      ),
      el(
        'div',
        {class: 'fields'},
        field('Address', address),
        field('Published ports', publish),
      ),
      start.element,
      trouble,
      el(
        'div',
        {class: 'buttons'},
        el('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
        submitButton,
      ),
    ),
  );

  function request() {
    const asked = {
      name: name.value,
      template: template.value,
      memoryBytes: memory.valueAsNumber * MEBIBYTE,
      cpus: cpus.valueAsNumber,
      pids: pids.valueAsNumber,
    };
    if (address.value.trim()) {
      asked.address = address.value.trim();
    }
    const ports = publish.value.split(/[\s,]+/).filter((port) => port !== '');
    if (ports.length > 0) {
      asked.publish = ports;
    }
    return asked;
  }

  async function submit(event) {
    event.preventDefault();
    trouble.replaceChildren();
    submitButton.disabled = true;
    try {
      const asked = request();
      const created = store.expect(await api.createVps(asked));
      if (start.box.checked) {
        created.then(() => startNow(asked.name));
      }
      dialog.close();
    } catch (error) {
      trouble.replaceChildren(...errorText(error));
      submitButton.disabled = false;
    }
  }
}

async function startNow(name) {
  try {
    store.expect(await api.changeVps(name, 'start'));
  } catch (error) {
    showError(error);
  }
}

function number(id, value, min, step) {
  return el('input', {id, type: 'number', value, min, step, required: true, 'data-testid': id});
}
