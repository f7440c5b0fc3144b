//! The documents of a segment in the order of one sort key, so that the first of a list are found without a look at all
//! others.
//!
//! A permutation takes as many bits a document as a document's number has. Those of large segments are in files beside
//! the index, which the system maps into memory as they are needed; those of small ones are made when they are needed.

use std::{io, ops::Range};

use tantivy::{DocId, directory::OwnedBytes};

use super::sidecar::Sidecar;

/// The documents of a segment by a key, ascending; documents without the key come last, the id settles ties.
pub(super) struct Permutation {
    /// The numbers of the documents, [`bits`] each, the lowest bit first, and eight bytes more.
    packed: OwnedBytes,
    bits: usize,
    length: usize,
}

/// What a document without the key has in its place.
pub(super) const NOTHING: u64 = u64::MAX;

/// How many bits the number of any of so many documents takes.
fn bits(max_doc: DocId) -> usize {
    (DocId::BITS - max_doc.saturating_sub(1).leading_zeros()).max(1) as usize
}

impl Permutation {
    /// Sorts the documents of a segment. `by_id` are all its documents by ascending id, `keys` the key of each document.
    pub(super) fn new(by_id: &[DocId], keys: &[u64]) -> Self {
        let (max_doc, bits) = (by_id.len(), bits(by_id.len() as DocId));
        let least = keys.iter().copied().min().unwrap_or(0);
        let most = keys.iter().copied().filter(|key| *key != NOTHING).max().unwrap_or(least);
        // Beside the others, a missing key is one more than the last.
        let span = (most - least.min(most)).saturating_add(1);
        let mut packed = Packed::with_capacity(max_doc, bits);
        if (u64::BITS - span.leading_zeros()) as usize + bits <= u64::BITS as usize {
            let key = |doc: DocId| if keys[doc as usize] == NOTHING { span } else { keys[doc as usize] - least };
            let places = by_id.iter().enumerate();
            let mut sorted = places.map(|(place, doc)| key(*doc) << bits | place as u64).collect::<Vec<_>>();
            sorted.sort_unstable();
            let place = |entry: u64| (entry & ((1 << bits) - 1)) as usize;
            sorted.into_iter().for_each(|entry| packed.push(by_id[place(entry)]));
        } else {
            let mut sorted = by_id.to_vec();
            sorted.sort_by_key(|doc| keys[*doc as usize]);
            sorted.into_iter().for_each(|doc| packed.push(doc));
        }
        Self { packed: OwnedBytes::new(packed.finish()), bits, length: max_doc }
    }

    /// The permutation in a file, unless it is missing or damaged.
    pub(super) fn open(file: Sidecar, max_doc: DocId) -> Option<Self> {
        let (bits, length) = (bits(max_doc), max_doc as usize);
        let packed = file.open().filter(|packed| packed.len() == Packed::bytes(length, bits))?;
        Some(Self { packed, bits, length })
    }

    /// Writes it to the file from which [`Permutation::open`] reads it.
    pub(super) fn write(&self, file: Sidecar) -> io::Result<()> {
        file.write(&self.packed)
    }

    /// How many documents there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// The document at this place.
    pub(super) fn doc(&self, place: usize) -> DocId {
        let at = place * self.bits;
        let bytes = self.packed.get(at / 8..at / 8 + 8).and_then(|bytes| bytes.try_into().ok());
        let word = bytes.map_or(0, u64::from_le_bytes);
        (word >> (at % 8)) as DocId & (u32::MAX >> (32 - self.bits))
    }

    /// The first place in `places` for which `holds` does not hold; it holds for those before alone.
    pub(super) fn partition_point(&self, places: Range<usize>, holds: impl Fn(DocId) -> bool) -> usize {
        let (mut low, mut high) = (places.start, places.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.doc(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// Numbers of so many bits each.
struct Packed {
    bytes: Vec<u8>,
    bits: usize,
    /// Bits that fill no byte yet, and how many.
    rest: (u64, usize),
}

impl Packed {
    fn with_capacity(length: usize, bits: usize) -> Self {
        Self { bytes: Vec::with_capacity(Self::bytes(length, bits)), bits, rest: (0, 0) }
    }

    /// The bytes of so many numbers.
    fn bytes(length: usize, bits: usize) -> usize {
        (length * bits).div_ceil(8) + 8
    }

    fn push(&mut self, number: DocId) {
        let (mut word, mut count) = self.rest;
        word |= u64::from(number) << count;
        count += self.bits;
        while count >= 8 {
            self.bytes.push(word as u8);
            word >>= 8;
            count -= 8;
        }
        self.rest = (word, count);
    }

    /// The bytes, and some more, so that eight can be read wherever a number begins.
    fn finish(mut self) -> Vec<u8> {
        if self.rest.1 > 0 {
            self.bytes.push(self.rest.0 as u8);
        }
        self.bytes.extend([0; 8]);
        self.bytes
    }
}

/// The way through a [`Permutation`] in the order of a list.
pub(super) struct Walk<'a, Key> {
    permutation: &'a Permutation,
    /// The key of a document.
    key: Key,
    /// The places that come next.
    group: Range<usize>,
    /// Where a descending way goes on: at the documents with keys that are before this place.
    before: usize,
    /// Those without a key, until they are `group`.
    missing: Range<usize>,
}

impl<'a, Key: Fn(DocId) -> u64> Walk<'a, Key> {
    /// From the beginning, or, where given, from the first document after a key and an id; `id` has those of documents.
    pub(super) fn new(
        permutation: &'a Permutation,
        descending: bool,
        after: Option<(u64, u64)>,
        key: Key,
        id: impl Fn(DocId) -> u64,
    ) -> Self {
        let end = permutation.len();
        if !descending {
            let start =
                after.map_or(0, |after| permutation.partition_point(0..end, |doc| (key(doc), id(doc)) <= after));
            return Self { permutation, key, group: start..end, before: 0, missing: 0..0 };
        }
        let first_missing = permutation.partition_point(0..end, |doc| key(doc) != NOTHING);
        let (group, before, missing) = match after {
            None => (0..0, first_missing, first_missing..end),
            Some((NOTHING, last)) => {
                let start = permutation.partition_point(first_missing..end, |doc| id(doc) <= last);
                (start..end, 0, 0..0)
            }
            Some((value, last)) => {
                let start = permutation.partition_point(0..first_missing, |doc| key(doc) < value);
                let stop = permutation.partition_point(start..first_missing, |doc| key(doc) <= value);
                let next = permutation.partition_point(start..stop, |doc| id(doc) <= last);
                (next..stop, start, first_missing..end)
            }
        };
        Self { permutation, key, group, before, missing }
    }

    /// The documents of the next lower key.
    fn next_group(&mut self) -> Range<usize> {
        let Some(last) = self.before.checked_sub(1) else { return std::mem::replace(&mut self.missing, 0..0) };
        let key = (self.key)(self.permutation.doc(last));
        // Most groups are small, or there are few of them.
        let mut step = 1;
        let mut low = last;
        while low > 0 && (self.key)(self.permutation.doc(low.saturating_sub(step))) == key {
            low = low.saturating_sub(step);
            step *= 2;
        }
        let start = self.permutation.partition_point(low.saturating_sub(step)..last, |doc| (self.key)(doc) < key);
        self.before = start;
        start..last + 1
    }
}

impl<Key: Fn(DocId) -> u64> Iterator for Walk<'_, Key> {
    type Item = DocId;

    fn next(&mut self) -> Option<DocId> {
        if self.group.is_empty() {
            self.group = self.next_group();
        }
        self.group.next().map(|place| self.permutation.doc(place))
    }
}

#[cfg(test)]
mod tests {
    use tantivy::index::SegmentId;

    use super::*;

    /// Documents in the order of a list, by sorting them.
    fn expected(keys: &[u64], ids: &[u64], descending: bool) -> Vec<DocId> {
        let mut docs = (0..keys.len() as DocId).collect::<Vec<_>>();
        docs.sort_by_key(|doc| {
            let key = keys[*doc as usize];
            (if descending && key != NOTHING { !key - 1 } else { key }, ids[*doc as usize])
        });
        docs
    }

    #[test]
    fn a_walk_gives_documents_in_the_order_of_a_list_from_any_place() {
        let wide = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1;
        let narrow = |i: u64| if i.is_multiple_of(7) { NOTHING } else { 100 + i * 7_919 % 13 };
        let none = |_: u64| NOTHING;
        let makers: [&dyn Fn(u64) -> u64; 4] = [&wide, &narrow, &none, &|i| i / 3];
        for (make, count) in makers.iter().flat_map(|make| [0, 1, 2, 300].map(|count| (make, count))) {
            let keys = (0..count).map(make).collect::<Vec<_>>();
            let ids = (0..count).map(|i| i * 31 % 307).collect::<Vec<_>>();
            let mut by_id = (0..count as DocId).collect::<Vec<_>>();
            by_id.sort_by_key(|doc| ids[*doc as usize]);
            let permutation = Permutation::new(&by_id, &keys);
            let (key, id) = (|doc: DocId| keys[doc as usize], |doc: DocId| ids[doc as usize]);
            for descending in [false, true] {
                let all = expected(&keys, &ids, descending);
                let walk = |after| Walk::new(&permutation, descending, after, key, id).collect::<Vec<_>>();
                assert_eq!(walk(None), all, "{count} {descending}");
                for (place, doc) in all.iter().enumerate().step_by(17) {
                    assert_eq!(walk(Some((key(*doc), id(*doc)))), all[place + 1..], "{count} {descending} {place}");
                }
                if count > 0 {
                    // A key that no document has.
                    let between = all.iter().filter(|doc| match descending {
                        false => key(**doc) > 50 || key(**doc) == NOTHING,
                        true => key(**doc) < 50 || key(**doc) == NOTHING,
                    });
                    if keys.iter().all(|key| *key != 50) {
                        assert_eq!(walk(Some((50, 0))), between.copied().collect::<Vec<_>>());
                    }
                }
            }
        }
    }

    #[test]
    fn a_file_is_read_back_if_it_is_of_as_many_documents() {
        let directory = tempfile::tempdir().unwrap();
        let segment = SegmentId::from_uuid_string("a5c4dfcbdfe645089129e308e26d5523").unwrap();
        let file = Sidecar { directory: directory.path(), segment, name: "Year" };
        let by_id = (0..1_000).rev().collect::<Vec<_>>();
        Permutation::new(&by_id, &vec![5; 1_000]).write(file).unwrap();
        let read = Permutation::open(file, 1_000).unwrap();
        assert_eq!((0..1_000).map(|place| read.doc(place)).collect::<Vec<_>>(), by_id);
        assert!(Permutation::open(file, 999).is_none() && Permutation::open(file, 1_100).is_none());
    }
}
