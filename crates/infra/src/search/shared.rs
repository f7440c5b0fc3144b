//! What the follower and those who read have in common.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use domain::{Error, Result, change::Seq, ports::SearchHealth};

use super::{generation::Mark, snapshot::Snapshot};

/// After this long without being applied, a change is late.
const LATE: Duration = Duration::from_secs(2);

/// The state of the index, and the calls between threads.
pub(super) struct Shared {
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    state: Mutex<State>,
    /// Something for the follower to do.
    call: Condvar,
    /// Something for those who wait for a change.
    news: Condvar,
}

struct State {
    stopping: bool,
    called: bool,
    database: bool,
    failing: bool,
    /// The last change that lists show.
    applied: Mark,
    /// Whether all changes were ever applied: until then, nobody knows how many are missing.
    caught_up: bool,
    /// Since when there are changes that lists do not show.
    behind_since: Option<Instant>,
    /// The last change that somebody waited for in vain.
    missed: Seq,
    /// The last change that is known of, applied or not.
    last: Seq,
    commits: Commits,
}

/// What was written to disk since the start.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Commits {
    pub(super) count: u64,
    /// How long they took in all.
    pub(super) time: Duration,
}

/// How far the index is behind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lag {
    pub(super) applied: Seq,
    pub(super) last: Seq,
    pub(super) time: Duration,
}

impl Shared {
    pub(super) fn new() -> Self {
        let state = State {
            stopping: false,
            called: false,
            database: true,
            failing: false,
            applied: Mark::default(),
            caught_up: false,
            behind_since: None,
            missed: 0,
            last: 0,
            commits: Commits::default(),
        };
        Self { snapshot: RwLock::new(None), state: Mutex::new(state), call: Condvar::new(), news: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What lists are read from.
    pub(super) fn snapshot(&self) -> Result<Arc<Snapshot>> {
        self.latest().ok_or(Error::Unavailable { what: "search", cause: None })
    }

    pub(super) fn latest(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows a new state. Where `behind` says so, it is known from then on whether there are changes that it does not
    /// show: never before, nor later.
    pub(super) fn publish(&self, snapshot: Snapshot, applied: Mark, behind: Option<bool>) {
        let old = self.snapshot.write().unwrap_or_else(PoisonError::into_inner).replace(Arc::new(snapshot));
        // What it alone held is unmapped here, not under the lock.
        drop(old);
        let mut state = self.state();
        state.applied = applied;
        state.last = state.last.max(applied.seq);
        if let Some(behind) = behind {
            state.set_behind(behind);
        }
        drop(state);
        self.news.notify_all();
    }

    pub(super) fn health(&self) -> SearchHealth {
        let ready = self.latest().is_some();
        let state = self.state();
        let late = state.behind_since.is_some_and(|since| since.elapsed() > LATE);
        SearchHealth {
            ready,
            current: state.caught_up && !late && !state.failing && state.missed <= state.applied.seq,
            database: state.database,
            applied: state.applied.seq,
            stamp: state.applied.stamp,
        }
    }

    /// How far lists are behind what is known of the feed.
    pub(super) fn lag(&self) -> Lag {
        let state = self.state();
        let time = state.behind_since.map(|since| since.elapsed()).unwrap_or_default();
        Lag { applied: state.applied.seq, last: state.last, time }
    }

    /// What was written to disk.
    pub(super) fn commits(&self) -> Commits {
        self.state().commits
    }

    /// Notes a commit.
    pub(super) fn committed(&self, took: Duration) {
        let commits = &mut self.state().commits;
        commits.count += 1;
        commits.time += took;
    }

    /// Notes that there is this change.
    pub(super) fn note_last(&self, seq: Seq) {
        let mut state = self.state();
        state.last = state.last.max(seq);
    }

    /// See [`MovieSearch::wait_for`](domain::ports::MovieSearch::wait_for).
    pub(super) fn wait_for(&self, seq: Seq, timeout: Duration) -> bool {
        self.note_last(seq);
        self.call();
        let waiting = |state: &mut State| state.applied.seq < seq && !state.stopping;
        let (mut state, _) =
            self.news.wait_timeout_while(self.state(), timeout, waiting).unwrap_or_else(PoisonError::into_inner);
        let applied = state.applied.seq >= seq;
        if !applied {
            state.missed = state.missed.max(seq);
        }
        applied
    }

    /// Has the follower look for changes at once.
    fn call(&self) {
        self.state().called = true;
        self.call.notify_one();
    }

    /// Waits until called or told to stop, at most `timeout`.
    pub(super) fn wait_for_call(&self, timeout: Duration) {
        let idle = |state: &mut State| !state.called && !state.stopping;
        let (mut state, _) =
            self.call.wait_timeout_while(self.state(), timeout, idle).unwrap_or_else(PoisonError::into_inner);
        state.called = false;
    }

    /// Waits, whoever calls, unless told to stop.
    pub(super) fn pause(&self, timeout: Duration) {
        let going = |state: &mut State| !state.stopping;
        let _ = self.call.wait_timeout_while(self.state(), timeout, going).unwrap_or_else(PoisonError::into_inner);
    }

    pub(super) fn stop(&self) {
        self.state().stopping = true;
        self.call.notify_all();
        self.news.notify_all();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// Notes whether the database answers. Returns whether that is news.
    pub(super) fn set_database(&self, answers: bool) -> bool {
        std::mem::replace(&mut self.state().database, answers) != answers
    }

    /// Notes whether changes cannot be applied, or the index is of another database. Returns whether that is news.
    pub(super) fn set_failing(&self, failing: bool) -> bool {
        std::mem::replace(&mut self.state().failing, failing) != failing
    }

    /// Forgets what was waited for: the database is another one now, with numbers of its own.
    pub(super) fn start_over(&self) {
        let mut state = self.state();
        state.missed = 0;
        state.last = 0;
        state.caught_up = false;
    }

    /// The last change that lists show.
    pub(super) fn applied(&self) -> Mark {
        self.state().applied
    }

    /// Notes whether there are changes that lists do not show.
    pub(super) fn set_behind(&self, behind: bool) {
        self.state().set_behind(behind);
    }
}

impl State {
    fn set_behind(&mut self, behind: bool) {
        self.caught_up |= !behind;
        self.behind_since = behind.then(|| self.behind_since.unwrap_or_else(Instant::now));
    }
}
