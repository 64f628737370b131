/**
 * What the page knows: VPSes, operations, and whether it hears of changes. Views subscribe and
 * redraw; only this module changes it.
 */
const vpses = new Map();
const operations = new Map();
const ours = new Set();
const waiting = new Map();
const downloads = new Set();
const listeners = new Set();
const ended = new Map();

/** More ended operations than these are forgotten, the oldest first. */
const MAX_OPERATIONS = 500;

let connected = false;
let loaded = false;
let seen = new Set();
let failed = () => {};

function changed() {
  listeners.forEach((listener) => listener());
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back with the error of each operation of ours that fails. */
export function onFailed(listener) {
  failed = listener;
}

export function state() {
  const list = [...vpses.values()].sort((a, b) => a.name.localeCompare(b.name));
  return {vpses: list, operations, connected, loaded};
}

export function setConnected(value) {
  connected = value;
  if (value) {
    seen = new Set();
  }
  changed();
}

export function putVps(vps) {
  seen.add(vps.name);
  vpses.set(vps.name, vps);
  changed();
}

export function removeVps(name) {
  seen.add(name);
  vpses.delete(name);
  changed();
}

/**
 * A list that was asked for after the events began. What an event has told since is newer than it.
 */
export function putList(list) {
  const names = new Set(list.map((vps) => vps.name));
  for (const name of [...vpses.keys()]) {
    if (!names.has(name) && !seen.has(name)) {
      vpses.delete(name);
    }
  }
  list.filter((vps) => !seen.has(vps.name)).forEach((vps) => vpses.set(vps.name, vps));
  loaded = true;
  changed();
}

const isFinal = (operation) => operation.state !== 'running';

export function putOperation(operation) {
  const before = operations.get(operation.id);
  if (before && isFinal(before)) {
    return; // an answer that was overtaken by an event
  }
  if (operation.kind === 'export' && !before && downloads.delete(operation.vps)) {
    ours.add(operation.id);
  }
  operations.set(operation.id, operation);
  if (operations.size > MAX_OPERATIONS) {
    operations.delete(operations.keys().next().value);
  }
  if (isFinal(operation)) {
    ended.set(operation.vps, endedOn(operation.vps) + 1);
    settle(operation);
  }
  changed();
}

/** How many operations have ended on a VPS since the page is open; who sees another number looks again. */
export function endedOn(name) {
  return ended.get(name) ?? 0;
}

/** The same of all. */
export function endedOnAny() {
  return [...ended.values()].reduce((sum, count) => sum + count, 0);
}

/** An operation out of an answer: events that came meanwhile know better, unless it has ended. */
export function putAnswer(operation) {
  if (isFinal(operation) || !operations.has(operation.id)) {
    putOperation(operation);
  }
}

/**
 * Notes that we asked for it: its failure is shown.
 *
 * @param {object} operation as the manager answered
 * @returns {Promise<object>} the operation when it has succeeded; never settles when it has not
 */
export function expect(operation) {
  ours.add(operation.id);
  const done = new Promise((resolve) => waiting.set(operation.id, resolve));
  const known = operations.get(operation.id);
  if (known && isFinal(known)) {
    settle(known);
  } else {
    putAnswer(operation);
  }
  return done;
}

/**
 * Notes that the browser downloads the archive of a VPS. Its answer is not ours to read, so the
 * next export of that VPS is taken for it, and its failure is shown.
 */
export function expectExport(name) {
  downloads.add(name);
}

/** Operations to ask for: ours that may have ended unheard, and those that only a VPS names. */
export function unsettled() {
  const named = [...vpses.values()].map((vps) => vps.operation).filter((id) => id !== undefined);
  return [...new Set([...waiting.keys(), ...named.filter((id) => !operations.has(id))])];
}

function settle(operation) {
  if (!ours.delete(operation.id)) {
    return;
  }
  const resolve = waiting.get(operation.id);
  waiting.delete(operation.id);
  if (operation.state === 'succeeded') {
    resolve?.(operation);
  } else if (operation.error) {
    failed(operation.error);
  } else {
    failed({
      what: `${operation.kind} of ${operation.vps ?? operation.template} has not been done`,
      why: `operation ${operation.id} was ${operation.state}`,
      remedy: 'Start it again when you want it.',
    });
  }
}

/** Forgets everything: somebody signed out. */
export function clear() {
  [vpses, operations, ours, waiting, downloads, ended, seen].forEach((known) => known.clear());
  loaded = false;
  connected = false;
  changed();
}
