//! The server behind [`crate::mysql`]: found or started once per test process.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use diesel::mysql::MysqlConnection;
use diesel::{Connection, RunQueryDsl};

use crate::program::{self, Family, Program};
use crate::{template, temporary_directory};

/// Runs the server for as long as standard input stays open. The other end of that pipe is held by
/// the test process alone, so the server ends with it, however it ends, and leaves nothing behind.
const SUPERVISOR: &str = r#"
template=$1 directory=$2
shift 2
trap 'rm -rf "$directory"' EXIT
exec 3<&0
cp -R "$template" "$directory/data" || exit
"$@" 3<&- &
server=$!
{ read -r _; kill -KILL "$server"; } <&3 &
watcher=$!
wait "$server"
status=$?
kill "$watcher"
exit "$status"
"#;

/// How long a server may take until it answers. A busy machine may need most of it.
pub const START: Duration = Duration::from_secs(60);

/// The port is chosen before the server takes it, and another process may be faster.
const ATTEMPTS: usize = 3;

/// A database of its own, dropped with this value.
pub struct Database {
    server: &'static Server,
    name: String,
}

struct Server {
    address: Address,
    /// The private server's supervisor, which lives as long as its standard input is held here.
    _supervisor: Option<Child>,
}

/// A server's URL without a database.
struct Address {
    /// `mysql://user:password@host:port`
    server: String,
    /// `?key=value...` or nothing.
    options: String,
}

/// A new database on the server of this test process.
pub fn create_database() -> anyhow::Result<Database> {
    static SERVER: OnceLock<anyhow::Result<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(Server::find_or_start).as_ref().map_err(|error| anyhow!("{error:#}"))?;

    let name = format!("marquee_test_{:016x}", rand::random::<u64>());
    server.execute(&format!("CREATE DATABASE {name}"))?;
    Ok(Database { server, name })
}

impl Database {
    pub fn url(&self) -> String {
        self.server.address.of_database(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.server.execute(&format!("DROP DATABASE IF EXISTS {}", self.name)) {
            eprintln!("the test database {} stays behind: {error:#}", self.name);
        }
    }
}

impl Server {
    fn find_or_start() -> anyhow::Result<Self> {
        if let Ok(url) = env::var("TEST_DATABASE_URL")
            && !url.is_empty()
        {
            let server = Self { address: Address::parse(&url)?, _supervisor: None };
            server.execute("DO 0").context("the server that TEST_DATABASE_URL names cannot be used")?;
            return Ok(server);
        }
        Self::start_private()
    }

    fn start_private() -> anyhow::Result<Self> {
        let program = Program::chosen()?;
        let template = template::data_directory(&program)?;
        let mut attempt = 1;
        loop {
            match Self::start(&program, &template) {
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn start(program: &Program, template: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let password = format!("{:032x}", rand::random::<u128>());
        let directory = temporary_directory("marquee-server-")?;
        let at = directory.path().display();
        fs::write(
            directory.path().join("init.sql"),
            format!(
                "CREATE USER 'marquee'@'%' IDENTIFIED BY '{password}';\n\
                 GRANT ALL ON *.* TO 'marquee'@'%' WITH GRANT OPTION;\n"
            ),
        )?;
        // A file without a name: the server's last words outlive the directory, but not this process.
        let mut log = tempfile::tempfile()?;

        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "sh"])
            .args([template, directory.path(), &program.path])
            .args(options(program.family))
            .arg(format!("--user={}", program::user_name()?))
            .arg(format!("--port={port}"))
            .arg(format!("--datadir={at}/data"))
            .arg(format!("--socket={at}/socket"))
            .arg(format!("--pid-file={at}/data/pid"))
            .arg(format!("--init-file={at}/init.sql"))
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            // A Ctrl-C in the terminal is for the tests; the supervisor sees their end by itself.
            .process_group(0);
        let mut supervisor = command.spawn().context("cannot run sh")?;
        // From here on the supervisor removes it.
        let _ = directory.keep();

        let address =
            Address { server: format!("mysql://marquee:{password}@127.0.0.1:{port}"), options: String::new() };
        let give_up = Instant::now() + START;
        loop {
            if let Some(status) = supervisor.try_wait()? {
                bail!("{} did not start ({status}):\n{}", program.path.display(), text_of(&mut log)?);
            }
            let Err(error) = MysqlConnection::establish(&address.of_server()) else {
                return Ok(Self { address, _supervisor: Some(supervisor) });
            };
            if Instant::now() > give_up {
                bail!("{} does not answer after {START:?} ({error}):\n{}", program.path.display(), text_of(&mut log)?);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn execute(&self, statement: &str) -> anyhow::Result<()> {
        let mut connection = MysqlConnection::establish(&self.address.of_server())?;
        // A transaction that a test left open must not hold up the end of the test for a day.
        diesel::sql_query("SET SESSION lock_wait_timeout = 10").execute(&mut connection)?;
        diesel::sql_query(statement).execute(&mut connection)?;
        Ok(())
    }
}

impl Address {
    fn parse(url: &str) -> anyhow::Result<Self> {
        let Some(rest) = url.strip_prefix("mysql://") else {
            bail!("TEST_DATABASE_URL must be mysql://user:password@host:port");
        };
        let (rest, options) = match rest.split_once('?') {
            Some((rest, options)) => (rest, format!("?{options}")),
            None => (rest, String::new()),
        };
        let server = rest.split('/').next().unwrap_or_default();
        Ok(Self { server: format!("mysql://{server}"), options })
    }

    fn of_server(&self) -> String {
        self.of_database("")
    }

    fn of_database(&self, name: &str) -> String {
        format!("{}/{name}{}", self.server, self.options)
    }
}

/// What a server needs to be private, small, and quick rather than safe.
pub fn options(family: Family) -> Vec<&'static str> {
    // MariaDB takes this one in the first place only. A MySQL server is as often a wrapper that
    // gives it already.
    let mut options = match family {
        Family::MariaDb => vec!["--no-defaults", "--innodb-log-file-size=16M"],
        Family::MySql => vec!["--innodb-redo-log-capacity=16M", "--mysqlx=OFF", "--secure-file-priv=NULL"],
    };
    options.extend([
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--max-connections=500",
        "--performance-schema=OFF",
        "--innodb-buffer-pool-size=64M",
        "--innodb-doublewrite=OFF",
        "--innodb-flush-log-at-trx-commit=0",
        // Its kernel resources are scarce in containers, and memory needs none.
        "--innodb-use-native-aio=OFF",
    ]);
    options
}

/// A port that nobody listens on now, below 32768: those above are handed out to clients, and one
/// of the many connections of a test run could take it before the server does.
pub fn free_port() -> anyhow::Result<u16> {
    (0..100)
        .map(|_| rand::random_range(20_000..32_768))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no free port between 20000 and 32767")
}

fn text_of(log: &mut File) -> anyhow::Result<String> {
    let mut text = String::new();
    log.rewind()?;
    log.read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::Address;

    fn database_at(url: &str) -> String {
        Address::parse(url).unwrap().of_database("films")
    }

    #[test]
    fn a_database_is_named_in_place_of_the_one_in_a_given_url() {
        let expected = "mysql://ann:a%2Fb@db.example:3306/films";
        assert_eq!(database_at("mysql://ann:a%2Fb@db.example:3306"), expected);
        assert_eq!(database_at("mysql://ann:a%2Fb@db.example:3306/"), expected);
        assert_eq!(database_at("mysql://ann:a%2Fb@db.example:3306/x"), expected);
    }

    #[test]
    fn the_options_of_a_given_url_are_kept() {
        assert_eq!(
            database_at("mysql://ann:pw@db.example/x?ssl_ca=/ca.pem"),
            "mysql://ann:pw@db.example/films?ssl_ca=/ca.pem"
        );
    }

    #[test]
    fn an_address_of_another_kind_is_refused() {
        assert!(Address::parse("postgres://ann:pw@db.example/x").is_err());
    }

    mod mysql {
        use diesel::mysql::MysqlConnection;
        use diesel::sql_types::Text;
        use diesel::{Connection, QueryableByName, RunQueryDsl};

        use crate::program::Program;
        use crate::server::Server;

        #[derive(QueryableByName)]
        struct Version {
            #[diesel(sql_type = Text)]
            version: String,
        }

        #[test]
        fn a_private_server_is_the_program_that_was_chosen() {
            let server = Server::start_private().unwrap();
            let mut connection = MysqlConnection::establish(&server.address.of_server()).unwrap();
            let Version { version } =
                diesel::sql_query("SELECT VERSION() AS version").get_result(&mut connection).unwrap();
            let chosen = Program::chosen().unwrap().version;
            assert!(chosen.contains(&version), "{version} runs, not {chosen}");
        }
    }
}
