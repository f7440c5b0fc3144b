//! An uploaded feed on its way: first a dry run, then the import, both on a thread of their own.
//!
//! Jobs are in the memory of this server. Their files have no names: whatever happens to the server, the system frees
//! their space.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Read, Write},
    ops::ControlFlow,
    os::unix::fs::FileExt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::rt;
use bootstrap::Services;
use domain::{
    Error,
    change::Via,
    services::{INDEX_WAIT, Import},
    user::{Admin, UserId},
};
use ingest::{
    BrokenRule, Counts, LoadError, OnError, Rejection,
    csv::neutralised,
    feed::{self, Emit, Form},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    problem::Problem,
    state::{State, blocking, on_own_thread},
};

/// How many uploads are kept at a time, of all admins.
const UPLOADS: usize = 8;

/// How many of them wait at a time for one admin to say what becomes of them: none keeps the others from uploading.
pub const UPLOADS_EACH: usize = 4;

/// How many jobs are remembered, most of which have ended.
const JOBS: usize = 50;

/// How long a job is kept that nobody looks at.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// How many broken rules a page shows.
const SHOWN: usize = 50;

/// How large the list of all broken rules gets, in each of its formats.
const REJECTS_BYTES: u64 = 64 << 20;

/// The jobs of this server.
pub struct Jobs {
    jobs: Mutex<HashMap<String, Arc<Job>>>,
    places: Arc<Semaphore>,
    stopping: Arc<AtomicBool>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { jobs: Mutex::default(), places: Arc::new(Semaphore::new(UPLOADS)), stopping: Arc::default() }
    }
}

impl Jobs {
    /// Room for an upload of this admin, where there are not too many. If need be, what waits longest for the same
    /// admin makes room.
    pub fn place(&self, owner: Option<UserId>) -> Option<OwnedSemaphorePermit> {
        let place = || Arc::clone(&self.places).try_acquire_owned().ok();
        place().or_else(|| {
            self.waiting_for(owner).first()?.cancel();
            place()
        })
    }

    /// What waits for this admin to say what becomes of it, the oldest first.
    fn waiting_for(&self, owner: Option<UserId>) -> Vec<Arc<Job>> {
        let mut jobs = self.of(owner);
        jobs.retain(|job| matches!(job.now().stage, Stage::Uploaded | Stage::Checked));
        jobs.reverse();
        jobs
    }

    /// A new job of this admin. It takes the place of the oldest where too many wait already.
    pub fn add(&self, owner: Option<UserId>, name: String, upload: Upload) -> Arc<Job> {
        let waiting = self.waiting_for(owner);
        for job in waiting.iter().take((waiting.len() + 1).saturating_sub(UPLOADS_EACH)) {
            job.cancel();
        }
        let job = Arc::new(Job {
            id: format!("{:032x}", rand::random::<u128>()),
            owner,
            name,
            bytes: upload.bytes,
            status: Mutex::new(Status::at(Stage::Uploaded, Arc::new(upload), Instant::now())),
            read: Arc::default(),
            cancelled: AtomicBool::new(false),
            stopping: Arc::clone(&self.stopping),
        });
        let mut jobs = self.jobs();
        while jobs.len() >= JOBS
            && let Some(oldest) = longest_untouched(&jobs)
        {
            jobs.remove(&oldest);
        }
        jobs.insert(job.id.clone(), Arc::clone(&job));
        job
    }

    /// The job, if it is this admin's.
    pub fn get(&self, id: &str, owner: Option<UserId>) -> Result<Arc<Job>, Problem> {
        let job = self.jobs().get(id).filter(|job| job.owner == owner).cloned();
        let job = job.ok_or_else(|| Problem::not_found("import"))?;
        job.status().touched = Instant::now();
        Ok(job)
    }

    /// The jobs of this admin, the latest first.
    pub fn of(&self, owner: Option<UserId>) -> Vec<Arc<Job>> {
        let mut jobs: Vec<_> = self.jobs().values().filter(|job| job.owner == owner).cloned().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.status().begun));
        jobs
    }

    /// Forgets what nobody looked at for a while, and its files.
    pub fn forget_old(&self) {
        self.forget_untouched_for(KEPT);
    }

    fn forget_untouched_for(&self, time: Duration) {
        let is_old = |job: &Arc<Job>| {
            let status = job.status();
            !status.stage.is_running() && status.touched.elapsed() >= time
        };
        let forgotten: Vec<_> = self.jobs().extract_if(|_, job| is_old(job)).collect();
        // Their files go when others can get at the jobs again.
        drop(forgotten);
    }

    /// Has what runs break off after the batch that it is at.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn are_running(&self) -> bool {
        self.jobs().values().any(|job| job.status().stage.is_running())
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<String, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn longest_untouched(jobs: &HashMap<String, Arc<Job>>) -> Option<String> {
    let idle = jobs.values().filter(|job| !job.status().stage.is_running());
    idle.min_by_key(|job| job.status().touched).map(|job| job.id.clone())
}

/// Forgets old jobs now and then, until it is dropped.
pub async fn forget_old(state: State) {
    loop {
        rt::time::sleep(Duration::from_secs(60)).await;
        let state = state.clone();
        // The system may take a while to free a large file.
        let forgetting = blocking(move || {
            state.jobs.forget_old();
            Ok(())
        });
        if let Err(problem) = forgetting.await {
            tracing::error!(%problem, "old uploads could not be forgotten");
        }
    }
}

/// A file that was sent.
pub struct Upload {
    file: File,
    pub bytes: u64,
    /// Given back with the file.
    _place: OwnedSemaphorePermit,
}

impl Upload {
    pub fn new(file: File, bytes: u64, place: OwnedSemaphorePermit) -> Self {
        Self { file, bytes, _place: place }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Uploaded,
    Checking,
    Checked,
    Applying,
    Done,
    Failed,
    Cancelled,
}

impl Stage {
    /// For scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Applying => "applying",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Applying)
    }

    /// Whether nothing more will come of it.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// Why a job failed.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The file, in words.
    Feed(String),
    /// The file is larger, unpacked, than feeds may be.
    TooLarge,
    /// The server.
    Server,
}

/// What there is to know of a job.
#[derive(Clone)]
pub struct Status {
    pub stage: Stage,
    /// Of the dry run, or of the import once that has begun.
    pub counts: Counts,
    /// The first rules that records broke.
    pub rejected: Vec<BrokenRule>,
    /// All of them, once the run has ended.
    pub rejects: Option<Arc<Rejects>>,
    pub failure: Option<Failure>,
    /// Whether `counts` were stored.
    pub applied: bool,
    upload: Option<Arc<Upload>>,
    begun: Instant,
    touched: Instant,
}

impl Status {
    /// At the beginning of a stage.
    fn at(stage: Stage, upload: Arc<Upload>, begun: Instant) -> Self {
        Self {
            stage,
            counts: Counts::default(),
            rejected: Vec::new(),
            rejects: None,
            failure: None,
            applied: stage == Stage::Applying,
            upload: Some(upload),
            begun,
            touched: Instant::now(),
        }
    }

    fn end(&mut self, stage: Stage) {
        self.stage = stage;
        self.touched = Instant::now();
        if stage.has_ended() {
            self.upload = None;
        }
    }
}

/// An uploaded feed and what became of it.
pub struct Job {
    /// Nobody can guess it.
    pub id: String,
    owner: Option<UserId>,
    /// What the file was called where it came from.
    pub name: String,
    pub bytes: u64,
    status: Mutex<Status>,
    /// How many bytes of the file are read.
    read: Arc<AtomicU64>,
    cancelled: AtomicBool,
    stopping: Arc<AtomicBool>,
}

impl Job {
    fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it stands now.
    pub fn now(&self) -> Status {
        self.status().clone()
    }

    /// How much of the file is read.
    pub fn percent(&self) -> u64 {
        let read = self.read.load(Ordering::Relaxed).min(self.bytes);
        (read * 100).checked_div(self.bytes).unwrap_or(100)
    }

    /// Ends it. What runs is broken off after the batch that it is at.
    pub fn cancel(&self) {
        let mut status = self.status();
        match status.stage {
            Stage::Uploaded | Stage::Checked => status.end(Stage::Cancelled),
            Stage::Checking | Stage::Applying => self.cancelled.store(true, Ordering::Relaxed),
            Stage::Done | Stage::Failed | Stage::Cancelled => {}
        }
    }

    /// Begins the dry run of what was uploaded.
    pub fn check(self: &Arc<Self>, state: &State, admin: Admin) -> Result<(), Problem> {
        self.begin(state, admin, Stage::Uploaded, Stage::Checking)
    }

    /// Begins to import what a dry run was made of.
    pub fn apply(self: &Arc<Self>, state: &State, admin: Admin) -> Result<(), Problem> {
        self.begin(state, admin, Stage::Checked, Stage::Applying)
    }

    /// Begins a run. Where the job is not at the stage before it, the run has begun already, or is not wanted any more.
    fn begin(self: &Arc<Self>, state: &State, admin: Admin, before: Stage, stage: Stage) -> Result<(), Problem> {
        if self.status().stage != before {
            return Ok(());
        }
        let turn = state.import_turn()?;
        let upload = {
            let mut status = self.status();
            let upload = status.upload.clone().filter(|_| status.stage == before);
            let Some(upload) = upload else { return Ok(()) };
            *status = Status::at(stage, Arc::clone(&upload), status.begun);
            upload
        };
        self.read.store(0, Ordering::Relaxed);
        let (job, services) = (Arc::clone(self), Arc::clone(&state.services));
        let form = Form { max_bytes: Some(state.settings.server.max_import_bytes as u64), ..Form::default() };
        let admin = admin.through(Via::Import);
        let working = on_own_thread("import", move || {
            let _turn = turn;
            job.run(&services, &admin, upload, form, stage == Stage::Applying);
            Ok(())
        });
        let job = Arc::clone(self);
        let fail = move || {
            let mut status = job.status();
            status.failure = Some(Failure::Server);
            status.end(Stage::Failed);
        };
        match working {
            Ok(working) => {
                rt::spawn(async move {
                    // It panicked; the log says where.
                    if working.await.is_err() {
                        fail();
                    }
                });
                Ok(())
            }
            Err(problem) => {
                fail();
                Err(problem)
            }
        }
    }

    fn run(&self, services: &Services, admin: &Admin, upload: Arc<Upload>, form: Form, is_real: bool) {
        let source = Reading { upload, read: Arc::clone(&self.read) };
        let mut rejects = RejectsWriter::new();
        let end = if is_real {
            match services.import_log.begin(admin, &self.name) {
                Ok(mut recording) => {
                    let each = |counts| recording.add(counts);
                    let end = self.load(&services.import, admin, source, form, &mut rejects, each);
                    match &end {
                        Err(LoadError::Stopped) if self.is_cancelled() => recording.cancel(),
                        Err(LoadError::Stopped) => recording.interrupt(),
                        end => recording.finish(end.as_ref().err().map(LoadError::summary).as_deref()),
                    }
                    if !matches!(services.catalogue.catch_up(INDEX_WAIT), Ok(true)) {
                        tracing::warn!("an import ended before the index showed it");
                    }
                    end
                }
                Err(cause) => Err(LoadError::Store { record: 1, cause }),
            }
        } else {
            match services.rehearsal() {
                Ok(import) => self.load(&import, admin, source, form, &mut rejects, |_| {}),
                Err(cause) => Err(LoadError::Store { record: 1, cause }),
            }
        };
        let rejects = rejects.finish().map(Arc::new);
        let mut status = self.status();
        status.rejects = rejects;
        let stage = match end {
            Ok(()) if is_real => Stage::Done,
            // It was cancelled when there was nothing left to break off.
            Ok(()) if self.is_cancelled() => Stage::Cancelled,
            Ok(()) => Stage::Checked,
            Err(LoadError::Stopped) => Stage::Cancelled,
            Err(error) => {
                status.failure = Some(match &error {
                    LoadError::Feed(feed::Error::TooLarge { .. }) => Failure::TooLarge,
                    // What is wrong with what was sent comes from those who unpack it, not from the system.
                    LoadError::Feed(feed::Error::Source { cause, .. }) if cause.raw_os_error().is_some() => {
                        failed(&error)
                    }
                    LoadError::Feed(error) => Failure::Feed(error.to_string()),
                    error => failed(error),
                });
                Stage::Failed
            }
        };
        status.end(stage);
    }

    fn load(
        &self,
        import: &Import,
        admin: &Admin,
        source: Reading,
        form: Form,
        rejects: &mut RejectsWriter,
        mut each: impl FnMut(Counts),
    ) -> Result<(), LoadError> {
        let read = move |emit: Emit| feed::read_as(source, &form, emit);
        ingest::load_records(import, admin, read, OnError::Continue, |progress| {
            each(progress.counts);
            let rules = progress.rejected.into_iter().flat_map(Rejection::broken_rules);
            let rules: Vec<_> = rules.inspect(|rule| rejects.write(rule)).collect();
            let mut status = self.status();
            status.counts += progress.counts;
            let room = SHOWN - status.rejected.len();
            status.rejected.extend(rules.into_iter().take(room));
            if self.is_cancelled() || self.stopping.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Tells the log what the page does not tell.
fn failed(error: &LoadError) -> Failure {
    let cause = match error {
        LoadError::Store { cause: Error::Internal(cause) | Error::Unavailable { cause: Some(cause), .. }, .. } => {
            cause.to_string()
        }
        error => error.summary(),
    };
    tracing::error!(%error, cause, "an import failed");
    Failure::Server
}

/// A file from its beginning on, and how much of it is read.
struct Reading {
    upload: Arc<Upload>,
    read: Arc<AtomicU64>,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.upload.file.read_at(buffer, self.read.load(Ordering::Relaxed))?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// All rules that records broke, in files.
pub struct Rejects {
    pub ndjson: Arc<File>,
    pub csv: Arc<File>,
    /// Whether there were more than are listed.
    pub is_cut: bool,
}

/// Writes [`Rejects`]. There are no files where there is nothing to write, or where it cannot be written.
struct RejectsWriter {
    files: Option<[BufWriter<File>; 2]>,
    bytes: u64,
    is_cut: bool,
}

impl RejectsWriter {
    fn new() -> Self {
        Self { files: None, bytes: 0, is_cut: false }
    }

    fn write(&mut self, rule: &BrokenRule) {
        if !self.is_cut
            && let Err(error) = self.try_to_write(rule)
        {
            tracing::warn!(%error, "the rejects of an import cannot be listed");
            self.is_cut = true;
        }
    }

    fn try_to_write(&mut self, rule: &BrokenRule) -> io::Result<()> {
        let mut line = serde_json::to_string(rule)?;
        line.push('\n');
        self.bytes += line.len() as u64;
        if self.bytes > REJECTS_BYTES {
            self.is_cut = true;
            return Ok(());
        }
        let [ndjson, csv] = match &mut self.files {
            Some(files) => files,
            None => {
                let mut csv = BufWriter::new(tempfile::tempfile()?);
                csv.write_all(b"record,field,reason\r\n")?;
                self.files.insert([BufWriter::new(tempfile::tempfile()?), csv])
            }
        };
        ndjson.write_all(line.as_bytes())?;
        let cell = |text: &str| format!("\"{}\"", neutralised(text).replace('"', "\"\""));
        let field = rule.field.as_deref().unwrap_or_default();
        write!(csv, "{},{},{}\r\n", rule.record, cell(field), cell(&rule.reason))
    }

    fn finish(self) -> Option<Rejects> {
        let [ndjson, csv] = self.files?.map(|file| file.into_inner().map(Arc::new).ok());
        Some(Rejects { ndjson: ndjson?, csv: csv?, is_cut: self.is_cut })
    }
}

#[cfg(test)]
mod tests {
    use domain::violation::ViolationCode;

    use super::*;

    fn job(jobs: &Jobs) -> Arc<Job> {
        job_of(jobs, 1)
    }

    fn job_of(jobs: &Jobs, owner: u64) -> Arc<Job> {
        let owner = Some(UserId(owner));
        let upload = Upload::new(tempfile::tempfile().unwrap(), 3, jobs.place(owner).unwrap());
        jobs.add(owner, "a.json".to_owned(), upload)
    }

    #[test]
    fn a_job_is_its_admins_alone() {
        let jobs = Jobs::default();
        let id = job(&jobs).id.clone();
        assert!(jobs.get(&id, Some(UserId(1))).is_ok());
        assert!(jobs.get(&id, Some(UserId(2))).is_err() && jobs.get(&id, None).is_err());
        assert!(jobs.get("0", Some(UserId(1))).is_err());
        assert_eq!((id.len(), jobs.of(Some(UserId(1))).len(), jobs.of(Some(UserId(2))).len()), (32, 1, 0));
    }

    #[test]
    fn the_file_goes_with_a_job_that_is_cancelled_or_forgotten() {
        let jobs = Jobs::default();
        let all: Vec<_> = (0..UPLOADS as u64).map(|owner| job_of(&jobs, owner)).collect();
        assert!(jobs.place(None).is_none());
        all[0].cancel();
        assert_eq!(all[0].now().stage, Stage::Cancelled);
        assert_eq!(jobs.places.available_permits(), 1);
        drop(all);
        jobs.forget_untouched_for(Duration::from_secs(60));
        assert_eq!(jobs.places.available_permits(), 1);
        jobs.forget_untouched_for(Duration::ZERO);
        assert_eq!(jobs.places.available_permits(), UPLOADS);
    }

    #[test]
    fn what_waits_for_one_admin_keeps_nobody_from_uploading() {
        let jobs = Jobs::default();
        let first: Vec<_> = (0..UPLOADS).map(|_| job_of(&jobs, 1)).collect();
        let stages = |jobs: &[Arc<Job>]| jobs.iter().map(|job| job.now().stage).collect::<Vec<_>>();
        assert_eq!(stages(&first), [[Stage::Cancelled; 4], [Stage::Uploaded; 4]].concat());
        let second: Vec<_> = (0..UPLOADS_EACH).map(|_| job_of(&jobs, 2)).collect();
        assert!(jobs.place(Some(UserId(3))).is_none());
        assert!(jobs.place(Some(UserId(2))).is_some());
        assert_eq!(stages(&second), [[Stage::Cancelled; 1].as_slice(), &[Stage::Uploaded; 3]].concat());
        assert_eq!(stages(&first[4..]), [Stage::Uploaded; 4], "of the other admin nothing goes");
    }

    #[test]
    fn no_more_jobs_are_remembered_than_may_be() {
        let jobs = Jobs::default();
        for _ in 0..JOBS + 5 {
            job(&jobs).cancel();
        }
        assert_eq!(jobs.jobs().len(), JOBS);
    }

    #[test]
    fn rejects_are_safe_in_a_spreadsheet() {
        let mut rejects = RejectsWriter::new();
        let code = ViolationCode::InvalidFormat;
        rejects.write(&BrokenRule { record: 7, field: Some("=1+1".to_owned()), code, reason: "a \"b\"\n".to_owned() });
        rejects.write(&BrokenRule { record: 8, field: None, code, reason: "c".to_owned() });
        let rejects = rejects.finish().unwrap();
        let text = |file: &File| {
            let mut buffer = [0; 1_000];
            let n = file.read_at(&mut buffer, 0).unwrap();
            String::from_utf8(buffer[..n].to_vec()).unwrap()
        };
        assert_eq!(text(&rejects.csv), "record,field,reason\r\n7,\"'=1+1\",\"a \"\"b\"\"\n\"\r\n8,\"\",\"c\"\r\n");
        let first = "{\"record\":7,\"field\":\"=1+1\",\"reason\":\"a \\\"b\\\"\\n\"}\n";
        assert_eq!(text(&rejects.ndjson), format!("{first}{{\"record\":8,\"field\":null,\"reason\":\"c\"}}\n"));
        assert!(RejectsWriter::new().finish().is_none());
    }
}
