//! How alike two movies are: a number made of what both of them show, and of nothing else, so that it is the same in
//! every catalogue.

use std::collections::BTreeSet;

use crate::{
    genre::GenreId,
    movie::{Director, Movie, Score},
    text,
};

/// The points for the same words in the name.
pub const NAME: f64 = 50.0;
/// The points for a common director.
pub const DIRECTOR: f64 = 40.0;
/// The points for the same genres.
pub const GENRES: f64 = 30.0;
/// The points for the same score.
pub const SCORE: f64 = 10.0;

/// Words that say nothing of a movie, or only which of a series it is.
const COMMON_WORDS: [&str; 53] = [
    "a", "an", "and", "as", "at", "by", "das", "de", "del", "der", "des", "die", "du", "el", "et", "for", "from", "il",
    "in", "is", "l", "la", "las", "le", "les", "los", "of", "on", "or", "s", "the", "to", "un", "und", "une", "with",
    "y", "chapter", "episode", "part", "season", "vol", "volume", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii",
    "ix", "x",
];

/// What of a movie is compared.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The words of the name that tell movies apart, in order.
    words: Vec<String>,
    directors: BTreeSet<String>,
    genres: BTreeSet<GenreId>,
    score: Option<f64>,
}

impl Profile {
    /// Of a movie.
    pub fn of(movie: &Movie) -> Self {
        let directors = movie.details.director.iter().flat_map(Director::names);
        Self {
            words: telling_words(movie.details.name.as_str()),
            directors: directors.map(text::folded).collect(),
            genres: movie.genres.iter().map(|genre| genre.id).collect(),
            score: movie.details.imdb_score.map(Score::get),
        }
    }

    /// The words of the name that tell movies apart, in order, none twice.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// How alike two movies are, up to 130; `None` where they have no genre, director or word of the name in common.
    ///
    /// - [`NAME`], times the square of the number of common words over the product of both numbers of words
    /// - [`DIRECTOR`] for a common director
    /// - [`GENRES`], times the number of common genres over the number of all genres of the two
    /// - [`SCORE`], less a fifth of it for each point between the scores
    pub fn likeness(&self, other: &Self) -> Option<f64> {
        let common_words = self.words.iter().filter(|word| other.words.contains(word)).count();
        let common_genres = self.genres.intersection(&other.genres).count();
        let is_same_director = !self.directors.is_disjoint(&other.directors);
        if common_words + common_genres == 0 && !is_same_director {
            return None;
        }
        let share = |common: usize, all: usize| if common == 0 { 0.0 } else { common as f64 / all as f64 };
        let words = share(common_words * common_words, self.words.len() * other.words.len());
        let genres = share(common_genres, self.genres.union(&other.genres).count());
        let score = match (self.score, other.score) {
            (Some(a), Some(b)) => (1.0 - (a - b).abs() / 5.0).max(0.0),
            _ => 0.0,
        };
        let director = if is_same_director { DIRECTOR } else { 0.0 };
        Some(NAME * words + director + GENRES * genres + SCORE * score)
    }
}

/// The words of a name without the common ones and numbers; all of them where it has no others.
fn telling_words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text::words(name) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let is_common = |word: &String| COMMON_WORDS.contains(&word.as_str()) || word.chars().all(char::is_numeric);
    if words.iter().all(is_common) {
        return words;
    }
    words.retain(|word| !is_common(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genre::{Genre, GenreName},
        movie::{Field, MovieId, MoviePatch},
        time::Timestamp,
    };

    fn profile(name: &str, director: &str, genres: &[u64], score: f64) -> Profile {
        let patch = MoviePatch {
            name: Field::Value(name.to_owned()),
            director: if director.is_empty() { Field::Null } else { Field::Value(director.to_owned()) },
            imdb_score: if score > 0.0 { Field::Value(score) } else { Field::Null },
            ..MoviePatch::default()
        };
        let genre = |id: &u64| Genre { id: GenreId(*id), name: GenreName::new(&format!("Genre {id}"), "").unwrap() };
        let at = Timestamp::from_unix(0);
        Profile::of(&Movie {
            id: MovieId(1),
            version: 1,
            created_at: at,
            updated_at: at,
            details: patch.onto(None).unwrap().details,
            genres: genres.iter().map(genre).collect(),
        })
    }

    #[test]
    fn each_part_has_its_points() {
        let star_wars = profile("Star Wars", "George Lucas", &[1, 2], 8.0);
        for (other, expected) in [
            (profile("Star Wars", "george lucas", &[2, 1], 8.0), Some(NAME + DIRECTOR + GENRES + SCORE)),
            (profile("The Wars of the Star, Part II", "", &[], 0.0), Some(NAME)),
            (profile("Graffiti", "A. Assistant, George Lucas", &[], 0.0), Some(DIRECTOR)),
            (profile("Lucas", "Lucas, Georges", &[2, 3], 0.0), Some(GENRES / 3.0)),
            (profile("Star Trek: First Contact Wars, Wars", "", &[], 0.0), Some(NAME * 4.0 / 10.0)),
            (profile("Another", "", &[1, 2], 5.5), Some(GENRES + SCORE / 2.0)),
            (profile("Another", "", &[1, 2], 1.0), Some(GENRES)),
            (profile("Another", "Another", &[3], 8.0), None),
        ] {
            let likeness = star_wars.likeness(&other);
            assert_eq!(likeness, other.likeness(&star_wars), "it is the same both ways");
            assert_eq!(likeness.map(|n| (n * 1e9).round()), expected.map(|n| (n * 1e9).round()), "{other:?}");
        }
    }

    #[test]
    fn words_that_say_nothing_do_not_count_unless_there_are_no_others() {
        for (name, expected) in [
            ("The Godfather: Part II", &["godfather"][..]),
            ("2001: A Space Odyssey", &["space", "odyssey"]),
            ("1984", &["1984"]),
            ("The The", &["the"]),
            ("?!", &[]),
        ] {
            assert_eq!(telling_words(name), expected, "{name}");
        }
    }
}
