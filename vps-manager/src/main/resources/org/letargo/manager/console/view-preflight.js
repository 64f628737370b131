import * as api from './api.js';
import {el, openDialog} from './dom.js';
import {size} from './format.js';
import {errorText} from './view-errors.js';
import {obstacleList} from './view-obstacles.js';

/** Looks whether a VPS can be suspended; again at a click. */
export function openPreflight(name) {
  const found = el('div', {'data-testid': 'preflight', 'aria-live': 'polite'}, el('p', {}, 'Looking…'));
  const again = el('button', {type: 'button', onclick: look}, 'Look again');
  const dialog = openDialog(
    `Can ${name} be suspended?`,
    'preflight-dialog',
    found,
    el(
      'div',
      {class: 'buttons'},
      again,
      el('button', {type: 'button', class: 'primary', onclick: () => dialog.close()}, 'Close'),
    ),
  );
  look();

  async function look() {
    again.disabled = true;
    try {
      draw(await api.preflight(name));
    } catch (error) {
      found.replaceChildren(...errorText(error));
    }
    again.disabled = false;
  }

  function draw(report) {
    const verdict = report.canSuspend ? 'Yes: nothing stands in the way.' : 'No: something in it cannot be saved.';
    found.replaceChildren(
      el('p', {class: 'verdict', 'data-testid': 'verdict', 'data-can': String(report.canSuspend)}, verdict),
      el(
        'p',
        {class: 'hint'},
        `${report.processes} processes, at most ${size(report.predictedBytes)} of memory to save, ` +
          `${size(report.availableBytes)} free.`,
      ),
      obstacleList(report.obstacles),
      ...(report.omitted > 0 ? [el('p', {class: 'hint'}, `And ${report.omitted} more.`)] : []),
    );
  }
}
