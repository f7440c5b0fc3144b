//! What may be meant by a text that somebody types: movies, directors and genres.
//!
//! Whoever finds them gives [`Suggestions`] everything that comes into question; what fits, and what comes first, is
//! said here.

use std::cmp::Ordering;

use crate::{
    genre::Genre,
    matching::{self, Kind, is_number},
    movie::{Director, Movie, MovieId, Year},
    text,
};

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// A movie.
    Movie {
        /// Which.
        id: MovieId,
        /// Its name.
        name: String,
        /// Its year.
        year: Option<u16>,
    },
    /// One director, also where a movie has several.
    Director(String),
    /// A genre.
    Genre(Genre),
}

/// In which way a text fits what is typed, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It is what is typed.
    Whole,
    /// Each word that is typed is a word of it, or the beginning of one.
    Typed,
    /// The same, where a movie's director and genres are needed too.
    Elsewhere,
    /// With so many typos in all.
    Typo(usize),
    /// A word that is typed is inside one of its words.
    Inside,
}

/// A text that is being typed: its last word may not be finished.
#[derive(Debug, Clone)]
struct Typed {
    words: Vec<String>,
    /// The text folded, which counts where it has no words.
    folded: String,
}

/// How well a text fits what is typed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fit {
    class: Class,
    /// Whether all that is typed are whole words of it.
    is_exact: bool,
    /// Whether it begins with what is typed, an article aside.
    begins: bool,
}

/// From so many characters on, what is typed may have a typo although its word is not finished: with fewer, it could be
/// the beginning of nearly anything.
const FIRST_TYPO_CHARS: usize = 5;
/// The same for two.
const SECOND_TYPO_CHARS: usize = 8;

/// What a name may begin with besides what people begin to type.
const ARTICLES: [&str; 15] =
    ["the", "a", "an", "le", "la", "les", "l", "un", "une", "el", "los", "las", "il", "der", "die"];

/// The same for a word of a text with which nothing is found.
const FIRST_CORRECTED_CHARS: usize = 3;
const SECOND_CORRECTED_CHARS: usize = 6;
/// Longer words have no typos. The memory that it takes to find what they may stand for grows with their different
/// letters, and with the bytes of each.
const MAX_TYPO_BYTES: usize = 64;

/// How many typos a word may have whose end is still to be typed.
pub fn typos_while_typing(word: &str) -> usize {
    typos_from(word, FIRST_TYPO_CHARS, SECOND_TYPO_CHARS)
}

/// How many typos a word may have with which nothing is found.
pub fn typos_to_correct(word: &str) -> usize {
    typos_from(word, FIRST_CORRECTED_CHARS, SECOND_CORRECTED_CHARS)
}

/// One typo in a word of so many characters, two in one of so many.
fn typos_from(word: &str, one: usize, two: usize) -> usize {
    let chars = word.chars().count();
    if is_number(word) || word.len() > MAX_TYPO_BYTES {
        return 0;
    }
    usize::from(chars >= one) + usize::from(chars >= two)
}

/// The fewest typos, up to `most`, with which `word` is `own` or the beginning of it.
pub fn typos_at_beginning(word: &str, own: &str, most: usize) -> Option<usize> {
    let typed = word.chars().count();
    let ends = own.char_indices().map(|(at, _)| at).chain([own.len()]).enumerate();
    let lengths = typed.saturating_sub(most)..=typed + most;
    ends.filter(|(chars, _)| lengths.contains(chars))
        .map(|(_, end)| strsim::osa_distance(word, &own[..end]))
        .min()
        .filter(|typos| *typos <= most)
}

/// In which way a word that is typed is found in a word, and with how many typos.
fn kind(word: &str, own: &str, is_last: bool) -> Option<(Kind, usize)> {
    let can_begin = is_last || word.chars().nth(1).is_some();
    let by_rule = matching::kind(word, own, can_begin);
    if let Some(Kind::Exact | Kind::Prefix) = by_rule {
        return by_rule.map(|kind| (kind, 0));
    }
    let most = if is_last { typos_while_typing(word) } else { 0 };
    let at_beginning = if most > 0 { typos_at_beginning(word, own, most) } else { None };
    let in_whole = (by_rule == Some(Kind::Typo)).then(|| strsim::osa_distance(word, own));
    let typos = at_beginning.into_iter().chain(in_whole).min();
    typos.map(|typos| (Kind::Typo, typos)).or(by_rule.map(|kind| (kind, 0)))
}

impl Typed {
    fn new(text: &str) -> Self {
        Self { words: text::words(text), folded: text::folded(text.trim()) }
    }

    /// How well it is found in a text.
    fn fit(&self, own: &str) -> Option<Fit> {
        let words = text::words(own);
        if self.words.is_empty() {
            let is_whole = words.is_empty() && text::folded(own.trim()) == self.folded;
            return is_whole.then_some(Fit { class: Class::Whole, is_exact: true, begins: true });
        }
        if words == self.words {
            return Some(Fit { class: Class::Whole, is_exact: true, begins: true });
        }
        let mut fit = self.found_in(&words)?;
        let after_article = words.first().is_some_and(|word| ARTICLES.contains(&word.as_str()));
        fit.begins = self.begin(&words) || (after_article && self.begin(&words[1..]));
        Some(fit)
    }

    /// Whether each word is found in one of `own`, and how.
    fn found_in(&self, own: &[String]) -> Option<Fit> {
        let mut worst = Kind::Exact;
        let mut typos = 0;
        for (i, word) in self.words.iter().enumerate() {
            let kinds = own.iter().filter_map(|own| kind(word, own, i + 1 == self.words.len()));
            let (kind, in_word) = kinds.min()?;
            worst = worst.max(kind);
            typos += in_word;
        }
        let class = match worst {
            Kind::Exact | Kind::Prefix => Class::Typed,
            Kind::Typo => Class::Typo(typos),
            Kind::Inside => Class::Inside,
        };
        Some(Fit { class, is_exact: worst == Kind::Exact, begins: false })
    }

    /// Whether the words of `own` begin with these.
    fn begin(&self, own: &[String]) -> bool {
        let last = self.words.len() - 1;
        let is_found = |(i, (word, own)): (usize, (&String, &String))| {
            kind(word, own, i == last).is_some_and(|(kind, _)| kind < Kind::Inside)
        };
        own.len() >= self.words.len() && self.words.iter().zip(own).enumerate().all(is_found)
    }
}

/// Something that fits.
#[derive(Debug)]
struct Candidate {
    class: Class,
    /// Its popularity, and more for a better fit.
    points: f64,
    /// As it is compared with others: what looks the same is a repeat.
    looks: (u8, String, Option<u16>),
    suggestion: Suggestion,
}

impl Candidate {
    /// The best first.
    fn compare(&self, other: &Self) -> Ordering {
        let id = |candidate: &Self| match &candidate.suggestion {
            Suggestion::Movie { id, .. } => id.0,
            Suggestion::Director(_) => 0,
            Suggestion::Genre(genre) => genre.id.0,
        };
        (self.class.cmp(&other.class))
            .then_with(|| other.points.total_cmp(&self.points))
            .then_with(|| self.looks.cmp(&other.looks))
            .then_with(|| id(self).cmp(&id(other)))
    }
}

/// What fits a text that is being typed.
///
/// The order: by [`Class`], then by points, then genres before directors before movies, then by text, year and id. The
/// points are the popularity of a movie, of a director's most popular movie, and [`GENRE`] for a genre; to which
/// [`EXACT`] comes where all that is typed are whole words, and [`BEGINS`] where a name of a movie or genre begins with
/// it, an article aside; of directors, people type first names and surnames. So the well-known film comes before the
/// unknown one that fits a little better.
///
/// Of what is shown, at most a quarter are genres while there is other; and where anything else than a movie fits as it
/// is typed, the best director and the best genre have a place.
#[derive(Debug)]
pub struct Suggestions {
    typed: Typed,
    /// No class is better than this.
    floor: Class,
    found: Vec<Candidate>,
}

/// The points of a genre: there are few, and each leads to many movies.
pub const GENRE: f64 = 100.0;
/// The points for whole words.
pub const EXACT: f64 = 10.0;
/// The points for a beginning.
pub const BEGINS: f64 = 10.0;

/// The kinds by which suggestions differ, in the order in which they come where all else is equal.
const GENRES: u8 = 0;
const DIRECTORS: u8 = 1;
const MOVIES: u8 = 2;

impl Suggestions {
    /// For a text, of which nothing is found yet.
    pub fn new(text: &str) -> Self {
        Self { typed: Typed::new(text), floor: Class::Whole, found: Vec::new() }
    }

    /// The words of the text.
    pub fn words(&self) -> &[String] {
        &self.typed.words
    }

    /// How many fit so far at least as well as that.
    pub fn up_to(&self, class: Class) -> usize {
        self.found.iter().filter(|candidate| candidate.class <= class).count()
    }

    /// Goes on with another text, which may be meant by the first one: what fits it is not better than `floor`.
    pub fn correct(&mut self, text: &str, floor: Class) {
        self.typed = Typed::new(text);
        self.floor = floor;
    }

    /// Adds a movie, if its name fits.
    pub fn add_named(&mut self, movie: &Movie) {
        if let Some(fit) = self.typed.fit(movie.details.name.as_str()) {
            self.add_movie(movie, fit);
        }
    }

    /// Adds a movie, if it fits together with its director and genres; the genres alone are not enough.
    pub fn add_described(&mut self, movie: &Movie) {
        let name = movie.details.name.as_str();
        if self.typed.fit(name).is_some() {
            return self.add_named(movie);
        }
        let director = movie.details.director.as_ref().map_or("", Director::as_str);
        let mut words = text::words(name);
        words.extend(text::words(director));
        let last = self.typed.words.len().saturating_sub(1);
        let is_found = |(i, word): (usize, &String)| words.iter().any(|own| kind(word, own, i == last).is_some());
        if !self.typed.words.iter().enumerate().any(is_found) {
            return;
        }
        words.extend(movie.genres.iter().flat_map(|genre| text::words(genre.name.as_str())));
        if let Some(fit) = self.typed.found_in(&words) {
            self.add_movie(movie, Fit { class: fit.class.max(Class::Elsewhere), ..fit });
        }
    }

    fn add_movie(&mut self, movie: &Movie, fit: Fit) {
        let name = movie.details.name.as_str().to_owned();
        let year = movie.details.year.map(Year::get);
        let popularity = movie.details.popularity.map_or(0.0, |popularity| popularity.get());
        let looks = (MOVIES, text::case_folded(&name), year);
        self.add(fit, popularity, looks, Suggestion::Movie { id: movie.id, name, year });
    }

    /// Adds those directors of a movie whose names fit.
    pub fn add_directors(&mut self, movie: &Movie) {
        let popularity = movie.details.popularity.map_or(0.0, |popularity| popularity.get());
        for name in movie.details.director.iter().flat_map(Director::names) {
            if let Some(fit) = self.typed.fit(name) {
                let looks = (DIRECTORS, text::case_folded(name), None);
                let fit = Fit { begins: false, ..fit };
                self.add(fit, popularity, looks, Suggestion::Director(name.to_owned()));
            }
        }
    }

    /// Adds a genre, if its name fits.
    pub fn add_genre(&mut self, genre: &Genre) {
        if let Some(fit) = self.typed.fit(genre.name.as_str()) {
            let looks = (GENRES, genre.name.key(), None);
            self.add(fit, GENRE, looks, Suggestion::Genre(genre.clone()));
        }
    }

    fn add(&mut self, fit: Fit, popularity: f64, looks: (u8, String, Option<u16>), suggestion: Suggestion) {
        let points = popularity + if fit.is_exact { EXACT } else { 0.0 } + if fit.begins { BEGINS } else { 0.0 };
        let candidate = Candidate { class: fit.class.max(self.floor), points, looks, suggestion };
        match self.found.iter_mut().find(|other| other.looks == candidate.looks) {
            Some(other) if candidate.compare(other).is_lt() => *other = candidate,
            Some(_) => {}
            None => self.found.push(candidate),
        }
    }

    /// The best, in order: at most `limit`.
    pub fn into_best(mut self, limit: usize) -> Vec<Suggestion> {
        /// In fewer places than this, the best come without regard to their kinds.
        const ROOM: usize = 3;
        self.found.sort_by(Candidate::compare);
        let kind = |place: &usize| self.found[*place].looks.0;
        let mut chosen: Vec<usize> = Vec::new();
        if limit >= ROOM {
            let typed = (0..self.found.len()).filter(|place| self.found[*place].class <= Class::Typed);
            for place in typed {
                if !chosen.iter().any(|other| kind(other) == kind(&place)) {
                    chosen.push(place);
                }
            }
        }
        let genres = (limit / 4).max(1);
        for within_share in [true, false] {
            for place in 0..self.found.len() {
                let too_many = within_share
                    && kind(&place) == GENRES
                    && chosen.iter().filter(|place| kind(place) == GENRES).count() >= genres;
                if chosen.len() < limit && !chosen.contains(&place) && !too_many {
                    chosen.push(place);
                }
            }
        }
        chosen.sort_unstable();
        let mut found: Vec<_> = self.found.into_iter().map(|candidate| Some(candidate.suggestion)).collect();
        chosen.into_iter().filter_map(|place| found[place].take()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genre::{GenreId, GenreName},
        movie::{Field, MoviePatch},
        time::Timestamp,
    };

    fn movie(name: &str, director: &str, popularity: f64, year: u16) -> Movie {
        let patch = MoviePatch {
            name: Field::Value(name.to_owned()),
            director: if director.is_empty() { Field::Null } else { Field::Value(director.to_owned()) },
            popularity: Field::Value(popularity),
            year: if year == 0 { Field::Null } else { Field::Value(year.into()) },
            ..MoviePatch::default()
        };
        let at = Timestamp::from_unix(0);
        let details = patch.onto(None).unwrap().details;
        Movie { id: MovieId(0), version: 1, created_at: at, updated_at: at, details, genres: Vec::new() }
    }

    /// What is suggested of these movies and genres, whatever is searched for.
    fn suggested(typed: &str, movies: &[Movie], genres: &[&str], limit: usize) -> Vec<String> {
        let mut found = Suggestions::new(typed);
        for (id, movie) in (1..).zip(movies) {
            let movie = Movie { id: MovieId(id), ..movie.clone() };
            found.add_described(&movie);
            found.add_named(&movie);
            found.add_directors(&movie);
        }
        for (id, name) in (1..).zip(genres) {
            found.add_genre(&Genre { id: GenreId(id), name: GenreName::new(name, "").unwrap() });
        }
        let shown = found.into_best(limit).into_iter().map(|suggestion| match suggestion {
            Suggestion::Movie { id, name, year } => {
                format!("{} {name}{}", id.0, year.map(|year| format!(" ({year})")).unwrap_or_default())
            }
            Suggestion::Director(name) => format!("by {name}"),
            Suggestion::Genre(genre) => format!("all {}", genre.name.as_str()),
        });
        shown.collect()
    }

    #[test]
    fn typos_are_allowed_for_by_the_length_of_the_word() {
        for (word, typing, corrected) in [
            ("up", 0, 0),
            ("upp", 0, 1),
            ("alien", 1, 1),
            ("aliens", 1, 2),
            ("godfathe", 2, 2),
            ("1984", 0, 0),
            ("千と千尋の神隠し", 2, 2),
        ] {
            assert_eq!((typos_while_typing(word), typos_to_correct(word)), (typing, corrected), "{word}");
        }
        for (word, typos) in [("a".repeat(64), 2), ("a".repeat(65), 0), ("千".repeat(21), 2), ("千".repeat(22), 0)] {
            assert_eq!((typos_while_typing(&word), typos_to_correct(&word)), (typos, typos), "{word}");
        }
    }

    #[test]
    fn texts_fit_in_the_best_way() {
        let class = |typed: &str, own: &str| Typed::new(typed).fit(own).map(|fit| fit.class);
        for (typed, own, expected) in [
            ("amelie", "Amélie", Some(Class::Whole)),
            ("wiz", "The Wizard of Oz", Some(Class::Typed)),
            ("oz the wiz", "The Wizard of Oz", Some(Class::Typed)),
            ("w", "The Wizard of Oz", Some(Class::Typed)),
            ("w oz", "The Wizard of Oz", None),
            ("sta wa", "Star Wars", Some(Class::Typed)),
            ("wizzard", "The Wizard of Oz", Some(Class::Typo(1))),
            ("wizzar", "The Wizard of Oz", Some(Class::Typo(1))),
            ("godfahte", "The Godfather", Some(Class::Typo(1))),
            ("godfhate", "The Godfather", Some(Class::Typo(2))),
            ("godhfate", "The Godfather", Some(Class::Typo(2))),
            ("godhf", "The Godfather", Some(Class::Typo(1))),
            ("ghodfa", "The Godfather", Some(Class::Typo(1))),
            ("gdof", "The Godfather", None),
            ("godfahte part", "The Godfather Part II", Some(Class::Typo(2))),
            ("godfahter part", "The Godfather Part II", Some(Class::Typo(1))),
            ("2002", "2001: A Space Odyssey", None),
            ("maid", "The Little Mermaid", Some(Class::Inside)),
            ("千尋", "千と千尋の神隠し", Some(Class::Inside)),
            ("千", "千と千尋の神隠し", Some(Class::Typed)),
            ("?!", "?!", Some(Class::Whole)),
            ("?!", "!?", None),
            ("?!", "Who", None),
        ] {
            assert_eq!(class(typed, own), expected, "{typed} in {own}");
        }
    }

    #[test]
    fn the_text_itself_comes_first_then_what_is_most_popular() {
        let movies = [
            movie("The Godfather", "Francis Ford Coppola", 92.0, 1972),
            movie("City of God", "Fernando Meirelles, Kátia Lund", 86.0, 2002),
            movie("Godzilla", "Ishirô Honda", 75.0, 1954),
            movie("God", "", 1.0, 0),
            movie("Breathless", "Jean-Luc Godard", 78.0, 1960),
            movie("Gods and Monsters", "", 20.0, 1998),
            movie("Something Good", "", 99.0, 1998),
        ];
        assert_eq!(
            suggested("god", &movies, &["Godly"], 20),
            [
                "4 God",
                "all Godly",
                "1 The Godfather (1972)",
                "2 City of God (2002)",
                "3 Godzilla (1954)",
                "by Jean-Luc Godard",
                "6 Gods and Monsters (1998)",
                "5 Breathless (1960)",
            ]
        );
    }

    #[test]
    fn typos_come_after_what_fits_as_typed_and_before_what_is_inside() {
        let movies = [
            movie("Starship", "", 10.0, 0),
            movie("Stair", "", 99.0, 0),
            movie("Upstart", "", 100.0, 0),
            movie("Strat", "", 50.0, 0),
        ];
        assert_eq!(suggested("start", &movies, &[], 9), ["4 Strat", "1 Starship", "3 Upstart"]);
        assert_eq!(suggested("star", &movies, &[], 9), ["1 Starship", "2 Stair", "3 Upstart"]);
    }

    #[test]
    fn nothing_is_suggested_twice() {
        let movies = [
            movie("Alien", "Ridley Scott", 85.0, 1979),
            movie("ALIEN", "Ridley Scott, Somebody", 20.0, 1979),
            movie("Alien", "ridley scott", 30.0, 1999),
            movie("Alien", "", 40.0, 0),
            movie("alien", "", 50.0, 0),
        ];
        assert_eq!(suggested("alien", &movies, &[], 9), ["1 Alien (1979)", "5 alien", "3 Alien (1999)"]);
        assert_eq!(
            suggested("scott", &movies, &[], 9),
            ["by Ridley Scott", "1 Alien (1979)", "3 Alien (1999)", "2 ALIEN (1979)"][..3]
        );
    }

    #[test]
    fn a_director_is_one_name_that_fits_by_itself() {
        let movies = [movie("Fargo", "Joel Coen, Ethan Coen", 81.0, 1996)];
        assert_eq!(suggested("coen", &movies, &[], 9), ["by Ethan Coen", "by Joel Coen", "1 Fargo (1996)"]);
        assert_eq!(suggested("joel c", &movies, &[], 9), ["by Joel Coen", "1 Fargo (1996)"]);
        assert_eq!(suggested("joel ethan", &movies, &[], 9), ["1 Fargo (1996)"]);
    }

    #[test]
    fn a_genre_alone_makes_no_movie_fit() {
        let mut drama = movie("Ran", "Akira Kurosawa", 82.0, 1985);
        drama.genres = vec![Genre { id: GenreId(1), name: GenreName::new("Drama", "").unwrap() }];
        for (typed, expected) in [("drama", &[][..]), ("drama ran", &["1 Ran (1985)"]), ("kuro dra", &["1 Ran (1985)"])]
        {
            assert_eq!(suggested(typed, std::slice::from_ref(&drama), &[], 9), expected, "{typed}");
        }
    }

    #[test]
    fn every_kind_has_a_place_and_genres_leave_room() {
        let mut movies: Vec<_> =
            (0..9).map(|i| movie(&format!("Mad Max {i}"), "", 90.0 - f64::from(i), 1979)).collect();
        movies.push(movie("Obscure", "Madonna", 3.0, 2008));
        let genres = ["Madcap", "Madness", "Madrigal", "Madly"];
        let found = suggested("mad", &movies, &genres, 8);
        assert_eq!(found[..3], ["all Madcap", "all Madly", "1 Mad Max 0 (1979)"]);
        assert_eq!((found.len(), found[7].as_str()), (8, "by Madonna"));
        let few = suggested("mad", &movies, &genres, 2);
        assert_eq!(few, ["all Madcap", "1 Mad Max 0 (1979)"]);
        assert_eq!(suggested("mad", &[], &genres, 8).len(), 4, "there is nothing else");
    }

    #[test]
    fn a_correction_is_not_better_than_a_typo() {
        let mut found = Suggestions::new("starwars");
        found.correct("star wars", Class::Typo(1));
        found.add_named(&movie("Star Wars", "", 88.0, 1977));
        assert_eq!((found.up_to(Class::Elsewhere), found.up_to(Class::Typo(1))), (0, 1));
    }
}
