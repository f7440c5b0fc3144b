//! `/admin`: what there is, how it stands, what was done last, and the movies.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;
use domain::{
    change::{Change, ChangeFilter, Edit},
    import::{ImportRecord, Standing},
    ports::SearchHealth,
    query::IdPage,
    time::Timestamp,
};

use super::{
    history::{action, via},
    movies::MovieList,
    notice::Notice,
};
use crate::{
    endpoint::Endpoint,
    pages::{
        i18n::Text,
        page::{Page, PageAdmin},
    },
    problem::Problem,
    state::{State, blocking},
};

/// How many imports and changes are shown.
const LATEST: u32 = 5;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/admin").page().get(dashboard)]
}

#[derive(Template)]
#[template(path = "admin/dashboard.html")]
struct DashboardTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    movies: u64,
    genres: u64,
    users: u64,
    health: SearchHealth,
    imports: Vec<ImportRecord>,
    changes: Vec<ChangeLine<'a>>,
    list: MovieList,
}

impl DashboardTemplate<'_> {
    /// How the index is: good, and what that is called.
    fn index(&self) -> (bool, Text<'_>) {
        match self.health {
            SearchHealth { ready: false, .. } => (false, self.page.t("admin-index-building")),
            SearchHealth { database: false, .. } => (false, self.page.t("admin-index-no-database")),
            SearchHealth { current: false, .. } => (false, self.page.t("admin-index-behind")),
            _ => (true, self.page.t("admin-index-current")),
        }
    }

    fn standing(&self, import: &ImportRecord) -> Text<'_> {
        match import.standing {
            Standing::Running => self.page.t("admin-import-running"),
            Standing::Done => self.page.t("admin-import-done"),
            Standing::Failed => self.page.t("admin-import-failed"),
            Standing::Interrupted => self.page.t("admin-import-interrupted"),
        }
    }

    /// The class of a badge that says how an import stands.
    fn mark(&self, import: &ImportRecord) -> &'static str {
        match import.standing {
            Standing::Running => "",
            Standing::Done => "good",
            Standing::Failed | Standing::Interrupted => "bad",
        }
    }

    fn counts(&self, import: &ImportRecord) -> Text<'_> {
        let counts = import.counts;
        let text = self.page.t("admin-import-counts");
        text.with("created", counts.created).with("updated", counts.updated).with("rejected", counts.rejected)
    }
}

/// A change, in a line.
struct ChangeLine<'a> {
    at: Timestamp,
    actor: String,
    via: Text<'a>,
    action: Text<'a>,
    /// What it was done to, and where to see more of that.
    subject: Option<(String, String)>,
    /// How many new movies, for a bulk load.
    count: Option<u64>,
}

impl<'a> ChangeLine<'a> {
    fn of(page: &'a Page, change: Change) -> Self {
        let done = action(page, change.edit.action());
        let (subject, count) = match change.edit {
            Edit::Movie { id, before, after } => {
                let name = after.or(before).map(|movie| movie.details.name.to_string()).unwrap_or_default();
                (Some((name, format!("/admin/movies/{}/history", id.0))), None)
            }
            Edit::Genre { before, after, .. } => {
                let name = after.or(before).map(|genre| genre.name.to_string()).unwrap_or_default();
                (Some((name, "/admin/genres".to_owned())), None)
            }
            Edit::NewMovies { count, .. } => (None, Some(count)),
        };
        Self {
            at: change.at,
            actor: change.actor.map_or_else(|| page.t("admin-program").to_string(), String::from),
            via: via(page, change.via),
            action: done,
            subject,
            count,
        }
    }
}

async fn dashboard(page: Page, PageAdmin(admin): PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    let list = MovieList::read(&page, &state, "/admin").await?;
    let movies = MovieList::count_all(&state).await?;
    let (accounts, log, history) =
        (Arc::clone(&state.accounts), Arc::clone(&state.services.import_log), Arc::clone(&state.history));
    let (users, imports, changes) = blocking(move || {
        let users = accounts.users(&admin, "", IdPage { limit: 1, after: 0, skip: 0 })?.total;
        let changes = history.latest(&ChangeFilter::default(), None, LATEST)?.changes;
        Ok((users, log.latest(LATEST)?, changes))
    })
    .await?;
    page.show(&DashboardTemplate {
        page: &page,
        notice: Notice::of(&page),
        movies,
        genres: list.genres.len() as u64,
        users,
        health: state.catalogue.health(),
        imports,
        changes: changes.into_iter().map(|change| ChangeLine::of(&page, change)).collect(),
        list,
    })
}
