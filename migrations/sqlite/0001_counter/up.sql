-- The last id and the last change number given out. One row.
CREATE TABLE counter (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last_movie_id INTEGER NOT NULL,
    last_genre_id INTEGER NOT NULL,
    last_user_id INTEGER NOT NULL,
    last_token_id INTEGER NOT NULL,
    last_seq INTEGER NOT NULL
) STRICT;
