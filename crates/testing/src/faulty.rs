//! A server that a test can take away and bring back.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use anyhow::{Context, bail};
use diesel::{Connection, RunQueryDsl, mysql::MysqlConnection};
use tempfile::TempDir;

use crate::{
    program::{self, Program},
    server::{START, free_port, options},
    template, temporary_directory,
};

/// Runs the server for as long as standard input stays open, as the private server's supervisor does. On the word
/// `stop` the directory is left to whoever said it.
const SUPERVISOR: &str = r#"
directory=$1
shift
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r word; kill -CONT "$server"; kill -KILL "$server"; [ "$word" = stop ] || rm -rf "$directory"; } <&3 &
watcher=$!
wait "$server"
kill "$watcher"
"#;

/// A MySQL or MariaDB server for one test, with an empty database. It can be stopped, paused, and brought back with all
/// that it holds. It ends with this value.
pub struct FaultyServer {
    program: Program,
    port: u16,
    password: String,
    running: Option<Child>,
    directory: TempDir,
}

impl FaultyServer {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = Program::chosen()?;
        let directory = temporary_directory("marquee-faulty-")?;
        let template = template::data_directory(&program)?;
        program::run(Command::new("cp").arg("-R").arg(template).arg(directory.path().join("data")))?;
        let password = format!("{:032x}", rand::random::<u128>());
        let statements = format!(
            "CREATE USER IF NOT EXISTS 'marquee'@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL ON *.* TO 'marquee'@'%';\n"
        );
        fs::write(directory.path().join("init.sql"), statements)?;
        let mut server = Self { program, port: free_port()?, password, running: None, directory };
        server.run()?;
        diesel::sql_query("CREATE DATABASE marquee").execute(&mut MysqlConnection::establish(&server.at(""))?)?;
        Ok(server)
    }

    /// Where its database is, as the product's settings want it.
    pub fn url(&self) -> String {
        self.at("marquee")
    }

    fn at(&self, database: &str) -> String {
        format!("mysql://marquee:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    fn run(&mut self) -> anyhow::Result<()> {
        let at = self.directory.path().display();
        let log = File::create(self.directory.path().join("log"))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(self.directory.path())
            .arg(&self.program.path)
            .args(options(self.program.family))
            .arg(format!("--user={}", program::user_name()?))
            .arg(format!("--port={}", self.port))
            .arg(format!("--datadir={at}/data"))
            .arg(format!("--socket={at}/socket"))
            .arg(format!("--pid-file={at}/pid"))
            .arg(format!("--init-file={at}/init.sql"))
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        let running = self.running.insert(command.spawn().context("cannot run sh")?);
        let give_up = Instant::now() + START;
        let url = format!("mysql://marquee:{}@127.0.0.1:{}/", self.password, self.port);
        loop {
            if MysqlConnection::establish(&url).is_ok() {
                return Ok(());
            }
            if running.try_wait()?.is_some() || Instant::now() > give_up {
                bail!("the server does not start: {}", fs::read_to_string(self.directory.path().join("log"))?);
            }
            thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Kills it, as a loss of power does.
    pub fn kill(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        if let Some(mut input) = running.stdin.take() {
            // It may have ended by itself.
            let _ = input.write_all(b"stop\n");
        }
        let _ = running.wait();
    }

    /// Starts it again, with what it had.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.run().unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Stops it in the middle of everything. Its connections stay open, and nothing comes from them.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let pid = fs::read_to_string(self.directory.path().join("pid")).unwrap_or_default();
        let sent = Command::new("kill").args(["-s", name, pid.trim()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{name} to {pid}");
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.kill();
    }
}
