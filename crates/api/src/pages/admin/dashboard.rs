//! `/admin`: what there is, how it stands, what was done last, and the movies.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;
use domain::{
    change::{Action, ChangeFilter},
    import::ImportRecord,
    ports::SearchHealth,
    query::IdPage,
};

use super::{
    changes::{self, Entry},
    import::{mark, standing},
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
    entries: Vec<Entry<'a>>,
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

    fn counts(&self, import: &ImportRecord) -> Text<'_> {
        let counts = import.counts;
        let text = self.page.t("admin-import-counts");
        text.with("created", counts.created).with("updated", counts.updated).with("rejected", counts.rejected)
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
        entries: changes::entries(&page, &changes),
        list,
    })
}
