CREATE TABLE operation (
  sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  kind           TEXT NOT NULL,
  vps            TEXT NOT NULL,
  template       TEXT NOT NULL,
  by_token       TEXT NOT NULL,
  started_at     TEXT NOT NULL,
  -- what the hook knows the current step as, and which step it is
  hook_operation TEXT NOT NULL,
  step           INTEGER NOT NULL,
  -- running, succeeded, failed, cancelled
  state          TEXT NOT NULL,
  -- all below are empty while it runs
  ended_at       TEXT NOT NULL DEFAULT '',
  phase          TEXT NOT NULL DEFAULT '',
  percent        INTEGER NOT NULL DEFAULT -1,
  error          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX operation_by_vps ON operation (vps, sequence);
CREATE INDEX operation_by_state ON operation (state);

CREATE TABLE token (
  name       TEXT PRIMARY KEY,
  role       TEXT NOT NULL,
  -- SHA-256 of the token's text, in hexadecimal digits
  hash       TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  at          TEXT NOT NULL,
  by_token    TEXT NOT NULL,
  action      TEXT NOT NULL,
  path        TEXT NOT NULL,
  from_host   TEXT NOT NULL,
  status      INTEGER NOT NULL,
  operation   TEXT NOT NULL
) STRICT;
