-- First answers to requests with idempotency keys, kept for a day. The digest is the SHA-256 of user, operation and key;
-- an answer's parts are numbered from 0.
CREATE TABLE IF NOT EXISTS idempotency_keys (
    digest BINARY(32) NOT NULL,
    part INTEGER NOT NULL,
    fingerprint BINARY(32) NOT NULL,
    seq BIGINT,
    created_at BIGINT NOT NULL,
    outcome MEDIUMBLOB NOT NULL,
    PRIMARY KEY (digest, part),
    KEY idempotency_keys_created_at (created_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
