-- The latest imports. One that is running is heard of again and again, so that one whose process is gone can be told.
CREATE TABLE IF NOT EXISTS imports (
    id BIGINT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    heard_of_at BIGINT NOT NULL,
    finished_at BIGINT,
    actor VARCHAR(50),
    source VARCHAR(300) NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    standing VARCHAR(20) NOT NULL,
    error VARCHAR(1000)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
