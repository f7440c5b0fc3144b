-- The changes of one movie, of one genre, and the bulk loads by the ids they gave out.
DROP INDEX changes_movie;

CREATE INDEX changes_movie ON changes (kind, movie_id, genre_id, seq);
