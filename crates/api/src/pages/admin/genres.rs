//! `/admin/genres`: adding, renaming, merging and removing genres.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;
use domain::{
    Error,
    genre::{GenreId, GenreName},
    ports::GenreCount,
    query::{
        GenreQuery, GenreSort,
        parameters::{Parameters, url},
    },
    violation::{Violation, ViolationCode},
};

use super::{
    confirm::Confirm,
    paging::{Paging, pages},
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
    v1::path_id,
};

const PATH: &str = "/admin/genres";

/// How many genres a page lists.
const LISTED: u32 = 100;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at(PATH).page().get(list).post(add),
        Endpoint::at("/admin/genres/{id}").page().get(one).post(rename),
        Endpoint::at("/admin/genres/{id}/merge").page().get(ask_to_merge).post(merge),
        Endpoint::at("/admin/genres/{id}/delete").page().get(ask_to_delete).post(delete),
    ]
}

#[derive(Template)]
#[template(path = "admin/genres.html")]
struct ListTemplate<'a> {
    page: &'a Page,
    genres: &'a [GenreCount],
    total: u64,
    /// What is to be found in names.
    find: String,
    by_count: bool,
    paging: Paging,
    notice: Option<Text<'a>>,
    /// What was typed as the name of a new genre, and what is wrong with it.
    name: &'a str,
    wrong: Option<Wrong<'a>>,
}

#[derive(Template)]
#[template(path = "admin/genre.html")]
struct GenreTemplate<'a> {
    page: &'a Page,
    genre: &'a GenreCount,
    others: Vec<GenreCount>,
    /// The name in the form, and what is wrong with it.
    name: &'a str,
    wrong: Option<Wrong<'a>>,
    /// What is wrong with the genre into which this one was to be merged.
    wrong_target: Option<Text<'a>>,
}

/// What is wrong with a name.
struct Wrong<'a> {
    text: Text<'a>,
    /// The genre that has it already.
    taken_by: Option<u64>,
}

/// Where the movies of a genre can be seen, and edited.
trait Links {
    fn listing(&self) -> String;
    fn editing(&self) -> String;
}

impl Links for GenreCount {
    fn listing(&self) -> String {
        url("/listing", [("genre", self.genre.name.as_str())])
    }

    fn editing(&self) -> String {
        url("/admin/movies", [("genre", self.genre.name.as_str())])
    }
}

async fn list(page: Page, _: PageAdmin, state: State) -> Result<HttpResponse, Problem> {
    show_list(&page, &state, "", None, StatusCode::OK).await
}

async fn show_list(
    page: &Page,
    state: &State,
    name: &str,
    wrong: Option<Wrong<'_>>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let mut parameters = Parameters::read(&page.query);
    let find = parameters.text("name");
    let by_count = parameters.value("sort").as_deref() == Some("-movie_count");
    let sort = if by_count { GenreSort::MostMovies } else { GenreSort::Name };
    let number = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
    let done = parameters.value("done");
    let (about, movies) = (number(parameters.value("id")), number(parameters.value("movies")));
    let catalogue = Arc::clone(&state.catalogue);
    let query = GenreQuery { q: find.clone(), sort };
    let (genres, about) = blocking(move || {
        let about = about.and_then(|id| catalogue.genre(GenreId(id)).ok());
        Ok((catalogue.genres(&query)?, about))
    })
    .await?;
    let of_what = about.as_ref().map(|about| about.genre.name.as_str());
    let notice = match done.as_deref() {
        Some("added") => of_what.map(|name| page.t("manage-genre-added").with_typed("name", name)),
        Some("renamed") => of_what.map(|name| page.t("manage-genre-renamed").with_typed("name", name)),
        Some("merged") => of_what
            .zip(movies)
            .map(|(name, movies)| page.t("manage-genre-merged").with_typed("name", name).with("count", movies)),
        Some("deleted") => Some(page.t("manage-genre-deleted")),
        _ => None,
    };
    let total = genres.len() as u64;
    let paging = Paging::of(page, pages(total, LISTED));
    let shown = genres.chunks(LISTED as usize).nth(paging.number as usize - 1).unwrap_or_default();
    let find = find.unwrap_or_default();
    let template = ListTemplate { page, genres: shown, total, find, by_count, paging, notice, name, wrong };
    page.show_as(status, &template)
}

async fn add(page: Page, PageAdmin(admin): PageAdmin, form: Form, state: State) -> Result<HttpResponse, Problem> {
    let typed = form.raw("name");
    let name = match GenreName::new(typed, "/name") {
        Ok(name) => name,
        Err(violation) => {
            let wrong = wrong(&page, &violation, None);
            return show_list(&page, &state, typed, Some(wrong), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let catalogue = Arc::clone(&state.catalogue);
    match blocking(move || Ok(catalogue.create_genre(&admin, &name))).await? {
        Ok(genre) => Ok(done("added", genre.id)),
        Err(Error::GenreNameTaken { existing }) => {
            show_list(&page, &state, typed, Some(taken(&page, existing)), StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn one(page: Page, _: PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    show_one(&page, &state, id_of(&id)?, None, None, StatusCode::OK).await
}

async fn show_one(
    page: &Page,
    state: &State,
    id: GenreId,
    wrong: Option<(&str, Wrong<'_>)>,
    wrong_target: Option<Text<'_>>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let catalogue = Arc::clone(&state.catalogue);
    let (genre, mut others) =
        blocking(move || Ok((catalogue.genre(id)?, catalogue.genres(&GenreQuery::default())?))).await?;
    others.retain(|other| other.genre.id != id);
    let (name, wrong) = wrong.map_or((genre.genre.name.as_str(), None), |(typed, wrong)| (typed, Some(wrong)));
    page.show_as(status, &GenreTemplate { page, genre: &genre, others, name, wrong, wrong_target })
}

async fn rename(
    page: Page,
    PageAdmin(admin): PageAdmin,
    form: Form,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let typed = form.raw("name");
    let name = match GenreName::new(typed, "/name") {
        Ok(name) => name,
        Err(violation) => {
            let wrong = Some((typed, wrong(&page, &violation, None)));
            return show_one(&page, &state, id, wrong, None, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let catalogue = Arc::clone(&state.catalogue);
    match blocking(move || Ok(catalogue.rename_genre(&admin, id, &name))).await? {
        Ok(_) => Ok(done("renamed", id)),
        Err(Error::GenreNameTaken { existing }) => {
            let wrong = Some((typed, taken(&page, existing)));
            show_one(&page, &state, id, wrong, None, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask_to_merge(page: Page, _: PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let into = Parameters::read(&page.query).value("into").and_then(|into| path_id(&into, "genre").ok()).map(GenreId);
    let Some(into) = into.filter(|into| *into != id) else {
        let wrong = Some(page.t("manage-genre-merge-choose"));
        return show_one(&page, &state, id, None, wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let catalogue = Arc::clone(&state.catalogue);
    let (genre, target) = blocking(move || Ok((catalogue.genre(id)?, catalogue.genre(into)?))).await?;
    let text = page
        .t("manage-genre-merge-text")
        .with("count", genre.movies)
        .with_typed("name", genre.genre.name.as_str())
        .with_typed("target", target.genre.name.as_str());
    page.show(&Confirm {
        page: &page,
        title: page.t("manage-genre-merge-title"),
        text,
        alert: None,
        action: format!("{PATH}/{}/merge", id.0),
        fields: vec![("into", into.0.to_string())],
        button: page.t("manage-genre-merge"),
        back: format!("{PATH}/{}", id.0),
    })
}

async fn merge(
    page: Page,
    PageAdmin(admin): PageAdmin,
    form: Form,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let Ok(into) = path_id(form.text("into"), "genre").map(GenreId) else {
        let wrong = Some(page.t("manage-genre-merge-choose"));
        return show_one(&page, &state, id, None, wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let catalogue = Arc::clone(&state.catalogue);
    let merged = blocking(move || {
        let movies = catalogue.genre(id)?.movies;
        Ok(catalogue.merge_genre(&admin, id, into).map(|_| movies))
    });
    match merged.await? {
        Ok(movies) => {
            let (id, movies) = (into.0.to_string(), movies.to_string());
            Ok(see_other(&url(PATH, [("done", "merged"), ("id", id.as_str()), ("movies", movies.as_str())])))
        }
        Err(Error::Invalid(_)) => {
            let wrong = Some(page.t("manage-genre-merge-choose"));
            show_one(&page, &state, id, None, wrong, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask_to_delete(page: Page, _: PageAdmin, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let catalogue = Arc::clone(&state.catalogue);
    let genre = blocking(move || catalogue.genre(id)).await?;
    page.show(&delete_question(&page, &genre, genre.movies, None))
}

fn delete_question<'a>(page: &'a Page, genre: &GenreCount, movies: u64, alert: Option<Text<'a>>) -> Confirm<'a> {
    let id = genre.genre.id.0;
    let name = genre.genre.name.as_str();
    Confirm {
        page,
        title: page.t("manage-genre-delete-title"),
        text: page.t("manage-genre-delete-text").with("count", movies).with_typed("name", name),
        alert,
        action: format!("{PATH}/{id}/delete"),
        // Whoever was told that no movie has it has not agreed to take it from any.
        fields: if movies > 0 { vec![("detach", "yes".to_owned())] } else { Vec::new() },
        button: page.t("manage-delete"),
        back: format!("{PATH}/{id}"),
    }
}

async fn delete(
    page: Page,
    PageAdmin(admin): PageAdmin,
    form: Form,
    state: State,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = id_of(&id)?;
    let detach = form.has("detach");
    let catalogue = Arc::clone(&state.catalogue);
    match blocking(move || Ok(catalogue.delete_genre(&admin, id, detach))).await? {
        Ok(()) => Ok(see_other(&url(PATH, [("done", "deleted")]))),
        Err(Error::GenreInUse { movies }) => {
            let catalogue = Arc::clone(&state.catalogue);
            let genre = blocking(move || catalogue.genre(id)).await?;
            let alert = Some(page.t("manage-genre-in-use"));
            page.show_as(StatusCode::CONFLICT, &delete_question(&page, &genre, movies, alert))
        }
        Err(error) => Err(error.into()),
    }
}

fn id_of(path: &Path<String>) -> Result<GenreId, Problem> {
    path_id(path, "genre").map(GenreId)
}

fn done(what: &str, id: GenreId) -> HttpResponse {
    see_other(&url(PATH, [("done", what), ("id", id.0.to_string().as_str())]))
}

/// What is wrong with a name that is none, or another genre's.
fn wrong<'a>(page: &'a Page, violation: &Violation, taken_by: Option<GenreId>) -> Wrong<'a> {
    Wrong { text: violations::text(page, Subject::Genre, violation), taken_by: taken_by.map(|genre| genre.0) }
}

fn taken(page: &Page, existing: GenreId) -> Wrong<'_> {
    wrong(page, &Violation::new("/name", ViolationCode::Taken, ""), Some(existing))
}
