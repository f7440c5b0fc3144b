//! `/stats`: the catalogue in pictures. The figures are facets; they are kept until the catalogue changes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::HttpResponse;
use askama::Template;
use domain::{
    change::Seq,
    query::{
        CountMode, Facet, FacetCounts, Limit, MovieFilter, MovieQuery, NumberField, Page as Part, Range, Total,
        parameters,
    },
};
use tokio::sync::Mutex;

use super::{
    charts::{self, Bar, Chart, Look, Side},
    page::Page,
};
use crate::{
    auth::Reader,
    endpoint::Endpoint,
    problem::Problem,
    state::{AppState, State},
};

/// The most genres of the picture; the table has more.
const GENRES: usize = 30;
/// Scores and popularities are told in so many bands.
const BANDS: u16 = 10;
/// The upper limits of a band, and of the last one.
const SCORE_ENDS: [&str; 2] = ["imdb_score.lt", "imdb_score.lte"];
const POPULARITY_ENDS: [&str; 2] = ["popularity.lt", "popularity.lte"];
/// While the catalogue keeps changing, at most one part of so many of the time goes into counting it.
const SHARE: u32 = 20;

pub fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::at("/stats").page().get(stats)]
}

/// What was counted.
struct Figures {
    movies: Total,
    decades: Vec<(u16, Total)>,
    genres: Vec<(String, Total)>,
    scores: Vec<(u16, Total)>,
    /// The scores in each band of popularity, from the lowest.
    grid: Vec<Vec<(u16, Total)>>,
}

/// The figures of a state of the catalogue.
#[derive(Default)]
pub struct KeptFigures(Mutex<Option<Kept>>);

struct Kept {
    figures: Arc<Figures>,
    applied: Seq,
    stamp: i64,
    /// Until when they are shown even if the catalogue changes.
    until: Instant,
}

impl KeptFigures {
    /// The figures. They are counted by one request at a time, for all that wait.
    async fn get(&self, state: &AppState) -> Result<Arc<Figures>, Problem> {
        let mut kept = self.0.lock().await;
        // Asked before counting: a change meanwhile leads to another count, never to none.
        let health = state.catalogue.health();
        if let Some(kept) = kept.as_ref() {
            let is_current = (kept.applied, kept.stamp) == (health.applied, health.stamp);
            if is_current || Instant::now() < kept.until {
                return Ok(Arc::clone(&kept.figures));
            }
        }
        let began = Instant::now();
        let figures = Arc::new(count(state).await?);
        let wait: Duration = began.elapsed().saturating_mul(SHARE);
        *kept = Some(Kept {
            figures: Arc::clone(&figures),
            applied: health.applied,
            stamp: health.stamp,
            until: Instant::now() + wait,
        });
        Ok(figures)
    }
}

async fn count(state: &AppState) -> Result<Figures, Problem> {
    let (movies, all) = facets(state, MovieFilter::default(), Facet::ALL.to_vec()).await?;
    let groups = |facets: &[FacetCounts], facet| {
        let lowest = |facet: Facet| facet.groups().into_iter().flat_map(|groups| groups.lowest());
        let counts = lowest(facet).map(|lowest| (lowest, count_of(facets, facet, &facet.label(lowest))));
        counts.collect::<Vec<_>>()
    };
    let mut grid = Vec::new();
    for band in 0..BANDS {
        let limit = |value, inclusive| Some(Limit { value: f64::from(value), inclusive });
        let range = Range {
            field: NumberField::Popularity,
            min: limit(band * 10, true),
            // 100 is in the last one.
            max: limit((band + 1) * 10, band + 1 == BANDS),
        };
        let filter = MovieFilter { ranges: vec![range], ..MovieFilter::default() };
        // One by one: others search meanwhile.
        let (_, facets) = facets(state, filter, vec![Facet::ScoreBand]).await?;
        grid.push(groups(&facets, Facet::ScoreBand));
    }
    let genres = all.iter().find(|counts| counts.facet == Facet::Genre).map_or(&[][..], |counts| &counts.values);
    let mut decades = groups(&all, Facet::Decade);
    // From the first decade that has movies to the last.
    let has_movies = |(_, count): &(u16, Total)| value(*count) > 0;
    decades.truncate(decades.iter().rposition(has_movies).map_or(0, |last| last + 1));
    decades.drain(..decades.iter().position(has_movies).unwrap_or_default());
    Ok(Figures {
        movies,
        decades,
        genres: genres.iter().map(|genre| (genre.value.clone(), genre.count)).collect(),
        scores: groups(&all, Facet::ScoreBand),
        grid,
    })
}

async fn facets(
    state: &AppState,
    filter: MovieFilter,
    facets: Vec<Facet>,
) -> Result<(Total, Vec<FacetCounts>), Problem> {
    let count = if filter == MovieFilter::default() { CountMode::Exact } else { CountMode::None };
    let query =
        MovieQuery { filter, facets, count, page: Part { limit: 1, ..Part::default() }, ..MovieQuery::default() };
    let catalogue = Arc::clone(&state.catalogue);
    let found = state.searching(move || catalogue.find(&query)).await?;
    Ok((found.total.unwrap_or(Total::AtLeast(0)), found.facets))
}

fn count_of(facets: &[FacetCounts], facet: Facet, value: &str) -> Total {
    let counts = facets.iter().find(|counts| counts.facet == facet);
    let value = counts.and_then(|counts| counts.values.iter().find(|found| found.value == value));
    value.map_or(Total::Exact(0), |value| value.count)
}

fn value(total: Total) -> u64 {
    match total {
        Total::Exact(value) | Total::AtLeast(value) => value,
    }
}

/// How many movies are in none of these groups; not known where they were not all counted.
fn missing<'a>(movies: Total, groups: impl IntoIterator<Item = &'a (u16, Total)>) -> u64 {
    let exact = |total| if let Total::Exact(value) = total { Some(value) } else { None };
    let counted = groups.into_iter().try_fold(0_u64, |sum, (_, count)| Some(sum.saturating_add(exact(*count)?)));
    exact(movies).zip(counted).map_or(0, |(movies, counted)| movies.saturating_sub(counted))
}

#[derive(Template)]
#[template(path = "stats.html")]
struct StatsTemplate<'a> {
    page: &'a Page,
    movies: u64,
    decades: Section,
    without_year: u64,
    genres: Section,
    /// How many genres the picture leaves out.
    more_genres: usize,
    scores: Section,
    without_score: u64,
    grid: Chart,
    /// The score's bands, which head the columns.
    grid_heads: Vec<String>,
    grid_rows: Vec<(String, Vec<Figure>)>,
    without_both: u64,
}

/// A picture and its figures.
struct Section {
    chart: Chart,
    figures: Vec<Figure>,
}

/// A line of a table, or a field.
struct Figure {
    label: String,
    title: String,
    href: String,
    number: String,
    count: u64,
}

impl Figure {
    fn bar(&self) -> Bar {
        let Self { label, title, href, number, count } = self;
        Bar { label: label.clone(), title: title.clone(), href: href.clone(), count: *count, number: number.clone() }
    }
}

#[derive(Template)]
#[template(path = "stats_empty.html")]
struct EmptyTemplate<'a> {
    page: &'a Page,
}

async fn stats(page: Page, _: Reader, state: State) -> Result<HttpResponse, Problem> {
    let figures = state.stats.get(&state).await?;
    if value(figures.movies) == 0 {
        return page.show(&EmptyTemplate { page: &page });
    }
    page.show(&Words(&page).template(&figures)?)
}

/// Figures in the page's language.
struct Words<'a>(&'a Page);

impl<'a> Words<'a> {
    fn template(&self, figures: &Figures) -> Result<StatsTemplate<'a>, Problem> {
        let page = self.0;
        let number = |number: u64| page.number(&number);
        let look = Look { mirrored: page.locale.language.direction == "rtl", number: &number };
        let bars = |figures: &[Figure]| figures.iter().map(Figure::bar).collect::<Vec<_>>();

        let decades: Vec<_> = figures.decades.iter().map(|(year, count)| self.decade(*year, *count)).collect();
        let years = figures.decades.iter().enumerate().map(|(i, (year, _))| (i as f64 + 0.5, year.to_string()));
        let decades_chart = charts::columns(bars(&decades), &years.collect::<Vec<_>>(), &look)?;

        let genres: Vec<_> = figures.genres.iter().map(|(name, count)| self.genre(name, *count)).collect();
        let shown = genres.get(..GENRES).unwrap_or(&genres);
        let genres_chart = charts::rows(bars(shown), &look)?;

        let scores: Vec<_> = figures.scores.iter().map(|(score, count)| self.score(*score, *count)).collect();
        let edges: Vec<_> = (0..=BANDS).map(|score| (f64::from(score), number(score.into()))).collect();
        let scores_chart = charts::columns(bars(&scores), &edges, &look)?;

        let row = |(band, counts): (u16, &Vec<(u16, Total)>)| {
            counts.iter().map(|(score, count)| self.field(*score, band * 10, *count)).collect::<Vec<_>>()
        };
        let grid: Vec<_> = (0..).zip(&figures.grid).map(row).collect();
        let score = Side { title: page.t("stats-score").to_string(), label: &|line| number(line as u64) };
        let popularity =
            Side { title: page.t("stats-popularity").to_string(), label: &|line| number(line as u64 * 10) };
        let chart = charts::grid(grid.iter().map(|row| bars(row)).collect(), &score, &popularity, &look)?;
        let named = |(band, row)| (self.band(band * 10, 10, 100), row);

        Ok(StatsTemplate {
            page,
            movies: value(figures.movies),
            without_year: missing(figures.movies, &figures.decades),
            decades: Section { chart: decades_chart, figures: decades },
            more_genres: genres.len().saturating_sub(GENRES),
            genres: Section { chart: genres_chart, figures: genres },
            without_score: missing(figures.movies, &figures.scores),
            scores: Section { chart: scores_chart, figures: scores },
            grid: chart,
            grid_heads: figures.scores.iter().map(|(score, _)| self.band(*score, 1, BANDS)).collect(),
            // The highest first, as in the picture.
            grid_rows: (0..BANDS).zip(grid).map(named).rev().collect(),
            without_both: missing(figures.movies, figures.grid.iter().flatten()),
        })
    }

    fn decade(&self, year: u16, count: Total) -> Figure {
        let label = self.0.t("stats-decade").with("decade", year.to_string()).to_string();
        let [first, last] = [year, year + 9].map(|year| year.to_string());
        self.figure(label, &[("year.gte", &first), ("year.lte", &last)], count)
    }

    fn genre(&self, name: &str, count: Total) -> Figure {
        self.figure(name.to_owned(), &[("genre", name)], count)
    }

    fn score(&self, score: u16, count: Total) -> Figure {
        let label = self.band(score, 1, BANDS);
        let [least, below] = [score, score + 1].map(|score| score.to_string());
        self.figure(label, &[("imdb_score.gte", &least), (SCORE_ENDS[usize::from(score + 1 == BANDS)], &below)], count)
    }

    fn field(&self, score: u16, popularity: u16, count: Total) -> Figure {
        let [least, below, least_popular, less_popular] =
            [score, score + 1, popularity, popularity + 10].map(|number| number.to_string());
        let parameters = [
            ("imdb_score.gte", &*least),
            (SCORE_ENDS[usize::from(score + 1 == BANDS)], &below),
            ("popularity.gte", &least_popular),
            (POPULARITY_ENDS[usize::from(popularity == 90)], &less_popular),
        ];
        let title = self.0.t("stats-cell").with("score", self.band(score, 1, BANDS));
        let title = title.with("popularity", self.band(popularity, 10, 100)).with("movies", self.movies(count));
        Figure { title: title.to_string(), ..self.figure(String::new(), &parameters, count) }
    }

    /// The numbers from `from` on, as far as `width` reaches; the last of the band that ends at `end` is in it.
    fn band(&self, from: u16, width: u16, end: u16) -> String {
        let to = from + width;
        let text = if to == end { self.0.t("stats-band-last") } else { self.0.t("stats-band") };
        let number = |number: u16| self.0.number(&number.into());
        text.with("from", number(from)).with("to", number(to)).to_string()
    }

    fn movies(&self, count: Total) -> String {
        let text = match count {
            Total::Exact(count) => self.0.t("stats-movies").with("count", count),
            Total::AtLeast(count) => self.0.t("stats-movies-at-least").with("count", count),
        };
        text.to_string()
    }

    fn figure(&self, label: String, parameters: &[(&str, &str)], count: Total) -> Figure {
        let title = self.0.t("stats-bar").with("label", label.clone()).with("movies", self.movies(count)).to_string();
        let number = self.0.number(&value(count));
        let number = match count {
            Total::Exact(_) => number,
            Total::AtLeast(_) => self.0.t("stats-at-least").with("number", number).to_string(),
        };
        let href = parameters::url("/listing", parameters.iter().copied());
        Figure { label, title, href, number, count: value(count) }
    }
}
