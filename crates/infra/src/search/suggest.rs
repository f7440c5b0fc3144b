//! What may be meant by a text that somebody types. Asked for with each key, so that everything here ends early: what
//! is shown of long lists is their most popular part, and further ways are tried while little is found.

use std::sync::Arc;

use domain::{
    Result,
    matching::Reach,
    query::{ListedMovie, MovieFilter, SortField},
    suggestion::{Class, Suggestion, Suggestions, typos_while_typing},
};
use tantivy::{DocId, TERMINATED};

use super::{
    corrections::Spelling,
    postings::{Union, is_set},
    schema::Text,
    snapshot::{Snapshot, View, internal},
};

/// How many movies come into question by their names, and by their directors: several movies are of one director.
const NAMED: usize = 30;
const DIRECTED: usize = 40;
/// How many words a misspelt one may stand for, of names and of directors.
const NAME_WORDS: usize = 6;
const DIRECTOR_WORDS: usize = 4;
/// With fewer that fit as it is typed, the last word may be misspelt.
const FEW: usize = 2;
/// How many other texts are tried where nothing is found as it is typed.
const CORRECTED: usize = 2;

impl Snapshot {
    /// See [`MovieSearch::suggest`](domain::ports::MovieSearch::suggest).
    pub(super) fn suggest(&self, text: &str, limit: usize) -> Result<Vec<Suggestion>> {
        let mut found = Suggestions::new(text);
        self.typed(&mut found, text, limit)?;
        if found.up_to(Class::Elsewhere) < FEW {
            self.misspelt(&mut found, limit)?;
        }
        if found.up_to(Class::Inside) < FEW {
            self.stretched(&mut found, text)?;
        }
        if found.up_to(Class::Inside) == 0 {
            let filter = MovieFilter { q: Some(text.to_owned()), ..MovieFilter::default() };
            for correction in self.corrected(&filter, 2)?.into_iter().take(CORRECTED) {
                found.correct(&correction, Class::Typo(1));
                self.typed(&mut found, &correction, limit)?;
            }
        }
        Ok(found.into_best(limit))
    }

    /// Adds what fits as it is typed.
    fn typed(&self, found: &mut Suggestions, text: &str, limit: usize) -> Result<()> {
        for count in self.genres()?.iter().filter(|count| count.movies > 0) {
            found.add_genre(&count.genre);
        }
        self.texts(found, text, Reach::Near)?;
        if let [word] = found.words()
            && word.chars().nth(1).is_none()
        {
            let letter = word.clone();
            self.beginning(Text::Name, &letter, NAMED)?.iter().for_each(|movie| found.add_named(movie));
            self.beginning(Text::Director, &letter, DIRECTED)?.iter().for_each(|movie| found.add_directors(movie));
        }
        if found.up_to(Class::Typed) < limit {
            let reach = if found.words().len() > 1 { Reach::Prefixes } else { Reach::Near };
            if reach == Reach::Prefixes {
                self.texts(found, text, reach)?;
            }
            let filter = MovieFilter { q: Some(text.to_owned()), ..MovieFilter::default() };
            let movies = self.first(&filter, SortField::Relevance, NAMED, reach)?;
            movies.iter().for_each(|movie| found.add_described(movie));
        }
        Ok(())
    }

    /// Adds what lists find, whose words are stretched until there is enough.
    fn stretched(&self, found: &mut Suggestions, text: &str) -> Result<()> {
        let q = MovieFilter { q: Some(text.to_owned()), ..MovieFilter::default() };
        self.listed(&q, NAMED)?.iter().for_each(|movie| found.add_described(movie));
        self.listed(&director_filter(text), DIRECTED)?.iter().for_each(|movie| found.add_directors(movie));
        Ok(())
    }

    /// Adds movies by their names, and directors.
    fn texts(&self, found: &mut Suggestions, text: &str, reach: Reach) -> Result<()> {
        let filter = name_filter(text);
        for movie in self.best_and_most_popular(&filter, NAMED, reach)? {
            found.add_named(&movie);
        }
        let filter = director_filter(text);
        for movie in self.best_and_most_popular(&filter, DIRECTED, reach)? {
            found.add_directors(&movie);
        }
        Ok(())
    }

    /// The most popular movies; where there are more, those that match best as well.
    fn best_and_most_popular(&self, filter: &MovieFilter, most: usize, reach: Reach) -> Result<Vec<Arc<ListedMovie>>> {
        let mut movies = self.first(filter, SortField::Popularity, most, reach)?;
        if movies.len() == most {
            movies.extend(self.first(filter, SortField::Relevance, most, reach)?);
        }
        Ok(movies)
    }

    /// The most popular movies with a word that begins with this letter.
    fn beginning(&self, text: Text, letter: &str, most: usize) -> Result<Vec<Arc<ListedMovie>>> {
        let mut found: Vec<(u64, &View, DocId)> = Vec::new();
        for view in self.views() {
            let index = &view.segment.text(text).prefixes;
            let mut docs = Union::default();
            let info = index.terms().get(letter).map_err(|error| internal(error.into()))?;
            docs.push_terms(index, info.into_iter().collect(), view.segment.max_doc).map_err(internal)?;
            let is_alive = |doc: &DocId| view.alive.as_ref().is_none_or(|alive| is_set(alive, *doc));
            let mut next = 0;
            let docs = std::iter::from_fn(|| {
                let doc = docs.seek(next);
                next = doc.saturating_add(1);
                (doc != TERMINATED).then_some(doc)
            });
            found.extend(docs.filter(is_alive).take(most).map(|doc| (view.segment.order.get_val(doc), view, doc)));
        }
        found.sort_unstable_by_key(|(order, ..)| *order);
        found.into_iter().take(most).map(|(_, view, doc)| self.movie(view, doc)).collect()
    }

    /// Adds what fits if the last word, which may not be finished, has typos.
    fn misspelt(&self, found: &mut Suggestions, limit: usize) -> Result<()> {
        let words = found.words().to_vec();
        let Some((last, before)) = words.split_last() else { return Ok(()) };
        for typos in 1..=typos_while_typing(last) {
            let with = |word: &str| [before, &[word.to_owned()]].concat().join(" ");
            let spelling = Spelling { typos, is_unfinished: true };
            for near in self.near(&[Text::Name], last, spelling, NAME_WORDS)? {
                let filter = name_filter(&with(&near.word));
                let movies = self.first(&filter, SortField::Popularity, limit, Reach::Near)?;
                movies.iter().for_each(|movie| found.add_named(movie));
            }
            for near in self.near(&[Text::Director], last, spelling, DIRECTOR_WORDS)? {
                let filter = director_filter(&with(&near.word));
                let movies = self.first(&filter, SortField::Popularity, DIRECTED, Reach::Near)?;
                movies.iter().for_each(|movie| found.add_directors(movie));
            }
            if found.up_to(Class::Inside) > 0 {
                break;
            }
        }
        Ok(())
    }
}

fn name_filter(text: &str) -> MovieFilter {
    MovieFilter { name: Some(text.to_owned()), ..MovieFilter::default() }
}

fn director_filter(text: &str) -> MovieFilter {
    MovieFilter { director: Some(text.to_owned()), ..MovieFilter::default() }
}
