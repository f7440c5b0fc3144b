//! `/movies/{id}`: one movie, and those most like it.

use std::{fmt, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::header, web::Path};
use askama::{Template, filters::HtmlSafe};
use domain::{
    Error,
    movie::{Director, MovieId},
    query::{ListedMovie, parameters},
    time::Timestamp,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    film::Film,
    i18n::{Locale, Text},
    list_query::LISTING,
    listing::{Tag, known},
    page::Page,
    poster::{Poster, without_controls},
};
use crate::{auth::Reader, endpoint::Endpoint, problem::Problem, state::State, v1::path_id};

/// How many movies like it are shown.
const SIMILAR: usize = 6;
/// How much of an overview is shown elsewhere, where somebody links to the page.
const DESCRIPTION: usize = 200;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/movies/{id}").page().get(one)]
}

/// A movie, from what the API sends: so it comes by the same cache.
#[derive(Deserialize)]
struct Shown {
    id: u64,
    name: String,
    director: Option<Director>,
    genres: Vec<String>,
    popularity: Option<f64>,
    imdb_score: Option<f64>,
    year: Option<u16>,
    runtime_minutes: Option<u32>,
    votes: Option<u64>,
    imdb_id: Option<String>,
    overview: Option<String>,
    poster_url: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Template)]
#[template(path = "movie.html")]
struct MovieTemplate<'a> {
    page: &'a Page,
    movie: &'a Shown,
    /// The name, where nothing isolates it from other text.
    title: String,
    description: Option<String>,
    poster: Poster,
    directors: Vec<Linked<'a>>,
    genres: Vec<Linked<'a>>,
    runtime: Option<Text<'a>>,
    films: Vec<Film<'a>>,
    json_ld: JsonLd,
}

/// A name, and the list of what has it.
struct Linked<'a> {
    name: &'a str,
    url: String,
}

/// What the page says to programs. It ends no element of HTML.
struct JsonLd(Value);

async fn one(
    _: Reader,
    page: Page,
    state: State,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = MovieId(path_id(&id, "movie")?);
    let tag = known(&state, &page, &request);
    let sent = state.movies.movie(id).await?;
    // Only now: what does not exist is not known either.
    let etag = match tag {
        Tag::Known(not_modified) => return Ok(not_modified),
        Tag::New(etag) => etag,
    };
    let movie: Shown = serde_json::from_slice(&sent.body).map_err(Problem::internal)?;
    let catalogue = Arc::clone(&state.catalogue);
    let similar = state.searching(move || match catalogue.similar(id, SIMILAR) {
        // The index may be behind the database.
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        similar => similar,
    });
    let similar = similar.await?;
    let mut response = page.show(&MovieTemplate::new(&page, &movie, &similar))?;
    response.headers_mut().insert(header::ETAG, etag);
    Ok(response)
}

impl<'a> MovieTemplate<'a> {
    fn new(page: &'a Page, movie: &'a Shown, similar: &'a [Arc<ListedMovie>]) -> Self {
        let list = |field: &str, name: &'a str| Linked { name, url: parameters::url(LISTING, [(field, name)]) };
        let directors = movie.directors().map(|name| list("director", name)).collect();
        let genres = movie.genres.iter().map(|name| list("genre", name)).collect();
        let title = without_controls(&movie.name);
        Self {
            page,
            description: movie.overview.as_deref().map(shortened).filter(|text| !text.is_empty()),
            poster: Poster::draw(&movie.name, movie.genres.iter().map(String::as_str)),
            directors,
            genres,
            runtime: movie.runtime_minutes.map(|minutes| runtime(page, minutes)),
            films: similar.iter().map(|movie| Film::of(movie, None)).collect(),
            json_ld: JsonLd(movie.json_ld(&format!("{}/movies/{}", page.origin, movie.id))),
            title,
            movie,
        }
    }

    fn canonical(&self) -> String {
        format!("{}/movies/{}", self.page.origin, self.movie.id)
    }

    fn locales(&self) -> &'static [Locale] {
        Locale::all()
    }

    /// How much of the bar of ten a score fills.
    fn filled(&self, score: &f64) -> f64 {
        score * 20.0
    }
}

impl Shown {
    fn directors(&self) -> impl Iterator<Item = &str> {
        self.director.iter().flat_map(Director::names)
    }

    /// The movie as schema.org describes one.
    fn json_ld(&self, url: &str) -> Value {
        let people: Vec<_> = self.directors().map(|name| json!({ "@type": "Person", "name": name })).collect();
        let imdb = self.imdb_id.as_ref().map(|id| format!("https://www.imdb.com/title/{id}/"));
        let rating = self.imdb_score.zip(self.votes.filter(|votes| *votes > 0)).map(|(score, votes)| {
            json!({ "@type": "AggregateRating", "ratingValue": score, "ratingCount": votes, "bestRating": 10, "worstRating": 0 })
        });
        let facts = [
            ("@context", Some(json!("https://schema.org"))),
            ("@type", Some(json!("Movie"))),
            ("name", Some(json!(self.name))),
            ("url", Some(json!(url))),
            ("director", (!people.is_empty()).then(|| json!(people))),
            ("genre", (!self.genres.is_empty()).then(|| json!(self.genres))),
            ("datePublished", self.year.map(|year| json!(year.to_string()))),
            ("duration", self.runtime_minutes.map(|minutes| json!(format!("PT{minutes}M")))),
            ("description", self.overview.as_ref().map(|text| json!(text))),
            ("image", self.poster_url.as_ref().map(|url| json!(url))),
            ("sameAs", imdb.map(|url| json!(url))),
            ("aggregateRating", rating),
        ];
        let facts = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(facts.collect::<Map<_, _>>())
    }
}

/// A runtime in hours and minutes.
fn runtime(page: &Page, minutes: u32) -> Text<'_> {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => page.t("film-minutes").with("minutes", minutes),
        (hours, 0) => page.t("film-hours").with("hours", hours),
        (hours, minutes) => page.t("film-hours-and-minutes").with("hours", hours).with("minutes", minutes),
    }
}

/// The beginning of a text on one line, up to the end of a word.
fn shortened(text: &str) -> String {
    let line = without_controls(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(DESCRIPTION) else { return line };
    let start = &line[..end];
    let start = start.rsplit_once(' ').map_or(start, |(start, _)| start);
    format!("{start}…")
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl HtmlSafe for JsonLd {}

#[cfg(test)]
mod tests {
    use super::*;

    fn movie(json: Value) -> Shown {
        let mut all = json!({ "id": 3, "name": "X", "genres": [], "created_at": "2026-01-02T03:04:05Z",
                              "updated_at": "2026-01-02T03:04:05Z" });
        all.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn programs_are_told_what_is_known() {
        let known = movie(json!({
            "name": "</script><!--", "director": "Lana Wachowski, Lilly Wachowski", "genres": ["Action"], "year": 1999,
            "runtime_minutes": 136, "votes": 2, "imdb_score": 8.7, "imdb_id": "tt0133093",
            "poster_url": "https://example.org/a.jpg"
        }));
        let said = known.json_ld("http://here/movies/3");
        assert_eq!(said["director"][1]["name"], "Lilly Wachowski");
        assert_eq!((&said["duration"], &said["datePublished"]), (&json!("PT136M"), &json!("1999")));
        assert_eq!(said["aggregateRating"]["ratingCount"], 2);
        let html = JsonLd(said.clone()).to_string();
        assert!(!html.contains('<') && !html.contains('>'), "{html}");
        assert_eq!(serde_json::from_str::<Value>(&html).unwrap(), said);

        let unknown = movie(json!({ "imdb_score": 8.7, "votes": 0 })).json_ld("http://here/movies/3");
        let keys: Vec<_> = unknown.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["@context", "@type", "name", "url"]);
    }

    #[test]
    fn a_description_ends_with_a_word() {
        assert_eq!(shortened("One\n\n two  "), "One two");
        let long = shortened(&"word ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= DESCRIPTION + 1, "{long}");
        assert_eq!(shortened(&"千".repeat(500)).chars().count(), DESCRIPTION + 1);
    }
}
