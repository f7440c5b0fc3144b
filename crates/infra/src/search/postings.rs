//! Sets of documents, read window by window.

use std::sync::Arc;

use domain::query::Range;
use tantivy::{
    DocId, TERMINATED,
    columnar::{Column, ColumnValues},
    index::InvertedIndexReader,
    postings::{BlockSegmentPostings, TermInfo},
    schema::IndexRecordOption,
};

use super::{numbers::Codes, segment::NumberColumn};

/// How many documents are looked at together.
pub(super) const WINDOW: u32 = 4_096;
/// The words of a [`Mask`].
const WORDS: usize = WINDOW as usize / 64;

/// One bit for each document of a window.
#[derive(Clone, Copy)]
pub(super) struct Mask([u64; WORDS]);

impl Mask {
    pub(super) const EMPTY: Self = Self([0; WORDS]);

    /// The documents from `first` up to, not including, `end`, of the window that begins at `start`.
    pub(super) fn between(start: DocId, first: DocId, end: DocId) -> Self {
        let (from, to) = (first.saturating_sub(start).min(WINDOW), end.saturating_sub(start).min(WINDOW));
        if (from, to) == (0, WINDOW) {
            return Self([u64::MAX; WORDS]);
        }
        let mut mask = Self::EMPTY;
        for (i, word) in mask.0.iter_mut().enumerate() {
            let below = |limit: u32| match limit.saturating_sub(i as u32 * 64) {
                bits @ 0..64 => (1_u64 << bits) - 1,
                _ => u64::MAX,
            };
            *word = below(to) & !below(from);
        }
        mask
    }

    pub(super) fn set(&mut self, index: u32) {
        self.0[index as usize / 64] |= 1 << (index % 64);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(super) fn and(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub(super) fn and_not(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    pub(super) fn or(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// Takes the bits of `bits`, which are those of a whole segment, that belong to the window at `start`.
    pub(super) fn and_bits(&mut self, start: DocId, bits: &[u64]) {
        let bits = bits.get(start as usize / 64..).unwrap_or_default();
        let (within, beyond) = self.0.split_at_mut(bits.len().min(WORDS));
        within.iter_mut().zip(bits).for_each(|(a, b)| *a &= b);
        beyond.fill(0);
    }

    fn or_bits(&mut self, start: DocId, bits: &[u64]) {
        let bits = bits.get(start as usize / 64..).unwrap_or_default();
        self.0.iter_mut().zip(bits).for_each(|(a, b)| *a |= b);
    }

    /// Leaves, of the window at `start`, the documents for which `holds` sets a bit: it is given what `values`, one for
    /// each document of the segment, has for a word of documents at a time.
    pub(super) fn retain_blocks<T>(&mut self, start: DocId, values: &[T], holds: impl Fn(&[T; 64]) -> u64) {
        let blocks = values.get(start as usize..).unwrap_or_default().as_chunks::<64>().0;
        for (word, block) in self.0.iter_mut().zip(blocks).filter(|(word, _)| **word != 0) {
            *word &= holds(block);
        }
    }

    pub(super) fn unset(&mut self, index: u32) {
        self.0[index as usize / 64] &= !(1 << (index % 64));
    }

    /// The bits, 64 documents each.
    pub(super) fn words(&self) -> &[u64; WORDS] {
        &self.0
    }

    /// The places of the set bits, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().enumerate().flat_map(|(i, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                if word == 0 {
                    return None;
                }
                let bit = word.trailing_zeros();
                word &= word - 1;
                Some(i as u32 * 64 + bit)
            })
        })
    }
}

/// Reads one posting list, forwards.
#[derive(Clone)]
pub(super) struct Cursor {
    blocks: Box<BlockSegmentPostings>,
    /// The place in the current block.
    at: usize,
}

impl Cursor {
    fn open(index: &InvertedIndexReader, info: &TermInfo) -> tantivy::Result<Self> {
        let blocks = index.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        Ok(Self { blocks: Box::new(blocks), at: 0 })
    }

    /// The first document from `doc` on, or [`TERMINATED`].
    fn seek(&mut self, doc: DocId) -> DocId {
        let docs = self.blocks.docs();
        match docs.get(self.at) {
            Some(current) if *current >= doc => return *current,
            // The rest of the block is worth a look before the skip list is.
            Some(_) if docs.last().is_some_and(|last| *last >= doc) => {
                self.at += docs[self.at..].partition_point(|d| *d < doc);
            }
            _ => self.at = self.blocks.seek(doc),
        }
        self.blocks.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// Calls `each` with the documents from `doc` up to, not including, `end`.
    fn for_each(&mut self, doc: DocId, end: DocId, mut each: impl FnMut(DocId)) {
        if self.seek(doc) >= end {
            return;
        }
        loop {
            let docs = self.blocks.docs();
            let rest = &docs[self.at..];
            let inside = match rest.last() {
                Some(last) if *last < end => rest.len(),
                Some(_) => rest.partition_point(|d| *d < end),
                None => return,
            };
            rest[..inside].iter().copied().for_each(&mut each);
            if inside < rest.len() {
                self.at += inside;
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }
}

/// Calls `each` with all documents of a posting list.
pub(super) fn for_each_doc(
    index: &InvertedIndexReader,
    info: &TermInfo,
    each: impl FnMut(DocId),
) -> tantivy::Result<()> {
    Cursor::open(index, info)?.for_each(0, TERMINATED, each);
    Ok(())
}

/// All documents of a posting list.
pub(super) fn docs_of(index: &InvertedIndexReader, info: &TermInfo) -> tantivy::Result<Vec<DocId>> {
    let mut docs = Vec::with_capacity(info.doc_freq as usize);
    Cursor::open(index, info)?.for_each(0, TERMINATED, |doc| docs.push(doc));
    Ok(docs)
}

/// A set of documents.
#[derive(Clone)]
pub(super) enum Source<'a> {
    /// The documents of a term.
    Postings(Cursor),
    /// These, ascending; those before the place are behind.
    Docs(Arc<Vec<DocId>>, usize),
    /// One bit for each document of the segment, and how many are set.
    Bits(&'a [u64], u64),
    /// The same, made for this search.
    Found(Arc<Vec<u64>>, u64),
    /// Those whose number is in a range.
    Numbers(&'a NumberColumn, Codes, Range),
    /// Those that have one of these terms: a column of ordinals, and one bit for each ordinal.
    Ordinals(&'a Column<u64>, Arc<Vec<u64>>),
}

impl Source<'_> {
    /// At most so many documents; `None` where nobody knows.
    fn cost(&self) -> Option<u64> {
        match self {
            Self::Postings(cursor) => Some(u64::from(cursor.blocks.doc_freq())),
            Self::Docs(docs, _) => Some(docs.len() as u64),
            Self::Bits(_, count) | Self::Found(_, count) => Some(*count),
            Self::Numbers(..) | Self::Ordinals(..) => None,
        }
    }

    /// The first document from `doc` on that can be in the set, or [`TERMINATED`].
    fn seek(&mut self, doc: DocId) -> DocId {
        match self {
            Self::Postings(cursor) => cursor.seek(doc),
            Self::Docs(docs, at) => {
                *at += docs[*at..].partition_point(|d| *d < doc);
                docs.get(*at).copied().unwrap_or(TERMINATED)
            }
            Self::Bits(bits, _) => next_bit(bits, doc),
            Self::Found(bits, _) => next_bit(bits, doc),
            Self::Numbers(..) | Self::Ordinals(..) => doc,
        }
    }

    /// Whether any document can be asked for, in any order.
    fn is_random(&self) -> bool {
        !matches!(self, Self::Postings(_))
    }

    /// Whether the document is in the set, which [is random](Self::is_random).
    fn has(&self, doc: DocId) -> bool {
        match self {
            Self::Postings(_) => false,
            Self::Docs(docs, _) => docs.binary_search(&doc).is_ok(),
            Self::Bits(bits, _) => is_set(bits, doc),
            Self::Found(bits, _) => is_set(bits, doc),
            Self::Numbers(column, _, range) => column.get(doc).is_some_and(|number| range.contains(number)),
            Self::Ordinals(column, ordinals) => {
                column.values_for_doc(doc).any(|ordinal| is_set(ordinals, ordinal as DocId))
            }
        }
    }

    /// Adds to `found` the documents of the window at `start`; only those among `wanted` matter.
    fn find(&mut self, start: DocId, wanted: &Mask, found: &mut Mask) {
        match self {
            Self::Postings(cursor) => cursor.for_each(start, start + WINDOW, |doc| found.set(doc - start)),
            Self::Docs(docs, at) => {
                *at += docs[*at..].partition_point(|d| *d < start);
                docs[*at..].iter().take_while(|d| **d < start + WINDOW).for_each(|d| found.set(*d - start));
            }
            Self::Bits(bits, _) => found.or_bits(start, bits),
            Self::Found(bits, _) => found.or_bits(start, bits),
            Self::Numbers(column, codes, range) => {
                let mut within = *wanted;
                column.retain(*codes, range, start, &mut within);
                found.or(&within);
            }
            Self::Ordinals(column, ordinals) => {
                let has = |index: &u32| {
                    let mut of_doc = column.values_for_doc(start + index);
                    of_doc.any(|ordinal| is_set(ordinals, ordinal as DocId))
                };
                wanted.iter().filter(has).for_each(|index| found.set(index));
            }
        }
    }
}

/// Whether the bit of `doc` is set.
pub(super) fn is_set(bits: &[u64], doc: DocId) -> bool {
    bits.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
}

fn next_bit(bits: &[u64], doc: DocId) -> DocId {
    let first = doc as usize / 64;
    let Some(word) = bits.get(first) else { return TERMINATED };
    let word = word & (u64::MAX << (doc % 64));
    if word != 0 {
        return (first * 64) as u32 + word.trailing_zeros();
    }
    bits[first + 1..]
        .iter()
        .position(|word| *word != 0)
        .map_or(TERMINATED, |i| ((first + 1 + i) * 64) as u32 + bits[first + 1 + i].trailing_zeros())
}

/// Documents that are in at least one of several sets.
#[derive(Clone, Default)]
pub(super) struct Union<'a>(Vec<Source<'a>>);

impl<'a> Union<'a> {
    pub(super) fn push(&mut self, source: Source<'a>) {
        self.0.push(source);
    }

    /// Adds the documents of terms of one field, of a segment of `max_doc` documents.
    pub(super) fn push_terms(
        &mut self,
        index: &InvertedIndexReader,
        mut terms: Vec<TermInfo>,
        max_doc: DocId,
    ) -> tantivy::Result<()> {
        /// Lists up to this long are read at once and merged.
        const SHORT: u32 = 256;
        /// The same where there are more than [`MANY`]: every list costs in every window.
        const LONG: u32 = 1 << 16;
        const MANY: usize = 256;
        /// More lists than this are merged whatever their lengths, if they have few of all documents.
        const SEVERAL: usize = 4;
        let total = terms.iter().map(|info| u64::from(info.doc_freq)).sum::<u64>();
        let most = match terms.len() {
            SEVERAL.. if total < u64::from(max_doc / 128) => u32::MAX,
            MANY.. => LONG,
            _ => SHORT,
        };
        // Documents are sorted where they are so few that this is faster than to clear a bit for each document.
        let few = u64::from(max_doc / 2_048);
        terms.sort_unstable_by_key(|info| info.postings_range.start);
        let (read, kept): (Vec<_>, Vec<_>) = terms.into_iter().partition(|info| info.doc_freq <= most);
        for info in kept {
            self.push(Source::Postings(Cursor::open(index, &info)?));
        }
        let total = read.iter().map(|info| u64::from(info.doc_freq)).sum::<u64>();
        if total > few {
            let mut bits = vec![0_u64; max_doc as usize / 64 + 1];
            for info in read {
                let set = |doc: DocId| bits[doc as usize / 64] |= 1 << (doc % 64);
                Cursor::open(index, &info)?.for_each(0, TERMINATED, set);
            }
            self.push(Source::Found(Arc::new(bits), total));
        } else if total > 0 {
            let mut docs = Vec::with_capacity(total as usize);
            for info in read {
                Cursor::open(index, &info)?.for_each(0, TERMINATED, |doc| docs.push(doc));
            }
            docs.sort_unstable();
            docs.dedup();
            self.push(Source::Docs(Arc::new(docs), 0));
        }
        Ok(())
    }

    /// The same documents, of which any can be asked for.
    pub(super) fn made_random(mut self) -> Self {
        for source in &mut self.0 {
            if let Source::Postings(cursor) = source {
                let mut docs = Vec::with_capacity(cursor.blocks.doc_freq() as usize);
                cursor.for_each(0, TERMINATED, |doc| docs.push(doc));
                *source = Source::Docs(Arc::new(docs), 0);
            }
        }
        self
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// At most so many documents; `None` where nobody knows.
    pub(super) fn cost(&self) -> Option<u64> {
        self.0.iter().map(Source::cost).sum()
    }

    /// Whether looking into a window means looking at each of its documents.
    pub(super) fn is_slow(&self) -> bool {
        self.0.iter().any(|source| source.cost().is_none())
    }

    /// Whether any document can be asked for, in any order.
    pub(super) fn is_random(&self) -> bool {
        self.0.iter().all(Source::is_random)
    }

    /// Whether the document is in the union, which [is random](Self::is_random).
    pub(super) fn has(&self, doc: DocId) -> bool {
        self.0.iter().any(|source| source.has(doc))
    }

    pub(super) fn seek(&mut self, doc: DocId) -> DocId {
        self.0.iter_mut().map(|source| source.seek(doc)).min().unwrap_or(TERMINATED)
    }

    /// Leaves in `mask`, which is of the window at `start`, the documents of the union.
    pub(super) fn retain(&mut self, start: DocId, mask: &mut Mask) {
        match self.0.as_mut_slice() {
            [Source::Bits(bits, _)] => mask.and_bits(start, bits),
            [Source::Numbers(column, codes, range)] => column.retain(*codes, range, start, mask),
            _ => mask.and(&self.find(start, mask)),
        }
    }

    /// The documents of the window at `start` that are in the union; only those among `wanted` matter.
    pub(super) fn find(&mut self, start: DocId, wanted: &Mask) -> Mask {
        let mut found = Mask::EMPTY;
        for source in &mut self.0 {
            source.find(start, wanted, &mut found);
        }
        found
    }
}

/// Calls `each` with the documents of the window at `start` whose value in a column is one of `codes`; only those among
/// `wanted` matter.
pub(super) fn find_codes(
    values: &dyn ColumnValues<u64>,
    codes: Codes,
    start: DocId,
    wanted: &Mask,
    mut each: impl FnMut(DocId),
) {
    /// From so many documents on, a whole window is scanned at once.
    const SCAN: u32 = WINDOW / 8;
    // Beside the column's values, its scan takes the nearest of them for a match.
    if codes.last < values.min_value() || codes.first > values.max_value() {
        return;
    }
    if wanted.count() < SCAN {
        for doc in wanted.iter().map(|index| start + index) {
            let code = values.get_val(doc);
            if codes.first <= code && code <= codes.last {
                each(doc);
            }
        }
    } else {
        let mut hits = Vec::with_capacity(WINDOW as usize);
        let end = (start + WINDOW).min(values.num_vals());
        values.get_row_ids_for_value_range(codes.first..=codes.last, start..end, &mut hits);
        hits.into_iter().for_each(&mut each);
    }
}
