import * as api from './api.js';
import * as live from './live.js';
import * as store from './store.js';
import {showError, errorPanel} from './view-errors.js';
import {listView} from './view-list.js';
import {signInView} from './view-signin.js';

const app = document.getElementById('app');
let leave = () => {};

function show(view) {
  leave();
  leave = view.leave;
  app.replaceChildren(view.element);
  view.entered();
}

function showSignIn() {
  live.stop();
  store.clear();
  document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
  show(signInView(showList));
}

function showList() {
  show(listView(signOut));
  live.start();
}

async function signOut() {
  try {
    await api.signOut();
    showSignIn();
  } catch (error) {
    showError(error);
  }
}

document.body.append(errorPanel());
store.onFailed(showError);

// The cookie cannot be read from here, and shall not be: asking tells whether we are signed in.
try {
  await api.listVps();
  showList();
} catch (error) {
  showSignIn();
  if (error.status !== 401) {
    showError(error);
  }
}
api.onSignedOut(showSignIn);
