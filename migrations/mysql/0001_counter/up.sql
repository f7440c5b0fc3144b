-- The last id and the last change number given out. One row.
CREATE TABLE IF NOT EXISTS counter (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    last_movie_id BIGINT NOT NULL,
    last_genre_id BIGINT NOT NULL,
    last_user_id BIGINT NOT NULL,
    last_token_id BIGINT NOT NULL,
    last_seq BIGINT NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
