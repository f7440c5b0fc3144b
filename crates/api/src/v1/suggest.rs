//! `/api/v1/suggest`: what may be meant by a text that is being typed.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use domain::{query::conditions, suggestion::Suggestion};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    listing::{ListResponse, limit},
    parameters::{Parameters, QueryErrors},
    prefer::Prefer,
};
use crate::{auth::Reader, endpoint::Endpoint, problem::Problem, state::State};

const DEFAULT_LIMIT: u32 = 8;
const MAX_LIMIT: u32 = 20;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/api/v1/suggest").get(list)]
}

/// What may be meant, the best first.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "items": [
    { "kind": "movie", "id": 1, "text": "The Wizard of Oz", "year": 1939 },
    { "kind": "director", "text": "Herman J. Mankiewicz" },
    { "kind": "genre", "id": 4, "text": "Drama" }
] }))]
pub struct Suggestions {
    /// No two of them look the same.
    #[schema(max_items = 20)]
    items: Vec<SuggestionBody>,
}

/// Something that may be meant.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestion)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum SuggestionBody {
    /// A movie.
    Movie {
        #[schema(minimum = 1)]
        id: u64,
        /// Its name.
        text: String,
        #[schema(required, minimum = 1870, maximum = 2100)]
        year: Option<u16>,
    },
    /// One director, also where a movie has several.
    Director {
        /// The name.
        text: String,
    },
    /// A genre.
    Genre {
        #[schema(minimum = 1)]
        id: u64,
        /// Its name.
        text: String,
    },
}

impl From<Suggestion> for SuggestionBody {
    fn from(suggestion: Suggestion) -> Self {
        match suggestion {
            Suggestion::Movie { id, name, year } => Self::Movie { id: id.0, text: name, year },
            Suggestion::Director(name) => Self::Director { text: name },
            Suggestion::Genre(genre) => Self::Genre { id: genre.id.0, text: genre.name.into() },
        }
    }
}

/// Complete a text that is being typed
///
/// Movies, directors and genres, the best first: those that are the text, then those whose words begin with what is
/// typed, the most popular first, then those that may be meant by what is misspelt.
#[utoipa::path(
    get, path = "/api/v1/suggest", tag = "movies", operation_id = "suggest",
    security((), ("bearer" = []), ("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "What is typed so far: the last word need not be finished. Nothing is suggested for nothing", example = "wiz"),
        ("limit" = Option<u32>, Query, description = "The most suggestions: 8 by default; what is over 20 becomes 20", minimum = 1),
        ("Prefer" = Option<String>, Header, description = "`handling=lenient` ignores unknown parameters"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy at hand"),
    ),
    responses(
        (status = 200, description = "What may be meant", body = Suggestions, headers(
            ("ETag", description = "Weak; another one after any change of the catalogue"),
            ("Cache-Control", description = "`no-cache`: ask before each use"),
        )),
        (status = 304, description = "The copy at hand is current", headers(("ETag", description = "Its tag"))),
        (status = 400), (status = 401),
    ),
)]
pub async fn list(_: Reader, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let prefer = Prefer { count: None, ..Prefer::of(request.headers()) };
    let SuggestRequest { q, limit } = SuggestRequest::read(request.query_string(), prefer)?;
    let response = ListResponse::begin(&state, request.headers(), prefer);
    if response.is_known {
        return Ok(response.not_modified());
    }
    let catalogue = Arc::clone(&state.catalogue);
    let found = state.searching(move || catalogue.suggest(&q, limit as usize)).await?;
    let items = found.into_iter().map(SuggestionBody::from).collect();
    Ok(response.send(None, Suggestions { items }))
}

/// What was asked for.
#[derive(Debug, PartialEq)]
struct SuggestRequest {
    q: String,
    limit: u32,
}

impl SuggestRequest {
    fn read(query_string: &str, prefer: Prefer) -> Result<Self, QueryErrors> {
        let mut parameters = Parameters::read(query_string);
        let q = conditions::q(&mut parameters).unwrap_or_default();
        let limit = parameters.parsed("limit", |text| limit(text, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        parameters.finish(prefer.lenient)?;
        Ok(Self { q, limit })
    }
}
