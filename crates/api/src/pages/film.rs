//! A movie as a card, in lists of movies.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};
use domain::{highlight::Highlight, movie::Movie};

use super::poster::Poster;

/// The most genres of a card.
const GENRES: usize = 3;

/// What a card shows.
pub struct Film<'a> {
    pub id: u64,
    pub name: Marked<'a>,
    pub director: Option<Marked<'a>>,
    pub year: Option<u16>,
    pub score: Option<f64>,
    /// Those in which words were found come first.
    pub genres: Vec<Marked<'a>>,
    /// How many genres there are beside.
    pub more_genres: usize,
    /// What is shown until the picture is there, or where there is none.
    pub poster: Poster,
    pub picture: Option<&'a str>,
}

/// A text in which it may be marked what was searched for.
#[derive(Clone, Copy)]
pub enum Marked<'a> {
    /// HTML from [`domain::highlight`].
    Html(&'a str),
    Plain(&'a str),
}

impl<'a> Film<'a> {
    pub fn of(movie: &'a Movie, highlight: Option<&'a Highlight>) -> Self {
        let details = &movie.details;
        let marked =
            |html: Option<&'a String>, text: &'a str| html.map_or(Marked::Plain(text), |html| Marked::Html(html));
        let names = movie.genres.iter().map(|genre| genre.name.as_str());
        let mut genres: Vec<_> = match highlight.and_then(|highlight| highlight.genres.as_ref()) {
            Some(genres) => genres.iter().map(|genre| Marked::Html(genre)).collect(),
            None => names.clone().map(Marked::Plain).collect(),
        };
        genres.sort_by_key(|genre| !genre.is_found());
        let more_genres = genres.len().saturating_sub(GENRES);
        genres.truncate(GENRES);
        Self {
            id: movie.id.0,
            name: marked(highlight.and_then(|highlight| highlight.name.as_ref()), details.name.as_str()),
            director: details
                .director
                .as_ref()
                .map(|director| marked(highlight.and_then(|highlight| highlight.director.as_ref()), director.as_str())),
            year: details.year.map(|year| year.get()),
            score: details.imdb_score.map(|score| score.get()),
            genres,
            more_genres,
            poster: Poster::draw(details.name.as_str(), names),
            picture: details.poster_url.as_ref().map(|url| url.as_str()),
        }
    }
}

impl Marked<'_> {
    fn is_found(self) -> bool {
        matches!(self, Self::Html(html) if html.contains("<mark>"))
    }
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Html(html) => f.write_str(html),
            Self::Plain(text) => match escape(text, Html) {
                Ok(text) => text.fmt(f),
            },
        }
    }
}

impl HtmlSafe for Marked<'_> {}
