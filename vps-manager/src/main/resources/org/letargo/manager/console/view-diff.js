import * as api from './api.js';
import {el, openDialog} from './dom.js';
import {exactly, size} from './format.js';
import {errorText} from './view-errors.js';

const words = (entry) => entry.label ?? exactly(entry.takenAt);

const MARKS = {
  added: '+',
  new: '+',
  removed: '−',
  gone: '−',
  changed: '~',
  'other-program': '!',
};

/** Shows what is different between two checkpoints of a VPS, the older one first. */
export async function openDiff(name, before, after) {
  const body = el('div', {class: 'diff', 'data-testid': 'diff', role: 'status'}, 'Comparing …');
  const dialog = openDialog(
    `${name}: ${words(before)} → ${words(after)}`,
    'diff-dialog',
    body,
    el(
      'div',
      {class: 'buttons'},
      el(
        'button',
        {type: 'button', 'data-testid': 'diff-close', onclick: () => dialog.close()},
        'Close',
      ),
    ),
  );
  try {
    body.replaceChildren(...content(await api.diffCheckpoints(name, before.id, after.id)));
  } catch (error) {
    body.replaceChildren(...errorText(error));
  }
}

function content(diff) {
  const items = [
    ...diff.processes.map((it) => [it.change, `process ${it.pid} ${it.name}${programs(it)}`, memory(it.memory)]),
    ...diff.sockets.map((it) => [
      it.change,
      `socket ${it.protocol} ${it.local}${it.remote ? ` – ${it.remote}` : ''}`,
      it.state ?? '',
    ]),
    ...diff.files.map((it) => [it.change, it.path, fileSize(it)]),
  ];
  const parts = [el('p', {'data-testid': 'diff-memory'}, `Memory: ${memory(diff.memory)}`)];
  if (items.length === 0) {
    parts.push(el('p', {class: 'hint'}, 'No process, socket or file is different.'));
  }
  parts.push(el('ul', {}, ...items.map(([change, what, more]) => item(change, what, more))));
  if (diff.omitted > 0) {
    parts.push(el('p', {class: 'hint'}, `And ${diff.omitted} more.`));
  }
  return parts;
}

function item(change, what, more) {
  return el(
    'li',
    {'data-testid': 'diff-item'},
    el('span', {class: 'mark', title: change, 'aria-label': change}, MARKS[change] ?? '~'),
    el('span', {class: 'what'}, what),
    el('span', {class: 'hint'}, more),
  );
}

function programs(process) {
  if (process.formerProgram) {
    return ` (${process.formerProgram} → ${process.program ?? '?'})`;
  }
  return process.program ? ` (${process.program})` : '';
}

function memory({beforeBytes, afterBytes, changedBytes}) {
  return `${size(beforeBytes)} → ${size(afterBytes)}, ${size(changedBytes)} changed`;
}

function fileSize({change, beforeBytes, afterBytes}) {
  switch (change) {
    case 'added':
      return size(afterBytes);
    case 'removed':
      return size(beforeBytes);
    default:
      return `${size(beforeBytes)} → ${size(afterBytes)}`;
  }
}
