//! `/api/v1/movies`: lists, one movie, and changes to it.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web::{Path, Payload},
};
use domain::{
    highlight::Highlighter,
    movie::{Movie, MovieId},
    query::Start,
    services::Duplicates,
};
use ingest::export::Fields;
use serde::Serialize;
use serde_json::value::to_raw_value;
use utoipa::ToSchema;

use super::{
    conditional::{Preconditions, cache_control},
    facets::{FacetFields, FacetsBody},
    highlight::Highlighted,
    idempotency,
    listing::{ListResponse, Listing, Part},
    movie_body::{MovieBody, MovieFields, MovieInput, MoviePatchFields, rendered},
    movie_query::MovieRequest,
    parameters::Parameters,
    path_id,
    prefer::Prefer,
};
use crate::{
    auth::{AdminUser, Reader},
    body,
    cache::CachedMovie,
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State, blocking},
};

pub const MOVIES: &str = "/api/v1/movies";

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/api/v1/movies/{id}").get(one).put(replace).patch(patch).delete(delete),
        Endpoint::at(MOVIES).get(list).post(create),
    ]
}

/// A page of movies.
#[derive(Serialize, ToSchema)]
pub struct MovieListing<T> {
    #[serde(flatten)]
    listing: Listing<T>,
    /// Where nothing is found: other texts for `q`, or else for `name` or `director`, that find something with the other
    /// conditions as they are, the best first. Otherwise empty.
    #[schema(max_items = 5, example = json!([]))]
    suggestions: Vec<String>,
    /// The counts that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FacetFields>, nullable = false)]
    facets: Option<FacetsBody>,
}

/// Find movies
///
/// All conditions can be combined. `next` leads through the whole list: it gives every movie that did not change
/// meanwhile exactly once.
#[utoipa::path(
    get, path = "/api/v1/movies", tag = "movies", operation_id = "find_movies",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Words to find in names, directors and genres: every one must match", example = "star"),
        ("search" = Option<String>, Query, description = "The older grammar: terms split at spaces or commas, all of which must occur anywhere inside a name, director or genre; a number also matches a popularity or score (70 means [70, 71), 7 means [7, 8))", example = "star,luc"),
        ("name" = Option<String>, Query, description = "Words to find in names", example = "wars"),
        ("director" = Option<String>, Query, description = "Words to find in directors", example = "lucas"),
        ("genre" = Option<String>, Query, description = "Names of genres, case aside. `Drama,War`: all of them. `Drama|War`: any of them", example = "Adventure|War"),
        ("genre.not" = Option<String>, Query, description = "Names of genres, separated by commas: none of them", example = "Horror"),
        ("imdb_score.gte" = Option<f64>, Query, description = "The score is at least", example = 8.5),
        ("imdb_score.gt" = Option<f64>, Query, description = "The score is above"),
        ("imdb_score.lte" = Option<f64>, Query, description = "The score is at most"),
        ("imdb_score.lt" = Option<f64>, Query, description = "The score is below"),
        ("popularity.gte" = Option<f64>, Query, description = "The popularity is at least"),
        ("popularity.gt" = Option<f64>, Query, description = "The popularity is above"),
        ("popularity.lte" = Option<f64>, Query, description = "The popularity is at most"),
        ("popularity.lt" = Option<f64>, Query, description = "The popularity is below"),
        ("year.gte" = Option<f64>, Query, description = "The year is this one or later", example = 1970),
        ("year.gt" = Option<f64>, Query, description = "The year is later"),
        ("year.lte" = Option<f64>, Query, description = "The year is this one or earlier"),
        ("year.lt" = Option<f64>, Query, description = "The year is earlier", example = 1980),
        ("runtime_minutes.gte" = Option<f64>, Query, description = "It runs at least so long"),
        ("runtime_minutes.gt" = Option<f64>, Query, description = "It runs longer"),
        ("runtime_minutes.lte" = Option<f64>, Query, description = "It runs at most so long", example = 125),
        ("runtime_minutes.lt" = Option<f64>, Query, description = "It runs shorter"),
        ("votes.gte" = Option<f64>, Query, description = "It has at least so many votes"),
        ("votes.gt" = Option<f64>, Query, description = "It has more votes"),
        ("votes.lte" = Option<f64>, Query, description = "It has at most so many votes"),
        ("votes.lt" = Option<f64>, Query, description = "It has fewer votes"),
        ("created_at.gte" = Option<String>, Query, description = "It was added at this time or later (RFC 3339)", example = "2020-01-01T00:00:00Z"),
        ("created_at.gt" = Option<String>, Query, description = "It was added later"),
        ("created_at.lte" = Option<String>, Query, description = "It was added at this time or earlier"),
        ("created_at.lt" = Option<String>, Query, description = "It was added earlier"),
        ("updated_at.gte" = Option<String>, Query, description = "It was last changed at this time or later"),
        ("updated_at.gt" = Option<String>, Query, description = "It was last changed later"),
        ("updated_at.lte" = Option<String>, Query, description = "It was last changed at this time or earlier"),
        ("updated_at.lt" = Option<String>, Query, description = "It was last changed earlier"),
        ("sort" = Option<String>, Query, description = "Keys separated by commas, each descending after a `-`: `relevance` (the default where words are searched; takes no `-`), `popularity` (the default elsewhere, descending), `imdb_score`, `name`, `director`, `year`, `runtime_minutes`, `votes`, `created_at`, `updated_at`, `id`. Movies without the value come last both ways", example = "-imdb_score,name"),
        ("limit" = Option<u32>, Query, description = "The most movies of the page: 20 by default; what is over 100 becomes 100", minimum = 1, example = 20),
        ("offset" = Option<u32>, Query, description = "How many movies to leave out", maximum = 10000, example = 0),
        ("cursor" = Option<String>, Query, description = "Where to go on: taken from `next`, and good for the same conditions and order alone"),
        ("fields" = Option<String>, Query, description = "Names of fields, separated by commas: each movie has only these", example = "id,name,year"),
        ("facets" = Option<String>, Query, description = "What else to count of all movies found, separated by commas: `genre`, `decade`, `score_band`. Each is counted as if there were no condition on it: `genre` without `genre` and `genre.not`, `decade` without those on the year, `score_band` without those on the score", example = "genre,decade,score_band"),
        ("highlight" = Option<bool>, Query, description = "Whether each movie shows where words were found", example = true),
        ("Prefer" = Option<String>, Header, description = "`count=exact`, `count=estimated` (the default: exact up to 10,000) or `count=none`; `handling=lenient` ignores unknown parameters", example = "count=exact"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand"),
    ),
    responses(
        (status = 200, description = "A page", body = MovieListing<MovieBody>, headers(
            ("ETag", description = "Weak; another one after any change of the catalogue"),
            ("Cache-Control", description = "`no-cache`: ask before each use"),
            ("Vary", description = "`Prefer`, `Accept-Encoding`, and `Authorization` where reading needs a token"),
            ("Link", description = "The URLs of `next` and `prev`"),
            ("Preference-Applied", description = "The preferences that were honoured"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
        (status = 400), (status = 401),
    ),
)]
pub async fn list(_: Reader, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let prefer = Prefer::of(request.headers());
    let MovieRequest { query, fields, highlight, given } = MovieRequest::read(request.query_string(), prefer)?;
    let response = ListResponse::begin(&state, request.headers(), prefer);
    if response.is_known {
        return Ok(response.not_modified());
    }
    let offset = match query.page.start {
        Start::Offset(offset) => Some(offset),
        Start::After(_) => None,
    };
    let part = Part { path: MOVIES, given, limit: query.page.limit, offset };
    let faceted = !query.facets.is_empty();
    let catalogue = Arc::clone(&state.catalogue);
    let (page, next, highlights) = state
        .searching(move || {
            let page = catalogue.find(&query)?;
            let next = page.next.as_ref().map(|position| position.to_cursor(&query)).transpose()?;
            let highlights = highlight.then(|| {
                let highlighter = Highlighter::new(&query.filter, page.reach);
                page.movies.iter().map(|movie| highlighter.highlight(movie)).collect::<Vec<_>>()
            });
            Ok((page, next, highlights))
        })
        .await?;
    let movies: Result<Vec<_>, _> = match highlights {
        Some(highlights) => {
            let shown = page.movies.iter().zip(&highlights).map(|(movie, highlight)| {
                let movie = MovieBody::from(&***movie).only(fields);
                to_raw_value(&Highlighted { movie, highlight: highlight.into() }).map(Cow::Owned)
            });
            shown.collect()
        }
        None => {
            let shown = page.movies.iter().map(|movie| match fields {
                Fields::ALL => movie.json(|movie| to_raw_value(&MovieBody::from(movie))).map(Cow::Borrowed),
                fields => to_raw_value(&MovieBody::from(&***movie).only(fields)).map(Cow::Owned),
            });
            shown.collect()
        }
    };
    let listing = part.listing(movies.map_err(Problem::internal)?, page.total, next.as_deref());
    let facets = faceted.then(|| page.facets.into());
    Ok(response.send(listing.link(), MovieListing { listing, suggestions: page.suggestions, facets }))
}

/// Read a movie
#[utoipa::path(
    get, path = "/api/v1/movies/{id}", tag = "movies", operation_id = "read_movie",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand"),
    ),
    responses(
        (status = 200, description = "The movie", body = MovieBody, headers(
            ("ETag", description = "Strong: it covers all that the body shows"),
            ("Cache-Control", description = "`no-cache`: ask before each use"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
        (status = 401), (status = 404),
    ),
)]
pub async fn one(_: Reader, state: State, request: HttpRequest, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let movie = state.movies.movie(id).await?;
    let status = match Preconditions::of(request.headers()).is_known(&movie.etag) {
        true => StatusCode::NOT_MODIFIED,
        false => StatusCode::OK,
    };
    Ok(response(status, &state, movie))
}

/// Add a movie
#[utoipa::path(
    post, path = "/api/v1/movies", tag = "movies", operation_id = "create_movie",
    security(("bearer" = []), ("token" = [])),
    params(
        ("allow_duplicate" = Option<bool>, Query, description = "Whether a movie of the same name, director and year may be there already"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "A name for this request: sent again with it within 24 hours, the request is answered as the first time and done once"),
    ),
    request_body(content = MovieFields, description = "What is left out is `null`"),
    responses(
        (status = 201, description = "The movie; lists and searches show it from now on", body = MovieBody, headers(
            ("Location", description = "Its path"),
            ("ETag", description = "Strong: it covers all that the body shows"),
            ("Idempotency-Replayed", description = "`true` where this was answered before"),
        )),
        (status = 400), (status = 401), (status = 403), (status = 413), (status = 415),
        (status = 422, description = "The body is readable but breaks rules: `errors` names them all. Or the key was used for another request"),
        (status = 409, description = "A movie of the same name, director and year, or of this `imdb_id`, exists: `existing_id`"),
    ),
)]
pub async fn create(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let duplicates = allowed_duplicates(&request)?;
    let json = body::json(&request, payload, &[body::JSON]).await?;
    let keyed = idempotency::keyed(&request, &admin, MOVIES, duplicates, &json)?;
    let input = MovieInput::read(&json);
    let catalogue = Arc::clone(&state.catalogue);
    let answer =
        blocking(move || Ok(catalogue.create_once(&admin, &input.onto(None)?, duplicates, keyed.as_ref()))).await?;
    idempotency::respond(answer, |movie| {
        let mut response = response(StatusCode::CREATED, &state, rendered(&movie)?);
        let location = header::HeaderValue::try_from(format!("{MOVIES}/{}", movie.id.0)).map_err(Problem::internal)?;
        response.headers_mut().insert(header::LOCATION, location);
        Ok(response)
    })
}

/// Replace a movie
#[utoipa::path(
    put, path = "/api/v1/movies/{id}", tag = "movies", operation_id = "replace_movie",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("allow_duplicate" = Option<bool>, Query, description = "Whether a movie of the same name, director and year may be there already"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is to be replaced"),
    ),
    request_body(content = MovieFields, description = "What is left out becomes `null`", example = json!({
        "name": "A Grand Day Out", "director": "Nick Park", "genres": ["Animation", "Comedy", "Short"],
        "popularity": 62.5, "imdb_score": 7.6, "year": 1989, "runtime_minutes": 23
    })),
    responses(
        (status = 200, description = "The movie", body = MovieBody, headers(("ETag", description = "Of the new state"))),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "A movie of the same name, director and year, or of this `imdb_id`, exists: `existing_id`"),
        (status = 412), (status = 413), (status = 415), (status = 422),
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
    let duplicates = allowed_duplicates(&request)?;
    let input = MovieInput::read(&body::json(&request, payload, &[body::JSON]).await?);
    let is_current = is_current(request.headers());
    let catalogue = Arc::clone(&state.catalogue);
    let (movie, _) =
        blocking(move || catalogue.edit(&admin, id, duplicates, &is_current, &|_| Ok(input.onto(None)?))).await?;
    Ok(response(StatusCode::OK, &state, rendered(&movie)?))
}

/// Change a movie
#[utoipa::path(
    patch, path = "/api/v1/movies/{id}", tag = "movies", operation_id = "patch_movie",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("allow_duplicate" = Option<bool>, Query, description = "Whether a movie of the same name, director and year may be there already"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is to be changed"),
    ),
    request_body(
        description = "A merge patch (RFC 7396): what is left out stays, `null` takes away",
        content(
            (MoviePatchFields = "application/merge-patch+json"),
            (MoviePatchFields = "application/json"),
        ),
    ),
    responses(
        (status = 200, description = "The movie", body = MovieBody, headers(("ETag", description = "Of the new state"))),
        (status = 400), (status = 401), (status = 403), (status = 404),
        (status = 409, description = "A movie of the same name, director and year, or of this `imdb_id`, exists: `existing_id`"),
        (status = 412), (status = 413), (status = 415), (status = 422),
    ),
)]
pub async fn patch(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let duplicates = allowed_duplicates(&request)?;
    let input = MovieInput::read(&body::json(&request, payload, &[body::MERGE_PATCH, body::JSON]).await?);
    let is_current = is_current(request.headers());
    let catalogue = Arc::clone(&state.catalogue);
    let (movie, _) = blocking(move || {
        catalogue.edit(&admin, id, duplicates, &is_current, &|movie| Ok(input.onto(Some(movie.draft()))?))
    })
    .await?;
    Ok(response(StatusCode::OK, &state, rendered(&movie)?))
}

/// Remove a movie
#[utoipa::path(
    delete, path = "/api/v1/movies/{id}", tag = "movies", operation_id = "delete_movie",
    security(("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state that is to be removed"),
    ),
    responses(
        (status = 204, description = "It is gone, and its id is never used again"),
        (status = 401), (status = 403), (status = 404), (status = 412),
    ),
)]
pub async fn delete(
    AdminUser(admin): AdminUser,
    state: State,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let is_current = is_current(request.headers());
    let catalogue = Arc::clone(&state.catalogue);
    blocking(move || catalogue.delete(&admin, id, &is_current)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tells the state that a request to change a movie means. It is asked inside the transaction that makes the change.
pub fn is_current(headers: &HeaderMap) -> impl Fn(&Movie) -> bool + use<> {
    let preconditions = Preconditions::of(headers);
    move |movie| {
        preconditions.are_absent() || rendered(movie).is_ok_and(|movie| preconditions.allow_change(&movie.etag))
    }
}

pub fn allowed_duplicates(request: &HttpRequest) -> Result<Duplicates, Problem> {
    let mut parameters = Parameters::read(request.query_string());
    let allow = parameters.flag("allow_duplicate");
    parameters.finish(Prefer::of(request.headers()).lenient)?;
    Ok(if allow { Duplicates::Allow } else { Duplicates::Refuse })
}

pub fn response(status: StatusCode, state: &AppState, movie: CachedMovie) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::ETAG, movie.etag)).insert_header((header::CACHE_CONTROL, cache_control(state)));
    if status == StatusCode::NOT_MODIFIED {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, body::JSON)).body(movie.body)
}
