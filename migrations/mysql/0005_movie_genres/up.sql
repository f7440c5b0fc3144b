CREATE TABLE IF NOT EXISTS movie_genres (
    movie_id BIGINT NOT NULL,
    position SMALLINT NOT NULL,
    genre_id BIGINT NOT NULL,
    PRIMARY KEY (movie_id, position),
    KEY movie_genres_genre (genre_id, movie_id),
    CONSTRAINT movie_genres_of_movie FOREIGN KEY (movie_id) REFERENCES movies (id),
    CONSTRAINT movie_genres_of_genre FOREIGN KEY (genre_id) REFERENCES genres (id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
