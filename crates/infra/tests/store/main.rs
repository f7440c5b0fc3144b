//! The contract of the domain's `Store`, on every database: each test is written once.
#![cfg(test)]

mod account_service;
mod accounts;
mod answers;
mod changes;
mod genres;
mod imports;
mod latest_changes;
mod migrations;
mod movies;
mod outages;
mod transactions;
mod undoing;

use std::{sync::Arc, time::Duration};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use domain::{
    genre::{Genre, GenreId, GenreName},
    movie::{Field, Movie, MovieId, MoviePatch},
    ports::{Session, Store},
    time::Timestamp,
};
use infra::db::{Database, DatabaseOptions};
use testing::TestDatabase;

fn options(database: &TestDatabase) -> DatabaseOptions {
    DatabaseOptions {
        url: database.url().into(),
        pool_size: 10,
        connect_timeout: Duration::from_secs(10),
        lock_timeout: Duration::from_secs(10),
    }
}

fn open_with(options: &DatabaseOptions) -> Arc<dyn Store> {
    let database = Database::open(options).unwrap();
    database.migrate().unwrap();
    Arc::new(database)
}

fn open(database: &TestDatabase) -> Arc<dyn Store> {
    open_with(&options(database))
}

/// The database as another process has it open. Writers of one process take turns before they come to the database, so
/// what the database does for them is seen between processes alone.
fn open_elsewhere(database: &TestDatabase) -> Arc<dyn Store> {
    open_with(&DatabaseOptions { pool_size: 1, ..options(database) })
}

/// A connection that the code under test knows nothing of.
enum Raw {
    Sqlite(SqliteConnection),
    #[cfg(feature = "mysql")]
    Mysql(diesel::MysqlConnection),
}

impl Raw {
    fn connect(database: &TestDatabase) -> Self {
        match database.url().strip_prefix("sqlite:") {
            Some(path) => {
                let mut connection = SqliteConnection::establish(path).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                Self::Sqlite(connection)
            }
            #[cfg(feature = "mysql")]
            None => Self::Mysql(diesel::MysqlConnection::establish(database.url()).unwrap()),
            #[cfg(not(feature = "mysql"))]
            None => unreachable!("{}", database.url()),
        }
    }

    fn execute(&mut self, statements: &str) {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(statements).unwrap(),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.batch_execute(statements).unwrap(),
        }
    }
}

fn genre(id: u64, name: &str) -> Genre {
    Genre { id: GenreId(id), name: GenreName::new(name, "").unwrap() }
}

/// Stores genres with the ids from 1.
fn add_genres(store: &Arc<dyn Store>, names: &[&str]) -> Vec<Genre> {
    store
        .writing(|session| {
            let genres: Vec<Genre> = names
                .iter()
                .map(|name| Ok(Genre { id: session.new_genre_id()?, name: GenreName::new(name, "").unwrap() }))
                .collect::<domain::Result<_>>()?;
            session.insert_genres(&genres)?;
            Ok(genres)
        })
        .unwrap()
}

/// A movie of which everything but the name is null.
fn bare(id: u64, name: &str) -> Movie {
    build(id, MoviePatch { name: Field::Value(name.into()), ..MoviePatch::default() })
}

fn build(id: u64, patch: MoviePatch) -> Movie {
    Movie {
        id: MovieId(id),
        version: 1,
        created_at: Timestamp::from_unix(1_700_000_000),
        updated_at: Timestamp::from_unix(1_700_000_001),
        details: patch.onto(None).unwrap().details,
        genres: Vec::new(),
    }
}

/// A movie of which nothing is null.
fn full(id: u64, name: &str, genres: &[Genre]) -> Movie {
    let patch = MoviePatch {
        name: Field::Value(name.into()),
        director: Field::Value("Ágnes Hranitzky, Béla Tarr".into()),
        genres: Field::Absent,
        popularity: Field::Value(88.123_456_789_012_34),
        imdb_score: Field::Value(0.1 + 0.2),
        year: Field::Value(2000.0),
        runtime_minutes: Field::Value(60_000.0),
        votes: Field::Value(9_007_199_254_740_991.0),
        imdb_id: Field::Value(format!("tt{id:07}")),
        overview: Field::Value("\"Lines\"\nand\ttabs \\ 🎬".into()),
        poster_url: Field::Value("https://example.org/ö.jpg?a=1&b='".into()),
    };
    Movie { version: u32::MAX, genres: genres.to_vec(), ..build(id, patch) }
}

fn insert(store: &Arc<dyn Store>, movies: &[Movie]) {
    store.writing(|session| session.insert_movies(movies)).unwrap();
}

fn ids(movies: &[Movie]) -> Vec<u64> {
    movies.iter().map(|movie| movie.id.0).collect()
}

fn movie(store: &Arc<dyn Store>, id: u64) -> Option<Movie> {
    store.reading(|session| session.movie(MovieId(id))).unwrap()
}

/// Runs `read` in a transaction of its own.
fn read<T>(store: &Arc<dyn Store>, read: impl FnMut(&mut dyn Session) -> domain::Result<T>) -> T {
    store.reading(read).unwrap()
}
