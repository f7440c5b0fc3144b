//! Keeping the first documents of a segment, in the order of the list.

use std::{cmp::Ordering, collections::BinaryHeap, ops::Range};

use domain::{
    movie::MovieId,
    query::{NumberField, Position, Sort, SortValue},
};
use tantivy::{
    DocId,
    columnar::{Cardinality, StrColumn, TermOrdHit},
    f64_to_u64, u64_to_f64,
};

use super::{
    numbers::{Codes, MISSING, code, first_of_cell, is_tie, order_cell, order_key},
    order::{Hit, Key, is_stored, key, popularity_first},
    permutation::NOTHING,
    postings::{Mask, WINDOW},
    segment::Segment,
    words::{RANKS, WHOLE_NAME},
};

/// Keeps the first documents of a segment.
pub(super) enum Collector<'a> {
    /// In the order in which documents are stored, rank by rank.
    Stored(Stored<'a>),
    /// In any other order.
    Sorted(Sorted<'a>),
    /// The first that are found, and how many.
    All(Vec<DocId>, usize),
}

impl<'a> Collector<'a> {
    /// A collector of the first `wanted` documents after a position, which [`check`](super::order::check) found right.
    pub(super) fn new(
        segment: &'a Segment,
        order: &[Sort],
        wanted: usize,
        after: Option<&Position>,
    ) -> tantivy::Result<Self> {
        Ok(if is_stored(order) {
            Self::Stored(Stored::new(segment, wanted, after))
        } else {
            Self::Sorted(Sorted::new(segment, order, wanted, after)?)
        })
    }

    /// A collector of the first documents that are found, at most `most`.
    pub(super) fn all(most: usize) -> Self {
        Self::All(Vec::new(), most)
    }

    /// What comes next has these ranks.
    pub(super) fn begin(&mut self, ranks: Range<u32>) {
        if let Self::Stored(stored) = self {
            stored.begin(ranks);
        }
    }

    /// The first document that can matter.
    pub(super) fn resume(&self) -> DocId {
        match self {
            Self::Stored(stored) => stored.resume(),
            Self::Sorted(_) | Self::All(..) => 0,
        }
    }

    /// The rank of the position after which documents are wanted, and the first document of that rank that can be.
    pub(super) fn follows(&self) -> Option<(u32, DocId)> {
        let Self::Stored(stored) = self else { return None };
        let place = stored.ranks.iter().position(|found| found.from > 0 || found.after.is_some())?;
        Some((place as u32, stored.ranks[place].from))
    }

    /// Whether no further document can matter.
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::Stored(stored) => stored.is_full(),
            Self::Sorted(sorted) => sorted.wanted == 0,
            Self::All(docs, most) => docs.len() >= *most,
        }
    }

    /// Whether no further document of the ranks that [come next](Self::begin) can matter.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Stored(stored) => stored.open().next().is_none() || stored.is_full(),
            Self::Sorted(_) | Self::All(..) => self.is_full(),
        }
    }

    /// Offers the documents of the window at `start`.
    pub(super) fn offer(&mut self, rank: u32, start: DocId, docs: &Mask) {
        match self {
            Self::Stored(stored) => {
                let docs = docs.iter().map(|index| start + index);
                stored.offer(rank, docs);
            }
            Self::Sorted(sorted) => sorted.offer_window(rank, start, docs),
            Self::All(all, _) => all.extend(docs.iter().map(|index| start + index)),
        }
    }

    /// Offers one document.
    pub(super) fn offer_one(&mut self, rank: u32, doc: DocId) {
        match self {
            Self::Stored(stored) => stored.offer(rank, std::iter::once(doc)),
            Self::Sorted(sorted) => sorted.offer(Hit { doc, rank }),
            Self::All(all, _) => all.push(doc),
        }
    }

    /// The documents, in order.
    pub(super) fn into_hits(self) -> Vec<Hit> {
        match self {
            Self::Stored(stored) => stored.into_hits(),
            Self::Sorted(sorted) => sorted.heap.into_sorted_vec().into_iter().map(|entry| entry.hit).collect(),
            Self::All(docs, _) => docs.into_iter().map(|doc| Hit { doc, rank: WHOLE_NAME }).collect(),
        }
    }
}

/// Takes documents as they come, until there are enough.
pub(super) struct Stored<'a> {
    segment: &'a Segment,
    wanted: usize,
    ranks: Vec<Found>,
    /// The ranks that are being offered.
    current: Range<u32>,
}

/// The documents of one rank.
#[derive(Default)]
struct Found {
    docs: Vec<DocId>,
    /// Documents before this one are not wanted.
    from: DocId,
    /// Of the documents of this cell, those after this popularity and id are wanted.
    after: Option<(u64, Option<f64>, MovieId)>,
    /// So many are enough.
    enough: usize,
    /// There are enough, but others of this cell may still come before some of them.
    tie: Option<u64>,
    closed: bool,
}

impl<'a> Stored<'a> {
    fn new(segment: &'a Segment, wanted: usize, after: Option<&Position>) -> Self {
        let mut ranks = (0..RANKS).map(|_| Found { enough: wanted, ..Found::default() }).collect::<Vec<_>>();
        if let Some(position) = after {
            let (rank, popularity) = match position.keys.first() {
                Some(SortValue::Rank(rank, popularity)) => (*rank as usize, *popularity),
                Some(SortValue::Number(popularity)) => (0, Some(*popularity)),
                _ => (0, None),
            };
            ranks.iter_mut().take(rank).for_each(|found| found.closed = true);
            if let Some(found) = ranks.get_mut(rank) {
                let key = order_key(popularity, position.id.0);
                let cell = order_cell(key);
                if is_tie(cell) {
                    found.from = segment.first_from(first_of_cell(cell));
                    found.after = Some((cell, popularity, position.id));
                } else {
                    found.from = segment.first_from(key.saturating_add(1));
                }
            }
        }
        Self { segment, wanted, ranks, current: 0..0 }
    }

    fn begin(&mut self, ranks: Range<u32>) {
        let before: usize = self.ranks.iter().take(ranks.start as usize).map(|found| found.docs.len()).sum();
        for found in self.ranks.iter_mut().skip(ranks.start as usize) {
            found.enough = self.wanted.saturating_sub(before);
        }
        self.current = ranks;
    }

    fn open(&self) -> impl Iterator<Item = &Found> {
        self.ranks[self.current.start as usize..self.current.end as usize].iter().filter(|found| !found.closed)
    }

    fn resume(&self) -> DocId {
        self.open().map(|found| found.from).min().unwrap_or(0)
    }

    fn is_full(&self) -> bool {
        // The best of the ranks that are being offered goes first: if it has enough, the others do not matter.
        let current = &self.ranks[self.current.start as usize..self.current.end as usize];
        let mut skipped = current.iter().skip_while(|found| found.closed && found.docs.is_empty() && found.enough > 0);
        skipped.next().is_some_and(|best| best.enough == 0 || (best.closed && best.docs.len() >= best.enough))
    }

    fn offer(&mut self, rank: u32, docs: impl Iterator<Item = DocId>) {
        let Some(found) = self.ranks.get_mut(rank as usize) else { return };
        for doc in docs {
            if found.closed {
                return;
            }
            if doc < found.from {
                continue;
            }
            if let Some((cell, popularity, id)) = found.after
                && self.segment.order_cell(doc) == cell
            {
                let own = self.segment.numbers(NumberField::Popularity).get(doc);
                if popularity_first(popularity, own).then(id.cmp(&self.segment.id(doc))).is_ge() {
                    continue;
                }
            }
            if found.docs.len() < found.enough {
                found.docs.push(doc);
                if found.docs.len() == found.enough {
                    let cell = self.segment.order_cell(doc);
                    found.tie = is_tie(cell).then_some(cell);
                    found.closed = found.tie.is_none();
                }
            } else if found.tie == Some(self.segment.order_cell(doc)) {
                found.docs.push(doc);
            } else {
                found.closed = true;
            }
        }
    }

    fn into_hits(self) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (rank, mut found) in (0..).zip(self.ranks) {
            let cells = found.docs.iter().map(|doc| self.segment.order_cell(*doc));
            if cells.clone().any(is_tie) {
                let popularity = |doc: &DocId| self.segment.numbers(NumberField::Popularity).get(*doc);
                found.docs.sort_by(|a, b| {
                    let ids = self.segment.id(*a).cmp(&self.segment.id(*b));
                    popularity_first(popularity(a), popularity(b)).then(ids)
                });
            }
            hits.extend(found.docs.into_iter().map(|doc| Hit { doc, rank }));
        }
        hits.truncate(self.wanted);
        hits
    }
}

/// Keeps the best documents seen so far in a heap, the last of them on top.
pub(super) struct Sorted<'a> {
    segment: &'a Segment,
    parts: Vec<Part<'a>>,
    wanted: usize,
    after: Option<(Vec<u64>, MovieId)>,
    heap: BinaryHeap<Entry>,
}

/// A number that documents of one segment are compared by, ascending; `u64::MAX` is nothing.
enum Part<'a> {
    Rank,
    Number { field: NumberField, descending: bool },
    Text { column: Option<&'a StrColumn>, descending: bool },
    Id { descending: bool },
}

/// Compared by its parts and its id; no two documents share both.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    parts: Vec<u64>,
    id: MovieId,
    hit: Hit,
}

impl Part<'_> {
    fn is_descending(&self) -> bool {
        match self {
            Self::Rank => false,
            Self::Number { descending, .. } | Self::Text { descending, .. } | Self::Id { descending } => *descending,
        }
    }

    /// What a part, which is not [`NOTHING`], was made of: the code of a number, the ordinal of a text (of one between
    /// two ordinals, the upper), an id.
    fn value(&self, part: u64) -> u64 {
        let value = directed(part, self.is_descending());
        match self {
            Self::Number { field, .. } => code(*field, Some(u64_to_f64(value))),
            Self::Text { .. } => value / 2,
            Self::Rank | Self::Id { .. } => value,
        }
    }
}

fn directed(number: u64, descending: bool) -> u64 {
    if descending { !number } else { number }
}

fn number_part(number: Option<f64>, descending: bool) -> u64 {
    number.map_or(NOTHING, |number| directed(f64_to_u64(number), descending))
}

/// Ordinals are spread, so that a text that no document has finds its place between those of its neighbours.
fn text_part(ordinal: u64, descending: bool) -> u64 {
    directed(ordinal.saturating_mul(2).saturating_add(1), descending)
}

impl<'a> Sorted<'a> {
    fn new(segment: &'a Segment, order: &[Sort], wanted: usize, after: Option<&Position>) -> tantivy::Result<Self> {
        let mut parts = Vec::with_capacity(order.len() + 1);
        let mut start = Vec::new();
        for (i, sort) in order.iter().enumerate() {
            let descending = sort.descending;
            let value = after.and_then(|position| position.keys.get(i));
            match key(sort.field) {
                Key::Relevance => {
                    parts.extend([Part::Rank, Part::Number { field: NumberField::Popularity, descending: true }]);
                    if let Some(SortValue::Rank(rank, popularity)) = value {
                        start.extend([u64::from(*rank), number_part(*popularity, true)]);
                    }
                }
                Key::Number(field) => {
                    parts.push(Part::Number { field, descending });
                    start.extend(value.map(|value| match value {
                        SortValue::Number(number) => number_part(Some(*number), descending),
                        _ => NOTHING,
                    }));
                }
                Key::Id => {
                    parts.push(Part::Id { descending });
                    // The position has the id itself, which the number may be too coarse for.
                    start.extend(after.map(|position| directed(position.id.0, descending)));
                }
                Key::Text(text) => {
                    let column = segment.text(text).sort.as_ref();
                    parts.push(Part::Text { column, descending });
                    start.extend(match value {
                        Some(SortValue::Text(text)) => Some(place(column, text, descending)?),
                        Some(_) => Some(NOTHING),
                        None => None,
                    });
                }
            }
        }
        let after = after.map(|position| (start, position.id));
        Ok(Self { segment, parts, wanted, after, heap: BinaryHeap::new() })
    }

    fn part(&self, part: &Part, hit: Hit) -> u64 {
        match part {
            Part::Rank => u64::from(hit.rank),
            Part::Number { field, descending } => number_part(self.segment.numbers(*field).get(hit.doc), *descending),
            Part::Text { column, descending } => {
                let ordinal = column.and_then(|column| column.ords().first(hit.doc));
                ordinal.map_or(NOTHING, |ordinal| text_part(ordinal, *descending))
            }
            Part::Id { descending } => directed(self.segment.id(hit.doc).0, *descending),
        }
    }

    /// Where a document stands to these values; reads no more of it than needed.
    fn stands(&self, hit: Hit, parts: &[u64], id: MovieId) -> Ordering {
        for (part, limit) in self.parts.iter().zip(parts) {
            match self.part(part, hit).cmp(limit) {
                Ordering::Equal => {}
                ordering => return ordering,
            }
        }
        self.segment.id(hit.doc).cmp(&id)
    }

    fn offer_window(&mut self, rank: u32, start: DocId, docs: &Mask) {
        let narrowed = self.narrowed(start, docs);
        let docs = narrowed.as_ref().unwrap_or(docs);
        docs.iter().for_each(|index| self.offer(Hit { doc: start + index, rank }));
    }

    /// Those of many documents that can still get in, by their first key alone; `None` where nothing is gained.
    fn narrowed(&self, start: DocId, docs: &Mask) -> Option<Mask> {
        /// Fewer documents than this are compared one by one.
        const MANY: u32 = 128;
        if docs.count() < MANY {
            return None;
        }
        let first = |parts: &Vec<u64>| parts.first().copied();
        let after = self.after.as_ref().and_then(|(parts, _)| first(parts));
        let last = self.heap.peek().filter(|_| self.heap.len() == self.wanted);
        let last = last.and_then(|last| first(&last.parts)).filter(|part| *part != NOTHING);
        if after == Some(NOTHING) || (after, last) == (None, None) {
            return None;
        }
        let part = self.parts.first()?;
        let ends = (after.map(|after| part.value(after)), last.map(|last| part.value(last)));
        let (low, high) = if part.is_descending() { (ends.1, ends.0) } else { ends };
        // Documents without a value come after all others.
        let missing = last.is_none();
        let mut narrowed = Mask::EMPTY;
        let found = |doc| narrowed.set(doc - start);
        match part {
            Part::Number { field, .. } => {
                let codes = Codes { first: low.unwrap_or(MISSING + 1), last: high.unwrap_or(u64::MAX) };
                self.segment.numbers(*field).find_codes(codes, missing, start, docs, found);
            }
            Part::Text { column, .. } => {
                let ordinals = (*column)?.ords();
                if missing && ordinals.get_cardinality() != Cardinality::Full {
                    return None;
                }
                let mut docs = Vec::with_capacity(WINDOW as usize);
                let values = low.unwrap_or(0)..=high.unwrap_or(u64::MAX);
                let end = (start + WINDOW).min(self.segment.max_doc);
                ordinals.get_docids_for_value_range(values, start..end, &mut docs);
                docs.into_iter().for_each(found);
            }
            Part::Id { .. } => {
                let ids = Codes { first: low.unwrap_or(0), last: high.unwrap_or(u64::MAX) };
                self.segment.find_ids(ids, start, docs, found);
            }
            Part::Rank => return None,
        }
        narrowed.and(docs);
        Some(narrowed)
    }

    fn offer(&mut self, hit: Hit) {
        if self.heap.len() == self.wanted {
            let Some(last) = self.heap.peek() else { return };
            if self.stands(hit, &last.parts, last.id).is_gt() {
                return;
            }
        }
        if let Some((parts, id)) = &self.after
            && self.stands(hit, parts, *id).is_le()
        {
            return;
        }
        let parts = self.parts.iter().map(|part| self.part(part, hit)).collect();
        self.heap.push(Entry { parts, id: self.segment.id(hit.doc), hit });
        if self.heap.len() > self.wanted {
            self.heap.pop();
        }
    }
}

/// The [key](super::segment::SortColumn::key) of a position.
pub(super) fn start_key(segment: &Segment, sort: Sort, position: &Position) -> tantivy::Result<u64> {
    Ok(match (key(sort.field), position.keys.first()) {
        (Key::Number(field), Some(SortValue::Number(number))) => segment.numbers(field).key_of(Some(*number)),
        (Key::Text(text), Some(SortValue::Text(value))) => place(segment.text(text).sort.as_ref(), value, false)?,
        (Key::Id, _) => position.id.0,
        _ => NOTHING,
    })
}

/// The part for a text of another page.
fn place(column: Option<&StrColumn>, text: &str, descending: bool) -> tantivy::Result<u64> {
    let Some(column) = column else { return Ok(0) };
    Ok(match column.dictionary().term_ord_or_next(text)? {
        TermOrdHit::Exact(ordinal) => text_part(ordinal, descending),
        TermOrdHit::Next(ordinal) => {
            // After the last, the dictionary may name any large number.
            let next = ordinal.min(column.num_terms() as u64);
            directed(next.saturating_mul(2), descending)
        }
    })
}
