//! Adding, editing and removing a movie.
//!
//! The form of an edit carries the version that it was made from. Where somebody saved meanwhile, both states are shown
//! side by side, in a form that is sent to the same place with the version of now. Where somebody removed it, the form
//! carries the version that was removed, and asks to bring that back with what was typed.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;
use domain::{
    change::Edit,
    error::Error,
    movie::{Movie, MovieDraft, MovieId},
    services::{Duplicates, HistoryStart},
    violation::{Violation, Violations},
};

use super::{
    history,
    notice::{Deed, Notice},
    typed::{Typed, is_about, label, separator, untouched},
};
use crate::{
    endpoint::Endpoint,
    pages::{
        form::Form,
        i18n::Text,
        page::{Page, PageAdmin, see_other},
        violations::{self, Subject},
    },
    problem::Problem,
    state::{State, blocking},
    v1::{movie_body::EDITABLE, path_id},
};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/admin/movies/new").page().get(new).post(add),
        Endpoint::at("/admin/movies/{id}").page().get(edit).post(save),
        Endpoint::at("/admin/movies/{id}/delete").page().get(confirm_delete).post(delete),
    ]
}

/// The movie that a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edited {
    id: MovieId,
    /// The version from which the form was made.
    version: u64,
    /// Whether that was removed, and is to come back.
    is_removed: bool,
}

impl Edited {
    fn id(&self) -> u64 {
        self.id.0
    }

    fn is_current(&self, movie: &Movie) -> bool {
        u64::from(movie.version) == self.version
    }
}

/// A movie that stands in the way of what was typed.
struct Other {
    id: u64,
    name: String,
}

#[derive(Template)]
#[template(path = "admin/movie.html")]
struct FormTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    edited: Option<Edited>,
    typed: &'a Typed,
    wrong: Vec<Violation>,
    duplicate: Option<Other>,
    imdb_id_of: Option<Other>,
}

/// A field of the form.
struct FormField<'a> {
    name: &'static str,
    label: Text<'a>,
    hint: Option<Text<'a>>,
    value: &'a str,
    wrong: Vec<String>,
    /// Whether it is the first that is wrong.
    is_first_wrong: bool,
}

impl FormField<'_> {
    fn is_number(&self) -> bool {
        matches!(self.name, "popularity" | "imdb_score" | "year" | "runtime_minutes" | "votes")
    }

    fn has_decimals(&self) -> bool {
        matches!(self.name, "popularity" | "imdb_score")
    }

    fn is_required(&self) -> bool {
        self.name == "name"
    }

    fn is_short(&self) -> bool {
        self.is_number() || self.name == "imdb_id"
    }

    /// What describes the field, by id.
    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let wrong = (!self.wrong.is_empty()).then(|| format!("{}-wrong", self.name));
        hint.into_iter().chain(wrong).collect::<Vec<_>>().join(" ")
    }
}

impl<'a> FormTemplate<'a> {
    fn new(page: &'a Page, edited: Option<Edited>, typed: &'a Typed) -> Self {
        let notice = Notice::of(page);
        Self { page, notice, edited, typed, wrong: Vec::new(), duplicate: None, imdb_id_of: None }
    }

    fn title(&self) -> Text<'_> {
        if self.edited.is_some() { self.page.t("admin-edit-movie") } else { self.page.t("admin-add-movie") }
    }

    /// Where the form is sent.
    fn action(&self) -> String {
        match self.edited {
            Some(Edited { id, .. }) => path(id.0),
            None => "/admin/movies/new".to_owned(),
        }
    }

    fn is_wrong(&self) -> bool {
        !self.wrong.is_empty() || self.imdb_id_of.is_some()
    }

    /// Whether what is in the form is not stored.
    fn is_unsaved(&self) -> bool {
        self.is_wrong() || self.duplicate.is_some()
    }

    fn fields(&self) -> impl Iterator<Item = FormField<'_>> {
        let mut all_right = true;
        self.typed.fields().map(move |(name, value)| {
            let page = self.page;
            let hint = match name {
                "director" => Some(page.t("admin-hint-director")),
                "genres" => Some(page.t("admin-hint-genres")),
                "popularity" => Some(page.t("admin-hint-range").with("least", 0).with("most", 100)),
                "imdb_score" => Some(page.t("admin-hint-range").with("least", 0).with("most", 10)),
                "runtime_minutes" => Some(page.t("admin-hint-runtime")),
                "imdb_id" => Some(page.t("admin-hint-imdb-id")),
                "poster_url" => Some(page.t("admin-hint-poster")),
                _ => None,
            };
            let about = self.wrong.iter().filter(|violation| is_about(violation, name));
            let mut wrong: Vec<String> =
                about.map(|violation| violations::text(page, Subject::Movie, violation).to_string()).collect();
            if name == "imdb_id" && self.imdb_id_of.is_some() {
                wrong.push(page.t("admin-imdb-id-taken").to_string());
            }
            let is_first_wrong = all_right && !wrong.is_empty();
            all_right &= wrong.is_empty();
            FormField { name, label: label(page, name), hint, value, wrong, is_first_wrong }
        })
    }
}

fn path(id: u64) -> String {
    format!("/admin/movies/{id}")
}

async fn new(page: Page, _: PageAdmin) -> Result<HttpResponse, Problem> {
    page.show(&FormTemplate::new(&page, None, &Typed::default()))
}

async fn edit(page: Page, _: PageAdmin, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    match stored(&state, id).await? {
        Some(movie) => {
            let typed = Typed::of_draft(&movie.draft(), separator(&page));
            let edited = Edited { id, version: movie.version.into(), is_removed: false };
            page.show(&FormTemplate::new(&page, Some(edited), &typed))
        }
        // Of a removed movie there is its history, from which it can be restored.
        None => {
            let history = Arc::clone(&state.history);
            blocking(move || history.of_movie(id, HistoryStart::Offset(0), 1)).await?;
            Ok(see_other(&format!("{}/history", path(id.0))))
        }
    }
}

async fn stored(state: &State, id: MovieId) -> Result<Option<Movie>, Problem> {
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || match catalogue.movie(id) {
        Ok(movie) => Ok(Some(movie)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

async fn other(state: &State, id: MovieId) -> Result<Other, Problem> {
    let name = stored(state, id).await?.map(|movie| movie.details.name.to_string());
    Ok(Other { id: id.0, name: name.unwrap_or_else(|| id.0.to_string()) })
}

/// What a form asks for.
struct Sent {
    typed: Typed,
    draft: Result<MovieDraft, Violations>,
    duplicates: Duplicates,
    version: u64,
}

impl Sent {
    fn read(form: &Form) -> Self {
        let typed = Typed::of_form(form);
        let duplicates = if form.has("allow_duplicate") { Duplicates::Allow } else { Duplicates::Refuse };
        let version = form.text("version").parse().unwrap_or_default();
        Self { draft: typed.draft(), typed, duplicates, version }
    }
}

/// Shows the form again, with what is wrong with what was typed.
async fn again(
    page: &Page,
    state: &State,
    edited: Option<Edited>,
    typed: &Typed,
    error: Error,
) -> Result<HttpResponse, Problem> {
    let mut template = FormTemplate { notice: None, ..FormTemplate::new(page, edited, typed) };
    let status = match error {
        Error::Invalid(violations) => {
            template.wrong = violations.0;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::DuplicateMovie { existing } => {
            template.duplicate = Some(other(state, existing).await?);
            StatusCode::CONFLICT
        }
        Error::ImdbIdTaken { existing } => {
            template.imdb_id_of = Some(other(state, existing).await?);
            StatusCode::CONFLICT
        }
        error => return Err(error.into()),
    };
    page.show_as(status, &template)
}

async fn add(page: Page, PageAdmin(admin): PageAdmin, form: Form, state: State) -> Result<HttpResponse, Problem> {
    let Sent { typed, draft, duplicates, .. } = Sent::read(&form);
    let draft = match draft {
        Ok(draft) => draft,
        Err(violations) => return again(&page, &state, None, &typed, violations.into()).await,
    };
    let catalogue = Arc::clone(&state.catalogue);
    let answer = blocking(move || Ok(catalogue.create_once(&admin, &draft, duplicates, None))).await?;
    match answer.outcome {
        Ok(movie) => {
            let next = if form.has("another") { "/admin/movies/new".to_owned() } else { path(movie.id.0) };
            Ok(Notice::new(Deed::Added, 1, answer.changes).see(&next))
        }
        Err(error) => again(&page, &state, None, &typed, error).await,
    }
}

async fn save(
    page: Page,
    PageAdmin(admin): PageAdmin,
    id: Path<String>,
    form: Form,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let Sent { typed, draft, duplicates, version } = Sent::read(&form);
    let edited = Edited { id, version, is_removed: form.has("restore") };
    let draft = match draft {
        Ok(draft) => draft,
        Err(violations) => return again(&page, &state, Some(edited), &typed, violations.into()).await,
    };
    let catalogue = Arc::clone(&state.catalogue);
    let wanted = draft.clone();
    let saved = blocking(move || {
        let is_current = |movie: &Movie| edited.is_current(movie);
        let draft = |before: &Movie| Ok(untouched(wanted.clone(), before));
        Ok(if edited.is_removed {
            catalogue.restore_edited(&admin, id, duplicates, &is_current, &draft)
        } else {
            catalogue.edit(&admin, id, duplicates, &is_current, &draft)
        })
    });
    // Undoing a restoration leaves nothing to edit, but a history.
    let next = if edited.is_removed { format!("{}/history", path(id.0)) } else { path(id.0) };
    match saved.await? {
        Ok((_, None)) => Ok(Notice::new(Deed::Unchanged, 0, None).see(&next)),
        Ok((_, Some(seq))) => Ok(Notice::new(Deed::Saved, 1, Some(seq..=seq)).see(&next)),
        Err(Error::Stale { .. } | Error::NotFound(_)) => conflict(&page, &state, id, version, &draft).await,
        Err(error) => again(&page, &state, Some(edited), &typed, error).await,
    }
}

/// A field in which what was typed and what is stored differ.
struct Difference<'a> {
    name: &'static str,
    label: Text<'a>,
    mine: &'a str,
    theirs: &'a str,
    /// Which of them is chosen to begin with: the one that is new.
    takes_mine: bool,
    takes_theirs: bool,
}

#[derive(Template)]
#[template(path = "admin/conflict.html")]
struct ConflictTemplate<'a> {
    page: &'a Page,
    id: u64,
    name: &'a str,
    differences: Vec<Difference<'a>>,
    /// What is the same on both sides.
    equal: Vec<(&'static str, Text<'a>, &'a str)>,
    /// The version of now, or that which was removed; `None` where that is not known any more.
    version: Option<u32>,
    is_removed: bool,
    last: Option<&'a history::Entry>,
}

async fn conflict(
    page: &Page,
    state: &State,
    id: MovieId,
    version: u64,
    draft: &MovieDraft,
) -> Result<HttpResponse, Problem> {
    let history = Arc::clone(&state.history);
    let (base, last) = blocking(move || {
        let last = history.of_movie(id, HistoryStart::Offset(0), 1)?.changes.pop();
        let base = u32::try_from(version).ok().map(|version| history.state(id, version)).transpose()?;
        Ok((base.flatten(), last))
    })
    .await?;
    let removed = last.as_ref().and_then(|change| match &change.edit {
        Edit::Movie { before: Some(before), after: None, .. } => Some(before.version),
        _ => None,
    });
    let last = last.map(|change| history::Entry::of(page, change)).transpose()?;
    let movie = stored(state, id).await?;
    let separator = separator(page);
    let mine = Typed::of_draft(draft, separator);
    let theirs = movie.as_ref().map(|movie| Typed::of_draft(&movie.draft(), separator));
    let base = base.map(|base| Typed::of_draft(&base.draft(), separator));
    let mut differences = Vec::new();
    let mut equal = Vec::new();
    for name in EDITABLE {
        let (mine, base) = (mine.get(name), base.as_ref().map(|base| base.get(name)));
        match theirs.as_ref().map(|theirs| theirs.get(name)) {
            Some(theirs) if theirs != mine => differences.push(Difference {
                name,
                label: label(page, name),
                mine,
                theirs,
                takes_mine: base == Some(theirs),
                takes_theirs: base == Some(mine),
            }),
            _ => equal.push((name, label(page, name), mine)),
        }
    }
    let template = ConflictTemplate {
        page,
        id: id.0,
        name: mine.get("name"),
        differences,
        equal,
        is_removed: movie.is_none(),
        version: movie.map_or(removed, |movie| Some(movie.version)),
        last: last.as_ref(),
    };
    page.show_as(StatusCode::CONFLICT, &template)
}

#[derive(Template)]
#[template(path = "admin/movie_delete.html")]
struct DeleteTemplate<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    movie: &'a Movie,
    genres: String,
}

async fn confirm_delete(page: Page, _: PageAdmin, id: Path<String>, state: State) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let movie = stored(&state, id).await?.ok_or(Error::NotFound("movie"))?;
    let genres = Typed::of_draft(&movie.draft(), '.').get("genres").to_owned();
    page.show(&DeleteTemplate { page: &page, notice: Notice::of(&page), movie: &movie, genres })
}

async fn delete(
    PageAdmin(admin): PageAdmin,
    id: Path<String>,
    form: Form,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let version: Option<u32> = form.text("version").parse().ok();
    let catalogue = Arc::clone(&state.catalogue);
    let is_current = move |movie: &Movie| Some(movie.version) == version;
    match blocking(move || Ok(catalogue.delete(&admin, id, &is_current))).await? {
        Ok(seq) => Ok(Notice::new(Deed::Removed, 1, Some(seq..=seq)).see("/admin/movies")),
        Err(Error::Stale { .. }) => Ok(Notice::new(Deed::Stale, 1, None).see(&format!("{}/delete", path(id.0)))),
        Err(error) => Err(error.into()),
    }
}
