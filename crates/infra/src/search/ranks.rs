//! The numbers of a segment as ranks in memory, which are compared many at a time.
//!
//! A byte a document for a field of few different numbers, else two. Those of large segments are made for all fields
//! soon after the segment is opened, on a thread of its own; others, and what is asked for before, at the first use of
//! the field.

use std::collections::HashSet;

use tantivy::{DocId, columnar::ColumnValues};
use wide::{u8x16, u16x16};

use super::{numbers::Codes, postings::Mask};

/// The ranks of a column's codes.
pub(super) struct Ranks {
    /// Ascending: the codes from one bound up to the next have the bound's place as their rank.
    bounds: Vec<u64>,
    places: Places,
    /// Whether every rank stands for one code.
    is_exact: bool,
}

/// One rank for each document, and some more up to a whole [`BLOCK`].
enum Places {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
}

/// Which group of codes each rank is of.
pub(super) struct RankGroups {
    /// The lowest code of each group, ascending.
    lowest: Vec<u64>,
    /// One for each rank.
    of: Vec<u8>,
    /// The ranks whose codes are of several groups.
    doubtful: Vec<usize>,
}

impl RankGroups {
    /// The group of ranks that are of several.
    const DOUBTFUL: u8 = u8::MAX;
    /// How many groups there can be, among them the first for what is below all, and the one that is none.
    pub(super) const MOST: usize = 1 << 8;

    /// The group of a code: 0 for those below all groups, and from 1 on in the order of the groups.
    fn of_code(&self, code: u64) -> u8 {
        self.lowest.partition_point(|lowest| *lowest <= code) as u8
    }
}

/// How many ranks are compared together: the bits of one word of a mask.
const BLOCK: usize = 64;

impl Ranks {
    /// The most ranks.
    const MOST: usize = 1 << 16;
    /// How many codes are unpacked at a time.
    const CHUNK: u32 = 1 << 14;

    pub(super) fn read(codes: &dyn ColumnValues<u64>) -> Self {
        let mut distinct = HashSet::new();
        for_each_chunk(codes, |chunk| {
            distinct.extend(chunk);
            distinct.len() <= Self::MOST
        });
        let is_exact = distinct.len() <= Self::MOST;
        let mut bounds: Vec<u64> = if is_exact {
            distinct.into_iter().collect()
        } else {
            // Documents at even distances: about as many have each rank.
            let step = codes.num_vals() as usize / Self::MOST;
            let sample = (1..Self::MOST).map(|i| codes.get_val((i * step) as DocId));
            sample.chain([codes.min_value()]).collect()
        };
        bounds.sort_unstable();
        bounds.dedup();
        let mut places = if bounds.len() <= 1 << 8 { Places::Bytes(Vec::new()) } else { Places::Words(Vec::new()) };
        places.reserve(codes.num_vals() as usize + BLOCK);
        for_each_chunk(codes, |chunk| {
            // The lowest bound is no code's upper neighbour.
            chunk.iter().for_each(|code| places.push(bounds.partition_point(|bound| bound <= code) - 1));
            true
        });
        places.fill_block();
        Self { bounds, places, is_exact }
    }

    /// The ranks of the codes: the first and the last, if there are any.
    fn of(&self, codes: Codes) -> Option<(usize, usize)> {
        let upto = |code: u64| self.bounds.partition_point(|bound| *bound <= code);
        let first = if self.is_exact {
            self.bounds.partition_point(|bound| *bound < codes.first)
        } else {
            upto(codes.first).saturating_sub(1)
        };
        let end = upto(codes.last);
        (first < end).then(|| (first, end - 1))
    }

    /// The groups of codes that begin at these, which are ascending and fewer than [`RankGroups::MOST`] - 1.
    pub(super) fn groups(&self, lowest: Vec<u64>) -> RankGroups {
        let mut groups = RankGroups { lowest, of: Vec::with_capacity(self.bounds.len()), doubtful: Vec::new() };
        for (rank, code) in self.bounds.iter().enumerate() {
            let last = match self.bounds.get(rank + 1) {
                _ if self.is_exact => *code,
                Some(next) => next - 1,
                None => u64::MAX,
            };
            let group = groups.of_code(*code);
            if group == groups.of_code(last) {
                groups.of.push(group);
            } else {
                groups.of.push(RankGroups::DOUBTFUL);
                groups.doubtful.push(rank);
            }
        }
        groups
    }

    /// Adds to `counts` how many documents of `mask`, which is of the window at `start`, are of each group. Where a rank
    /// does not settle it, `code` is asked.
    pub(super) fn count(
        &self,
        groups: &RankGroups,
        start: DocId,
        mask: &Mask,
        counts: &mut [u64; RankGroups::MOST],
        code: impl Fn(DocId) -> u64,
    ) {
        match &self.places {
            Places::Bytes(places) => count(places, groups, start, mask, counts),
            Places::Words(places) => count(places, groups, start, mask, counts),
        }
        for rank in &groups.doubtful {
            let mut doubtful = *mask;
            self.places.retain(*rank, *rank, start, &mut doubtful);
            for index in doubtful.iter() {
                counts[usize::from(groups.of_code(code(start + index)))] += 1;
            }
        }
    }

    /// Leaves in `mask`, which is of the window at `start`, the documents whose code is one of `codes`. Where a rank at
    /// either end does not settle it, or `is_doubtful` says that a code there does not, `is_in` is asked.
    pub(super) fn retain(
        &self,
        codes: Codes,
        is_doubtful: bool,
        start: DocId,
        mask: &mut Mask,
        is_in: impl Fn(DocId) -> bool,
    ) {
        let Some((first, last)) = self.of(codes) else {
            *mask = Mask::EMPTY;
            return;
        };
        self.places.retain(first, last, start, mask);
        if self.is_exact && !is_doubtful {
            return;
        }
        let (mut ends, mut last_end) = (*mask, *mask);
        self.places.retain(first, first, start, &mut ends);
        self.places.retain(last, last, start, &mut last_end);
        ends.or(&last_end);
        for index in ends.iter().filter(|index| !is_in(start + index)) {
            mask.unset(index);
        }
    }
}

impl Places {
    fn reserve(&mut self, more: usize) {
        match self {
            Self::Bytes(places) => places.reserve_exact(more),
            Self::Words(places) => places.reserve_exact(more),
        }
    }

    /// There are no more ranks than the type holds.
    fn push(&mut self, rank: usize) {
        match self {
            Self::Bytes(places) => places.push(rank as u8),
            Self::Words(places) => places.push(rank as u16),
        }
    }

    fn fill_block(&mut self) {
        match self {
            Self::Bytes(places) => places.resize(places.len().next_multiple_of(BLOCK), 0),
            Self::Words(places) => places.resize(places.len().next_multiple_of(BLOCK), 0),
        }
    }

    /// Leaves in `mask`, which is of the window at `start`, the documents whose rank is from `first` to `last`.
    fn retain(&self, first: usize, last: usize, start: DocId, mask: &mut Mask) {
        match self {
            Self::Bytes(places) => mask.retain_blocks(start, places, bytes_within(first as u8, last as u8)),
            Self::Words(places) => mask.retain_blocks(start, places, words_within(first as u16, last as u16)),
        }
    }
}

fn count<T: Copy + Into<usize>>(
    places: &[T],
    groups: &RankGroups,
    start: DocId,
    mask: &Mask,
    counts: &mut [u64; RankGroups::MOST],
) {
    let blocks = places.get(start as usize..).unwrap_or_default().as_chunks::<BLOCK>().0;
    let mut note = |rank: T| counts[usize::from(groups.of[rank.into()])] += 1;
    for (word, block) in mask.words().iter().zip(blocks) {
        let mut word = *word;
        if word == u64::MAX {
            block.iter().for_each(|rank| note(*rank));
            continue;
        }
        while word != 0 {
            note(block[word.trailing_zeros() as usize]);
            word &= word - 1;
        }
    }
}

/// The ranks of one instruction.
const LANES: usize = 16;

/// Makes of the ranks of a block one bit for each: whether it is from `first` to `last`.
fn bytes_within(first: u8, last: u8) -> impl Fn(&[u8; BLOCK]) -> u64 {
    let (first, span) = (u8x16::splat(first), u8x16::splat(last - first));
    move |block| {
        let lanes = block.as_chunks::<LANES>().0.iter().enumerate();
        lanes.fold(0, |bits, (i, lanes)| {
            let beyond = (u8x16::from(*lanes) - first).saturating_sub(span);
            bits | u64::from(beyond.simd_eq(u8x16::ZERO).to_bitmask()) << (i * LANES)
        })
    }
}

/// [`bytes_within`], for more ranks.
fn words_within(first: u16, last: u16) -> impl Fn(&[u16; BLOCK]) -> u64 {
    let (first, span) = (u16x16::splat(first), u16x16::splat(last - first));
    move |block| {
        let lanes = block.as_chunks::<LANES>().0.iter().enumerate();
        lanes.fold(0, |bits, (i, lanes)| {
            let beyond = (u16x16::from(*lanes) - first).saturating_sub(span);
            bits | u64::from(beyond.simd_eq(u16x16::ZERO).to_bitmask()) << (i * LANES)
        })
    }
}

/// Calls `each` with the codes of all documents, in order, until it returns false.
fn for_each_chunk(codes: &dyn ColumnValues<u64>, mut each: impl FnMut(&[u64]) -> bool) {
    let mut chunk = vec![0; Ranks::CHUNK as usize];
    for start in (0..codes.num_vals()).step_by(Ranks::CHUNK as usize) {
        let chunk = &mut chunk[..Ranks::CHUNK.min(codes.num_vals() - start) as usize];
        codes.get_range(u64::from(start), chunk);
        if !each(chunk) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column in memory.
    struct Values(Vec<u64>);

    impl ColumnValues<u64> for Values {
        fn get_val(&self, doc: u32) -> u64 {
            self.0[doc as usize]
        }

        fn min_value(&self) -> u64 {
            self.0.iter().copied().min().unwrap_or(0)
        }

        fn max_value(&self) -> u64 {
            self.0.iter().copied().max().unwrap_or(0)
        }

        fn num_vals(&self) -> u32 {
            self.0.len() as u32
        }
    }

    /// The documents found, by ranks and by looking at each.
    fn compare(codes: Vec<u64>, wanted: Codes) {
        let ranks = Ranks::read(&Values(codes.clone()));
        for start in (0..codes.len()).step_by(4_096) {
            let mut found = Mask::between(start as DocId, 0, codes.len() as DocId);
            let all = found;
            let is_in = |doc: DocId| (wanted.first..=wanted.last).contains(&codes[doc as usize]);
            ranks.retain(wanted, false, start as DocId, &mut found, is_in);
            let expected: Vec<u32> = all.iter().filter(|index| is_in(start as DocId + index)).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{wanted:?} from {start}");
        }
    }

    #[test]
    fn groups_count_what_a_look_at_each_code_counts() {
        let few: Vec<u64> = (0..9_000_u64).map(|i| i * 7_919 % 131 * 3).collect();
        let many: Vec<u64> = (0..200_000_u64).map(|i| i * 7_919 % 199_999 * 5).collect();
        for (codes, lowest) in [(few, vec![1, 30, 200, 391, 500]), (many, vec![1, 2, 77_777, 500_000, 999_000])] {
            let ranks = Ranks::read(&Values(codes.clone()));
            let groups = ranks.groups(lowest.clone());
            let (mut counts, mut expected) = ([0; RankGroups::MOST], [0; RankGroups::MOST]);
            for start in (0..codes.len() as DocId).step_by(4_096) {
                let mut mask = Mask::between(start, 70, codes.len() as DocId - 1);
                (start..start + 4_096)
                    .filter(|doc| doc % 7 == 0 && doc % 1_024 > 99)
                    .for_each(|doc| mask.unset(doc - start));
                ranks.count(&groups, start, &mask, &mut counts, |doc| codes[doc as usize]);
                for index in mask.iter() {
                    let code = codes[(start + index) as usize];
                    expected[lowest.iter().filter(|lowest| **lowest <= code).count()] += 1;
                }
            }
            assert_eq!(counts[..255], expected[..255]);
        }
    }

    #[test]
    fn ranks_find_what_a_look_at_each_code_finds() {
        let few: Vec<u64> = (0..9_000_u64).map(|i| i * 7_919 % 131 * 3).collect();
        let many: Vec<u64> = (0..200_000_u64).map(|i| i * 7_919 % 199_999 * 5).collect();
        for codes in [few, many, vec![4; 70], vec![0]] {
            let (min, max) = (codes[0].min(3), codes.iter().copied().max().unwrap_or(0));
            for (first, last) in
                [(0, 0), (1, 2), (min, min), (3, 90), (4, 4), (91, 200), (max / 2, max / 2 + 1_000), (max, u64::MAX)]
            {
                compare(codes.clone(), Codes { first, last });
            }
            compare(codes, Codes { first: max + 1, last: u64::MAX });
        }
    }
}
