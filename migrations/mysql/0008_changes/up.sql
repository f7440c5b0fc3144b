-- The feed of changes. A row has the numbers seq - span + 1 to seq; its stamp is random. The kind says what it is about:
-- 'movie', 'genre' (with their states as JSON), or 'movies': span new movies with ids from movie_id without a gap.
CREATE TABLE IF NOT EXISTS changes (
    seq BIGINT NOT NULL PRIMARY KEY,
    span BIGINT NOT NULL,
    stamp BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor VARCHAR(50),
    via VARCHAR(10) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    movie_id BIGINT,
    genre_id BIGINT,
    state_before MEDIUMTEXT,
    state_after MEDIUMTEXT,
    KEY changes_movie (movie_id, seq)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
