//! The names of genres. Documents hold ids alone, so that a rename touches none of them.

use std::collections::HashMap;

use domain::{
    genre::{Genre, GenreId},
    text,
};

/// All genres.
#[derive(Default)]
pub(super) struct GenreTable {
    /// Counts the tables of this process: another number, other names.
    pub(super) number: u64,
    /// By ascending id.
    genres: Vec<Genre>,
    /// The folded name and its words, in the same order.
    folded: Vec<(String, Vec<String>)>,
    by_key: HashMap<String, GenreId>,
}

impl GenreTable {
    /// The table after this one.
    pub(super) fn next(&self, mut genres: Vec<Genre>) -> Self {
        genres.sort_by_key(|genre| genre.id);
        Self {
            number: self.number + 1,
            folded: genres
                .iter()
                .map(|genre| (text::folded(genre.name.as_str()), text::words(genre.name.as_str())))
                .collect(),
            by_key: genres.iter().map(|genre| (genre.name.key(), genre.id)).collect(),
            genres,
        }
    }

    /// All, by ascending id.
    pub(super) fn all(&self) -> &[Genre] {
        &self.genres
    }

    pub(super) fn get(&self, id: GenreId) -> Option<&Genre> {
        self.genres.binary_search_by_key(&id, |genre| genre.id).ok().map(|place| &self.genres[place])
    }

    /// The genre of this name, case aside.
    pub(super) fn named(&self, name: &str) -> Option<GenreId> {
        self.by_key.get(&text::case_folded(&text::trimmed_nfc(name))).copied()
    }

    /// The genres that have the folded `part` inside their names.
    pub(super) fn containing(&self, part: &str) -> Vec<GenreId> {
        self.that(|name, _| name.contains(part))
    }

    /// The genres that have a word for which `matches` holds.
    pub(super) fn with_word(&self, matches: impl Fn(&str) -> bool) -> Vec<GenreId> {
        self.that(|_, words| words.iter().any(|word| matches(word)))
    }

    fn that(&self, holds: impl Fn(&str, &[String]) -> bool) -> Vec<GenreId> {
        let both = self.genres.iter().zip(&self.folded);
        both.filter(|(_, (name, words))| holds(name, words)).map(|(genre, _)| genre.id).collect()
    }
}
