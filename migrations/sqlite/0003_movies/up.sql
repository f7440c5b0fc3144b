-- The keys are 64 bits of a hash of the name without differences of case, and of director and year: they find
-- candidates, the program compares.
CREATE TABLE movies (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    director TEXT,
    year INTEGER,
    popularity REAL,
    imdb_score REAL,
    runtime_minutes INTEGER,
    votes INTEGER,
    imdb_id TEXT,
    overview TEXT,
    poster_url TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name_key INTEGER NOT NULL,
    rest_key INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX movies_imdb_id ON movies (imdb_id) WHERE imdb_id IS NOT NULL;

CREATE INDEX movies_identity ON movies (name_key, rest_key);
