//! `/admin/import`: a feed from a browser. What it would do is shown first, then it is done.
//!
//! - `upload`: the file on its way to the disk
//! - [`job`]: what is done with it, and how far that is

pub mod job;
mod upload;

use std::{fs::File, os::unix::fs::FileExt, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Bytes, Path, Payload},
};
use askama::Template;
use domain::{
    import::{ImportRecord, Standing},
    query::parameters::Parameters,
};
use futures_util::stream;
use serde::Serialize;

use self::{
    job::{Failure, Job, Stage, Status, UPLOADS_EACH},
    upload::Sent,
};
use crate::{
    endpoint::Endpoint,
    pages::{
        i18n::Text,
        page::{Page, PageAdmin, see_other},
        violations,
    },
    problem::Problem,
    state::{State, blocking},
};

const PATH: &str = "/admin/import";

/// How many imports are listed.
const LISTED: u32 = 20;

/// How much of a file is read and sent at once.
const CHUNK: usize = 64 << 10;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at(PATH).page().get(form).post(receive),
        Endpoint::at("/admin/import/{job}").page().get(show),
        Endpoint::at("/admin/import/{job}/progress").page().get(progress),
        Endpoint::at("/admin/import/{job}/check").page().post(check),
        Endpoint::at("/admin/import/{job}/apply").page().post(apply),
        Endpoint::at("/admin/import/{job}/cancel").page().post(cancel),
        Endpoint::at("/admin/import/{job}/rejects").page().get(rejects),
    ]
}

#[derive(Template)]
#[template(path = "admin/import.html")]
struct FormTemplate<'a> {
    page: &'a Page,
    wrong: Option<Text<'a>>,
    most: u64,
    jobs: Vec<Arc<Job>>,
    imports: Vec<ImportRecord>,
}

#[derive(Template)]
#[template(path = "admin/import_job.html")]
struct JobTemplate<'a> {
    page: &'a Page,
    job: &'a Job,
    status: Status,
    /// What cannot be done now.
    alert: Option<Text<'a>>,
    most: u64,
}

impl JobTemplate<'_> {
    /// Whether there is nothing to do.
    fn changes_nothing(&self) -> bool {
        self.status.counts.created + self.status.counts.updated == 0
    }
}

/// A size in bytes, for people.
fn size<'a>(page: &'a Page, bytes: &u64) -> Text<'a> {
    const KIB: f64 = 1024.0;
    let kib = *bytes as f64 / KIB;
    match kib {
        ..1.0 => page.t("manage-size-bytes").with("count", *bytes),
        ..KIB => page.t("manage-size-kb").with("size", page.decimal(&kib)),
        _ if kib < KIB * KIB => page.t("manage-size-mb").with("size", page.decimal(&(kib / KIB))),
        _ => page.t("manage-size-gb").with("size", page.decimal(&(kib / KIB / KIB))),
    }
}

fn stage<'a>(page: &'a Page, stage: &Stage) -> Text<'a> {
    match stage {
        Stage::Uploaded => page.t("manage-import-uploaded"),
        Stage::Checking => page.t("manage-import-checking"),
        Stage::Checked => page.t("manage-import-checked"),
        Stage::Applying => page.t("manage-import-applying"),
        Stage::Done => page.t("manage-import-done"),
        Stage::Failed => page.t("manage-import-failed"),
        Stage::Cancelled => page.t("manage-import-cancelled"),
    }
}

/// How an import stands.
pub fn standing<'a>(page: &'a Page, standing: &Standing) -> Text<'a> {
    match standing {
        Standing::Running => page.t("manage-import-applying"),
        Standing::Done => page.t("manage-import-done"),
        Standing::Failed => page.t("manage-import-failed"),
        Standing::Cancelled => page.t("manage-import-cancelled"),
        Standing::Interrupted => page.t("manage-import-interrupted"),
    }
}

/// The class of a badge that says it.
pub fn mark(standing: &Standing) -> &'static str {
    match standing {
        Standing::Running | Standing::Cancelled => "",
        Standing::Done => "good",
        Standing::Failed | Standing::Interrupted => "bad",
    }
}

async fn form(page: Page, PageAdmin(admin): PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    let jobs = state.jobs.of(admin.user());
    show_form(&page, &state, jobs, None, StatusCode::OK).await
}

async fn show_form(
    page: &Page,
    state: &State,
    jobs: Vec<Arc<Job>>,
    wrong: Option<Text<'_>>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let services = Arc::clone(&state.services);
    let imports = blocking(move || services.import_log.latest(LISTED)).await?;
    let most = state.settings.server.max_import_bytes as u64;
    page.show_as(status, &FormTemplate { page, wrong, most, jobs, imports })
}

async fn receive(
    page: Page,
    PageAdmin(admin): PageAdmin,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let most = state.settings.server.max_import_bytes as u64;
    let sent = match state.jobs.place(admin.user()) {
        Some(place) => Some(upload::receive(&request, payload, &state, place).await?),
        None => None,
    };
    let (wrong, status) = match sent {
        Some(Sent::File(name, upload)) => {
            let job = state.jobs.add(admin.user(), name, upload);
            // Where as many run as may, the page says so, and lets it be tried again.
            return begun(&job, job.check(&state, admin));
        }
        Some(Sent::Nothing) => (page.t("manage-import-no-file"), StatusCode::UNPROCESSABLE_ENTITY),
        Some(Sent::TooMuch) => {
            let limit = size(&page, &most).to_string();
            (page.t("manage-import-too-large").with("size", limit), StatusCode::PAYLOAD_TOO_LARGE)
        }
        None => (page.t("manage-import-no-place"), StatusCode::SERVICE_UNAVAILABLE),
    };
    show_form(&page, &state, state.jobs.of(admin.user()), Some(wrong), status).await
}

/// Shows a job after something was begun, or could not be.
fn begun(job: &Job, result: Result<(), Problem>) -> Result<HttpResponse, Problem> {
    let path = format!("{PATH}/{}", job.id);
    match result {
        Ok(()) => Ok(see_other(&path)),
        Err(problem) if actix_web::ResponseError::status_code(&problem) == StatusCode::SERVICE_UNAVAILABLE => {
            Ok(see_other(&format!("{path}?busy=true")))
        }
        Err(problem) => Err(problem),
    }
}

async fn show(
    page: Page,
    PageAdmin(admin): PageAdmin,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    let status = job.now();
    let is_busy =
        Parameters::read(&page.query).flag("busy") && matches!(status.stage, Stage::Uploaded | Stage::Checked);
    let alert = is_busy.then(|| page.t("manage-import-busy"));
    let most = state.settings.server.max_import_bytes as u64;
    page.show(&JobTemplate { page: &page, job: &job, status, alert, most })
}

/// How far a job is, for the script of its page.
#[derive(Serialize)]
struct Progress {
    stage: &'static str,
    percent: u64,
    text: String,
}

async fn progress(
    page: Page,
    PageAdmin(admin): PageAdmin,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    let status = job.now();
    let text = page.t("manage-import-read").with("count", status.counts.records()).to_string();
    let progress = Progress { stage: status.stage.name(), percent: job.percent(), text };
    Ok(HttpResponse::Ok().json(progress))
}

async fn check(PageAdmin(admin): PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    begun(&job, job.check(&state, admin))
}

async fn apply(PageAdmin(admin): PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    begun(&job, job.apply(&state, admin))
}

async fn cancel(PageAdmin(admin): PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    let cancelled = Arc::clone(&job);
    // The system may take a while to free a large file.
    let cancelling = blocking(move || {
        cancelled.cancel();
        Ok(())
    });
    begun(&job, cancelling.await)
}

async fn rejects(
    page: Page,
    PageAdmin(admin): PageAdmin,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let job = state.jobs.get(&id, admin.user())?;
    let rejects = job.now().rejects.ok_or_else(|| Problem::not_found("file"))?;
    let is_csv = Parameters::read(&page.query).value("format").as_deref() == Some("csv");
    let (file, content_type, name) = if is_csv {
        (Arc::clone(&rejects.csv), "text/csv; charset=utf-8", "rejects.csv")
    } else {
        (Arc::clone(&rejects.ndjson), "application/x-ndjson", "rejects.ndjson")
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(chunks(file)))
}

/// A file, piece by piece.
fn chunks(file: Arc<File>) -> impl stream::Stream<Item = Result<Bytes, Problem>> {
    stream::try_unfold(0_u64, move |begin| {
        let file = Arc::clone(&file);
        async move {
            let read = move || {
                let mut chunk = vec![0; CHUNK];
                Ok(file.read_at(&mut chunk, begin).map(|n| {
                    chunk.truncate(n);
                    chunk
                }))
            };
            let chunk = blocking(read).await?.map_err(Problem::internal)?;
            let next = begin + chunk.len() as u64;
            Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), next)))
        }
    })
}
