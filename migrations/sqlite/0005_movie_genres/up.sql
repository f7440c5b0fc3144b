CREATE TABLE movie_genres (
    movie_id INTEGER NOT NULL REFERENCES movies (id),
    position INTEGER NOT NULL,
    genre_id INTEGER NOT NULL REFERENCES genres (id),
    PRIMARY KEY (movie_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX movie_genres_genre ON movie_genres (genre_id, movie_id);
