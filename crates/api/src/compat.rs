//! The older API: `/api/movies` and `/api/movie/{id}`, for clients of the small services that Marquee takes over from.
//!
//! The same movies and the same rules as in [`crate::v1`], in older shapes. A client may send more than is known
//! here: unknown parameters and fields are ignored, and what these shapes do not know of a movie is left as it is.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Path, Payload},
};
use domain::{
    error::{Error, Result},
    movie::{Director, Movie, MovieId, Popularity, Score},
    query::{
        CountMode, MovieFilter, MovieQuery, Page, Position, Sort, SortField, Start, Total, conditions::search_terms,
    },
    services::Duplicates,
    violation::Violations,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use crate::{
    auth::{AdminUser, Reader},
    body,
    endpoint::Endpoint,
    problem::Problem,
    state::{State, blocking},
    v1::{
        conditional::cache_control,
        listing::{self, limit, offset},
        movie_body::{Members, MovieInput},
        parameters::{Given, INVALID_VALUE, Parameters, QueryErrors},
        path_id,
    },
};

const MOVIES: &str = "/api/movies";

/// The most movies of one answer.
const MAX_LIMIT: u32 = 1_000;

/// The movies of a page whose size was not said.
const DEFAULT_LIMIT: u32 = 100;

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/api/movie/{id}").get(one).put(replace).delete(delete),
        Endpoint::at(MOVIES).get(list).post(create),
    ]
}

/// A movie in the older shape.
#[derive(Serialize, ToSchema)]
#[schema(as = OlderMovie, example = json!({
    "id": 1, "name": "King Kong", "director": "Merian C. Cooper", "popularity": 80.0, "imdb_score": 8.0,
    "genre": [{ "name": "Crime" }, { "name": "Thriller" }]
}))]
pub struct OlderMovie<'a> {
    id: u64,
    name: &'a str,
    #[schema(required)]
    director: Option<&'a str>,
    #[schema(required)]
    popularity: Option<f64>,
    #[schema(required)]
    imdb_score: Option<f64>,
    genre: Vec<OlderGenre<'a>>,
}

/// A genre in the older shape.
#[derive(Serialize, ToSchema)]
pub struct OlderGenre<'a> {
    name: &'a str,
}

impl<'a> From<&'a Movie> for OlderMovie<'a> {
    fn from(movie: &'a Movie) -> Self {
        let details = &movie.details;
        Self {
            id: movie.id.0,
            name: details.name.as_str(),
            director: details.director.as_ref().map(Director::as_str),
            popularity: details.popularity.map(Popularity::get),
            imdb_score: details.imdb_score.map(Score::get),
            genre: movie.genres.iter().map(|genre| OlderGenre { name: genre.name.as_str() }).collect(),
        }
    }
}

/// A movie to be stored, in the older shape.
#[derive(ToSchema)]
#[schema(example = json!({
    "name": "Chungking Express", "director": "Wong Kar-wai", "popularity": 80.0, "imdb_score": 8.0,
    "genre": [{ "name": "Comedy" }, { "name": "Romance" }]
}))]
#[expect(dead_code, reason = "describes what `modern` reads")]
pub struct OlderMovieFields {
    name: String,
    director: Option<String>,
    popularity: Option<f64>,
    imdb_score: Option<f64>,
    #[schema(value_type = Option<Vec<OlderGenreName>>)]
    genre: Option<Vec<String>>,
}

/// A genre in the older shape, or its name alone.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum OlderGenreName {
    Genre { name: String },
    Name(String),
}

/// A page of movies in the older shape.
#[derive(Serialize, ToSchema)]
pub struct OlderPage<'a> {
    /// How many there are in all.
    count: u64,
    #[schema(required)]
    next: Option<String>,
    #[schema(required)]
    previous: Option<String>,
    results: Vec<OlderMovie<'a>>,
}

/// Movies in the older shape: an array, or a page where its size or beginning was given.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum OlderList<'a> {
    Array(Vec<OlderMovie<'a>>),
    Page(OlderPage<'a>),
}

/// Find movies, in the older shape
///
/// By ascending id. Without `limit` and `offset` the answer is an array of at most 1,000 movies, and the `Link` header
/// leads to the rest; with one of them it is a page with a count.
#[utoipa::path(
    get, path = "/api/movies", tag = "older shapes", operation_id = "older_find_movies",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("search" = Option<String>, Query, description = "Terms split at spaces or commas, all of which must occur anywhere inside a name, director or genre; a number also matches a popularity or score", example = "star,lucas"),
        ("limit" = Option<u32>, Query, description = "The most movies of a page: 100 by default; what is over 1000 becomes 1000", minimum = 1, example = 10),
        ("offset" = Option<u32>, Query, description = "How many movies to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from a link"),
    ),
    responses(
        (status = 200, description = "The movies", body = OlderList, headers(
            ("Link", description = "Where the array goes on"),
        )),
        (status = 400), (status = 401),
    ),
)]
pub async fn list(_: Reader, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let request = OlderRequest::read(request.query_string())?;
    let query = request.query.clone();
    let catalogue = Arc::clone(&state.catalogue);
    let page = state.searching(move || catalogue.find(&query)).await?;
    let next = page.next.map(|position| request.next(&position)).transpose()?;
    let count = match page.total {
        Some(Total::Exact(count) | Total::AtLeast(count)) => count,
        None => 0,
    };
    let movies = page.movies.iter().map(|movie| OlderMovie::from(&***movie)).collect();
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, cache_control(&state)));
    let list = if request.is_paged {
        OlderList::Page(OlderPage { count, next, previous: request.previous(), results: movies })
    } else {
        if let Some(next) = next {
            response.insert_header((header::LINK, listing::link(&next, "next")));
        }
        OlderList::Array(movies)
    };
    Ok(response.json(list))
}

/// Read a movie, in the older shape
#[utoipa::path(
    get, path = "/api/movie/{id}", tag = "older shapes", operation_id = "older_read_movie",
    security((), ("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The movie's id", example = 5)),
    responses((status = 200, description = "The movie", body = OlderMovie), (status = 401), (status = 404)),
)]
pub async fn one(_: Reader, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let catalogue = Arc::clone(&state.catalogue);
    let movie = blocking(move || catalogue.movie(id)).await?;
    let cache_control = (header::CACHE_CONTROL, cache_control(&state));
    Ok(HttpResponse::Ok().insert_header(cache_control).json(OlderMovie::from(&movie)))
}

/// Add a movie, in the older shape
///
/// One of the same name, director and year may exist.
#[utoipa::path(
    post, path = "/api/movies", tag = "older shapes", operation_id = "older_create_movie",
    security(("bearer" = []), ("token" = [])),
    request_body = OlderMovieFields,
    responses(
        (status = 201, description = "The movie", body = OlderMovie, headers(("Location", description = "Its path"))),
        (status = 400), (status = 401), (status = 403), (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn create(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let input = read(&body::json(&request, payload, &[body::JSON]).await?)?;
    let catalogue = Arc::clone(&state.catalogue);
    let movie = blocking(move || {
        let draft = input.onto(None).map_err(in_older_words)?;
        catalogue.create(&admin, &draft, Duplicates::Allow)
    })
    .await?;
    let location = (header::LOCATION, format!("/api/movie/{}/", movie.id.0));
    Ok(HttpResponse::Created().insert_header(location).json(OlderMovie::from(&movie)))
}

/// Replace a movie, in the older shape
///
/// What this shape does not know of the movie stays as it is.
#[utoipa::path(
    put, path = "/api/movie/{id}", tag = "older shapes", operation_id = "older_replace_movie",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The movie's id", example = 5)),
    request_body = OlderMovieFields,
    responses(
        (status = 200, description = "The movie", body = OlderMovie),
        (status = 400), (status = 401), (status = 403), (status = 404), (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn replace(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let input = read(&body::json(&request, payload, &[body::JSON]).await?)?;
    let catalogue = Arc::clone(&state.catalogue);
    let (movie, _) = blocking(move || {
        let draft = |movie: &Movie| Ok(input.onto(Some(movie.draft())).map_err(in_older_words)?);
        catalogue.edit(&admin, id, Duplicates::Allow, &|_| true, &draft)
    })
    .await?;
    Ok(HttpResponse::Ok().json(OlderMovie::from(&movie)))
}

/// Remove a movie, as older clients do
#[utoipa::path(
    delete, path = "/api/movie/{id}", tag = "older shapes", operation_id = "older_delete_movie",
    security(("bearer" = []), ("token" = [])),
    params(("id" = u64, Path, description = "The movie's id", example = 5)),
    responses((status = 204, description = "It is gone"), (status = 401), (status = 403), (status = 404)),
)]
pub async fn delete(AdminUser(admin): AdminUser, state: State, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || catalogue.delete(&admin, id, &|_| true)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a list was asked for.
struct OlderRequest {
    query: MovieQuery,
    given: Given,
    /// Whether the answer is a page with a count, not an array.
    is_paged: bool,
}

impl OlderRequest {
    fn read(query_string: &str) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let filter = MovieFilter { search: search_terms(&mut parameters), ..MovieFilter::default() };
        let limit = parameters.parsed("limit", |text| limit(text, MAX_LIMIT));
        let offset = parameters.parsed("offset", offset);
        let cursor = parameters.value("cursor");
        let is_paged = limit.is_some() || offset.is_some();
        let mut query = MovieQuery {
            filter,
            sort: vec![Sort { field: SortField::Id, descending: false }],
            page: Page {
                limit: limit.unwrap_or(if is_paged { DEFAULT_LIMIT } else { MAX_LIMIT }),
                start: Start::Offset(offset.unwrap_or(0)),
            },
            count: if is_paged { CountMode::Exact } else { CountMode::None },
            facets: Vec::new(),
        };
        if let Some(cursor) = cursor {
            match Position::from_cursor(&cursor, &query) {
                Ok(position) => query.page.start = Start::After(position),
                Err(error) => parameters.refuse("cursor", INVALID_VALUE, error.to_string()),
            }
        }
        Ok(Self { query, given: parameters.finish(true)?, is_paged })
    }

    /// The URL of what follows: at an offset as long as there is one, so that older clients can read it.
    fn next(&self, position: &Position) -> Result<String> {
        let limit = self.query.page.limit.to_string();
        match self.query.page.start {
            Start::Offset(offset) if self.is_paged && offset + self.query.page.limit <= Page::MAX_OFFSET => {
                let offset = (offset + self.query.page.limit).to_string();
                Ok(self.given.url(MOVIES, &[("limit", Some(&limit)), ("offset", Some(&offset))]))
            }
            _ => {
                let cursor = position.to_cursor(&self.query)?;
                let limit = self.is_paged.then_some(limit.as_str());
                Ok(self.given.url(MOVIES, &[("limit", limit), ("offset", None), ("cursor", Some(&cursor))]))
            }
        }
    }

    fn previous(&self) -> Option<String> {
        match self.query.page.start {
            Start::Offset(offset) if offset > 0 => {
                let limit = self.query.page.limit;
                let (limit, offset) = (limit.to_string(), offset.saturating_sub(limit).to_string());
                Some(self.given.url(MOVIES, &[("limit", Some(&limit)), ("offset", Some(&offset))]))
            }
            _ => None,
        }
    }
}

/// A document in the shape of version 1 from one in the older shape. What is left out is `null` there.
#[derive(Serialize)]
struct Modern<'a> {
    name: Option<&'a RawValue>,
    director: Option<&'a RawValue>,
    popularity: Option<&'a RawValue>,
    imdb_score: Option<&'a RawValue>,
    genres: Option<Genres<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Genres<'a> {
    Names(Vec<&'a RawValue>),
    /// Not a list: refused where it is read.
    Other(&'a RawValue),
}

fn read(json: &RawValue) -> Result<MovieInput> {
    let Ok(members) = Members::of(json) else { return Ok(MovieInput::read(json)) };
    let genres = members.get("genre").map(|genre| match serde_json::from_str::<Vec<&RawValue>>(genre.get()) {
        Ok(entries) => Genres::Names(entries.into_iter().map(name_of).collect()),
        Err(_) => Genres::Other(genre),
    });
    let modern = Modern {
        name: members.get("name"),
        director: members.get("director"),
        popularity: members.get("popularity"),
        imdb_score: members.get("imdb_score"),
        genres,
    };
    let json = to_raw_value(&modern).map_err(|e| Error::Internal(e.into()))?;
    Ok(MovieInput::read(&json))
}

/// The name in `{"name": "Drama"}`; everything else stands for itself.
fn name_of(genre: &RawValue) -> &RawValue {
    Members::of(genre).ok().and_then(|members| members.get("name")).unwrap_or(genre)
}

/// Violations, by the names that the fields have here.
fn in_older_words(mut violations: Violations) -> Violations {
    for violation in &mut violations.0 {
        if let Some(entry) = violation.field.strip_prefix("/genres") {
            violation.field = format!("/genre{entry}");
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Vec<String> {
        let input = read(serde_json::from_str(json).unwrap()).unwrap();
        let violations = input.onto(None).map_err(in_older_words).unwrap_err();
        violations.0.into_iter().map(|violation| violation.field).collect()
    }

    #[test]
    fn genres_are_objects_or_plain_texts() {
        let json = r#"{"id":9,"name":"M","genre":[{"name":"Crime"},"Thriller",{"id":1,"name":" Crime"}],"rating":1}"#;
        let draft = read(serde_json::from_str(json).unwrap()).unwrap().onto(None).unwrap();
        let names: Vec<_> = draft.genres.as_slice().iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["Crime", "Thriller"]);
        assert_eq!(draft.details.director, None);
    }

    #[test]
    fn violations_name_the_fields_as_they_are_here() {
        assert_eq!(
            fields(r#"{"genre":[{"name":"a|b"},7,{}],"popularity":"x"}"#),
            ["/name", "/popularity", "/genre/0", "/genre/1", "/genre/2"]
        );
        assert_eq!(fields(r#"{"name":"M","genre":"Drama"}"#), ["/genre"]);
        assert_eq!(fields("[]"), [""]);
    }

    #[test]
    fn pages_are_linked_by_offsets_while_these_reach() {
        let request = |query: &str| OlderRequest::read(query).unwrap();
        let position = Position { keys: vec![domain::query::SortValue::Number(20.0)], id: MovieId(20), reach: 0 };
        let first = request("search=a&limit=10&offset=5");
        assert_eq!(first.next(&position).unwrap(), "/api/movies?search=a&limit=10&offset=15");
        assert_eq!(first.previous().unwrap(), "/api/movies?search=a&limit=10&offset=0");
        let far = request("limit=10&offset=9995");
        let next = far.next(&position).unwrap();
        let (path, query) = next.split_once('?').unwrap();
        assert_eq!(path, MOVIES);
        assert!(query.starts_with("limit=10&cursor=") && request(query).is_paged, "{query}");
        assert_eq!(request(query).previous(), None);
        let array = request("search=a").next(&position).unwrap();
        assert!(array.starts_with("/api/movies?search=a&cursor="), "{array}");
        assert!(!request(array.split_once('?').unwrap().1).is_paged);
    }
}
