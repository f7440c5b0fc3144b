//! Movies and their links to genres.

use std::collections::{HashMap, HashSet};

use diesel::{
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{BigInt, Bool, HasSqlType},
};
use domain::{
    Error, Result,
    genre::Genre,
    movie::{
        Director, Identity, ImdbId, Movie, MovieDetails, MovieId, MovieName, Overview, Popularity, PosterUrl, Runtime,
        Score, Votes, Year,
    },
    ports::MovieRepository,
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use super::{
    dialect::{before_rows, on_either},
    error::damaged,
    genres::{StoredGenre, genre},
    schema::{genres, movie_genres, movies},
    transaction::{LIST, Transaction, column, inserts},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = movies)]
struct StoredMovie {
    id: i64,
    name: String,
    director: Option<String>,
    year: Option<i16>,
    popularity: Option<f64>,
    imdb_score: Option<f64>,
    runtime_minutes: Option<i32>,
    votes: Option<i64>,
    imdb_id: Option<String>,
    overview: Option<String>,
    poster_url: Option<String>,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl StoredMovie {
    fn into_movie(self, genres: Vec<Genre>) -> Result<Movie> {
        let damaged = |reason: String| damaged("movie", self.id, reason);
        /// A stored value as its type, or why it is none.
        fn value<S, T: TryFrom<S, Error = String>>(stored: Option<S>) -> Result<Option<T>, String> {
            stored.map(T::try_from).transpose()
        }
        Ok(Movie {
            id: MovieId(self.id.cast_unsigned()),
            version: u32::try_from(self.version).map_err(|e| damaged(e.to_string()))?,
            created_at: Timestamp::from_unix(self.created_at),
            updated_at: Timestamp::from_unix(self.updated_at),
            details: MovieDetails {
                name: MovieName::try_from(self.name).map_err(damaged)?,
                director: value::<_, Director>(self.director).map_err(damaged)?,
                popularity: value::<_, Popularity>(self.popularity).map_err(damaged)?,
                imdb_score: value::<_, Score>(self.imdb_score).map_err(damaged)?,
                year: value::<_, Year>(self.year.map(f64::from)).map_err(damaged)?,
                runtime_minutes: value::<_, Runtime>(self.runtime_minutes.map(f64::from)).map_err(damaged)?,
                // Exact: votes stay below 2^53.
                votes: value::<_, Votes>(self.votes.map(|votes| votes as f64)).map_err(damaged)?,
                imdb_id: value::<_, ImdbId>(self.imdb_id).map_err(damaged)?,
                overview: value::<_, Overview>(self.overview).map_err(damaged)?,
                poster_url: value::<_, PosterUrl>(self.poster_url).map_err(damaged)?,
            },
            genres,
        })
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = movies, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row<'a> {
    id: i64,
    name: &'a str,
    director: Option<&'a str>,
    year: Option<i16>,
    popularity: Option<f64>,
    imdb_score: Option<f64>,
    runtime_minutes: Option<i32>,
    votes: Option<i64>,
    imdb_id: Option<&'a str>,
    overview: Option<&'a str>,
    poster_url: Option<&'a str>,
    version: i64,
    created_at: i64,
    updated_at: i64,
    name_key: i64,
    rest_key: i64,
}

impl<'a> Row<'a> {
    fn new(movie: &'a Movie) -> Result<Self> {
        let MovieDetails {
            name,
            director,
            popularity,
            imdb_score,
            year,
            runtime_minutes,
            votes,
            imdb_id,
            overview,
            poster_url,
        } = &movie.details;
        let too_large = |e| Error::Internal(Box::new(e));
        let (name_key, rest_key) = keys(&movie.details.identity());
        Ok(Self {
            id: column(movie.id.0),
            name: name.as_str(),
            director: director.as_ref().map(Director::as_str),
            year: year.map(|year| year.get().try_into()).transpose().map_err(too_large)?,
            popularity: popularity.map(Popularity::get),
            imdb_score: imdb_score.map(Score::get),
            runtime_minutes: runtime_minutes.map(|minutes| minutes.get().try_into()).transpose().map_err(too_large)?,
            votes: votes.map(|votes| column(votes.get())),
            imdb_id: imdb_id.as_ref().map(ImdbId::as_str),
            overview: overview.as_ref().map(Overview::as_str),
            poster_url: poster_url.as_ref().map(PosterUrl::as_str),
            version: movie.version.into(),
            created_at: movie.created_at.unix(),
            updated_at: movie.updated_at.unix(),
            name_key,
            rest_key,
        })
    }

    fn bytes(&self) -> usize {
        let rest: usize = [self.director, self.overview, self.poster_url].into_iter().flatten().map(str::len).sum();
        self.name.len() + rest
    }
}

#[derive(Debug, PartialEq, Insertable, Queryable, Selectable)]
#[diesel(table_name = movie_genres, treat_none_as_default_value = false)]
struct Link {
    movie_id: i64,
    position: i16,
    genre_id: i64,
}

fn links(movie: &Movie) -> impl Iterator<Item = Link> {
    let movie_id = column(movie.id.0);
    (0..).zip(&movie.genres).map(move |(position, genre)| Link { movie_id, position, genre_id: column(genre.id.0) })
}

/// Finds the candidates for an identity: who is meant is then told by comparing, so that a collision does no harm.
fn keys(identity: &Identity) -> (i64, i64) {
    let mut rest = Sha256::new();
    if let Some(director) = &identity.director {
        rest.update(director);
    }
    // No text contains a NUL, and no year is 0.
    rest.update([0, identity.director.is_some().into()]);
    rest.update(identity.year.unwrap_or(0).to_be_bytes());
    (name_key(&identity.name), first_8_bytes(rest))
}

fn name_key(folded_name: &str) -> i64 {
    first_8_bytes(Sha256::new_with_prefix(folded_name))
}

fn first_8_bytes(hash: Sha256) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    i64::from_be_bytes(first)
}

/// `(name_key, rest_key) IN (...)`, which diesel has no words for.
struct HasKeys<'a> {
    keys: &'a [(i64, i64)],
    before_rows: &'static str,
}

impl Expression for HasKeys<'_> {
    type SqlType = Bool;
}

impl AppearsOnTable<movies::table> for HasKeys<'_> {}
impl SelectableExpression<movies::table> for HasKeys<'_> {}

impl ValidGrouping<()> for HasKeys<'_> {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for HasKeys<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for HasKeys<'_>
where
    DB: diesel::backend::Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("(movies.name_key, movies.rest_key) IN (");
        let mut before = self.before_rows;
        for (name_key, rest_key) in self.keys {
            out.push_sql(before);
            out.push_sql("(");
            out.push_bind_param::<BigInt, _>(name_key)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(rest_key)?;
            out.push_sql(")");
            before = ", ";
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Transaction<'_> {
    /// Movies, by ascending id, with their genres. `links` are all of theirs, by movie and position.
    fn assemble(&mut self, rows: Vec<StoredMovie>, links: Vec<(i64, i64)>) -> Result<Vec<Movie>> {
        let genres = self.genres_of(&links)?;
        let mut links = links.into_iter().peekable();
        rows.into_iter()
            .map(|row| {
                let mut of_movie = Vec::new();
                while let Some((_, genre)) = links.next_if(|(movie, _)| *movie == row.id) {
                    let genre = genres.get(&genre).ok_or_else(|| damaged("movie", row.id, "a genre is missing"))?;
                    of_movie.push(genre.clone());
                }
                row.into_movie(of_movie)
            })
            .collect()
    }

    fn genres_of(&mut self, links: &[(i64, i64)]) -> Result<HashMap<i64, Genre>> {
        let mut ids: Vec<i64> = links.iter().map(|(_, genre)| *genre).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = HashMap::new();
        for ids in ids.chunks(LIST) {
            let rows = self.query(|connection| {
                genres::table
                    .select((genres::id, genres::name))
                    .filter(genres::id.eq_any(ids))
                    .load::<StoredGenre>(connection)
            })?;
            for row in rows {
                found.insert(row.0, genre(row)?);
            }
        }
        Ok(found)
    }

    /// Movies in any order, with their genres, by ascending id.
    fn with_genres(&mut self, mut rows: Vec<StoredMovie>) -> Result<Vec<Movie>> {
        rows.sort_unstable_by_key(|row| row.id);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut links = Vec::new();
        for ids in ids.chunks(LIST) {
            links.extend(self.query(|connection| {
                movie_genres::table
                    .select((movie_genres::movie_id, movie_genres::genre_id))
                    .filter(movie_genres::movie_id.eq_any(ids))
                    .order((movie_genres::movie_id, movie_genres::position))
                    .load::<(i64, i64)>(connection)
            })?);
        }
        self.assemble(rows, links)
    }

    /// The movies of these identities; only those without an IMDb id, where they are to be `untitled`.
    fn identical_to(&mut self, identities: &[Identity], untitled: bool) -> Result<Vec<Movie>> {
        let mut wanted: Vec<(i64, i64)> = identities.iter().map(keys).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut rows = Vec::new();
        for keys in wanted.chunks(LIST) {
            rows.extend(self.query(|connection| {
                let before_rows = before_rows(connection);
                let rows = movies::table.select(StoredMovie::as_select()).filter(HasKeys { keys, before_rows });
                if untitled { rows.filter(movies::imdb_id.is_null()).load(connection) } else { rows.load(connection) }
            })?);
        }
        let mut found = self.with_genres(rows)?;
        let identities: HashSet<&Identity> = identities.iter().collect();
        found.retain(|movie| identities.contains(&movie.details.identity()));
        Ok(found)
    }

    /// The movies of these names; only those without an IMDb id, where they are to be `untitled`.
    fn named(&mut self, names: &[&str], untitled: bool) -> Result<Vec<Movie>> {
        let mut wanted: Vec<i64> = names.iter().copied().map(name_key).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut rows = Vec::new();
        for keys in wanted.chunks(LIST) {
            rows.extend(self.query(|connection| {
                let rows = movies::table.select(StoredMovie::as_select()).filter(movies::name_key.eq_any(keys));
                if untitled { rows.filter(movies::imdb_id.is_null()).load(connection) } else { rows.load(connection) }
            })?);
        }
        let mut found = self.with_genres(rows)?;
        let names: HashSet<&str> = names.iter().copied().collect();
        found.retain(|movie| names.contains(movie.details.identity().name.as_str()));
        Ok(found)
    }

    fn insert_links(&mut self, links: &[Link]) -> Result<()> {
        for links in inserts(links, |_| 0) {
            self.change(|connection| {
                on_either!(connection, diesel::insert_into(movie_genres::table).values(links).execute(connection))
            })?;
        }
        Ok(())
    }

    fn delete_links(&mut self, movie: MovieId) -> Result<()> {
        self.change(|connection| {
            diesel::delete(movie_genres::table.filter(movie_genres::movie_id.eq(column(movie.0)))).execute(connection)
        })?;
        Ok(())
    }
}

impl MovieRepository for Transaction<'_> {
    fn movie(&mut self, id: MovieId) -> Result<Option<Movie>> {
        let rows = self.query(|connection| {
            movies::table
                .left_join(movie_genres::table)
                .left_join(genres::table.on(genres::id.eq(movie_genres::genre_id)))
                .filter(movies::id.eq(column(id.0)))
                .order(movie_genres::position)
                .select((StoredMovie::as_select(), (genres::id, genres::name).nullable()))
                .load::<(StoredMovie, Option<StoredGenre>)>(connection)
        })?;
        let (movies, genres): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let Some(movie) = movies.into_iter().next() else { return Ok(None) };
        let genres = genres.into_iter().flatten().map(genre).collect::<Result<_>>()?;
        movie.into_movie(genres).map(Some)
    }

    fn movies(&mut self, ids: &[MovieId]) -> Result<Vec<Movie>> {
        let mut ids: Vec<i64> = ids.iter().map(|id| column(id.0)).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut rows = Vec::new();
        for ids in ids.chunks(LIST) {
            rows.extend(self.query(|connection| {
                movies::table.select(StoredMovie::as_select()).filter(movies::id.eq_any(ids)).load(connection)
            })?);
        }
        self.with_genres(rows)
    }

    fn movies_after(&mut self, after: MovieId, limit: u32) -> Result<Vec<Movie>> {
        let rows: Vec<StoredMovie> = self.query(|connection| {
            movies::table
                .select(StoredMovie::as_select())
                .filter(movies::id.gt(column(after.0)))
                .order(movies::id)
                .limit(limit.into())
                .load(connection)
        })?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(Vec::new()) };
        let links = self.query(|connection| {
            movie_genres::table
                .select((movie_genres::movie_id, movie_genres::genre_id))
                .filter(movie_genres::movie_id.gt(column(after.0)))
                .filter(movie_genres::movie_id.le(last))
                .order((movie_genres::movie_id, movie_genres::position))
                .load(connection)
        })?;
        self.assemble(rows, links)
    }

    fn count_movies(&mut self) -> Result<u64> {
        let count: i64 = self.query(|connection| movies::table.count().get_result(connection))?;
        Ok(count.cast_unsigned())
    }

    fn movies_by_imdb_id(&mut self, ids: &[&ImdbId]) -> Result<Vec<Movie>> {
        let mut ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut rows = Vec::new();
        for ids in ids.chunks(LIST) {
            rows.extend(self.query(|connection| {
                movies::table.select(StoredMovie::as_select()).filter(movies::imdb_id.eq_any(ids)).load(connection)
            })?);
        }
        self.with_genres(rows)
    }

    fn movies_identical_to(&mut self, identities: &[Identity]) -> Result<Vec<Movie>> {
        self.identical_to(identities, false)
    }

    fn movies_named(&mut self, names: &[&str]) -> Result<Vec<Movie>> {
        self.named(names, false)
    }

    fn untitled_movies_identical_to(&mut self, identities: &[Identity]) -> Result<Vec<Movie>> {
        self.identical_to(identities, true)
    }

    fn untitled_movies_named(&mut self, names: &[&str]) -> Result<Vec<Movie>> {
        self.named(names, true)
    }

    fn insert_movies(&mut self, movies: &[Movie]) -> Result<()> {
        let rows: Vec<Row> = movies.iter().map(Row::new).collect::<Result<_>>()?;
        for rows in inserts(&rows, Row::bytes) {
            self.change(|connection| {
                on_either!(connection, diesel::insert_into(movies::table).values(rows).execute(connection))
            })?;
        }
        self.insert_links(&movies.iter().flat_map(links).collect::<Vec<_>>())
    }

    fn update_movie(&mut self, movie: &Movie) -> Result<()> {
        let row = Row::new(movie)?;
        self.change_one(|connection| diesel::update(movies::table.find(row.id)).set(&row).execute(connection))?;
        let stored: Vec<Link> = self.query(|connection| {
            movie_genres::table
                .select(Link::as_select())
                .filter(movie_genres::movie_id.eq(row.id))
                .order(movie_genres::position)
                .load(connection)
        })?;
        let links: Vec<Link> = links(movie).collect();
        if links != stored {
            self.delete_links(movie.id)?;
            self.insert_links(&links)?;
        }
        Ok(())
    }

    fn delete_movie(&mut self, id: MovieId) -> Result<()> {
        self.delete_links(id)?;
        self.change_one(|connection| diesel::delete(movies::table.find(column(id.0))).execute(connection))
    }
}
