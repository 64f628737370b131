import * as api from './api.js';
import * as store from './store.js';

/** Between two attempts, when the browser itself has given up. */
const AGAIN_MILLIS = 2000;

let source = null;
let timer = null;

/** Keeps the store as the manager sees the world, until {@link stop}. */
export function start() {
  stop();
  source = new EventSource('/v1/events');
  source.addEventListener('open', synchronize);
  source.addEventListener('vps', (event) => store.putVps(JSON.parse(event.data)));
  source.addEventListener('vps-gone', (event) => store.removeVps(JSON.parse(event.data).name));
  source.addEventListener('operation', (event) => store.putOperation(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    store.setConnected(false);
    if (source.readyState === EventSource.CLOSED) {
      timer = setTimeout(again, AGAIN_MILLIS);
    }
  });
}

export function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** What happened while we did not listen: VPSes that are gone, operations that have ended. */
async function synchronize() {
  store.setConnected(true);
  try {
    store.putList(await api.listVps());
    await Promise.all(store.unsettled().map(async (id) => store.putAnswer(await api.operation(id))));
  } catch (error) {
    if (error.status === 404) {
      return; // an operation that the manager has forgotten
    }
    store.setConnected(false);
    timer = setTimeout(again, AGAIN_MILLIS);
  }
}

/** Asks first: a manager that does not know us any more sends us to the sign-in. */
async function again() {
  try {
    await api.listVps();
    start();
  } catch (error) {
    if (error.status !== 401) {
      timer = setTimeout(again, AGAIN_MILLIS);
    }
  }
}
