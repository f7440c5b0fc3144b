-- First answers to requests with idempotency keys, kept for a day. The digest is the SHA-256 of user, operation and key;
-- an answer's parts are numbered from 0.
CREATE TABLE idempotency_keys (
    digest BLOB NOT NULL,
    part INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    seq INTEGER,
    created_at INTEGER NOT NULL,
    outcome BLOB NOT NULL,
    PRIMARY KEY (digest, part)
) STRICT;

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
