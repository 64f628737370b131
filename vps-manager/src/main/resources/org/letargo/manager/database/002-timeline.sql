-- what the operation has brought, as JSON; empty while it runs
ALTER TABLE operation ADD COLUMN result TEXT NOT NULL DEFAULT '';

CREATE TABLE schedule (
  vps           TEXT PRIMARY KEY,
  every_seconds INTEGER NOT NULL,
  keep          INTEGER NOT NULL,
  keep_hourly   INTEGER NOT NULL,
  keep_daily    INTEGER NOT NULL,
  by_token      TEXT NOT NULL,
  -- when it is due
  next_at       TEXT NOT NULL,
  -- when it last took a checkpoint; empty if it never did
  last_at       TEXT NOT NULL DEFAULT '',
  -- how often it has failed since then, and the last failure as JSON
  failures      INTEGER NOT NULL DEFAULT 0,
  error         TEXT NOT NULL DEFAULT ''
) STRICT;
