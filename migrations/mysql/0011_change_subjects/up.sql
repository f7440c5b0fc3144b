-- The changes of one movie, of one genre, and the bulk loads by the ids they gave out. The index keeps its name, so
-- that this can be run again.
ALTER TABLE changes DROP KEY changes_movie, ADD KEY changes_movie (kind, movie_id, genre_id, seq);
