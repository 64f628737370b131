/** A refusal or failure as the manager tells it: what failed, why, and what to do. */
export class ApiError extends Error {
  constructor(status, {code = 'INTERNAL', what, why, remedy = '', obstacles = [], log = []}) {
    super(`${what}: ${why}.`);
    this.status = status;
    this.code = code;
    this.what = what;
    this.why = why;
    this.remedy = remedy;
    this.obstacles = obstacles;
    this.log = log;
  }
}

const UNREACHABLE = {
  code: 'MANAGER_UNREACHABLE',
  what: 'Cannot reach the manager',
  why: 'it does not answer',
  remedy: 'Check that it runs and that you are online; the page connects again by itself.',
};

const SESSION = '/v1/session';

let signedOut = () => {};

/** Calls back when the manager does not know us any more. */
export function onSignedOut(listener) {
  signedOut = listener;
}

function errorOf(status, text, path) {
  if (status === 401 && path !== SESSION) {
    signedOut();
  }
  try {
    const {error} = JSON.parse(text);
    if (error?.what) {
      return new ApiError(status, error);
    }
  } catch {
    // not of the manager: said below
  }
  return new ApiError(status, {
    what: 'The request failed',
    why: `the server answered with HTTP status ${status} and no reason`,
    remedy: 'Look into the manager’s log.',
  });
}

async function call(method, path, body) {
  const request = {method, credentials: 'same-origin', headers: {}};
  if (body !== undefined) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  let response;
  let text;
  try {
    response = await fetch(path, request);
    text = await response.text();
  } catch {
    throw new ApiError(0, UNREACHABLE);
  }
  if (!response.ok) {
    throw errorOf(response.status, text, path);
  }
  return text ? JSON.parse(text) : {};
}

const vpsPath = (name) => `/v1/vps/${encodeURIComponent(name)}`;

export const signIn = (token) => call('POST', SESSION, {token});
export const signOut = () => call('DELETE', SESSION);
export const listVps = async () => (await call('GET', '/v1/vps')).vps;
export const getVps = (name) => call('GET', vpsPath(name));
export const preflight = (name) => call('GET', `${vpsPath(name)}/preflight`);
export const listTemplates = async () => (await call('GET', '/v1/templates')).templates;
export const host = () => call('GET', '/v1/host');
export const createVps = (request) => call('POST', '/v1/vps', request);
export const destroyVps = (name) => call('DELETE', vpsPath(name));
export const archiveUrl = (name) => `${vpsPath(name)}/archive`;
export const operation = (id) => call('GET', `/v1/operations/${encodeURIComponent(id)}`);

/** One of start, stop, restart, suspend, resume, pause, unpause. */
export const changeVps = (name, verb) => call('POST', `${vpsPath(name)}/${verb}`);

export const listPeers = async () => (await call('GET', '/v1/peers')).peers;
export const checkMigration = (name, peer) => call('POST', `${vpsPath(name)}/migrate/check`, {peer});
export const migrateVps = (name, request) => call('POST', `${vpsPath(name)}/migrate`, request);

const checkpointPath = (name, id) => `${vpsPath(name)}/checkpoints/${encodeURIComponent(id)}`;

export const timeline = (name) => call('GET', `${vpsPath(name)}/checkpoints`);
export const checkpoint = (name, request) => call('POST', `${vpsPath(name)}/checkpoints`, request);
export const markCheckpoint = (name, id, marks) => call('PATCH', checkpointPath(name, id), marks);
export const verifyCheckpoint = (name, id) => call('POST', `${checkpointPath(name, id)}/verify`, {});
export const forgetCheckpoint = (name, id) => call('DELETE', checkpointPath(name, id));
export const checkpointArchiveUrl = (name, id) => `${checkpointPath(name, id)}/archive`;
export const diffCheckpoints = (name, before, after) =>
  call('GET', `${checkpointPath(name, before)}/diff?to=${encodeURIComponent(after)}`);
export const rewindVps = (name, request) => call('POST', `${vpsPath(name)}/rewind`, request);
export const cloneVps = (name, request) => call('POST', `${vpsPath(name)}/clone`, request);
export const listSchedules = async () => (await call('GET', '/v1/schedules')).schedules;
export const storeReport = () => call('GET', '/v1/store');

/**
 * Sends an archive. XMLHttpRequest, because fetch does not tell how far an upload is.
 *
 * @param {File} file the archive
 * @param {string} name the new VPS's name; empty for the one in the archive
 * @param {function(number, number)} progress told bytes sent and all bytes
 * @returns {{done: Promise<object>, abort: function()}} done gives the operation
 */
export function importArchive(file, name, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener('progress', (event) => progress(event.loaded, file.size));
    request.addEventListener('load', () => {
      if (request.status === 202) {
        resolve(JSON.parse(request.responseText));
      } else {
        reject(errorOf(request.status, request.responseText, '/v1/archives'));
      }
    });
    request.addEventListener('error', () =>
      reject(
        new ApiError(0, {
          what: 'The upload broke off',
          why: 'the manager cut the connection',
          remedy: 'Try again; what was sent is not kept.',
        }),
      ),
    );
    request.addEventListener('abort', () => reject(null));
    request.open('POST', name ? `/v1/archives?name=${encodeURIComponent(name)}` : '/v1/archives');
    request.setRequestHeader('Content-Type', 'application/zstd');
    request.send(file);
  });
  return {done, abort: () => request.abort()};
}
