//! The words of a query, and how well documents match them.

use std::{cell::OnceCell, ops::Range, sync::Arc};

use domain::{
    matching::{self, Kind, Reach, can_be_inside, typos_from},
    query::MovieFilter,
    text,
};
use tantivy::{DocId, postings::TermInfo};

use super::{
    dictionary::Ordinals,
    doc_words::{DocWords, Packed},
    document::whole_name,
    genres::GenreTable,
    postings::{Mask, Union, WINDOW},
    schema::{PREFIX_CHARS, Text},
    segment::{Segment, TextIndex},
};

/// The reach of the position of another page.
pub(super) fn from_position(reach: u8) -> Reach {
    Reach::ALL.get(usize::from(reach)).copied().unwrap_or(Reach::Inside)
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

impl Word {
    fn is_in(&self, text: Text) -> bool {
        self.place == Place::Anywhere || self.place == Place::In(text)
    }

    /// The best of these ways in which it is found in a word of a genre.
    fn found_in(&self, own: &str, kinds: &[Kind]) -> Option<Kind> {
        let kind = matching::kind(&self.text, own, kinds.contains(&Kind::Prefix));
        kind.filter(|kind| kinds.contains(kind))
    }

    /// Whether it may be found in this way.
    fn allows(&self, kind: Kind, reach: Reach) -> bool {
        let can = match kind {
            Kind::Exact => true,
            Kind::Prefix => self.prefix_from.is_some_and(|from| from <= reach),
            Kind::Typo => typos_from(&self.text) > 0,
            Kind::Inside => can_be_inside(&self.text),
        };
        can && reach.allows(kind)
    }
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
                let prefix_from = Reach::ALL.into_iter().find(|reach| reach.allows_prefix(&text, i, i == last));
                Word { text, place, prefix_from }
            }));
        }
        all
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.names.is_empty() && !self.nothing
    }

    /// The next reach at which more can be found.
    pub(super) fn further(&self, reach: Reach) -> Option<Reach> {
        let gains = |further: Reach| {
            self.words
                .iter()
                .any(|word| Kind::ALL.iter().any(|kind| word.allows(*kind, further) && !word.allows(*kind, reach)))
        };
        Reach::ALL.into_iter().find(|further| *further > reach && gains(*further))
    }

    /// The further reaches that are worth a try, each with all that are nearer.
    pub(super) fn stages(&self) -> impl Iterator<Item = Reach> {
        let mut reaches = Vec::new();
        while let Some(further) = self.further(reaches.last().copied().unwrap_or(Reach::Near)) {
            reaches.push(further);
        }
        // What is misspelt is looked for together with beginnings: one way through the documents in place of two.
        if let [Reach::Prefixes, Reach::Typos, ..] = reaches.as_slice() {
            reaches.remove(0);
        }
        reaches.into_iter()
    }

    /// The weakest way in which some word may be found.
    pub(super) fn weakest(&self, reach: Reach) -> Kind {
        let allowed = |kind: &Kind| self.words.iter().any(|word| word.allows(*kind, reach));
        Kind::ALL.into_iter().rev().find(allowed).unwrap_or(Kind::Exact)
    }

    /// The documents whose name is the query; `None` where no name can be.
    pub(super) fn whole<'a>(&self, segment: &'a Segment) -> tantivy::Result<Option<Union<'a>>> {
        self.whole.map(|hash| segment.with_whole_name(hash)).transpose()
    }
}

/// The words of a query as they are found in the dictionaries of a segment.
pub(super) struct SegmentWords<'a> {
    segment: &'a Segment,
    genres: &'a GenreTable,
    words: &'a Words,
    /// Of each word, its ways in the name and in the director.
    ways: Vec<[Ways; 2]>,
}

/// The words of a segment that a word stands for, kind by kind, each looked for when it is first needed.
#[derive(Default)]
struct Ways([OnceCell<Arc<Ordinals>>; Kind::ALL.len()]);

impl Ways {
    fn get(&self, kind: Kind, word: &str, index: &TextIndex) -> &Arc<Ordinals> {
        self.0[kind as usize].get_or_init(|| index.dictionary.find(kind, word))
    }
}

impl<'a> SegmentWords<'a> {
    pub(super) fn new(words: &'a Words, segment: &'a Segment, genres: &'a GenreTable) -> Self {
        Self { segment, genres, words, ways: words.words.iter().map(|_| Default::default()).collect() }
    }

    /// The conditions for documents that match every word in one of the ways up to `kind`.
    pub(super) fn up_to(&self, kind: Kind, reach: Reach) -> tantivy::Result<Matchers<'a>> {
        let segment = self.segment;
        let mut matchers = Vec::with_capacity(self.words.words.len() + self.words.names.len());
        for (word, ways) in self.words.words.iter().zip(&self.ways) {
            let kinds = Kind::ALL.into_iter().filter(|k| *k <= kind && word.allows(*k, reach)).collect::<Vec<_>>();
            let text = |text: Text| match word.is_in(text) {
                true => TextMatch::new(segment, text, &word.text, &kinds, &ways[text as usize]),
                false => Ok(TextMatch::Nothing),
            };
            let (name, director) = (text(Text::Name)?, text(Text::Director)?);
            let genre = match word.place {
                Place::Anywhere => {
                    let ids = self.genres.with_word(|own| word.found_in(own, &kinds).is_some());
                    segment.with_genres(&ids)?
                }
                Place::In(_) => Union::default(),
            };
            matchers.push(Matcher { place: word.place, name, director, genre });
        }
        let whole = |place, name| Matcher { place, name, director: TextMatch::Nothing, genre: Union::default() };
        for hash in &self.words.names {
            matchers.push(whole(Place::In(Text::Name), TextMatch::Docs(segment.with_whole_name(*hash)?)));
        }
        if self.words.nothing {
            matchers.push(whole(Place::In(Text::Director), TextMatch::Nothing));
        }
        matchers.sort_by_key(Matcher::effort);
        Ok(Matchers { words: matchers, doc_words: &segment.words, max_doc: segment.max_doc })
    }
}

/// How well single documents match the words of a query.
pub(super) struct Ranker<'a> {
    doc_words: &'a DocWords,
    words: Vec<RankedWord<'a>>,
    whole: Option<Union<'a>>,
}

struct RankedWord<'a> {
    word: &'a Word,
    /// The ordinals that are found in each way; by `Text as usize`.
    texts: [Vec<(Kind, Arc<Ordinals>)>; 2],
    /// The documents that have a genre that is found in each way.
    genres: Vec<(Kind, Union<'a>)>,
}

/// How each word of a query is found in one document: the best way in each field, in the order of [`TIERS`].
pub(super) type FoundWords = Vec<[Option<Kind>; TIERS]>;

impl<'a> SegmentWords<'a> {
    /// Tells how well documents match at `reach` or any that is nearer.
    pub(super) fn ranker(&self, reach: Reach) -> tantivy::Result<Ranker<'a>> {
        let words = self.words.words.iter().zip(&self.ways).map(|(word, ways)| {
            let kinds = Kind::ALL.into_iter().filter(|kind| word.allows(*kind, reach)).collect::<Vec<_>>();
            let text = |text: Text| {
                let index = self.segment.text(text);
                let ways = |kind: &Kind| (*kind, Arc::clone(ways[text as usize].get(*kind, &word.text, index)));
                kinds.iter().filter(|_| word.is_in(text)).map(ways).collect()
            };
            let mut genres = Vec::new();
            for kind in kinds.iter().filter(|_| word.place == Place::Anywhere) {
                let ids = self.genres.with_word(|own| word.found_in(own, &kinds) == Some(*kind));
                genres.push((*kind, self.segment.with_genres(&ids)?.made_random()));
            }
            Ok(RankedWord { word, texts: [Text::Name, Text::Director].map(text), genres })
        });
        let words = words.collect::<tantivy::Result<_>>()?;
        Ok(Ranker {
            doc_words: &self.segment.words,
            words,
            whole: self.words.whole(self.segment)?.map(Union::made_random),
        })
    }
}

impl Ranker<'_> {
    /// How the words are found in a document.
    pub(super) fn find(&self, doc: DocId) -> FoundWords {
        let own = self.doc_words.get(doc);
        let of_word = |word: &RankedWord| {
            let text = |text: Text| {
                let mut ways = word.texts[text as usize].iter();
                ways.find(|(_, ordinals)| has_any(ordinals, own[text as usize])).map(|(kind, _)| *kind)
            };
            let genre = word.genres.iter().find(|(_, union)| union.has(doc)).map(|(kind, _)| *kind);
            [text(Text::Name), text(Text::Director), genre]
        };
        self.words.iter().map(of_word).collect()
    }

    /// The rank of a document in which the words are found so; `None` where it does not match at `reach`.
    pub(super) fn rank(&self, doc: DocId, found: &FoundWords, reach: Reach) -> Option<u32> {
        let allowed = |(word, kinds): (&RankedWord, &[Option<Kind>; TIERS])| {
            kinds.map(|kind| kind.filter(|kind| word.word.allows(*kind, reach)))
        };
        let found = || self.words.iter().zip(found).map(allowed);
        let mut weakest = Kind::Exact;
        for kinds in found() {
            weakest = weakest.max(kinds.into_iter().flatten().min()?);
        }
        if self.whole.as_ref().is_some_and(|whole| whole.has(doc)) {
            return Some(WHOLE_NAME);
        }
        let tiers = self.words.iter().zip(found()).map(|(word, kinds)| {
            let tier = kinds.iter().position(|kind| kind.is_some_and(|kind| kind <= weakest)).unwrap_or(0);
            if word.word.place == Place::Anywhere { tier } else { 0 }
        });
        Some(first_rank(weakest) + tiers.max().unwrap_or(0) as u32)
    }
}

/// Whether some of a document's words are among these.
fn has_any(ordinals: &Ordinals, own: &Packed) -> bool {
    let is_in = |ordinal: usize| {
        let place = ordinals.partition_point(|range| range.end <= ordinal);
        ordinals.get(place).is_some_and(|range| range.start <= ordinal)
    };
    own.iter().any(|ordinal| is_in(u32::from_le_bytes(*ordinal) as usize))
}

/// Where a word is found in one text of the documents of a segment.
#[derive(Clone)]
enum TextMatch<'a> {
    Nothing,
    Docs(Union<'a>),
    Words(WordMatch<'a>),
}

/// The documents whose text has one of several words. They are read from the posting lists of those words, or, where
/// few documents are in question, each of them is looked at.
#[derive(Clone)]
struct WordMatch<'a> {
    doc_words: &'a DocWords,
    text: Text,
    index: &'a TextIndex,
    /// The ordinals of the words: ranges that do not overlap, ascending.
    ordinals: Arc<Ordinals>,
    /// The posting list of a beginning, in place of those of all words with these ordinals.
    beginning: Option<(TermInfo, Range<usize>)>,
    /// At most so many documents.
    cost: u64,
    /// So many posting lists.
    lists: u64,
    /// Read once needed.
    union: Option<Union<'a>>,
    /// What looking at documents has cost so far.
    looked: u64,
}

/// To look at the words of one document costs as much as reading so many documents of a list.
const LOOK: u64 = 24;
/// To open a list costs as much as reading so many documents of it.
const OPEN: u64 = 128;
/// To go on with a list in another window costs as much as reading so many documents of it.
const CONTINUE: u64 = 8;

impl<'a> TextMatch<'a> {
    fn new(segment: &'a Segment, text: Text, word: &str, kinds: &[Kind], ways: &Ways) -> tantivy::Result<Self> {
        let index = segment.text(text);
        let mut ordinals = Vec::new();
        for kind in kinds {
            ordinals.extend(ways.get(*kind, word, index).iter().filter(|range| !range.is_empty()).cloned());
        }
        if ordinals.is_empty() {
            return Ok(Self::Nothing);
        }
        ordinals.sort_unstable_by_key(|range| range.start);
        let mut merged: Ordinals = Vec::with_capacity(ordinals.len());
        for range in ordinals {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        let is_short = word.chars().nth(PREFIX_CHARS).is_none();
        let beginning = if is_short && kinds.contains(&Kind::Prefix) {
            let covered = ways.get(Kind::Prefix, word, index).first().cloned();
            index.prefixes.terms().get(word)?.zip(covered)
        } else {
            None
        };
        let mut words = WordMatch {
            doc_words: &segment.words,
            text,
            index,
            ordinals: Arc::new(merged),
            beginning,
            cost: 0,
            lists: 0,
            union: None,
            looked: 0,
        };
        let lists = words.lists().chain(words.beginning.as_ref().map(|(info, _)| info.clone()));
        (words.cost, words.lists) =
            lists.fold((0, 0), |(cost, lists), info| (cost + u64::from(info.doc_freq), lists + 1));
        Ok(Self::Words(words))
    }

    /// What it costs to read all documents.
    fn effort(&self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Docs(union) => union.cost().unwrap_or(u64::MAX),
            Self::Words(words) => words.cost + words.lists * OPEN,
        }
    }

    fn seek(&mut self, doc: DocId, max_doc: DocId) -> tantivy::Result<DocId> {
        match self {
            Self::Nothing => Ok(tantivy::TERMINATED),
            Self::Docs(union) => Ok(union.seek(doc)),
            Self::Words(words) => Ok(words.open(max_doc)?.seek(doc)),
        }
    }

    /// Whether any document can be asked for, in any order.
    fn is_random(&self) -> bool {
        match self {
            Self::Nothing | Self::Words(_) => true,
            Self::Docs(union) => union.is_random(),
        }
    }

    /// Whether it is among documents that are not told by words.
    fn has(&self, doc: DocId) -> bool {
        matches!(self, Self::Docs(union) if union.has(doc))
    }

    /// Whether so many documents of a window are best looked at one by one.
    fn prefers_looks(&self, documents: u32, max_doc: DocId) -> bool {
        match self {
            Self::Nothing => true,
            Self::Docs(_) => false,
            Self::Words(words) => words.prefers_looks(documents, max_doc),
        }
    }

    fn note_looks(&mut self, documents: u32) {
        if let Self::Words(words) = self {
            words.looked += u64::from(documents) * LOOK;
        }
    }

    /// Whether a document with these words is found here.
    fn has_any(&self, own: [&Packed; 2]) -> bool {
        match self {
            Self::Nothing | Self::Docs(_) => false,
            Self::Words(words) => has_any(&words.ordinals, own[words.text as usize]),
        }
    }

    /// The documents of the window at `start` that are found here; only those among `wanted` matter.
    fn find(&mut self, start: DocId, wanted: &Mask, max_doc: DocId) -> tantivy::Result<Mask> {
        match self {
            Self::Nothing => Ok(Mask::EMPTY),
            Self::Docs(union) => Ok(union.find(start, wanted)),
            Self::Words(words) => words.find(start, wanted, max_doc),
        }
    }
}

impl<'a> WordMatch<'a> {
    /// The posting lists of the words that the beginning does not cover.
    fn lists(&self) -> impl Iterator<Item = TermInfo> {
        let covered = self.beginning.as_ref().map_or(0..0, |(_, covered)| covered.clone());
        let outside = move |range: &Range<usize>| {
            let before = range.start..range.end.min(covered.start);
            before.chain(range.start.max(covered.end)..range.end)
        };
        self.ordinals.iter().flat_map(outside).map(|ordinal| self.index.dictionary.info(ordinal))
    }

    fn open(&mut self, max_doc: DocId) -> tantivy::Result<&mut Union<'a>> {
        if self.union.is_none() {
            let mut union = Union::default();
            union.push_terms(&self.index.words, self.lists().collect(), max_doc)?;
            if let Some((info, _)) = &self.beginning {
                union.push_terms(&self.index.prefixes, vec![info.clone()], max_doc)?;
            }
            self.union = Some(union);
        }
        Ok(self.union.get_or_insert_default())
    }

    fn prefers_looks(&self, documents: u32, max_doc: DocId) -> bool {
        let look = u64::from(documents) * LOOK;
        let read = self.cost * u64::from(WINDOW) / u64::from(max_doc.max(1)) + self.lists * CONTINUE;
        look < read || (self.union.is_none() && self.looked + look < self.lists * OPEN)
    }

    fn find(&mut self, start: DocId, wanted: &Mask, max_doc: DocId) -> tantivy::Result<Mask> {
        if self.prefers_looks(wanted.count(), max_doc) {
            self.looked += u64::from(wanted.count()) * LOOK;
            let mut found = Mask::EMPTY;
            wanted.iter().filter(|index| self.has(start + index)).for_each(|index| found.set(index));
            return Ok(found);
        }
        Ok(self.open(max_doc)?.find(start, wanted))
    }

    /// Whether the document has one of the words.
    fn has(&self, doc: DocId) -> bool {
        has_any(&self.ordinals, self.doc_words.get(doc)[self.text as usize])
    }
}

/// Where one word is found in a segment.
#[derive(Clone)]
struct Matcher<'a> {
    place: Place,
    name: TextMatch<'a>,
    director: TextMatch<'a>,
    genre: Union<'a>,
}

impl Matcher<'_> {
    fn effort(&self) -> u64 {
        let genre = self.genre.cost().unwrap_or(u64::MAX);
        self.name.effort().saturating_add(self.director.effort()).saturating_add(genre)
    }
}

/// The conditions of all words, the rarest first.
#[derive(Clone)]
pub(super) struct Matchers<'a> {
    words: Vec<Matcher<'a>>,
    doc_words: &'a DocWords,
    max_doc: DocId,
}

impl Matchers<'_> {
    /// About how many documents have to be read to find all.
    pub(super) fn effort(&self) -> u64 {
        self.words.first().map_or(0, Matcher::effort)
    }

    /// Whether any document can be asked for, in any order.
    pub(super) fn are_random(&self) -> bool {
        self.words.iter().all(|word| word.name.is_random() && word.director.is_random() && word.genre.is_random())
    }

    /// Has the words of documents at hand, about which [`Matchers::have`] will be asked.
    pub(super) fn fetch(&self, docs: &[DocId]) {
        self.doc_words.fetch(docs);
    }

    /// Whether every word is found in the document.
    pub(super) fn have(&self, doc: DocId) -> bool {
        let own = self.doc_words.get(doc);
        let has = |text: &TextMatch| text.has_any(own) || text.has(doc);
        self.words.iter().all(|word| has(&word.name) || has(&word.director) || word.genre.has(doc))
    }

    /// The first document from `doc` on that can match.
    pub(super) fn seek(&mut self, doc: DocId) -> tantivy::Result<DocId> {
        let Some(rarest) = self.words.first_mut() else { return Ok(doc) };
        let texts = rarest.name.seek(doc, self.max_doc)?.min(rarest.director.seek(doc, self.max_doc)?);
        Ok(texts.min(rarest.genre.seek(doc)))
    }

    /// Of the documents of `tiers[2]` in the window at `start`, those where every word is found; `tiers[0]` and
    /// `tiers[1]` become those where the name, or name and director, were enough.
    pub(super) fn find(&mut self, start: DocId, tiers: &mut [Mask; TIERS]) -> tantivy::Result<()> {
        let max_doc = self.max_doc;
        let [in_name, in_director, anywhere] = tiers;
        (*in_name, *in_director) = (*anywhere, *anywhere);
        for word in &mut self.words {
            match word.place {
                Place::In(text) => {
                    let place = if text == Text::Name { &mut word.name } else { &mut word.director };
                    let found = place.find(start, anywhere, max_doc)?;
                    [&mut *in_name, &mut *in_director, &mut *anywhere].into_iter().for_each(|tier| tier.and(&found));
                }
                Place::Anywhere => {
                    let count = anywhere.count();
                    let looks = word.name.prefers_looks(count, max_doc) && word.director.prefers_looks(count, max_doc);
                    let mut found = Mask::EMPTY;
                    if looks {
                        word.name.note_looks(count);
                        word.director.note_looks(count);
                        let mut in_directors = Mask::EMPTY;
                        self.doc_words.fetch(&anywhere.iter().map(|index| start + index).collect::<Vec<_>>());
                        for index in anywhere.iter() {
                            let own = self.doc_words.get(start + index);
                            if word.name.has_any(own) {
                                found.set(index);
                            } else if word.director.has_any(own) {
                                in_directors.set(index);
                            }
                        }
                        in_name.and(&found);
                        found.or(&in_directors);
                    } else {
                        found.or(&word.name.find(start, anywhere, max_doc)?);
                        in_name.and(&found);
                        let mut rest = *anywhere;
                        rest.and_not(&found);
                        found.or(&word.director.find(start, &rest, max_doc)?);
                    }
                    in_director.and(&found);
                    found.or(&word.genre.find(start, anywhere));
                    anywhere.and(&found);
                }
            }
            if anywhere.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }
}
