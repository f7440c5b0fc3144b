//! The words of one text in one segment, in memory: where their posting lists are, and which of them contain what.

use std::{io, ops::Range};

use domain::matching::{MIN_INSIDE_CHARS, MIN_INSIDE_SYLLABLES, can_be_inside};
use tantivy::{index::InvertedIndexReader, postings::TermInfo};

use super::vocabulary::Vocabulary;

/// All words of a text. A word's ordinal is its place in their order.
pub(super) struct Dictionary {
    words: Vocabulary,
    /// How many documents have each word.
    frequencies: Vec<u32>,
    /// Where the posting list of each word begins, and where the last one ends.
    postings: Vec<usize>,
    grams: Grams,
}

/// Words by the neighbouring characters in them.
///
/// A pair of a [`gram`] and the ordinal of a word that has it takes eight bytes, and a word has about as many as letters.
#[derive(Default)]
struct Grams(Vec<u64>);

impl Dictionary {
    pub(super) fn read(index: &InvertedIndexReader) -> io::Result<Self> {
        let count = index.terms().num_terms();
        let mut words = Vocabulary::with_capacity(count);
        let mut frequencies = Vec::with_capacity(count);
        let mut postings = Vec::with_capacity(count + 1);
        let mut end = 0;
        let mut terms = index.terms().stream()?;
        while let Some((word, info)) = terms.next() {
            words.push(word);
            frequencies.push(info.doc_freq);
            postings.push(info.postings_range.start);
            end = info.postings_range.end;
        }
        postings.push(end);
        let grams = Grams::of(&words);
        Ok(Self { words, frequencies, postings, grams })
    }

    /// The ordinal of a word.
    pub(super) fn ordinal(&self, word: &str) -> Option<usize> {
        self.words.find(word.as_bytes()).ok()
    }

    /// The ordinals of the words that begin with `prefix`.
    pub(super) fn beginning(&self, prefix: &str) -> Range<usize> {
        let start = self.words.find(prefix.as_bytes()).unwrap_or_else(|next| next);
        let after = |word: &[u8]| word > prefix.as_bytes() && !word.starts_with(prefix.as_bytes());
        start..self.words.partition_point(start, |word| !after(word))
    }

    /// The ordinals of the words that contain `part`, which is long enough for that; ascending.
    pub(super) fn containing(&self, part: &str) -> Vec<usize> {
        if !can_be_inside(part) {
            return Vec::new();
        }
        let mut grams = grams(part).map(|gram| self.grams.with(gram)).collect::<Vec<_>>();
        grams.sort_by_key(|places| places.len());
        let Some(rarest) = grams.first() else { return Vec::new() };
        let finder = memchr::memmem::Finder::new(part);
        let ordinals = rarest.iter().map(|pair| *pair as u32 as usize);
        ordinals.filter(|ordinal| finder.find(self.words.token(*ordinal)).is_some()).collect()
    }

    /// How many documents have the word.
    pub(super) fn frequency(&self, ordinal: usize) -> u32 {
        self.frequencies.get(ordinal).copied().unwrap_or(0)
    }

    /// Where the documents of the word are.
    pub(super) fn info(&self, ordinal: usize) -> TermInfo {
        let place = |at: usize| self.postings.get(at).copied().unwrap_or(0);
        TermInfo {
            doc_freq: self.frequency(ordinal),
            postings_range: place(ordinal)..place(ordinal + 1),
            positions_range: 0..0,
        }
    }
}

impl Grams {
    fn of(words: &Vocabulary) -> Self {
        let mut pairs = Vec::new();
        for ordinal in 0..words.len() {
            let Ok(word) = std::str::from_utf8(words.token(ordinal)) else { continue };
            // A part can be of syllables alone though the word is not: a gram of every length that a part can have.
            let all = [MIN_INSIDE_SYLLABLES, MIN_INSIDE_CHARS].into_iter().flat_map(|length| windows(word, length));
            let long_enough = all.filter(|gram| can_be_inside(gram));
            pairs.extend(long_enough.map(|gram| hash(gram) << 32 | ordinal as u64));
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        Self(pairs)
    }

    /// The pairs of a gram.
    fn with(&self, gram: u64) -> &[u64] {
        let start = self.0.partition_point(|pair| pair >> 32 < gram);
        let length = self.0[start..].partition_point(|pair| pair >> 32 == gram);
        &self.0[start..start + length]
    }
}

/// The hashes of the shortest parts of `part` that are grams.
fn grams(part: &str) -> impl Iterator<Item = u64> {
    let length = if part.chars().nth(MIN_INSIDE_CHARS - 1).is_some() { MIN_INSIDE_CHARS } else { MIN_INSIDE_SYLLABLES };
    windows(part, length).map(hash)
}

/// The parts of a word of so many characters.
fn windows(word: &str, length: usize) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(length - 1);
    word.char_indices().zip(ends).map(|((start, _), end)| &word[start..end])
}

/// 32 bits of FNV-1a. Two grams of one hash cost a look at some words more.
fn hash(gram: &str) -> u64 {
    let hash = gram.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u64::from(hash)
}
