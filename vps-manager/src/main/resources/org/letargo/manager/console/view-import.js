import * as api from './api.js';
import {el, field, openDialog, tick} from './dom.js';
import {size} from './format.js';
import * as store from './store.js';
import {errorText, showError} from './view-errors.js';

/** Asks for an archive and sends it. Closing the dialog ends the upload. */
export function openImport() {
  let upload = null;
  const file = el('input', {id: 'import-file', type: 'file', required: true, 'data-testid': 'import-file'});
  const name = el('input', {
    id: 'import-name',
    maxlength: 32,
    pattern: '[a-z]([a-z0-9\\-]*[a-z0-9])?',
    title: 'lower-case letters, digits and hyphens, a letter first',
    placeholder: 'as in the archive',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'data-testid': 'import-name',
  });
  const resume = tick('import-resume', 'Bring it to life at once', {'data-testid': 'import-resume'});
  const bar = el('progress', {max: 100, value: 0, 'aria-label': 'Upload'});
  const sent = el('span', {'data-testid': 'import-sent'});
  const progress = el('div', {class: 'progress', hidden: true, 'data-testid': 'import-progress'}, bar, sent);
  const trouble = el('div', {class: 'trouble', role: 'alert', 'data-testid': 'import-error'});
  const submitButton = el('button', {class: 'primary', 'data-testid': 'import-submit'}, 'Import');
  const dialog = openDialog(
    'Import an archive',
    'import-dialog',
    el(
      'form',
      {onsubmit: submit},
      field('Archive', file, 'A file that “Export” or the command letargo export has made.'),
      field('Name here', name),
      resume.element,
      progress,
      trouble,
      el(
        'div',
        {class: 'buttons'},
        el('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
        submitButton,
      ),
    ),
  );
  dialog.addEventListener('close', () => upload?.abort());

  async function submit(event) {
    event.preventDefault();
    trouble.replaceChildren();
    submitButton.disabled = true;
    progress.hidden = false;
    upload = api.importArchive(file.files[0], name.value, (bytes, all) => {
      bar.value = all > 0 ? (100 * bytes) / all : 0;
      sent.textContent = `${size(bytes)} of ${size(all)}`;
    });
    try {
      const imported = store.expect(await upload.done);
      if (resume.box.checked) {
        imported.then((operation) => bringToLife(operation.vps));
      }
      upload = null;
      dialog.close();
    } catch (error) {
      upload = null;
      progress.hidden = true;
      submitButton.disabled = false;
      if (error) {
        trouble.replaceChildren(...errorText(error));
      }
    }
  }
}

/** An archive of a stopped VPS has a disk and no memory. */
async function bringToLife(name) {
  try {
    const {state} = await api.getVps(name);
    store.expect(await api.changeVps(name, state === 'suspended' ? 'resume' : 'start'));
  } catch (error) {
    showError(error);
  }
}
