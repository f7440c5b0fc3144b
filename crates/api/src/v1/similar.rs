//! `/api/v1/movies/{id}/similar`: movies that are alike.

use std::{borrow::Cow, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, web::Path};
use domain::{movie::MovieId, query::Page};
use ingest::export::Fields;
use serde::Serialize;
use serde_json::value::to_raw_value;
use utoipa::ToSchema;

use super::{
    listing::{ListResponse, limit},
    movie_body::MovieBody,
    parameters::{Parameters, QueryErrors},
    path_id,
    prefer::Prefer,
};
use crate::{auth::Reader, endpoint::Endpoint, problem::Problem, state::State};

const DEFAULT_LIMIT: u32 = 10;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/api/v1/movies/{id}/similar").get(list)]
}

/// Movies that are alike, the most alike first.
#[derive(Serialize, ToSchema)]
pub struct SimilarMovies<T> {
    #[schema(max_items = 100)]
    items: Vec<T>,
}

/// Find similar movies
///
/// Those that share a director, genres or words of the name with it and have a score like its own, the most alike
/// first, and among equals the most popular. The movie itself is not among them.
#[utoipa::path(
    get, path = "/api/v1/movies/{id}/similar", tag = "movies", operation_id = "similar_movies",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("id" = u64, Path, description = "The movie's id", example = 1),
        ("limit" = Option<u32>, Query, description = "The most movies: 10 by default; what is over 100 becomes 100", minimum = 1, example = 10),
        ("fields" = Option<String>, Query, description = "Names of fields, separated by commas: each movie has only these", example = "id,name,year"),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters", example = "handling=lenient"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand"),
    ),
    responses(
        (status = 200, description = "The movies", body = SimilarMovies<MovieBody>, headers(
            ("ETag", description = "Weak; another one after any change of the catalogue"),
            ("Cache-Control", description = "`no-cache`: ask before each use"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
        (status = 400), (status = 401), (status = 404),
    ),
)]
pub async fn list(_: Reader, state: State, request: HttpRequest, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let prefer = Prefer { count: None, ..Prefer::of(request.headers()) };
    let SimilarRequest { limit, fields } = SimilarRequest::read(request.query_string(), prefer)?;
    let response = ListResponse::begin(&state, request.headers(), prefer);
    let catalogue = Arc::clone(&state.catalogue);
    let movies = state.searching(move || catalogue.similar(id, limit as usize)).await?;
    // Only now: what does not exist is not known either.
    if response.is_known {
        return Ok(response.not_modified());
    }
    let items = movies.iter().map(|movie| match fields {
        Fields::ALL => movie.json(|movie| to_raw_value(&MovieBody::from(movie))).map(Cow::Borrowed),
        fields => to_raw_value(&MovieBody::from(&***movie).only(fields)).map(Cow::Owned),
    });
    let items = items.collect::<Result<Vec<_>, _>>().map_err(Problem::internal)?;
    Ok(response.send(None, SimilarMovies { items }))
}

/// What was asked for.
struct SimilarRequest {
    limit: u32,
    fields: Fields,
}

impl SimilarRequest {
    fn read(query_string: &str, prefer: Prefer) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let limit = parameters.parsed("limit", |text| limit(text, Page::MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        let fields = Fields::read(&mut parameters);
        parameters.finish(prefer.lenient)?;
        Ok(Self { limit, fields })
    }
}
