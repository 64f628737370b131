import {el} from './dom.js';
import {obstacleList} from './view-obstacles.js';

/** So many stay on the screen. */
const MAX_SHOWN = 4;

const list = el('div', {class: 'errors', role: 'region', 'aria-label': 'Errors', 'aria-live': 'assertive'});

/** Where errors are shown, over the page. */
export function errorPanel() {
  return list;
}

/** The three sentences of an error, and what lies behind it: obstacles, and the engine’s log at a click. */
export function errorText(error) {
  return [
    el('p', {class: 'what', 'data-testid': 'error-what'}, sentence(error.what ?? String(error))),
    error.why ? el('p', {'data-testid': 'error-why'}, sentence(error.why)) : null,
    error.remedy ? el('p', {class: 'remedy', 'data-testid': 'error-remedy'}, error.remedy) : null,
    error.obstacles?.length > 1 ? obstacleList(error.obstacles) : null,
    error.log?.length ? logOf(error.log) : null,
  ].filter((line) => line !== null);
}

function logOf(lines) {
  return el(
    'details',
    {'data-testid': 'error-log'},
    el('summary', {}, 'The engine’s log'),
    el('pre', {}, lines.join('\n')),
  );
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

/** Shows an error until somebody dismisses it. */
export function showError(error) {
  const box = el(
    'section',
    {class: 'error', 'data-testid': 'error'},
    el('div', {}, ...errorText(error)),
    el(
      'button',
      {type: 'button', class: 'quiet', 'data-testid': 'error-dismiss', onclick: () => box.remove()},
      'Dismiss',
    ),
  );
  list.append(box);
  while (list.children.length > MAX_SHOWN) {
    list.firstElementChild.remove();
  }
}
