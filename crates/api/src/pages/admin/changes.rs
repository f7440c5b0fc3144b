//! `/admin/changes`: what was done, the latest first.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;
use domain::{
    change::{Action, Actor, Change, ChangeFilter, Edit, Seq, Subject, Via},
    genre::Genre,
    movie::{Movie, MovieId},
    query::parameters::{Parameters, url},
    user::Username,
};

use super::{
    history::{action, differences, via},
    typed::label,
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

const PATH: &str = "/admin/changes";

/// How many changes a page lists.
const LISTED: u32 = 50;

/// The most characters of a value that are shown.
const VALUE_CHARS: usize = 500;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at(PATH).page().get(list)]
}

#[derive(Template)]
#[template(path = "admin/changes.html")]
struct ListTemplate<'a> {
    page: &'a Page,
    asked: Asked,
    wrong_actor: Option<Text<'a>>,
    entries: Vec<Entry<'a>>,
    /// Where the changes before these are.
    older: Option<String>,
    /// The same changes, and those after them, of the API.
    api: String,
}

/// What a request asks for, as it was written.
#[derive(Default)]
struct Asked {
    actor: String,
    via: Option<Via>,
    action: Option<Action>,
    what: Option<Subject>,
    below: Option<Seq>,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut parameters = Parameters::read(query);
        let mut chosen = |name| parameters.value(name).unwrap_or_default();
        Self {
            actor: chosen("actor").trim().to_owned(),
            via: VIAS.into_iter().find(|(name, _)| *name == chosen("via")).map(|(_, via)| via),
            action: ACTIONS.into_iter().find(|(name, _)| *name == chosen("action")).map(|(_, action)| action),
            what: SUBJECTS.into_iter().find(|(name, _)| *name == chosen("what")).map(|(_, what)| what),
            below: chosen("below").parse().ok(),
        }
    }

    fn is_filtered(&self) -> bool {
        !self.actor.is_empty() || self.via.is_some() || self.action.is_some() || self.what.is_some()
    }

    /// The page of the changes with numbers below `below`, or of the latest.
    fn page_below(&self, below: Option<Seq>) -> String {
        let name = |name: Option<&'static str>| name.unwrap_or_default();
        let below = below.map(|below| below.to_string()).unwrap_or_default();
        let given = [
            ("actor", self.actor.as_str()),
            ("via", name(VIAS.iter().find(|(_, via)| Some(*via) == self.via).map(|(name, _)| *name))),
            ("action", name(ACTIONS.iter().find(|(_, action)| Some(*action) == self.action).map(|(name, _)| *name))),
            ("what", name(SUBJECTS.iter().find(|(_, what)| Some(*what) == self.what).map(|(name, _)| *name))),
            ("below", below.as_str()),
        ];
        url(PATH, given.into_iter().filter(|(_, value)| !value.is_empty()))
    }
}

const VIAS: [(&str, Via); 4] = [("api", Via::Api), ("page", Via::Page), ("import", Via::Import), ("cli", Via::Cli)];

const ACTIONS: [(&str, Action); 3] =
    [("create", Action::Create), ("update", Action::Update), ("delete", Action::Delete)];

const SUBJECTS: [(&str, Subject); 2] = [("movies", Subject::Movies), ("genres", Subject::Genres)];

fn subject<'a>(page: &'a Page, subject: &Subject) -> Text<'a> {
    match subject {
        Subject::Genres => page.t("admin-nav-genres"),
        Subject::Movies => page.t("nav-movies"),
    }
}

/// A change, as it is shown.
pub struct Entry<'a> {
    /// It, or the latest of several.
    pub change: &'a Change,
    /// What was done to what.
    pub title: Text<'a>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Where it can be seen, if it is there still.
    pub link: Option<String>,
    pub history: Option<String>,
    differences: Vec<Difference<'a>>,
}

/// A field before and after; empty where there was nothing.
struct Difference<'a> {
    field: Text<'a>,
    before: String,
    after: String,
}

/// The changes as they are shown; the batches of one load are one entry.
pub fn entries<'a>(page: &'a Page, changes: &'a [Change]) -> Vec<Entry<'a>> {
    changes.chunk_by(are_of_one_load).filter_map(|changes| Entry::of(page, changes)).collect()
}

impl<'a> Entry<'a> {
    /// Of a change, or of one load's new movies.
    fn of(page: &'a Page, changes: &'a [Change]) -> Option<Self> {
        let change = changes.first()?;
        let done = change.edit.action();
        Some(match &change.edit {
            Edit::Movie { id, before, after } => {
                let (before, after) = (before.as_deref(), after.as_deref());
                let title = match done {
                    Action::Create => page.t("manage-movie-created"),
                    Action::Update => page.t("manage-movie-updated"),
                    Action::Delete => page.t("manage-movie-deleted"),
                };
                Self {
                    change,
                    title,
                    name: after.or(before).map(|movie| movie.details.name.as_str()),
                    link: after.map(|_| format!("/movies/{}", id.0)),
                    history: Some(history(*id)),
                    differences: of_movie(page, before, after),
                }
            }
            Edit::NewMovies { first, .. } => {
                let count: u64 = changes.iter().map(|change| change.edit.span()).sum();
                Self {
                    change,
                    title: page.t("manage-movies-created").with("count", count),
                    name: None,
                    link: None,
                    history: (count == 1).then(|| history(*first)),
                    differences: Vec::new(),
                }
            }
            Edit::Genre { id, before, after } => {
                let (before, after) = (before.as_ref(), after.as_ref());
                let title = match done {
                    Action::Create => page.t("manage-genre-change-created"),
                    Action::Update => page.t("manage-genre-change-renamed"),
                    Action::Delete => page.t("manage-genre-change-deleted"),
                };
                let name = |genre: Option<&Genre>| genre.map(|genre| genre.name.to_string()).unwrap_or_default();
                let renamed = Difference { field: page.t("manage-name"), before: name(before), after: name(after) };
                Self {
                    change,
                    title,
                    name: after.or(before).map(|genre| genre.name.as_str()),
                    link: after.map(|_| format!("/admin/genres/{}", id.0)),
                    history: None,
                    differences: if done == Action::Update { vec![renamed] } else { Vec::new() },
                }
            }
        })
    }
}

/// Whether both are batches of new movies of what probably is one load.
fn are_of_one_load(later: &Change, earlier: &Change) -> bool {
    /// How many seconds a batch takes at most, on a busy machine.
    const BATCH: i64 = 60;
    let are_loads = [later, earlier].iter().all(|change| matches!(change.edit, Edit::NewMovies { .. }));
    are_loads
        && (&later.actor, later.via) == (&earlier.actor, earlier.via)
        && later.at.unix() - earlier.at.unix() <= BATCH
}

fn history(movie: MovieId) -> String {
    format!("/admin/movies/{}/history", movie.0)
}

/// The fields in which two states of a movie differ.
fn of_movie<'a>(page: &'a Page, before: Option<&Movie>, after: Option<&Movie>) -> Vec<Difference<'a>> {
    let differences = differences(page, before, after).into_iter();
    differences
        .map(|(name, before, after)| Difference { field: label(page, name), before: cut(before), after: cut(after) })
        .collect()
}

fn cut(text: String) -> String {
    match text.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

async fn list(page: Page, _: PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(&page.query);
    let (actor, wrong_actor) = match asked.actor.as_str() {
        "" => (None, None),
        name => match Username::new(name) {
            Ok(name) => (Some(Actor::User(name)), None),
            Err(_) => (None, Some(page.t("manage-changes-no-user"))),
        },
    };
    let filter = ChangeFilter { actor, via: asked.via, action: asked.action, subject: asked.what };
    let (history, below) = (Arc::clone(&state.history), asked.below);
    let latest = match wrong_actor {
        Some(_) => None,
        None => Some(blocking(move || history.latest(&filter, below, LISTED)).await?),
    };
    let (changes, next) = latest.map(|latest| (latest.changes, latest.next)).unwrap_or_default();
    let since = changes.last().map(|last| (last.seq - last.edit.span()).to_string());
    let api = url("/api/v1/changes", since.as_deref().map(|since| ("since", since)));
    let older = next.map(|below| asked.page_below(Some(below)));
    let entries = entries(&page, &changes);
    page.show(&ListTemplate { page: &page, asked, wrong_actor, entries, older, api })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_older_changes_keeps_what_was_asked_for() {
        let query = "actor=ann&via=page&action=update&what=genres";
        assert_eq!(Asked::read(query).page_below(Some(7)), format!("{PATH}?{query}&below=7"));
        assert_eq!(Asked::read("via=telex&action=&what=x&below=-1").page_below(None), PATH);
        assert!(Asked::read(query).is_filtered() && !Asked::read("below=3").is_filtered());
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = "ü".repeat(VALUE_CHARS + 1);
        assert_eq!(cut(long), format!("{}…", "ü".repeat(VALUE_CHARS)));
        assert_eq!(cut("ü".to_owned()), "ü");
    }
}
