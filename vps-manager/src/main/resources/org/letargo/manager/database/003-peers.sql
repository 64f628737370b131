CREATE TABLE peer (
  name             TEXT PRIMARY KEY,
  url              TEXT NOT NULL,
  -- the certificate authorities that it has, as PEM, one after the other
  authorities      TEXT NOT NULL,
  added_at         TEXT NOT NULL,
  -- the authorities of ours that it has confirmed, by fingerprint, with a blank between; empty if none
  told             TEXT NOT NULL,
  -- what was last measured; 0 if it never was
  bytes_per_second INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE peer_token (
  -- SHA-256 of the secret, in hexadecimal digits
  hash       TEXT PRIMARY KEY,
  -- seconds since 1970
  expires_at INTEGER NOT NULL,
  by_token   TEXT NOT NULL
) STRICT;
