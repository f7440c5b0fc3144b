//! The first page and `/listing`, which are the same: movies, and everything by which they can be found.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use askama::Template;
use domain::{
    Error, Result,
    highlight::{Highlight, Highlighter},
    query::{FacetValue, MoviePage, Start, Total, parameters::most_similar},
    services::Catalogue,
    text,
};

use super::{
    film::Film,
    i18n::Text,
    list_query::{Ignored, LISTING, ListQuery},
    page::Page,
};
use crate::{
    auth::Reader,
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State},
    v1::{conditional::Preconditions, parameters::INVALID_VALUE},
};

/// How many genres are offered at once; more are folded away.
const GENRES_SHOWN: usize = 12;
/// How much is said of what is not understood.
const IGNORED_SHOWN: usize = 5;
/// The sizes of a page that are offered.
const SIZES: [u32; 4] = [10, 20, 50, 100];
/// How many pages before and after this one have a link.
const PAGES_AROUND: u32 = 2;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/").page().get(list), Endpoint::at(LISTING).page().get(list)]
}

#[derive(Template)]
#[template(path = "listing.html")]
struct ListingTemplate<'a> {
    page: &'a Page,
    list: &'a ListQuery,
    ignored: Vec<Text<'a>>,
    films: Vec<Film<'a>>,
    conditions: Vec<Condition<'a>>,
    genres: Vec<GenreChip<'a>>,
    more_genres: Vec<GenreChip<'a>>,
    suggestions: Vec<Suggested<'a>>,
    sorts: Vec<SortOption<'a>>,
    sizes: Vec<u32>,
    /// What the form with the filters sends beside its fields.
    kept: Vec<(&'a str, &'a str)>,
    range: Option<Text<'a>>,
    pages: Pages,
    api_url: String,
}

/// A condition in force, and the list without it.
struct Condition<'a> {
    label: Text<'a>,
    sign: &'static str,
    value: String,
    url: String,
}

/// A genre to choose, or to choose no more.
struct GenreChip<'a> {
    name: &'a str,
    count: String,
    chosen: bool,
    url: String,
}

/// Another text that finds something.
struct Suggested<'a> {
    text: &'a str,
    url: String,
}

struct SortOption<'a> {
    value: &'a str,
    label: Text<'a>,
    chosen: bool,
}

/// The ways to other pages.
struct Pages {
    previous: Option<String>,
    next: Option<String>,
    numbered: Vec<PageLink>,
}

struct PageLink {
    number: u64,
    url: String,
    /// Whether pages before it are left out.
    gap: bool,
    current: bool,
}

/// What was found.
struct Found {
    list: ListQuery,
    page: MoviePage,
    next: Option<String>,
    highlights: Vec<Highlight>,
}

async fn list(_: Reader, page: Page, state: State, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let etag = match known(&state, &page, &request) {
        Tag::Known(not_modified) => return Ok(not_modified),
        Tag::New(etag) => etag,
    };
    let list = ListQuery::read(request.query_string());
    let catalogue = Arc::clone(&state.catalogue);
    let found = state.searching(move || find(&catalogue, list)).await?;
    let mut response = page.show(&found.template(&page))?;
    response.headers_mut().insert(header::ETAG, etag);
    Ok(response)
}

/// Finds the page of the list; the nearest one where there is none of that number.
fn find(catalogue: &Catalogue, mut list: ListQuery) -> Result<Found> {
    let mut page = match catalogue.find(&list.query) {
        Err(Error::BadCursor) => {
            list.ignore_cursor(1);
            catalogue.find(&list.query)?
        }
        found => found?,
    };
    let is_beyond = page.movies.is_empty() && matches!(list.query.page.start, Start::Offset(1..));
    if is_beyond && let Some(Total::Exact(total)) = page.total {
        list.turn_to(u32::try_from(total.div_ceil(u64::from(list.items()))).unwrap_or(u32::MAX));
        page = catalogue.find(&list.query)?;
    }
    let next = page.next.as_ref().map(|position| position.to_cursor(&list.query)).transpose()?;
    let highlighter = Highlighter::new(&list.query.filter, page.reach);
    let highlights = page.movies.iter().map(|movie| highlighter.highlight(movie)).collect();
    Ok(Found { list, page, next, highlights })
}

impl Found {
    fn template<'a>(&'a self, page: &'a Page) -> ListingTemplate<'a> {
        let Self { list, page: found, highlights, .. } = self;
        let values = found.facets.first().map_or(&[][..], |facet| &facet.values);
        let (mut genres, mut more_genres) = (Vec::new(), Vec::new());
        for (place, value) in values.iter().enumerate() {
            let chip = genre_chip(page, list, value);
            if place < GENRES_SHOWN || chip.chosen { genres.push(chip) } else { more_genres.push(chip) }
        }
        let mut sizes = SIZES.to_vec();
        if !sizes.contains(&list.items()) {
            sizes.push(list.items());
            sizes.sort_unstable();
        }
        let movies = found.movies.iter().zip(highlights);
        ListingTemplate {
            page,
            list,
            ignored: list.ignored.iter().take(IGNORED_SHOWN).map(|ignored| said(page, ignored)).collect(),
            films: movies.map(|(movie, highlight)| Film::of(movie, Some(highlight))).collect(),
            conditions: conditions(page, list),
            genres,
            more_genres,
            suggestions: suggestions(list, &found.suggestions),
            sorts: sorts(page, list),
            sizes,
            kept: kept(list),
            range: self.range(page),
            pages: self.pages(),
            api_url: list.api_url(),
        }
    }

    /// Which movies of how many are shown.
    fn range<'a>(&self, page: &'a Page) -> Option<Text<'a>> {
        let shown = self.page.movies.len() as u64;
        if shown == 0 {
            return None;
        }
        let before = self.list.number.map(|number| u64::from(number - 1) * u64::from(self.list.items()));
        Some(match (before, self.page.total) {
            (Some(before), Some(Total::Exact(total))) => {
                page.t("list-range").with("first", before + 1).with("last", before + shown).with("total", total)
            }
            (Some(before), Some(Total::AtLeast(total))) => {
                page.t("list-range-more").with("first", before + 1).with("last", before + shown).with("total", total)
            }
            (None, Some(Total::Exact(total))) => page.t("list-some").with("total", total),
            (None, Some(Total::AtLeast(total))) => page.t("list-some-more").with("total", total),
            (_, None) => return None,
        })
    }

    fn pages(&self) -> Pages {
        let Self { list, page, next, .. } = self;
        let last = list.last_number();
        // Numbers lead as far as the list is known to go.
        let known = match page.total {
            Some(Total::Exact(total) | Total::AtLeast(total)) => total.div_ceil(u64::from(list.items())),
            None => 0,
        };
        let known = u32::try_from(known).unwrap_or(last).min(last);
        let current = list.number.unwrap_or(u32::MAX);
        let is_near = |number: &u32| *number == 1 || *number == known || number.abs_diff(current) <= PAGES_AROUND;
        let mut numbered: Vec<PageLink> = Vec::new();
        // Not all of what may be thousands is looked at.
        let near = current.saturating_sub(PAGES_AROUND)..=current.saturating_add(PAGES_AROUND).min(known);
        let mut candidates: Vec<u32> = [1, known].into_iter().chain(near).filter(|n| (1..=known).contains(n)).collect();
        candidates.sort_unstable();
        candidates.dedup();
        for number in candidates.into_iter().filter(is_near) {
            let gap = numbered.last().is_some_and(|before| before.number + 1 < u64::from(number));
            let is_current = number == current && list.cursor.is_none();
            numbered.push(PageLink { number: number.into(), url: list.page(number), gap, current: is_current });
        }
        if numbered.len() < 2 && next.is_none() && list.cursor.is_none() {
            numbered.clear();
        }
        let by_number = list.number.filter(|number| *number < last && list.cursor.is_none());
        Pages {
            previous: list.number.filter(|number| (2..=last + 1).contains(number)).map(|number| list.page(number - 1)),
            next: next.as_ref().map(|cursor| match by_number {
                Some(number) => list.page(number + 1),
                None => list.page_at(cursor),
            }),
            numbered,
        }
    }
}

/// Whether a client has this page already.
pub enum Tag {
    Known(HttpResponse),
    New(HeaderValue),
}

/// Compares the tag of a page over the catalogue, which is to be done before that is read: it changes with the catalogue,
/// the program, the language, and who has signed in.
pub fn known(state: &AppState, page: &Page, request: &HttpRequest) -> Tag {
    let health = state.catalogue.health();
    let user = page.user.as_ref().map(|user| format!("-{}-{}", user.username, page.is_admin()));
    let tag = format!(
        "W/\"{}-{}-{:x}-{}{}\"",
        env!("CARGO_PKG_VERSION"),
        health.applied,
        health.stamp,
        page.locale.language.tag,
        user.unwrap_or_default()
    );
    // Of letters, digits and dots alone.
    let etag = HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"0\""));
    if health.ready && Preconditions::of(request.headers()).is_known(&etag) {
        return Tag::Known(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    Tag::New(etag)
}

/// Says what is not understood.
fn said<'a>(page: &'a Page, ignored: &'a Ignored) -> Text<'a> {
    let name = ignored.name.as_str();
    let text = match (ignored.code, name) {
        ("unknown_parameter", _) => match ignored.meant {
            Some(meant) => page.t("list-ignored-unknown-similar").with("meant", meant),
            None => page.t("list-ignored-unknown"),
        },
        ("repeated_parameter", _) => page.t("list-ignored-repeated"),
        ("invalid_encoding", _) => page.t("list-ignored-encoding"),
        ("too_many_parameters", _) => page.t("list-ignored-too-many"),
        ("too_long", _) => page.t("list-ignored-too-long"),
        ("out_of_range", _) => page.t("list-ignored-too-large"),
        (INVALID_VALUE, "sort") => page.t("list-ignored-sort"),
        (INVALID_VALUE, "cursor") => page.t("list-ignored-cursor"),
        (INVALID_VALUE, "created_at.gte" | "created_at.gt" | "created_at.lte" | "created_at.lt")
        | (INVALID_VALUE, "updated_at.gte" | "updated_at.gt" | "updated_at.lte" | "updated_at.lt") => {
            page.t("list-ignored-time")
        }
        _ => page.t("list-ignored-number"),
    };
    text.with_typed("name", name)
}

/// The conditions in force, each to be taken away.
fn conditions<'a>(page: &'a Page, list: &'a ListQuery) -> Vec<Condition<'a>> {
    let mut conditions = Vec::new();
    for (name, value) in &list.given {
        match name.as_str() {
            "sort" => {}
            "genre" | "genre.not" => {
                let separators: &[char] = if name == "genre" { &[','] } else { &[',', '|'] };
                let groups: Vec<_> = groups(value, separators).collect();
                for (place, group) in groups.iter().enumerate() {
                    let label = if name == "genre" { page.t("film-genre") } else { page.t("list-without-genre") };
                    let rest: Vec<_> =
                        groups.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, g)| *g).collect();
                    let rest = (!rest.is_empty()).then(|| rest.join(","));
                    let url = list.with(&[(name.as_str(), rest.as_deref())]);
                    conditions.push(Condition { label, sign: "", value: group.replace('|', " / "), url });
                }
            }
            _ => {
                let (field, limit) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
                let label = match field {
                    "q" | "search" => page.t("list-text"),
                    "name" => page.t("film-name"),
                    "director" => page.t("film-director"),
                    "imdb_score" => page.t("film-score"),
                    "popularity" => page.t("film-popularity"),
                    "year" => page.t("film-year"),
                    "runtime_minutes" => page.t("list-runtime"),
                    "votes" => page.t("film-votes"),
                    "created_at" => page.t("film-added"),
                    _ => page.t("film-changed"),
                };
                let sign = match limit {
                    "gte" => "≥",
                    "gt" => ">",
                    "lte" => "≤",
                    "lt" => "<",
                    _ => "",
                };
                conditions.push(Condition { label, sign, value: value.clone(), url: list.with(&[(name, None)]) });
            }
        }
    }
    conditions
}

fn groups<'a>(value: &'a str, separators: &'a [char]) -> impl Iterator<Item = &'a str> {
    value.split(separators).map(str::trim).filter(|group| !group.is_empty())
}

fn genre_chip<'a>(page: &Page, list: &ListQuery, value: &'a FacetValue) -> GenreChip<'a> {
    let given = list.value("genre").unwrap_or_default();
    let key = text::case_folded(&value.value);
    let is_it = |group: &&str| text::case_folded(group) == key;
    let chosen = groups(given, &[',']).any(|group| is_it(&group));
    let mut names: Vec<_> = groups(given, &[',']).filter(|group| !is_it(group)).collect();
    if !chosen {
        names.push(&value.value);
    }
    let names = names.join(",");
    let url = list.with(&[("genre", (!names.is_empty()).then_some(names.as_str()))]);
    let count = match value.count {
        Total::Exact(count) => page.number(&count),
        Total::AtLeast(count) => format!("{}+", page.number(&count)),
    };
    GenreChip { name: &value.value, count, chosen, url }
}

/// Links to other texts, in the place of the one that they are most like.
fn suggestions<'a>(list: &ListQuery, texts: &'a [String]) -> Vec<Suggested<'a>> {
    let given: Vec<_> =
        ["q", "name", "director"].into_iter().filter_map(|name| Some((name, list.value(name)?))).collect();
    let values: Vec<_> = given.iter().map(|(_, value)| *value).collect();
    let link = |text: &'a String| {
        let similar = most_similar(text, &values);
        let (name, _) = given.iter().find(|(_, value)| similar == Some(*value)).or(given.first())?;
        Some(Suggested { text, url: list.with(&[(*name, Some(text))]) })
    };
    texts.iter().filter_map(link).collect()
}

fn sorts<'a>(page: &'a Page, list: &'a ListQuery) -> Vec<SortOption<'a>> {
    let has_words = list.query.filter.has_words();
    let usual = if has_words { "relevance" } else { "-popularity" };
    let given = list.value("sort").map_or(usual, str::trim);
    let all = [
        ("relevance", page.t("list-sort-relevance")),
        ("-popularity", page.t("list-sort-popularity")),
        ("popularity", page.t("list-sort-popularity-up")),
        ("-imdb_score", page.t("list-sort-score")),
        ("imdb_score", page.t("list-sort-score-up")),
        ("-year", page.t("list-sort-year")),
        ("year", page.t("list-sort-year-up")),
        ("name", page.t("list-sort-name")),
        ("-name", page.t("list-sort-name-down")),
        ("director", page.t("list-sort-director")),
        ("-director", page.t("list-sort-director-down")),
        ("-runtime_minutes", page.t("list-sort-runtime")),
        ("runtime_minutes", page.t("list-sort-runtime-up")),
        ("-votes", page.t("list-sort-votes")),
        ("votes", page.t("list-sort-votes-up")),
        ("-created_at", page.t("list-sort-added")),
        ("created_at", page.t("list-sort-added-up")),
        ("-updated_at", page.t("list-sort-changed")),
        ("updated_at", page.t("list-sort-changed-up")),
    ];
    let mut options: Vec<_> = all
        .into_iter()
        .filter(|(key, _)| has_words || *key != "relevance" || given == "relevance")
        .map(|(key, label)| SortOption { value: if key == usual { "" } else { key }, label, chosen: key == given })
        .collect();
    if !options.iter().any(|option| option.chosen) {
        options.push(SortOption {
            value: given,
            label: page.t("list-sort-other").with_typed("keys", given),
            chosen: true,
        });
    }
    options
}

/// The conditions that have no field in the form of filters.
fn kept(list: &ListQuery) -> Vec<(&str, &str)> {
    const FIELDS: [&str; 7] = ["name", "director", "imdb_score.gte", "imdb_score.lte", "year.gte", "year.lte", "sort"];
    let given = list.given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    given.filter(|(name, _)| !FIELDS.contains(name)).collect()
}

impl ListingTemplate<'_> {
    /// What a field of the form shows.
    fn field(&self, name: &str) -> &str {
        self.list.value(name).unwrap_or_default()
    }

    /// The address that search engines are to know the page by.
    fn canonical(&self) -> String {
        let number = self.list.number.filter(|_| self.list.cursor.is_none()).unwrap_or(1);
        let path = self.list.page(number);
        format!("{}{}", self.page.origin, if path == LISTING { "/" } else { &path })
    }
}
