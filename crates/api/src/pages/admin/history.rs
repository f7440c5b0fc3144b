//! What became of a movie: its versions, how each differs from the one before, and restoring one.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;
use domain::{
    change::{Action, Change, Edit, Seq, Via},
    error::{Error, Result},
    movie::{Movie, MovieId},
    query::parameters::Parameters,
    services::{Duplicates, HistoryStart},
    time::Timestamp,
};

use super::{
    notice::{Deed, Notice},
    typed::{Typed, label, separator},
};
use crate::{
    endpoint::Endpoint,
    pages::{
        form::Form,
        i18n::Text,
        page::{Page, PageAdmin},
    },
    problem::Problem,
    state::{State, blocking},
    v1::{movie_body::EDITABLE, path_id},
};

/// The changes of a page.
const ITEMS: u32 = 20;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/admin/movies/{id}/history").page().get(list),
        Endpoint::at("/admin/movies/{id}/restore").page().get(confirm).post(restore),
    ]
}

/// A field in which two states of a movie differ: its name, and its text in each; empty where there was nothing.
pub type Difference = (&'static str, String, String);

/// A change of a movie.
pub struct Entry {
    /// The version from then on; of a removal, the version that was removed.
    pub version: u32,
    pub at: Timestamp,
    actor: Option<String>,
    via: Via,
    action: Action,
    /// What the movie is called from then on.
    name: String,
    differences: Vec<Difference>,
}

impl Entry {
    pub fn of(page: &Page, change: Change) -> Result<Self> {
        let action = change.edit.action();
        let Edit::Movie { before, after, .. } = change.edit else {
            return Err(Error::Internal("another change is among those of a movie".into()));
        };
        let latest = after.as_ref().or(before.as_ref());
        let latest = latest.ok_or_else(|| Error::Internal("a change without a state".into()))?;
        Ok(Self {
            version: latest.version,
            at: change.at,
            actor: change.actor.map(String::from),
            via: change.via,
            action,
            name: latest.details.name.to_string(),
            // A removal takes everything away: what that was stands in the changes before it.
            differences: match after.as_deref() {
                Some(after) => differences(page, before.as_deref(), Some(after)),
                None => Vec::new(),
            },
        })
    }

    pub fn actor(&self, page: &Page) -> String {
        self.actor.clone().unwrap_or_else(|| page.t("admin-program").to_string())
    }

    pub fn via<'a>(&self, page: &'a Page) -> Text<'a> {
        via(page, &self.via)
    }

    pub fn action<'a>(&self, page: &'a Page) -> Text<'a> {
        action(page, &self.action)
    }

    pub fn is_removal(&self) -> bool {
        self.action == Action::Delete
    }

    pub fn is_addition(&self) -> bool {
        self.action == Action::Create
    }

    /// Each field that changed: what it is called, and its text before and after.
    pub fn differences<'a>(&'a self, page: &'a Page) -> impl Iterator<Item = (Text<'a>, &'a str, &'a str)> {
        self.differences.iter().map(|(name, before, after)| (label(page, name), before.as_str(), after.as_str()))
    }
}

/// By which way a change came.
pub fn via<'a>(page: &'a Page, via: &Via) -> Text<'a> {
    match via {
        Via::Api => page.t("admin-via-api"),
        Via::Page => page.t("admin-via-page"),
        Via::Import => page.t("admin-via-import"),
        Via::Cli => page.t("admin-via-cli"),
    }
}

/// What was done.
pub fn action<'a>(page: &'a Page, action: &Action) -> Text<'a> {
    match action {
        Action::Create => page.t("admin-action-create"),
        Action::Update => page.t("admin-action-update"),
        Action::Delete => page.t("admin-action-delete"),
    }
}

/// The fields in which two states differ. No movie has empty ones.
pub fn differences(page: &Page, before: Option<&Movie>, after: Option<&Movie>) -> Vec<Difference> {
    let separator = separator(page);
    let typed = |movie: Option<&Movie>| movie.map(|movie| Typed::of_draft(&movie.draft(), separator));
    let (before, after) = (typed(before).unwrap_or_default(), typed(after).unwrap_or_default());
    let names = EDITABLE.into_iter().filter(|name| before.get(name) != after.get(name));
    names.map(|name| (name, before.get(name).to_owned(), after.get(name).to_owned())).collect()
}

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    id: u64,
    name: String,
    /// The version that stands; `None` where the movie was removed.
    current: Option<u32>,
    total: u64,
    entries: Vec<Entry>,
    next: Option<Seq>,
    is_first: bool,
}

impl HistoryTemplate<'_> {
    fn can_restore(&self, entry: &Entry) -> bool {
        self.current != Some(entry.version)
    }
}

async fn list(page: Page, _: PageAdmin, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let below: Option<Seq> = Parameters::read(&page.query).value("below").and_then(|below| below.parse().ok());
    let start = below.map_or(HistoryStart::Offset(0), HistoryStart::Below);
    let history = Arc::clone(&state.history);
    let (part, last) = blocking(move || {
        let part = history.of_movie(id, start, ITEMS)?;
        Ok((part, history.of_movie(id, HistoryStart::Offset(0), 1)?.changes.pop()))
    })
    .await?;
    let entries: Vec<Entry> = part.changes.into_iter().map(|change| Entry::of(&page, change)).collect::<Result<_>>()?;
    let last = last.map(|change| Entry::of(&page, change)).transpose()?;
    page.show(&HistoryTemplate {
        page: &page,
        notice: Notice::of(&page),
        id: id.0,
        name: last.as_ref().map(|last| last.name.clone()).unwrap_or_default(),
        current: last.filter(|last| !last.is_removal()).map(|last| last.version),
        total: part.total,
        entries,
        next: part.next,
        is_first: below.is_none(),
    })
}

#[derive(Template)]
#[template(path = "admin/restore.html")]
struct RestoreTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    id: u64,
    name: String,
    version: u32,
    /// The version that stands, or in which the movie was removed.
    current: u32,
    is_removed: bool,
    differences: Vec<Difference>,
    /// The movie that stands in the way, and whether it may stand beside this one.
    existing: Option<(u64, bool)>,
}

impl RestoreTemplate<'_> {
    fn fields(&self) -> impl Iterator<Item = (Text<'_>, &str, &str)> {
        self.differences.iter().map(|(name, now, then)| (label(self.page, name), now.as_str(), then.as_str()))
    }
}

async fn confirm(page: Page, _: PageAdmin, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let version = Parameters::read(&page.query).value("version").and_then(|version| version.parse().ok());
    show(&page, &state, id, version, None, StatusCode::OK).await
}

/// Asks whether `version` is to be restored, or, where none is given, the last one.
async fn show(
    page: &Page,
    state: &State,
    id: MovieId,
    version: Option<u32>,
    existing: Option<(u64, bool)>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let history = Arc::clone(&state.history);
    let (now, last, then) = blocking(move || {
        let last = history.of_movie(id, HistoryStart::Offset(0), 1)?.changes.pop();
        let Some(Edit::Movie { before, after, .. }) = last.map(|change| change.edit) else {
            return Err(Error::NotFound("version"));
        };
        let last = after.clone().or(before).ok_or(Error::NotFound("version"))?;
        let version = version.unwrap_or(last.version);
        let then = history.state(id, version)?.ok_or(Error::NotFound("version"))?;
        Ok((after, last, then))
    })
    .await?;
    let template = RestoreTemplate {
        page,
        notice: Notice::of(page),
        id: id.0,
        name: last.details.name.to_string(),
        version: then.version,
        current: last.version,
        is_removed: now.is_none(),
        differences: differences(page, now.as_deref(), Some(&then)),
        existing,
    };
    page.show_as(status, &template)
}

async fn restore(
    page: Page,
    PageAdmin(admin): PageAdmin,
    id: Path<String>,
    form: Form,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let number = |name: &str| form.text(name).parse::<u32>().ok();
    let (Some(version), Some(current)) = (number("version"), number("current")) else {
        return Err(Problem::not_found("version"));
    };
    let duplicates = if form.has("allow_duplicate") { Duplicates::Allow } else { Duplicates::Refuse };
    let catalogue = Arc::clone(&state.catalogue);
    let restored = blocking(move || {
        let is_current = |movie: &Movie| movie.version == current;
        // What was removed stood beside its duplicates before.
        let duplicates = if version == current { Duplicates::Allow } else { duplicates };
        Ok(catalogue.restore_version(&admin, id, version, duplicates, &is_current))
    });
    let path = format!("/admin/movies/{}/history", id.0);
    match restored.await? {
        Ok((_, None)) => Ok(Notice::new(Deed::Unchanged, 0, None).see(&path)),
        Ok((_, Some(seq))) => Ok(Notice::new(Deed::Restored, 1, Some(seq..=seq)).see(&path)),
        Err(Error::Stale { .. }) => {
            let path = format!("/admin/movies/{}/restore?version={version}", id.0);
            Ok(Notice::new(Deed::Stale, 1, None).see(&path))
        }
        Err(Error::DuplicateMovie { existing }) => {
            show(&page, &state, id, Some(version), Some((existing.0, true)), StatusCode::CONFLICT).await
        }
        Err(Error::ImdbIdTaken { existing }) => {
            show(&page, &state, id, Some(version), Some((existing.0, false)), StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}
