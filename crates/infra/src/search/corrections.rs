//! Other texts to search for where one finds nothing: words for those that are misspelt, and words put together or
//! taken apart. Each is tried before it is proposed.

use std::collections::BTreeMap;

use domain::{
    Result,
    matching::{Kind, Reach, is_number},
    movie::Popularity,
    query::{
        MovieFilter, SortField,
        conditions::{MAX_TEXT_CHARS, MAX_WORDS},
    },
    suggestion::{typos_at_beginning, typos_to_correct, typos_while_typing},
    text,
};
use tantivy::{
    Term,
    index::InvertedIndexReader,
    postings::TermInfo,
    query::{DfaWrapper, FuzzyTermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{
    order::popularity_first,
    postings::is_set,
    schema::Text,
    segment::TextIndex,
    snapshot::{Snapshot, View, internal},
};

/// The most texts that are proposed.
const MOST: usize = 5;
/// The most searches to try them, and to try texts without a word.
const SEARCHES: usize = 20;
const SHORTER: usize = 5;
/// The most words of a text for which others are looked up, with one typo and with two: that takes longer.
const LOOKED_UP: [usize; 2] = [6, 2];
/// The most pairs of words that are put together.
const PAIRS: usize = 6;
/// The most words that one may stand for.
const NEAR: usize = 8;
/// The most texts that are put together.
const TEXTS: usize = 32;
/// The longest word that is taken apart.
const MAX_SPLIT_CHARS: usize = 30;

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
    best: Best,
}

/// The most popular movie with a word, by its [`order_key`](super::numbers::order_key): the lower the more popular. It
/// is the same in every index of the same movies; how many documents have a word is not, for deleted ones count until
/// their segments are merged.
type Best = u64;

/// More popular than any movie: of words that stay, and of genres, which lead to many.
const TOP: Best = 0;

/// The posting lists of a word.
type Lists<'a> = Vec<(&'a View, &'a TextIndex, TermInfo)>;

/// Words in the place of some words of a text, or the word itself.
struct Replacement {
    /// How many words it replaces.
    words: usize,
    with: Vec<String>,
    /// Nothing for the word itself.
    cost: u32,
    best: Best,
}

/// A text, as far as it is put together.
#[derive(Clone)]
struct Draft {
    words: Vec<String>,
    cost: u32,
    /// Of the new word whose movies are the least popular.
    best: Best,
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

    fn has_genres(self) -> bool {
        matches!(self, Self::Anywhere)
    }

    fn texts(self) -> &'static [Text] {
        match self {
            Self::Anywhere => &[Text::Name, Text::Director],
            Self::Name => &[Text::Name],
            Self::Director => &[Text::Director],
        }
    }
}

impl Snapshot {
    /// Texts for `q`, or else for `name` or `director`, with which the filter finds something, the best first:
    /// corrected ones, whose words have at most so many typos, 1 or 2; or else some without a word.
    pub(super) fn corrections(&self, filter: &MovieFilter, typos: usize) -> Result<Vec<String>> {
        let found = self.corrected(filter, typos)?;
        if found.is_empty() { self.shorter(filter) } else { Ok(found) }
    }

    /// The corrected ones alone.
    pub(super) fn corrected(&self, filter: &MovieFilter, typos: usize) -> Result<Vec<String>> {
        let mut searches = SEARCHES;
        for place in Place::ALL {
            let words = place.of(filter).map(text::words).unwrap_or_default();
            let found = self.corrected_at(filter, place, &words, typos, &mut searches)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Those without a word.
    fn shorter(&self, filter: &MovieFilter) -> Result<Vec<String>> {
        let mut searches = SHORTER;
        for place in Place::ALL {
            let words = place.of(filter).map(text::words).unwrap_or_default();
            let drafts = without_a_word(&words, &self.known(place, &words)?);
            let found = self.proved(filter, place, drafts, 1, &mut searches)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    fn corrected_at(
        &self,
        filter: &MovieFilter,
        place: Place,
        words: &[String],
        typos: usize,
        searches: &mut usize,
    ) -> Result<Vec<String>> {
        let known = self.known(place, words)?;
        // Where words are found one by one, but not together, any of them may be wrong.
        let unknown: Vec<_> = known.iter().map(|is_known| !is_known).collect();
        let any = vec![true; words.len()];
        let doubts =
            [Some(&unknown).filter(|unknown| unknown.contains(&true)), Some(&any).filter(|any| **any != unknown)];
        for typos in 1..=typos {
            for doubted in doubts.into_iter().flatten() {
                let mut drafts = self.drafts(place, words, &known, doubted, typos)?;
                drafts.retain(|draft| draft.words != words);
                let found = self.proved(filter, place, drafts, MOST, searches)?;
                if !found.is_empty() {
                    return Ok(found);
                }
            }
        }
        Ok(Vec::new())
    }

    /// Those of the texts that find something, the best first; the cheapest of them, if there are `enough`.
    fn proved(
        &self,
        filter: &MovieFilter,
        place: Place,
        drafts: Vec<Draft>,
        enough: usize,
        searches: &mut usize,
    ) -> Result<Vec<String>> {
        let mut found: Vec<(u32, Option<f64>, String)> = Vec::new();
        // Longer texts are refused, so they are not proposed either.
        for draft in drafts.into_iter().filter(|draft| draft.words.len() <= MAX_WORDS) {
            let text = draft.words.join(" ");
            if text.chars().nth(MAX_TEXT_CHARS).is_some() || found.iter().any(|(.., other)| *other == text) {
                continue;
            }
            // Of those that cost the same, all are to be compared.
            let suffices = found.len() >= enough && found.last().is_some_and(|(cost, ..)| *cost < draft.cost);
            if suffices || *searches == 0 {
                break;
            }
            *searches -= 1;
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
        known: &[bool],
        doubted: &[bool],
        typos: usize,
    ) -> Result<Vec<Draft>> {
        let (mut left, mut pairs_left) = (LOOKED_UP[typos - 1], PAIRS);
        let mut drafts = vec![Vec::new(); words.len() + 1];
        drafts[0].push(Draft { words: Vec::new(), cost: 0, best: TOP });
        for i in 0..words.len() {
            let mut begun = std::mem::take(&mut drafts[i]);
            cheapest_first(&mut begun);
            let mut replacements = Vec::new();
            if known[i] {
                replacements.push(Replacement { words: 1, with: vec![words[i].clone()], cost: 0, best: TOP });
            }
            if doubted[i] && left > 0 && !begun.is_empty() {
                left -= 1;
                let is_last = i + 1 == words.len();
                self.push_near(place, &words[i], typos, is_last, &mut replacements)?;
                self.push_parts(place, &words[i], 1, None, &mut replacements)?;
            }
            if let Some(next) = words.get(i + 1)
                && (doubted[i] || doubted[i + 1])
                && pairs_left > 0
                && !begun.is_empty()
            {
                pairs_left -= 1;
                let joined = format!("{}{next}", words[i]);
                if let Some(best) = self.best(place, &joined)? {
                    replacements.push(Replacement { words: 2, with: vec![joined.clone()], cost: SPACE, best });
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
        let typos = typos.min(typos_to_correct(word));
        if typos == 0 {
            return Ok(());
        }
        let mut near = self.near(place.texts(), word, Spelling { typos, is_unfinished: false }, NEAR)?;
        if is_last && typos == 1 && typos_while_typing(word) > 0 {
            near.extend(self.near(place.texts(), word, Spelling { typos, is_unfinished: true }, NEAR)?);
        }
        if place.has_genres() {
            let genres = self.genre_table().all().iter().flat_map(|genre| text::words(genre.name.as_str()));
            near.extend(genres.filter_map(|own| {
                let distance = strsim::osa_distance(word, &own);
                let cost = cost(word, &own, distance, false);
                (1..=typos).contains(&distance).then_some(Near { word: own, cost, best: TOP })
            }));
        }
        replacements.extend(near.into_iter().map(|near| Replacement {
            words: 1,
            with: vec![near.word],
            cost: near.cost,
            best: near.best,
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
            if let Some(best) = self.best(place, first)?
                && let Some(other) = self.best(place, second)?
            {
                let with = vec![first.to_owned(), second.to_owned()];
                replacements.push(Replacement { words, with, cost: SPACE, best: best.max(other) });
            }
        }
        Ok(())
    }

    /// The `most` words that `word` may stand for, the nearest first, then those of the most popular movies.
    pub(super) fn near(&self, texts: &[Text], word: &str, spelling: Spelling, most: usize) -> Result<Vec<Near>> {
        let automaton = automaton(word, spelling).map_err(internal)?;
        let mut found: BTreeMap<(u32, String), Lists> = BTreeMap::new();
        for view in self.views() {
            for text in texts {
                let index = view.segment.text(*text);
                for (own, info) in near_words(&index.words, &automaton).map_err(internal)? {
                    if let Some(cost) = spelling.cost(word, &own) {
                        found.entry((cost, own)).or_default().push((view, index, info));
                    }
                }
            }
        }
        let mut near: Vec<Near> = Vec::new();
        let mut found = found.into_iter().peekable();
        while let Some(((cost, _), _)) = found.peek()
            && near.len() < most
        {
            let cost = *cost;
            let mut alike = Vec::new();
            while let Some(((_, word), lists)) = found.next_if(|((other, _), _)| *other == cost) {
                let mut best = None;
                for (view, index, info) in lists {
                    best = best.into_iter().chain(first_of(view, index, &info)?).min();
                }
                alike.extend(best.map(|best| Near { word, cost, best }));
            }
            alike.sort_by(|a, b| (a.best, &a.word).cmp(&(b.best, &b.word)));
            near.extend(alike);
        }
        near.truncate(most);
        Ok(near)
    }

    /// The most popular movie with the word; `None` where nothing has it.
    fn best(&self, place: Place, word: &str) -> Result<Option<Best>> {
        if place.has_genres() && !self.genre_table().with_word(|own| own == word).is_empty() {
            return Ok(Some(TOP));
        }
        let mut best = None;
        for view in self.views() {
            for text in place.texts() {
                let index = view.segment.text(*text);
                for ordinal in index.dictionary.find(Kind::Exact, word).iter().cloned().flatten() {
                    best = best.into_iter().chain(first_of(view, index, &index.dictionary.info(ordinal))?).min();
                }
            }
        }
        Ok(best)
    }

    /// Of each word, whether anything is found by it alone. The last one may be unfinished.
    fn known(&self, place: Place, words: &[String]) -> Result<Vec<bool>> {
        let last = words.len().wrapping_sub(1);
        let is_known = |(i, word): (usize, &String)| {
            Ok(self.best(place, word)?.is_some() || (i == last && self.is_beginning(place, word)?))
        };
        words.iter().enumerate().map(is_known).collect()
    }

    /// Whether a word of a movie or genre begins with this.
    fn is_beginning(&self, place: Place, word: &str) -> Result<bool> {
        if place.has_genres() && !self.genre_table().with_word(|own| own.starts_with(word)).is_empty() {
            return Ok(true);
        }
        for view in self.views() {
            for text in place.texts() {
                let index = view.segment.text(*text);
                for ordinal in index.dictionary.find(Kind::Prefix, word).iter().cloned().flatten() {
                    if first_of(view, index, &index.dictionary.info(ordinal))?.is_some() {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }
}

impl Spelling {
    /// What it costs to write `word` for `own`; `None` where that is no misspelling.
    fn cost(self, word: &str, own: &str) -> Option<u32> {
        let distance = match self.is_unfinished {
            true => typos_at_beginning(word, own, self.typos)?,
            false => strsim::osa_distance(word, own),
        };
        (distance > 0).then(|| cost(word, own, distance, self.is_unfinished))
    }
}

impl Draft {
    fn and(&self, replacement: &Replacement) -> Self {
        Self {
            words: [self.words.as_slice(), &replacement.with].concat(),
            cost: self.cost + replacement.cost,
            best: self.best.max(replacement.best),
        }
    }
}

fn cost(word: &str, own: &str, distance: usize, is_unfinished: bool) -> u32 {
    let other_beginning = word.chars().next() != own.chars().next();
    TYPO * distance as u32 + if other_beginning { FIRST_LETTER } else { 0 } + if is_unfinished { UNFINISHED } else { 0 }
}

fn cheapest_first(drafts: &mut Vec<Draft>) {
    drafts.sort_by(|a, b| (a.cost, a.best, &a.words).cmp(&(b.cost, b.best, &b.words)));
    drafts.truncate(TEXTS);
}

/// The texts without the one word that nothing has, or, where all are known, without a number or one of the shortest
/// words.
fn without_a_word(words: &[String], known: &[bool]) -> Vec<Draft> {
    let unknown = known.iter().filter(|is_known| !**is_known).count();
    let shortest = words.iter().map(|word| word.chars().count()).min();
    let cost = |i: usize| match unknown {
        0 if is_number(&words[i]) => Some(1),
        0 if Some(words[i].chars().count()) == shortest => Some(2),
        1 if !known[i] => Some(1),
        _ => None,
    };
    let without = |i: usize| Some(Draft { cost: cost(i)?, words: [&words[..i], &words[i + 1..]].concat(), best: TOP });
    let mut drafts: Vec<_> = (0..words.len()).filter(|_| words.len() > 1).filter_map(without).collect();
    drafts.sort_by_key(|draft| draft.cost);
    drafts
}

/// The most popular movie of a posting list.
fn first_of(view: &View, index: &TextIndex, info: &TermInfo) -> Result<Option<Best>> {
    let blocks = index.words.read_block_postings_from_terminfo(info, IndexRecordOption::Basic);
    let mut blocks = blocks.map_err(|error| internal(error.into()))?;
    while !blocks.docs().is_empty() {
        let is_alive = |doc: &&u32| view.alive.as_ref().is_none_or(|alive| is_set(alive, **doc));
        if let Some(doc) = blocks.docs().iter().find(is_alive) {
            return Ok(Some(view.segment.order.get_val(*doc)));
        }
        blocks.advance();
    }
    Ok(None)
}

/// The words for which an automaton holds.
fn near_words(index: &InvertedIndexReader, automaton: &DfaWrapper) -> tantivy::Result<Vec<(String, TermInfo)>> {
    let mut found = Vec::new();
    let mut terms = index.terms().search(automaton).into_stream()?;
    while let Some((term, info)) = terms.next() {
        if let Ok(own) = std::str::from_utf8(term) {
            found.push((own.to_owned(), info.clone()));
        }
    }
    Ok(found)
}

/// Holds for the words that `word` may stand for.
fn automaton(word: &str, spelling: Spelling) -> tantivy::Result<DfaWrapper> {
    // The field does not matter: only the text gets into the automaton.
    let term = Term::from_field_text(Field::from_field_id(0), word);
    let typos = spelling.typos.min(2) as u8;
    let query = match spelling.is_unfinished {
        true => FuzzyTermQuery::new_prefix(term, typos, true),
        false => FuzzyTermQuery::new(term, typos, true),
    };
    query.automaton()
}
