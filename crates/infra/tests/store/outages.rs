use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    thread,
    time::Duration,
};

use domain::Error;
use infra::db::{Database, DatabaseOptions, OpenError};
use testing::TestDatabase;

use crate::{bare, insert, movie, open_with, options};

testing::on_every_database! {
    without_a_free_connection_the_database_is_unavailable,
}

fn without_a_free_connection_the_database_is_unavailable(database: &TestDatabase) {
    let one = DatabaseOptions { pool_size: 1, connect_timeout: Duration::from_millis(300), ..options(database) };
    let store = open_with(&one);
    insert(&store, &[bare(1, "M")]);
    store
        .read(&mut |_| {
            let second = thread::scope(|scope| scope.spawn(|| store.read(&mut |_| Ok(()))).join().unwrap());
            assert!(matches!(second, Err(Error::Unavailable { what: "the database", .. })), "{second:?}");
            Ok(())
        })
        .unwrap();
    assert!(movie(&store, 1).is_some());
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().join("below").display().to_string();
    let options = DatabaseOptions { url: format!("sqlite:{path}/marquee.db").into(), ..options(&testing::sqlite()) };
    let error = Database::open(&options).unwrap_err();
    assert!(matches!(error, OpenError::Directory(..)) && error.to_string().contains(&path), "{error}");
}

#[test]
fn directories_above_a_sqlite_file_are_made() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a/b/marquee.db");
    let options = DatabaseOptions { url: format!("sqlite:{}", file.display()).into(), ..options(&testing::sqlite()) };
    Database::open(&options).unwrap();
    assert!(file.exists());
}

#[test]
fn a_sqlite_database_is_nobody_elses_to_read() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/marquee.db", directory.path().display());
    let store = open_with(&DatabaseOptions { url: url.into(), ..options(&testing::sqlite()) });
    insert(&store, &[bare(1, "M")]);
    for name in ["marquee.db", "marquee.db-wal", "marquee.db-shm"] {
        let mode = fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_mode_that_an_operator_gave_a_database_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("marquee.db");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let options = DatabaseOptions { url: format!("sqlite:{}", file.display()).into(), ..options(&testing::sqlite()) };
    Database::open(&options).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_password_is_not_printed() {
    let mut options = options(&testing::sqlite());
    options.url = "mysql://ann:correct-horse@localhost/films".into();
    assert!(!format!("{options:?}").contains("horse"));
}

#[cfg(feature = "mysql")]
mod mysql_alone {
    use std::{
        io,
        net::{Shutdown, SocketAddr, TcpListener, TcpStream},
        sync::{Arc, Mutex},
    };

    use domain::movie::MovieId;

    use super::*;

    /// Stands between the program and the server, and can be cut.
    struct Cable {
        port: u16,
        state: Arc<Mutex<State>>,
    }

    #[derive(Default)]
    struct State {
        cut: bool,
        open: Vec<TcpStream>,
    }

    impl Cable {
        fn to(server: SocketAddr) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let state = Arc::new(Mutex::new(State::default()));
            let shared = Arc::clone(&state);
            // Both threads end with the process.
            thread::spawn(move || {
                for client in listener.incoming() {
                    let client = client.unwrap();
                    let mut state = shared.lock().unwrap();
                    if state.cut {
                        continue;
                    }
                    let server = TcpStream::connect(server).unwrap();
                    for (mut from, mut to) in [
                        (client.try_clone().unwrap(), server.try_clone().unwrap()),
                        (server.try_clone().unwrap(), client.try_clone().unwrap()),
                    ] {
                        thread::spawn(move || io::copy(&mut from, &mut to));
                    }
                    state.open.extend([client, server]);
                }
            });
            Self { port, state }
        }

        fn cut(&self) {
            let mut state = self.state.lock().unwrap();
            state.cut = true;
            for stream in state.open.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }

        fn mend(&self) {
            self.state.lock().unwrap().cut = false;
        }
    }

    #[test]
    fn a_lost_server_makes_the_database_unavailable_until_it_is_back() {
        let database = testing::mysql();
        let (before_address, rest) = database.url().rsplit_once('@').unwrap();
        let (address, name) = rest.split_once('/').unwrap();
        let cable = Cable::to(address.parse().unwrap());
        let store = open_with(&DatabaseOptions {
            url: format!("{before_address}@127.0.0.1:{}/{name}", cable.port).into(),
            pool_size: 4,
            connect_timeout: Duration::from_secs(1),
            lock_timeout: Duration::from_secs(1),
        });
        insert(&store, &[bare(1, "M")]);

        cable.cut();
        for attempt in 0..6 {
            let result = match attempt % 2 {
                0 => store.writing(|session| session.insert_movies(&[bare(2, "N")])),
                _ => store.reading(|session| session.movies_after(MovieId(0), 1)).map(|_| ()),
            };
            assert!(matches!(result, Err(Error::Unavailable { what: "the database", .. })), "{result:?}");
        }

        cable.mend();
        let back = (0..50).any(|_| {
            thread::sleep(Duration::from_millis(100));
            store.reading(|session| session.movie(MovieId(1))).is_ok()
        });
        assert!(back, "the database was not found again");
        insert(&store, &[bare(2, "N")]);
    }

    /// The connection goes while the transaction is running.
    #[test]
    fn a_server_lost_in_a_write_leaves_nothing() {
        let database = testing::mysql();
        let (before_address, rest) = database.url().rsplit_once('@').unwrap();
        let (address, name) = rest.split_once('/').unwrap();
        let cable = Cable::to(address.parse().unwrap());
        let store = open_with(&DatabaseOptions {
            url: format!("{before_address}@127.0.0.1:{}/{name}", cable.port).into(),
            ..options(&database)
        });
        let mut cut = false;
        let result = store.write(&mut |session| {
            session.insert_movies(&[bare(1, "M")])?;
            if !cut {
                cable.cut();
                cut = true;
            }
            Ok(())
        });
        assert!(matches!(result, Err(Error::Unavailable { .. })), "{result:?}");
        cable.mend();
        assert_eq!(movie(&store, 1), None);
        insert(&store, &[bare(1, "M")]);
    }
}
