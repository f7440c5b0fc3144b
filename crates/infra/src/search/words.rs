//! The words of a query, and how well documents match them.

use domain::{query::MovieFilter, text};
use tantivy::{DocId, index::InvertedIndexReader, postings::TermInfo};

use super::{
    document::whole_name,
    genres::GenreTable,
    postings::{Mask, Union},
    schema::{PREFIX_CHARS, Text},
    segment::Segment,
};

/// How a word of the query is found in a word of a movie, the best way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It is the word.
    Exact,
    /// The word begins with it.
    Prefix,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Exact, Self::Prefix];
}

/// How far words are stretched. The further ways are tried where the nearer ones find little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// The last word may be the beginning of one.
    Near,
    /// Every word may.
    Far,
}

impl Reach {
    /// The reach of the position of another page.
    pub(super) fn from_position(reach: u8) -> Self {
        if reach == 0 { Self::Near } else { Self::Far }
    }

    pub(super) fn for_position(self) -> u8 {
        self as u8
    }
}

/// How many fields a word of the whole query can be found in: name, director, genre, in the order of their weight.
pub(super) const TIERS: usize = 3;

/// The rank of a name that is the query.
pub(super) const WHOLE_NAME: u32 = 0;

/// The rank of documents whose weakest word is found in this way, in the name, if that is enough; the next ranks are
/// theirs who need the director too, or the genres.
pub(super) fn first_rank(kind: Kind) -> u32 {
    WHOLE_NAME + 1 + kind as u32 * TIERS as u32
}

/// How many ranks there are.
pub(super) const RANKS: usize = 1 + Kind::ALL.len() * TIERS;

/// Where a word may be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    In(Text),
}

#[derive(Debug)]
struct Word {
    text: String,
    place: Place,
    /// The nearest reach at which it may be the beginning of a word.
    prefix_from: Option<Reach>,
}

/// The words of a query.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<Word>,
    /// The hash of a name that is the query.
    whole: Option<u64>,
    /// The hashes of texts without letters and digits: only names that are equal match.
    names: Vec<u64>,
    /// A text of that kind for directors, which matches none.
    nothing: bool,
}

impl Words {
    pub(super) fn new(filter: &MovieFilter) -> Self {
        let mut all = Self::default();
        let texts = [
            (&filter.q, Place::Anywhere),
            (&filter.name, Place::In(Text::Name)),
            (&filter.director, Place::In(Text::Director)),
        ];
        for (text, place) in texts {
            let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) else { continue };
            let words = text::words(text);
            let is_name = place != Place::In(Text::Director);
            if is_name {
                all.whole.get_or_insert(whole_name(text));
            }
            match (words.is_empty(), is_name) {
                (true, true) => all.names.push(whole_name(text)),
                (true, false) => all.nothing = true,
                (false, _) => {}
            }
            let last = words.len().saturating_sub(1);
            all.words.extend(words.into_iter().enumerate().map(|(i, text)| {
                let prefix_from = match (i == last, text.chars().nth(1).is_some()) {
                    (true, long) if long || i > 0 => Some(Reach::Near),
                    (false, true) => Some(Reach::Far),
                    _ => None,
                };
                Word { text, place, prefix_from }
            }));
        }
        all
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.names.is_empty() && !self.nothing
    }

    /// Whether stretching can find more.
    pub(super) fn can_stretch(&self) -> bool {
        self.words.iter().any(|word| word.prefix_from == Some(Reach::Far))
    }

    /// Whether some word can be found in other ways than exactly.
    pub(super) fn has_prefixes(&self, reach: Reach) -> bool {
        self.words.iter().any(|word| word.prefix_from.is_some_and(|from| from <= reach))
    }

    /// The documents whose name is the query; `None` where no name can be.
    pub(super) fn whole<'a>(&self, segment: &'a Segment) -> tantivy::Result<Option<Union<'a>>> {
        self.whole.map(|hash| segment.with_whole_name(hash)).transpose()
    }

    /// The conditions for documents that match every word in one of the ways up to `kind`.
    pub(super) fn up_to<'a>(
        &self,
        kind: Kind,
        reach: Reach,
        segment: &'a Segment,
        genres: &GenreTable,
    ) -> tantivy::Result<Matchers<'a>> {
        let mut matchers = Vec::with_capacity(self.words.len() + self.names.len());
        for word in &self.words {
            let prefix = kind >= Kind::Prefix && word.prefix_from.is_some_and(|from| from <= reach);
            let text = |text| match word.place {
                Place::In(place) if place != text => Ok(Union::default()),
                _ => with_word(segment, text, &word.text, prefix),
            };
            matchers.push(Matcher {
                place: word.place,
                name: text(Text::Name)?,
                director: text(Text::Director)?,
                genre: if word.place == Place::Anywhere {
                    let ids = genres.with_word(|w| if prefix { w.starts_with(&word.text) } else { w == word.text });
                    segment.with_genres(&ids)?
                } else {
                    Union::default()
                },
            });
        }
        for hash in &self.names {
            let name = segment.with_whole_name(*hash)?;
            let place = Place::In(Text::Name);
            matchers.push(Matcher { place, name, director: Union::default(), genre: Union::default() });
        }
        if self.nothing {
            let place = Place::In(Text::Director);
            matchers.push(Matcher {
                place,
                name: Union::default(),
                director: Union::default(),
                genre: Union::default(),
            });
        }
        matchers.sort_by_key(Matcher::cost);
        Ok(Matchers(matchers))
    }
}

fn with_word<'a>(segment: &'a Segment, text: Text, word: &str, prefix: bool) -> tantivy::Result<Union<'a>> {
    let index = segment.text(text);
    let mut union = Union::default();
    if !prefix {
        union.push_terms(&index.words, index.words.terms().get(word)?.into_iter().collect())?;
    } else if word.chars().nth(PREFIX_CHARS).is_none() {
        union.push_terms(&index.prefixes, index.prefixes.terms().get(word)?.into_iter().collect())?;
    } else {
        union.push_terms(&index.words, terms_beginning(&index.words, word)?)?;
    }
    Ok(union)
}

fn terms_beginning(index: &InvertedIndexReader, prefix: &str) -> tantivy::Result<Vec<TermInfo>> {
    let mut found = Vec::new();
    let mut terms = index.terms().range().ge(prefix).into_stream()?;
    while let Some((term, info)) = terms.next() {
        if !term.starts_with(prefix.as_bytes()) {
            break;
        }
        found.push(info.clone());
    }
    Ok(found)
}

/// Where one word is found in a segment.
#[derive(Clone)]
struct Matcher<'a> {
    place: Place,
    name: Union<'a>,
    director: Union<'a>,
    genre: Union<'a>,
}

impl Matcher<'_> {
    fn cost(&self) -> Option<u64> {
        Some(self.name.cost()? + self.director.cost()? + self.genre.cost()?)
    }
}

/// The conditions of all words, the rarest first.
#[derive(Clone)]
pub(super) struct Matchers<'a>(Vec<Matcher<'a>>);

impl Matchers<'_> {
    /// How many documents match at most.
    pub(super) fn cost(&self) -> Option<u64> {
        self.0.first().and_then(Matcher::cost)
    }

    /// The first document from `doc` on that can match.
    pub(super) fn seek(&mut self, doc: DocId) -> DocId {
        self.0.first_mut().map_or(doc, |rarest| {
            let found = [&mut rarest.name, &mut rarest.director, &mut rarest.genre].map(|union| union.seek(doc));
            found.into_iter().min().unwrap_or(doc)
        })
    }

    /// Of the documents of `tiers[2]` in the window at `start`, those where every word is found; `tiers[0]` and
    /// `tiers[1]` become those where the name, or name and director, were enough.
    pub(super) fn find(&mut self, start: DocId, tiers: &mut [Mask; TIERS]) {
        let [in_name, in_director, anywhere] = tiers;
        (*in_name, *in_director) = (*anywhere, *anywhere);
        for word in &mut self.0 {
            match word.place {
                Place::In(text) => {
                    let union = if text == Text::Name { &mut word.name } else { &mut word.director };
                    let found = union.find(start, anywhere);
                    [&mut *in_name, &mut *in_director, &mut *anywhere].into_iter().for_each(|tier| tier.and(&found));
                }
                Place::Anywhere => {
                    let mut found = word.name.find(start, anywhere);
                    in_name.and(&found);
                    found.or(&word.director.find(start, anywhere));
                    in_director.and(&found);
                    found.or(&word.genre.find(start, anywhere));
                    anywhere.and(&found);
                }
            }
            if anywhere.is_empty() {
                return;
            }
        }
    }
}
