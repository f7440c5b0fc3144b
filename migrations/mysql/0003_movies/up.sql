-- The keys are 64 bits of a hash of the name without differences of case, and of director and year: they find
-- candidates, the program compares.
CREATE TABLE IF NOT EXISTS movies (
    id BIGINT NOT NULL PRIMARY KEY,
    name VARCHAR(300) NOT NULL,
    director VARCHAR(300),
    year SMALLINT,
    popularity DOUBLE,
    imdb_score DOUBLE,
    runtime_minutes INT,
    votes BIGINT,
    imdb_id VARCHAR(12),
    overview TEXT,
    poster_url TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    name_key BIGINT NOT NULL,
    rest_key BIGINT NOT NULL,
    UNIQUE KEY movies_imdb_id (imdb_id),
    KEY movies_identity (name_key, rest_key)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
