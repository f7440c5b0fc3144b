-- The digest is the SHA-256 of the token, which is stored nowhere.
CREATE TABLE IF NOT EXISTS tokens (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    name VARCHAR(300),
    digest BINARY(32) NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE KEY tokens_digest (digest),
    KEY tokens_user (user_id),
    KEY tokens_expires_at (expires_at),
    CONSTRAINT tokens_of_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
