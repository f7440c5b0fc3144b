-- The digest is the SHA-256 of the token, which is stored nowhere.
CREATE TABLE tokens (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX tokens_user ON tokens (user_id);

CREATE INDEX tokens_expires_at ON tokens (expires_at);
