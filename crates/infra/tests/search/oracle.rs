//! The answer to a query, found by looking at every movie. Written for plainness, from the contract alone.

use std::cmp::Ordering;

use domain::{
    movie::{Movie, MovieId},
    query::{MovieFilter, MovieQuery, NumberField, Sort, SortField},
    text::{case_folded, folded, words},
};

/// The ids of all movies that match, in order.
pub fn find<'a>(movies: impl Iterator<Item = &'a Movie> + Clone, query: &MovieQuery) -> Vec<MovieId> {
    let stretched = is_stretched(movies.clone(), &query.filter);
    let mut found = ranked(movies, &query.filter, stretched);
    let order = query.order();
    found.sort_by(|a, b| {
        let keys = order.iter().map(|sort| compare(sort, *a, *b));
        keys.fold(Ordering::Equal, Ordering::then).then(a.1.id.cmp(&b.1.id))
    });
    found.into_iter().map(|(_, movie)| movie.id).collect()
}

/// Whether words are stretched to find enough.
pub fn is_stretched<'a>(movies: impl Iterator<Item = &'a Movie>, filter: &MovieFilter) -> bool {
    filter.has_words() && ranked(movies, filter, false).len() < 20
}

/// All movies that match, with their ranks.
pub fn ranked<'a>(
    movies: impl Iterator<Item = &'a Movie>,
    filter: &MovieFilter,
    stretched: bool,
) -> Vec<(u32, &'a Movie)> {
    let matching = movies.filter(|movie| matches(movie, filter));
    matching.filter_map(|movie| Some((rank(movie, filter, stretched)?, movie))).collect()
}

pub fn number(movie: &Movie, field: NumberField) -> Option<f64> {
    let details = &movie.details;
    match field {
        NumberField::Score => details.imdb_score.map(f64::from),
        NumberField::Popularity => details.popularity.map(f64::from),
        NumberField::Year => details.year.map(f64::from),
        NumberField::Runtime => details.runtime_minutes.map(f64::from),
        NumberField::Votes => details.votes.map(f64::from),
        NumberField::CreatedAt => Some(movie.created_at.unix() as f64),
        NumberField::UpdatedAt => Some(movie.updated_at.unix() as f64),
    }
}

fn texts(movie: &Movie) -> Vec<String> {
    let mut texts = vec![movie.details.name.as_str().to_owned()];
    texts.extend(movie.details.director.as_ref().map(|director| director.as_str().to_owned()));
    texts.extend(movie.genres.iter().map(|genre| genre.name.as_str().to_owned()));
    texts
}

fn matches(movie: &Movie, filter: &MovieFilter) -> bool {
    let has = |name: &String| movie.genres.iter().any(|genre| genre.name.key() == case_folded(name));
    filter.genres.iter().all(|group| group.iter().any(has))
        && !filter.without_genres.iter().any(has)
        && filter.ranges.iter().all(|range| number(movie, range.field).is_some_and(|n| range.contains(n)))
        && filter.search.iter().all(|term| {
            let inside = texts(movie).iter().any(|text| folded(text).contains(&folded(term)));
            let written = [NumberField::Popularity, NumberField::Score].into_iter();
            inside || written.filter_map(|field| number(movie, field)).any(|n| begins(n, term))
        })
}

/// Whether a number is in the unit of the last digit of `term`.
fn begins(number: f64, term: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = term.split_once('.').unwrap_or((term, "0"));
    if !digits(whole) || !digits(fraction) {
        return false;
    }
    let places = if term.contains('.') { fraction.len() } else { 0 };
    let scale = 10_f64.powi(places as i32);
    let last = (term.parse::<f64>().unwrap() * scale).round();
    number >= last / scale && number < (last + 1.0) / scale
}

/// How well the words match, 0 being the best; `None` where some word does not.
fn rank(movie: &Movie, filter: &MovieFilter, stretched: bool) -> Option<u32> {
    let asked = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let (q, name, director) = (asked(&filter.q), asked(&filter.name), asked(&filter.director));
    let movie_name = movie.details.name.as_str();
    let is_whole = |text: &str| {
        let (wanted, own) = (words(text), words(movie_name));
        if wanted.is_empty() { own.is_empty() && folded(text.trim()) == folded(movie_name) } else { wanted == own }
    };
    for text in [&q, &name].into_iter().flatten() {
        if words(text).is_empty() && !is_whole(text) {
            return None;
        }
    }
    if director.as_ref().is_some_and(|text| words(text).is_empty()) {
        return None;
    }
    let whole = q.as_ref().or(name.as_ref()).is_some_and(|text| is_whole(text));

    let of_name = words(movie_name);
    let of_director = movie.details.director.as_ref().map(|text| words(text.as_str())).unwrap_or_default();
    let of_genres = movie.genres.iter().flat_map(|genre| words(genre.name.as_str())).collect::<Vec<_>>();
    let found = |text: &Option<String>, prefixes: bool, fields: &[&Vec<String>]| {
        let wanted = text.as_deref().map(words).unwrap_or_default();
        let last = wanted.len().saturating_sub(1);
        wanted.iter().enumerate().all(|(i, word)| {
            let long = word.chars().count() >= 2;
            let prefix = prefixes && if i == last { long || i > 0 } else { long && stretched };
            fields.iter().any(|field| field.iter().any(|own| own == word || (prefix && own.starts_with(word))))
        })
    };
    for (kind, prefixes) in [(0, false), (1, true)] {
        let fields = [&of_name, &of_director, &of_genres];
        for tier in 0..3 {
            if found(&q, prefixes, &fields[..=tier])
                && found(&name, prefixes, &[&of_name])
                && found(&director, prefixes, &[&of_director])
            {
                return Some(if whole { 0 } else { 1 + kind * 3 + tier as u32 });
            }
        }
    }
    None
}

fn compare(sort: &Sort, a: (u32, &Movie), b: (u32, &Movie)) -> Ordering {
    let numbers = |field| last_missing(sort.descending, number(a.1, field), number(b.1, field), f64::total_cmp);
    let text = |text: Option<&str>| text.map(|text| (folded(text), text.to_owned()));
    let texts = |a, b| last_missing(sort.descending, text(a), text(b), Ord::cmp);
    match sort.field {
        SortField::Relevance => {
            let popularity = |movie| number(movie, NumberField::Popularity);
            a.0.cmp(&b.0).then(last_missing(true, popularity(a.1), popularity(b.1), f64::total_cmp))
        }
        SortField::Popularity => numbers(NumberField::Popularity),
        SortField::Score => numbers(NumberField::Score),
        SortField::Year => numbers(NumberField::Year),
        SortField::Runtime => numbers(NumberField::Runtime),
        SortField::Votes => numbers(NumberField::Votes),
        SortField::CreatedAt => numbers(NumberField::CreatedAt),
        SortField::UpdatedAt => numbers(NumberField::UpdatedAt),
        SortField::Name => texts(Some(a.1.details.name.as_str()), Some(b.1.details.name.as_str())),
        SortField::Director => {
            let director = |movie: &'_ Movie| movie.details.director.clone();
            let (a, b) = (director(a.1), director(b.1));
            texts(a.as_ref().map(|d| d.as_str()), b.as_ref().map(|d| d.as_str()))
        }
        SortField::Id if sort.descending => b.1.id.cmp(&a.1.id),
        SortField::Id => a.1.id.cmp(&b.1.id),
    }
}

fn last_missing<T>(descending: bool, a: Option<T>, b: Option<T>, compare: fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => compare(&b, &a),
        (Some(a), Some(b)) => compare(&a, &b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
