//! The one `chromedriver` of this test process.

use std::{
    env, fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// Runs the program for as long as standard input stays open. The other end of that pipe is held by the test process
/// alone, so the program and its browsers end with it, however it ends, and leave nothing behind.
const SUPERVISOR: &str = r#"
directory=$1
shift
trap 'rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }' EXIT
setsid "$@" </dev/null &
driver=$!
read -r _
kill -s KILL -- "-$driver"
wait
"#;

/// How long it may take until it listens. A busy machine may need most of it.
const START: Duration = Duration::from_secs(60);

struct Chromedriver {
    url: String,
    /// Lives as long as its standard input is held here.
    _supervisor: Child,
}

/// Where to ask for browsers.
pub fn url() -> &'static str {
    static CHROMEDRIVER: OnceLock<Result<Chromedriver, String>> = OnceLock::new();
    match CHROMEDRIVER.get_or_init(start) {
        Ok(chromedriver) => &chromedriver.url,
        Err(error) => panic!("{error}"),
    }
}

/// The browser that it is to start.
pub fn browser() -> PathBuf {
    program("CHROMIUM", "chromium", "chromium").unwrap_or_else(|error| panic!("{error}"))
}

fn start() -> Result<Chromedriver, String> {
    let program = program("CHROMEDRIVER", "chromedriver", "chromium-driver")?;
    let failed = |error| format!("{} cannot be started: {error}", program.display());
    let directory = tempfile::Builder::new().prefix("marquee-browser-").tempdir().map_err(failed)?;
    let log = directory.path().join("log");
    let output = fs::File::create(&log).map_err(failed)?;
    let supervisor = Command::new("sh")
        .args(["-c", SUPERVISOR, "sh"])
        .args([directory.path(), &program])
        // It takes a free port itself, and says which.
        .arg("--port=0")
        // Each browser gets an empty profile of its own there.
        .env("TMPDIR", directory.path())
        .stdin(Stdio::piped())
        .stdout(output.try_clone().map_err(failed)?)
        .stderr(output)
        // A Ctrl-C in the terminal is for the tests; the supervisor sees their end by itself.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    // From here on the supervisor removes it.
    let _ = directory.keep();

    let give_up = Instant::now() + START;
    loop {
        let said = fs::read_to_string(&log).map_err(failed)?;
        let port = said.split_once("successfully on port ").and_then(|(_, rest)| rest.split_once('.'));
        if let Some((port, _)) = port {
            return Ok(Chromedriver { url: format!("http://127.0.0.1:{port}"), _supervisor: supervisor });
        }
        if Instant::now() > give_up {
            return Err(format!("{} does not listen after {START:?}:\n{said}", program.display()));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The program that the environment variable names (a path, or a name to look up), or the usual one.
fn program(variable: &str, usual: &str, package: &str) -> Result<PathBuf, String> {
    let name = env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|directory| directory.join(&name)).find(|candidate| candidate.is_file());
    found.ok_or_else(|| {
        let name = Path::new(&name).display();
        format!(
            "`{name}` is missing, which the tests of the web pages need. Install it (on Debian: apt-get install \
             {package}, or scripts/test --install), or set {variable} to the path of another"
        )
    })
}
