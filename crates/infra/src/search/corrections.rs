//! Other texts to search for where one finds nothing: words for those that are misspelt, and words put together or
//! taken apart. Each is tried before it is proposed.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, btree_map::Entry},
};

use domain::{
    Result,
    matching::{Reach, is_number},
    movie::Popularity,
    query::{MovieFilter, SortField},
    suggestion::{typos_at_beginning, typos_while_typing},
    text,
};
use tantivy::{
    Term,
    index::InvertedIndexReader,
    query::{DfaWrapper, FuzzyTermQuery},
    schema::Field,
};

use super::{
    order::popularity_first,
    schema::Text,
    snapshot::{Snapshot, internal},
    typos,
};

/// The most texts that are proposed.
const MOST: usize = 5;
/// The most searches to try them, and the most documents that these look at.
const SEARCHES: usize = 20;
const DOCUMENTS: u64 = 2_000_000;
/// The most words of a text for which others are looked up, with one typo and with two: that takes longer.
const LOOKED_UP: [usize; 2] = [6, 2];
/// The most words that one may stand for.
const NEAR: usize = 8;
/// The most texts that are put together.
const TEXTS: usize = 32;
/// The longest word that is taken apart.
const MAX_SPLIT_CHARS: usize = 30;
/// Of one dictionary, no more words are taken that begin with anything like the letters of another.
const MAX_TERMS: usize = 10_000;

/// What changes cost: the cheapest text comes first.
const TYPO: u32 = 10;
/// A typo in the first letter is rarer.
const FIRST_LETTER: u32 = 3;
/// More of the word is to come.
const UNFINISHED: u32 = 4;
/// A space too many, too few, or in the wrong place.
const SPACE: u32 = 10;

/// What is written where a text stands for words to be found.
#[derive(Clone, Copy)]
enum Place {
    Anywhere,
    Name,
    Director,
}

/// How a word may be misspelt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    /// The most typos: 1 or 2.
    pub(super) typos: usize,
    /// Whether its end may be missing.
    pub(super) is_unfinished: bool,
}

/// A word that another one may stand for.
#[derive(Debug)]
pub(super) struct Near {
    pub(super) word: String,
    cost: u32,
    /// How many documents have it, deleted ones among them.
    frequency: u64,
}

/// Words in the place of some words of a text, or the word itself.
struct Replacement {
    /// How many words it replaces.
    words: usize,
    with: Vec<String>,
    /// Nothing for the word itself.
    cost: u32,
    frequency: u64,
}

/// A text, as far as it is put together.
#[derive(Clone)]
struct Draft {
    words: Vec<String>,
    cost: u32,
    /// The frequency of the rarest new word.
    frequency: u64,
    /// The frequency of the rarest word.
    rarest: u64,
}

impl Place {
    const ALL: [Self; 3] = [Self::Anywhere, Self::Name, Self::Director];

    fn of(self, filter: &MovieFilter) -> Option<&str> {
        match self {
            Self::Anywhere => filter.q.as_deref(),
            Self::Name => filter.name.as_deref(),
            Self::Director => filter.director.as_deref(),
        }
    }

    /// The filter with another text here.
    fn with(self, filter: &MovieFilter, text: &str) -> MovieFilter {
        let mut filter = filter.clone();
        let place = match self {
            Self::Anywhere => &mut filter.q,
            Self::Name => &mut filter.name,
            Self::Director => &mut filter.director,
        };
        *place = Some(text.to_owned());
        filter
    }

    fn texts(self) -> &'static [Text] {
        match self {
            Self::Anywhere => &[Text::Name, Text::Director],
            Self::Name => &[Text::Name],
            Self::Director => &[Text::Director],
        }
    }
}

/// What may still be spent on trying texts.
struct Budget {
    searches: usize,
    documents: u64,
}

impl Budget {
    fn take(&mut self, documents: u64) -> bool {
        let suffices = self.searches > 0 && self.documents >= documents;
        if suffices {
            self.searches -= 1;
            self.documents -= documents;
        }
        suffices
    }
}

impl Snapshot {
    /// Texts for `q`, or else for `name` or `director`, with which the filter finds something, the best first. Words
    /// have at most so many typos: 1 or 2.
    pub(super) fn corrections(&self, filter: &MovieFilter, typos: usize) -> Result<Vec<String>> {
        let mut budget = Budget { searches: SEARCHES, documents: DOCUMENTS };
        for place in Place::ALL {
            let words = place.of(filter).map(text::words).unwrap_or_default();
            let found = self.corrections_of(filter, place, &words, typos, &mut budget)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn corrections_of(
        &self,
        filter: &MovieFilter,
        place: Place,
        words: &[String],
        typos: usize,
        budget: &mut Budget,
    ) -> Result<Vec<String>> {
        let last = words.len().wrapping_sub(1);
        let known = words.iter().enumerate().map(|(i, word)| self.known(place, word, i == last));
        let known = known.collect::<Result<Vec<_>>>()?;
        // Where words are found one by one, but not together, any of them may be wrong.
        let unknown: Vec<_> = known.iter().map(Option::is_none).collect();
        let any = vec![true; words.len()];
        let doubts =
            [Some(&unknown).filter(|unknown| unknown.contains(&true)), Some(&any).filter(|any| **any != unknown)];
        for typos in 1..=typos {
            for doubted in doubts.into_iter().flatten() {
                let drafts = self.drafts(place, words, &known, doubted, typos)?;
                let found = self.proved(filter, place, words, drafts, budget)?;
                if !found.is_empty() {
                    return Ok(found);
                }
            }
        }
        Ok(Vec::new())
    }

    /// Those of the texts that find something, in their order.
    fn proved(
        &self,
        filter: &MovieFilter,
        place: Place,
        words: &[String],
        drafts: Vec<Draft>,
        budget: &mut Budget,
    ) -> Result<Vec<String>> {
        let mut found: Vec<(u32, Option<f64>, String)> = Vec::new();
        for draft in drafts.into_iter().filter(|draft| draft.words != words) {
            let text = draft.words.join(" ");
            // Of those that cost the same, all are to be compared.
            let suffices = found.len() >= MOST && found.last().is_some_and(|(cost, ..)| *cost < draft.cost);
            if found.iter().any(|(.., other)| *other == text) {
                continue;
            }
            if suffices || !budget.take(draft.rarest) {
                break;
            }
            let movies = self.first(&place.with(filter, &text), SortField::Popularity, 1, Reach::Near)?;
            if let Some(movie) = movies.first() {
                found.push((draft.cost, movie.details.popularity.map(Popularity::get), text));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| popularity_first(a.1, b.1)).then_with(|| a.2.cmp(&b.2)));
        Ok(found.into_iter().take(MOST).map(|(.., text)| text).collect())
    }

    /// Texts that `words` may stand for, the cheapest first. Words that are not `doubted` stay.
    fn drafts(
        &self,
        place: Place,
        words: &[String],
        known: &[Option<u64>],
        doubted: &[bool],
        typos: usize,
    ) -> Result<Vec<Draft>> {
        let mut left = LOOKED_UP[typos - 1];
        let mut drafts = vec![Vec::new(); words.len() + 1];
        drafts[0].push(Draft { words: Vec::new(), cost: 0, frequency: u64::MAX, rarest: u64::MAX });
        for i in 0..words.len() {
            let mut begun = std::mem::take(&mut drafts[i]);
            cheapest_first(&mut begun);
            let mut replacements = Vec::new();
            if let Some(frequency) = known[i] {
                replacements.push(Replacement { words: 1, with: vec![words[i].clone()], cost: 0, frequency });
            }
            if doubted[i] && left > 0 && !begun.is_empty() {
                left -= 1;
                let is_last = i + 1 == words.len();
                self.push_near(place, &words[i], typos, is_last, &mut replacements)?;
                self.push_parts(place, &words[i], 1, None, &mut replacements)?;
            }
            if let Some(next) = words.get(i + 1)
                && (doubted[i] || doubted[i + 1])
                && !begun.is_empty()
            {
                let joined = format!("{}{next}", words[i]);
                let frequency = self.frequency(place, &joined)?;
                if frequency > 0 {
                    replacements.push(Replacement { words: 2, with: vec![joined.clone()], cost: SPACE, frequency });
                }
                self.push_parts(place, &joined, 2, Some(words[i].len()), &mut replacements)?;
            }
            for replacement in &replacements {
                drafts[i + replacement.words].extend(begun.iter().map(|draft| draft.and(replacement)));
            }
        }
        let mut whole = drafts.pop().unwrap_or_default();
        cheapest_first(&mut whole);
        Ok(whole)
    }

    fn push_near(
        &self,
        place: Place,
        word: &str,
        typos: usize,
        is_last: bool,
        replacements: &mut Vec<Replacement>,
    ) -> Result<()> {
        let typos = match (is_number(word), word.chars().count()) {
            (false, 3..6) => 1,
            (false, 6..) => typos,
            _ => return Ok(()),
        };
        let mut near = self.near(place.texts(), word, Spelling { typos, is_unfinished: false }, NEAR)?;
        if is_last && typos == 1 && typos_while_typing(word) > 0 {
            near.extend(self.near(place.texts(), word, Spelling { typos, is_unfinished: true }, NEAR)?);
        }
        if let Place::Anywhere = place {
            let genres = self.genre_table().all().iter().flat_map(|genre| text::words(genre.name.as_str()));
            near.extend(genres.filter_map(|own| {
                let distance = strsim::osa_distance(word, &own);
                let cost = cost(word, &own, distance, false);
                (1..=typos).contains(&distance).then_some(Near { word: own, cost, frequency: 1 })
            }));
        }
        replacements.extend(near.into_iter().map(|near| Replacement {
            words: 1,
            with: vec![near.word],
            cost: near.cost,
            frequency: near.frequency,
        }));
        Ok(())
    }

    /// Adds the pairs of words that `joined` consists of, but not that with a space at `not`.
    fn push_parts(
        &self,
        place: Place,
        joined: &str,
        words: usize,
        not: Option<usize>,
        replacements: &mut Vec<Replacement>,
    ) -> Result<()> {
        if joined.chars().nth(MAX_SPLIT_CHARS).is_some() {
            return Ok(());
        }
        for (at, _) in joined.char_indices().skip(1).filter(|(at, _)| Some(*at) != not) {
            let (first, second) = joined.split_at(at);
            let frequency = match self.frequency(place, first)? {
                0 => 0,
                frequency => frequency.min(self.frequency(place, second)?),
            };
            if frequency > 0 {
                let with = vec![first.to_owned(), second.to_owned()];
                replacements.push(Replacement { words, with, cost: SPACE, frequency });
            }
        }
        Ok(())
    }

    /// The `most` words that `word` may stand for, the nearest first, then the most frequent.
    pub(super) fn near(&self, texts: &[Text], word: &str, spelling: Spelling, most: usize) -> Result<Vec<Near>> {
        let Spelling { typos, is_unfinished } = spelling;
        let mut frequencies: BTreeMap<String, u64> = BTreeMap::new();
        for view in self.views() {
            for text in texts {
                let index = &view.segment.text(*text).words;
                let found = match is_unfinished {
                    true => beginning_near(index, word, typos),
                    false => typos::within(index, word, typos, |own| own != word),
                };
                for (own, info) in found.map_err(internal)? {
                    let documents = u64::from(info.doc_freq);
                    match frequencies.entry(own) {
                        Entry::Vacant(entry) => drop(entry.insert(documents)),
                        Entry::Occupied(mut entry) => *entry.get_mut() += documents,
                    }
                }
            }
        }
        let near = frequencies.into_iter().filter_map(|(own, frequency)| {
            let distance = match is_unfinished {
                true => typos_at_beginning(word, &own, typos).filter(|typos| *typos > 0)?,
                false => strsim::osa_distance(word, &own),
            };
            Some(Near { cost: cost(word, &own, distance, is_unfinished), word: own, frequency })
        });
        let mut near: Vec<_> = near.collect();
        near.sort_by(|a, b| (a.cost, Reverse(a.frequency), &a.word).cmp(&(b.cost, Reverse(b.frequency), &b.word)));
        near.truncate(most);
        Ok(near)
    }

    /// In how many documents the word is, about; 0 where it is in none.
    fn frequency(&self, place: Place, word: &str) -> Result<u64> {
        let mut frequency = 0;
        if let Place::Anywhere = place {
            frequency += self.genre_table().with_word(|own| own == word).len() as u64;
        }
        for view in self.views() {
            for text in place.texts() {
                let terms = view.segment.text(*text).words.terms();
                let info = terms.get(word).map_err(|error| internal(error.into()))?;
                frequency += info.map_or(0, |info| u64::from(info.doc_freq));
            }
        }
        Ok(frequency)
    }

    /// The frequency of the word or, where it may be unfinished, of one that it begins; `None` where nothing is found by
    /// it alone.
    fn known(&self, place: Place, word: &str, is_unfinished: bool) -> Result<Option<u64>> {
        let frequency = self.frequency(place, word)?;
        if frequency > 0 || !is_unfinished {
            return Ok(Some(frequency).filter(|frequency| *frequency > 0));
        }
        let is_genre = |own: &str| own.starts_with(word);
        if matches!(place, Place::Anywhere) && !self.genre_table().with_word(is_genre).is_empty() {
            return Ok(Some(1));
        }
        for view in self.views() {
            for text in place.texts() {
                let terms = view.segment.text(*text).words.terms();
                let mut terms = terms.range().ge(word).into_stream().map_err(|error| internal(error.into()))?;
                if let Some((_, info)) = terms.next().filter(|(term, _)| term.starts_with(word.as_bytes())) {
                    return Ok(Some(u64::from(info.doc_freq)));
                }
            }
        }
        Ok(None)
    }
}

impl Draft {
    fn and(&self, replacement: &Replacement) -> Self {
        Self {
            words: [self.words.as_slice(), &replacement.with].concat(),
            cost: self.cost + replacement.cost,
            frequency: if replacement.cost > 0 { self.frequency.min(replacement.frequency) } else { self.frequency },
            rarest: self.rarest.min(replacement.frequency),
        }
    }
}

fn cost(word: &str, own: &str, distance: usize, is_unfinished: bool) -> u32 {
    let other_beginning = word.chars().next() != own.chars().next();
    TYPO * distance as u32 + if other_beginning { FIRST_LETTER } else { 0 } + if is_unfinished { UNFINISHED } else { 0 }
}

fn cheapest_first(drafts: &mut Vec<Draft>) {
    drafts.sort_by(|a, b| (a.cost, Reverse(a.frequency), &a.words).cmp(&(b.cost, Reverse(b.frequency), &b.words)));
    drafts.truncate(TEXTS);
}

/// The words of which a beginning is within a distance of at most 2 from `word`.
fn beginning_near(
    index: &InvertedIndexReader,
    word: &str,
    typos: usize,
) -> tantivy::Result<Vec<(String, tantivy::postings::TermInfo)>> {
    let mut found = Vec::new();
    let mut terms = index.terms().search(automaton(word, typos)?).into_stream()?;
    while let Some((term, info)) = terms.next() {
        if let Ok(own) = std::str::from_utf8(term) {
            found.push((own.to_owned(), info.clone()));
        }
        if found.len() == MAX_TERMS {
            break;
        }
    }
    Ok(found)
}

fn automaton(word: &str, typos: usize) -> tantivy::Result<DfaWrapper> {
    // The field does not matter: only the text gets into the automaton.
    let term = Term::from_field_text(Field::from_field_id(0), word);
    FuzzyTermQuery::new_prefix(term, typos.min(2) as u8, true).automaton()
}
