import * as api from './api.js';
import {el} from './dom.js';
import * as store from './store.js';
import {openCreate} from './view-create.js';
import {openImport} from './view-import.js';
import {VpsRow} from './view-row.js';
import {StoreUse} from './view-store.js';

const STATES = ['running', 'paused', 'suspended', 'stopped'];

const countedAs = (vps) => (STATES.includes(vps.state) ? vps.state : 'changing');

/**
 * The VPSes of the host, live.
 *
 * @param {function()} signOut what the button of that name does
 */
export function listView(signOut) {
  const rows = new Map();
  const hostName = el('span', {class: 'host', 'data-testid': 'host'});
  const link = el('span', {class: 'link', role: 'status', 'data-testid': 'link'});
  const counts = el('span', {'data-testid': 'counts'});
  const storeUse = new StoreUse();
  const list = el('ul', {class: 'vpses', 'data-testid': 'vpses'});
  const empty = el(
    'div',
    {class: 'card empty', 'data-testid': 'empty', hidden: true},
    el('h2', {}, 'No VPS yet'),
    el('p', {}, 'Create one from a template, or import an archive from another host.'),
  );
  const create = el(
    'button',
    {type: 'button', class: 'primary', 'data-testid': 'create', onclick: openCreate},
    'Create VPS',
  );
  const element = el(
    'div',
    {class: 'page'},
    el(
      'header',
      {},
      el('img', {src: 'icon.svg', alt: '', width: 30, height: 30}),
      el('h1', {}, 'Letargo'),
      hostName,
      link,
      el('button', {type: 'button', class: 'quiet', 'data-testid': 'sign-out', onclick: signOut}, 'Sign out'),
    ),
    el(
      'main',
      {},
      el(
        'div',
        {class: 'bar'},
        el('p', {class: 'counts'}, counts, storeUse.element),
        el('button', {type: 'button', 'data-testid': 'import', onclick: openImport}, 'Import archive'),
        create,
      ),
      list,
      empty,
    ),
  );

  function draw() {
    const {vpses, operations, connected, loaded} = store.state();
    link.textContent = connected ? 'Live' : 'Connecting…';
    link.classList.toggle('on', connected);
    counts.textContent = [...STATES, 'changing']
      .map((name) => [name, vpses.filter((vps) => countedAs(vps) === name).length])
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(' · ');
    storeUse.update();
    empty.hidden = !loaded || vpses.length > 0;
    const names = new Set(vpses.map((vps) => vps.name));
    for (const [name, row] of rows) {
      if (!names.has(name)) {
        row.element.remove();
        rows.delete(name);
      }
    }
    vpses.forEach((vps, index) => {
      if (!rows.has(vps.name)) {
        const row = new VpsRow(vps.name);
        rows.set(vps.name, row);
        list.insertBefore(row.element, list.children[index] ?? null);
      }
      rows.get(vps.name).update(vps, operations.get(vps.operation));
    });
  }

  const unsubscribe = store.subscribe(draw);
  draw();
  api.host().then(
    (host) => {
      hostName.textContent = `${host.hostName}, Linux ${host.kernel}`;
    },
    () => {}, // a decoration: what is wrong with the manager is told elsewhere
  );
  return {element, entered: () => create.focus(), leave: unsubscribe};
}
