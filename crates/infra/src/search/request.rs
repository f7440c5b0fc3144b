//! How a command has the process that has the directory of the index rebuild it: through files in that directory.
//!
//! ```text
//! REBUILD          the number of a request, until it is taken
//! REBUILD.status   the last request that was taken, and how far it is
//! ```
//!
//! Who takes a request writes the status first: at any time one of the two knows of it. A process that takes the
//! directory removes both, so that what made another one fail is not tried again by itself.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    generation::is_locked,
    rebuild::{Progress, Rebuilt},
};

const REQUEST: &str = "REBUILD";
const STATUS: &str = "REBUILD.status";

/// How often progress is written at most.
const TELL: Duration = Duration::from_millis(200);
/// How often who asked looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long a request waits to be taken.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so long without news, it is found out whether there still is somebody to bring them.
const SILENCE: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct Status {
    request: u64,
    state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Running(Progress),
    Done(Rebuilt),
    Failed(String),
}

/// A request that was taken. Who asked is told an end, at the latest when nobody has it any more.
#[derive(Clone)]
pub(super) struct Request(Arc<Taken>);

struct Taken {
    directory: PathBuf,
    number: u64,
    told: Mutex<Told>,
}

/// What was last said of a request.
#[derive(Default)]
struct Told {
    progress: Option<(Instant, Progress)>,
    /// Nothing is said after the end, though the thread that worked may not know of it yet.
    ended: bool,
}

impl Request {
    /// Takes the request that waits, if one does.
    pub(super) fn take(directory: &Path) -> Option<Self> {
        let path = directory.join(REQUEST);
        let text = fs::read_to_string(&path).ok()?;
        let number = text.trim_end().parse();
        let taken = |number| Taken { directory: directory.to_owned(), number, told: Mutex::default() };
        let request = number.ok().map(|number| Self(Arc::new(taken(number))));
        if let Some(request) = &request {
            request.tell(Progress::WAITING);
        }
        if let Err(error) = fs::remove_file(path) {
            warn!(error = &error as &dyn std::error::Error, "a request to rebuild the index cannot be taken");
            return None;
        }
        request
    }

    /// Says how far it is.
    pub(super) fn tell(&self, progress: Progress) {
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |(at, last): (Instant, Progress)| last.step != progress.step || at.elapsed() >= TELL;
        if !told.ended && told.progress.is_none_or(is_due) {
            told.progress = Some((Instant::now(), progress));
            self.0.write(State::Running(progress));
        }
    }

    /// Says that it is done.
    pub(super) fn finish(&self, rebuilt: Rebuilt) {
        self.0.end(State::Done(rebuilt));
    }

    /// Says why it is not.
    pub(super) fn fail(&self, reason: &str) {
        self.0.end(State::Failed(reason.to_owned()));
    }
}

impl Taken {
    fn end(&self, state: State) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.write(state);
    }

    fn write(&self, state: State) {
        let status = Status { request: self.number, state };
        let text = serde_json::to_string(&status).map_err(io::Error::from);
        if let Err(error) = text.and_then(|text| replace(&self.directory.join(STATUS), &text)) {
            warn!(error = &error as &dyn std::error::Error, "how far the rebuild of the index is cannot be told");
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.told.get_mut().unwrap_or_else(PoisonError::into_inner).ended {
            self.end(State::Failed("the server failed on the way; its log says why".to_owned()));
        }
    }
}

/// Removes what others have left.
pub(super) fn forget(directory: &Path) {
    for name in [REQUEST, STATUS] {
        if let Err(error) = fs::remove_file(directory.join(name))
            && error.kind() != io::ErrorKind::NotFound
        {
            warn!(error = &error as &dyn std::error::Error, "an old request to rebuild the index cannot be removed");
        }
    }
}

/// Has the process that has the directory rebuild the index, and waits until it has. Returns why it has not.
pub(super) fn ask(directory: &Path, tell: &mut dyn FnMut(Progress)) -> Result<Rebuilt, String> {
    let number = rand::random::<u64>();
    let request = directory.join(REQUEST);
    replace(&request, &format!("{number}\n")).map_err(|error| format!("{}: {error}", request.display()))?;
    let asked = Instant::now();
    let mut heard = Instant::now();
    let mut last = None;
    loop {
        // In this order: it goes from one to the other.
        let is_waiting = fs::read_to_string(&request).is_ok_and(|text| text.trim_end() == number.to_string());
        let progress = match status(directory, number) {
            Some(State::Done(rebuilt)) => return Ok(rebuilt),
            Some(State::Failed(reason)) => return Err(reason),
            Some(State::Running(progress)) => progress,
            None if !is_waiting => {
                return Err("the server was started again, or another rebuild was asked for".to_owned());
            }
            None if asked.elapsed() >= PATIENCE => {
                withdraw(&request);
                return Err(format!(
                    "the server that has {} open does not take the request; its log may say why",
                    directory.display()
                ));
            }
            None => Progress::WAITING,
        };
        if last.replace(progress) != Some(progress) {
            heard = Instant::now();
            tell(progress);
        }
        if heard.elapsed() >= SILENCE && !is_locked(directory) {
            // Its last word may have come just now.
            return match status(directory, number) {
                Some(State::Done(rebuilt)) => Ok(rebuilt),
                Some(State::Failed(reason)) => Err(reason),
                _ => {
                    withdraw(&request);
                    Err("the server has ended".to_owned())
                }
            };
        }
        thread::sleep(LOOK);
    }
}

fn withdraw(request: &Path) {
    // It may have been taken just now.
    let _ = fs::remove_file(request);
}

fn status(directory: &Path, number: u64) -> Option<State> {
    let text = fs::read(directory.join(STATUS)).ok()?;
    let status: Status = serde_json::from_slice(&text).ok()?;
    (status.request == number).then_some(status.state)
}

/// Writes a file so that nobody sees a part of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    fs::write(&temporary, text)?;
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_request_that_is_dropped_has_failed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_owned();
        // Somebody has the directory all the time.
        let lock = File::create(path.join("LOCK")).unwrap();
        lock.lock().unwrap();
        let asked = {
            let path = path.clone();
            thread::spawn(move || ask(&path, &mut |_| {}))
        };
        let give_up = Instant::now() + Duration::from_secs(20);
        let request = loop {
            if let Some(request) = Request::take(&path) {
                break request;
            }
            assert!(Instant::now() < give_up);
            thread::sleep(LOOK);
        };
        let other = request.clone();
        drop(request);
        other.tell(Progress::WAITING);
        assert!(matches!(status(&path, other.0.number), Some(State::Running(_))));
        drop(other);
        while !asked.is_finished() {
            assert!(Instant::now() < give_up, "it waits for ever");
            thread::sleep(LOOK);
        }
        assert!(asked.join().unwrap().unwrap_err().contains("the server failed on the way"));
    }

    #[test]
    fn what_was_said_last_stays() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(REQUEST), "7\n").unwrap();
        let request = Request::take(directory.path()).unwrap();
        request.fail("for a reason");
        drop(request);
        assert!(matches!(status(directory.path(), 7), Some(State::Failed(reason)) if reason == "for a reason"));
    }
}
