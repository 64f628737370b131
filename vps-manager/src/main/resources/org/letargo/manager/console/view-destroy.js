import * as api from './api.js';
import {el, field, openDialog} from './dom.js';
import * as store from './store.js';
import {errorText} from './view-errors.js';

/** Destroys a VPS for who types its name. */
export function openDestroy(name) {
  const typed = el('input', {
    id: 'destroy-name',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'data-testid': 'destroy-name',
    oninput: () => {
      confirm.disabled = typed.value !== name;
    },
  });
  const confirm = el(
    'button',
    {class: 'primary danger', disabled: true, 'data-testid': 'destroy-confirm'},
    'Destroy for good',
  );
  const trouble = el('div', {class: 'trouble', role: 'alert'});
  const dialog = openDialog(
    `Destroy ${name}?`,
    'destroy-dialog',
    el('p', {}, 'Its disk and its checkpoints are removed. Nothing brings them back.'),
    el(
      'form',
      {onsubmit: submit},
      field(`Type ${name} to confirm`, typed),
      trouble,
      el(
        'div',
        {class: 'buttons'},
        el('button', {type: 'button', onclick: () => dialog.close()}, 'Keep it'),
        confirm,
      ),
    ),
  );

  async function submit(event) {
    event.preventDefault();
    confirm.disabled = true;
    try {
      store.expect(await api.destroyVps(name));
      dialog.close();
    } catch (error) {
      trouble.replaceChildren(...errorText(error));
      confirm.disabled = false;
    }
  }
}
