//! Genres.

use diesel::prelude::*;
use domain::{
    Result,
    genre::{Genre, GenreId, GenreName},
    movie::MovieId,
    ports::GenreRepository,
};

use super::{
    dialect::on_either,
    error::damaged,
    schema::{genres, movie_genres},
    transaction::{LIST, Transaction, column, inserts},
};

/// A genre as a query gives it: id and name.
pub type StoredGenre = (i64, String);

#[derive(Insertable)]
#[diesel(table_name = genres, treat_none_as_default_value = false)]
struct NewRow<'a> {
    id: i64,
    name: &'a str,
    name_key: String,
}

pub fn genre((id, name): StoredGenre) -> Result<Genre> {
    let name = GenreName::try_from(name).map_err(|reason| damaged("genre", id, reason))?;
    Ok(Genre { id: GenreId(id.cast_unsigned()), name })
}

impl GenreRepository for Transaction<'_> {
    fn genres(&mut self) -> Result<Vec<Genre>> {
        let rows = self.query(|connection| {
            genres::table.select((genres::id, genres::name)).order(genres::id).load::<StoredGenre>(connection)
        })?;
        rows.into_iter().map(genre).collect()
    }

    fn genre(&mut self, id: GenreId) -> Result<Option<Genre>> {
        let row = self.query(|connection| {
            genres::table
                .select((genres::id, genres::name))
                .filter(genres::id.eq(column(id.0)))
                .first::<StoredGenre>(connection)
                .optional()
        })?;
        row.map(genre).transpose()
    }

    fn genres_named(&mut self, names: &[GenreName]) -> Result<Vec<Genre>> {
        let mut keys: Vec<String> = names.iter().map(GenreName::key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut rows = Vec::new();
        for keys in keys.chunks(LIST) {
            rows.extend(self.query(|connection| {
                genres::table
                    .select((genres::id, genres::name))
                    .filter(genres::name_key.eq_any(keys))
                    .load::<StoredGenre>(connection)
            })?);
        }
        rows.sort_unstable();
        rows.into_iter().map(genre).collect()
    }

    fn insert_genres(&mut self, genres: &[Genre]) -> Result<()> {
        for genres in inserts(genres, |genre| genre.name.as_str().len()) {
            let rows: Vec<_> = genres
                .iter()
                .map(|genre| NewRow { id: column(genre.id.0), name: genre.name.as_str(), name_key: genre.name.key() })
                .collect();
            self.change(|connection| {
                on_either!(connection, diesel::insert_into(genres::table).values(&rows).execute(connection))
            })?;
        }
        Ok(())
    }

    fn update_genre(&mut self, genre: &Genre) -> Result<()> {
        self.change_one(|connection| {
            diesel::update(genres::table.find(column(genre.id.0)))
                .set((genres::name.eq(genre.name.as_str()), genres::name_key.eq(genre.name.key())))
                .execute(connection)
        })
    }

    fn delete_genre(&mut self, id: GenreId) -> Result<()> {
        self.change_one(|connection| diesel::delete(genres::table.find(column(id.0))).execute(connection))
    }

    fn count_movies_with(&mut self, id: GenreId) -> Result<u64> {
        let count: i64 = self.query(|connection| {
            movie_genres::table.filter(movie_genres::genre_id.eq(column(id.0))).count().get_result(connection)
        })?;
        Ok(count.cast_unsigned())
    }

    fn movies_with(&mut self, id: GenreId, after: MovieId, limit: u32) -> Result<Vec<MovieId>> {
        let ids: Vec<i64> = self.query(|connection| {
            movie_genres::table
                .select(movie_genres::movie_id)
                .filter(movie_genres::genre_id.eq(column(id.0)))
                .filter(movie_genres::movie_id.gt(column(after.0)))
                .order(movie_genres::movie_id)
                .limit(limit.into())
                .load(connection)
        })?;
        Ok(ids.into_iter().map(|id| MovieId(id.cast_unsigned())).collect())
    }
}
