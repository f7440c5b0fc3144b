//! What search engines ask for: `/robots.txt` and the sitemap (sitemaps.org).
//!
//! Ids are given in order and few are missing, so the movies of a range of ids make one file, which is found in the index
//! without looking at others. Where there are more ids than those of one file, `/sitemap.xml` names the files.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web::Path};
use askama::Template;
use domain::{
    Error, Result,
    movie::MovieId,
    query::{CountMode, ListedMovie, MovieQuery, Page as Part, Position, Sort, SortField, SortValue, Start},
    services::Catalogue,
};

use super::page;
use crate::{
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State},
};

/// The ids of one file. The protocol allows 50,000; fewer are read sooner, and need less memory.
const IDS: u64 = 10_000;

/// Robots need not read what is for people who sign in, nor every list that can be made of filters.
const DISALLOWED: [&str; 7] = ["/account", "/admin", "/api/", "/login", "/manage/", "/register", "/listing?*cursor="];

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/robots.txt").get(robots).ignoring_tokens(),
        Endpoint::at("/sitemap.xml").get(sitemap).ignoring_tokens(),
        Endpoint::at("/sitemap-{number}.xml").get(part).ignoring_tokens(),
    ]
}

/// A file with pages.
#[derive(Template)]
#[template(path = "sitemap.xml")]
struct UrlSet<'a> {
    origin: &'a str,
    /// Whether the pages are among them that are about no movie.
    with_lists: bool,
    movies: &'a [Arc<ListedMovie>],
}

/// A file with files.
#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct Index<'a> {
    origin: &'a str,
    files: u64,
}

async fn robots(request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let text = if state.settings.auth.anonymous_read {
        let rules: String = DISALLOWED.iter().map(|path| format!("Disallow: {path}\n")).collect();
        format!("User-agent: *\n{rules}\nSitemap: {}/sitemap.xml\n", page::origin(&request)?)
    } else {
        "User-agent: *\nDisallow: /\n".to_owned()
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(text))
}

async fn sitemap(request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let files = files(&state).await?;
    if files > 1 {
        let index = Index { origin: &page::origin(&request)?, files };
        return Ok(xml(index.render().map_err(Problem::internal)?));
    }
    urls(&request, &state, 1).await
}

async fn part(request: HttpRequest, state: State, number: Path<String>) -> Result<HttpResponse, Problem> {
    let number = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.filter(|number| *number > 0).ok_or_else(|| Problem::not_found("file"))?;
    if number > files(&state).await? {
        return Err(Problem::not_found("file"));
    }
    urls(&request, &state, number).await
}

/// How many files there are: at least one. Fails where not everybody may read them.
async fn files(state: &AppState) -> Result<u64, Problem> {
    if !state.settings.auth.anonymous_read {
        return Err(Problem::not_found("file"));
    }
    let catalogue = Arc::clone(&state.catalogue);
    let last = state.searching(move || Ok(by_id(&catalogue, true, Start::Offset(0), 1)?.pop())).await?;
    Ok(last.map_or(1, |movie| movie.id.0.div_ceil(IDS)))
}

async fn urls(request: &HttpRequest, state: &AppState, number: u64) -> Result<HttpResponse, Problem> {
    let before = (number - 1) * IDS;
    let start = match before {
        0 => Start::Offset(0),
        // Exact up to 2^53 movies.
        id => Start::After(Position { keys: vec![SortValue::Number(id as f64)], id: MovieId(id), reach: 0 }),
    };
    let (catalogue, origin) = (Arc::clone(&state.catalogue), page::origin(request)?);
    let file = state.searching(move || {
        let mut movies = by_id(&catalogue, false, start, IDS as u32)?;
        movies.retain(|movie| movie.id.0 <= before + IDS);
        // A file has at least one page, even where all its movies are gone.
        let urls = UrlSet { origin: &origin, with_lists: number == 1 || movies.is_empty(), movies: &movies };
        // Here, because it takes a while for so many.
        urls.render().map_err(|error| Error::Internal(error.into()))
    });
    Ok(xml(file.await?))
}

fn by_id(catalogue: &Catalogue, descending: bool, start: Start, limit: u32) -> Result<Vec<Arc<ListedMovie>>> {
    let query = MovieQuery {
        sort: vec![Sort { field: SortField::Id, descending }],
        page: Part { limit, start },
        count: CountMode::None,
        ..MovieQuery::default()
    };
    Ok(catalogue.find(&query)?.movies)
}

fn xml(file: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(file)
}
