import * as api from './api.js';
import {el, field, openDialog, tick} from './dom.js';
import * as store from './store.js';
import {errorText} from './view-errors.js';

/** Moves a VPS to a peer, once it is seen what stands in the way. */
export function openMigrate(name) {
  const peers = el('select', {id: 'migrate-peer', 'data-testid': 'migrate-peer', onchange: check});
  const keep = tick('migrate-keep', 'Keep its earlier checkpoints here');
  const report = el('div', {'data-testid': 'migrate-report', 'aria-live': 'polite'});
  const trouble = el('div', {class: 'trouble', role: 'alert'});
  const move = el('button', {class: 'primary', disabled: true, 'data-testid': 'migrate'}, 'Move');
  const dialog = openDialog(
    `Move ${name} to another host`,
    'migrate-dialog',
    el('p', {}, 'It goes on there, with its address and its connections, and is gone here.'),
    el(
      'form',
      {onsubmit: submit},
      field('To', peers),
      keep.element,
      report,
      trouble,
      el(
        'div',
        {class: 'buttons'},
        el('button', {type: 'button', onclick: () => dialog.close()}, 'Leave it here'),
        move,
      ),
    ),
  );
  load();

  async function load() {
    try {
      const known = await api.listPeers();
      peers.replaceChildren(...known.map((peer) => el('option', {value: peer.name}, peer.name)));
      if (known.length === 0) {
        report.replaceChildren(el('p', {}, 'This host knows no other: ‘letargo peer add’ makes one a peer.'));
      } else {
        await check();
      }
    } catch (error) {
      trouble.replaceChildren(...errorText(error));
    }
  }

  /** What is asked last counts, whatever is answered first. */
  async function check() {
    const peer = peers.value;
    move.disabled = true;
    trouble.replaceChildren();
    report.replaceChildren(el('p', {}, 'Looking…'));
    try {
      const found = await api.checkMigration(name, peer);
      if (peers.value === peer) {
        draw(found);
      }
    } catch (error) {
      if (peers.value === peer) {
        report.replaceChildren(...errorText(error));
      }
    }
  }

  function draw(found) {
    const told = found.verdicts.filter((verdict) => verdict.level !== 'fine');
    report.replaceChildren(
      el('p', {class: 'verdict', 'data-can': String(found.admitted)}, found.admitted ? 'It can go there.' : 'It cannot go there.'),
      el(
        'ul',
        {},
        ...told.map((verdict) => el('li', {'data-level': verdict.level}, `${verdict.finding} ${verdict.remedy}`.trim())),
      ),
    );
    move.disabled = !found.admitted;
  }

  async function submit(event) {
    event.preventDefault();
    move.disabled = true;
    try {
      store.expect(await api.migrateVps(name, {peer: peers.value, keepSource: keep.box.checked}));
      dialog.close();
    } catch (error) {
      trouble.replaceChildren(...errorText(error));
      move.disabled = false;
    }
  }
}
