-- The feed of changes. A row has the numbers seq - span + 1 to seq; its stamp is random. The kind says what it is about:
-- 'movie', 'genre' (with their states as JSON), or 'movies': span new movies with ids from movie_id without a gap.
CREATE TABLE changes (
    seq INTEGER NOT NULL PRIMARY KEY,
    span INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT,
    via TEXT NOT NULL,
    kind TEXT NOT NULL,
    movie_id INTEGER,
    genre_id INTEGER,
    state_before TEXT,
    state_after TEXT
) STRICT;

CREATE INDEX changes_movie ON changes (movie_id, seq);
