//! The words of one text in one segment, in memory: where their posting lists are, and which of them contain what.

use std::{io, ops::Range};

use domain::matching::{MIN_INSIDE_CHARS, MIN_INSIDE_SYLLABLES, can_be_inside, is_misspelt, typos_from, typos_in};
use tantivy::{index::InvertedIndexReader, postings::TermInfo};

use super::vocabulary::Vocabulary;

/// All words of a text. A word's ordinal is its place in their order.
pub(super) struct Dictionary {
    words: Vocabulary,
    /// How many documents have each word.
    frequencies: Vec<u32>,
    /// Where the posting list of each word begins, and where the last one ends.
    postings: Vec<usize>,
    /// Words by the neighbouring characters in them: about as many as it has letters.
    grams: Keyed,
    /// Words by what is left of their beginnings without a letter or two.
    deletions: Keyed,
}

/// The ordinals of words by the hashes of some texts, eight bytes each. Two texts of one hash cost a look at some words
/// more.
struct Keyed(Vec<u64>);

/// Misspelt words are looked up by their first characters: more would find the same words with more deletions.
const DELETED_FROM: usize = 7;

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
        let all =
            || (0..words.len()).filter_map(|ordinal| Some((ordinal, std::str::from_utf8(words.token(ordinal)).ok()?)));
        let grams = Keyed::new(|insert| {
            for (ordinal, word) in all() {
                // A part can be of syllables alone though the word is not: a gram of every length that a part can have.
                let grams = [MIN_INSIDE_SYLLABLES, MIN_INSIDE_CHARS].into_iter().flat_map(|n| windows(word, n));
                grams.filter(|gram| can_be_inside(gram)).for_each(|gram| insert(hash(gram.chars()), ordinal));
            }
        });
        let deletions = Keyed::new(|insert| {
            for (ordinal, word) in all() {
                for_each_deletion(word, typos_in(word), |left| insert(left, ordinal));
            }
        });
        Ok(Self { words, frequencies, postings, grams, deletions })
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
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
        let length =
            if part.chars().nth(MIN_INSIDE_CHARS - 1).is_some() { MIN_INSIDE_CHARS } else { MIN_INSIDE_SYLLABLES };
        let grams = windows(part, length).map(|gram| self.grams.get(hash(gram.chars())));
        let mut grams = grams.collect::<Vec<_>>();
        grams.sort_by_key(|places| places.len());
        let Some(rarest) = grams.first() else { return Vec::new() };
        let finder = memchr::memmem::Finder::new(part);
        let ordinals = rarest.iter().map(|pair| *pair as u32 as usize);
        ordinals.filter(|ordinal| finder.find(self.words.token(*ordinal)).is_some()).collect()
    }

    /// The ordinals of the words that `word` is a misspelling of, ascending.
    ///
    /// Two words that differ by few typos have in common what is left of each without as many letters: Wolf Garbe,
    /// [SymSpell](https://github.com/wolfgarbe/SymSpell).
    pub(super) fn misspelt(&self, word: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for_each_deletion(word, typos_from(word), |left| {
            found.extend(self.deletions.get(left).iter().map(|pair| *pair as u32 as usize));
        });
        found.sort_unstable();
        found.dedup();
        let own = |ordinal: usize| std::str::from_utf8(self.words.token(ordinal)).unwrap_or_default();
        found.retain(|ordinal| own(*ordinal) != word && is_misspelt(word, own(*ordinal)));
        found
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

impl Keyed {
    /// What `fill` inserts: hashes, and the ordinals of words.
    fn new(fill: impl FnOnce(&mut dyn FnMut(u32, usize))) -> Self {
        let mut pairs = Vec::new();
        fill(&mut |hash, ordinal| pairs.push(u64::from(hash) << 32 | ordinal as u64));
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        Self(pairs)
    }

    /// The pairs of a hash.
    fn get(&self, hash: u32) -> &[u64] {
        let hash = u64::from(hash);
        let start = self.0.partition_point(|pair| pair >> 32 < hash);
        let length = self.0[start..].iter().take_while(|pair| *pair >> 32 == hash).count();
        &self.0[start..start + length]
    }
}

/// The parts of a word of so many characters.
fn windows(word: &str, length: usize) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(length - 1);
    word.char_indices().zip(ends).map(|((start, _), end)| &word[start..end])
}

/// Calls `each` with the hashes of what is left of the beginning of a word without up to `most` of its characters, two
/// at most.
fn for_each_deletion(word: &str, most: usize, mut each: impl FnMut(u32)) {
    if most == 0 {
        return;
    }
    let mut chars = ['\0'; DELETED_FROM];
    let length = word.chars().zip(&mut chars).map(|(c, place)| *place = c).count();
    let chars = &chars[..length];
    let without = |i: usize, j: usize| {
        let left = chars.iter().enumerate().filter(|(at, _)| *at != i && *at != j);
        hash(left.map(|(_, c)| *c))
    };
    each(without(length, length));
    for i in 0..length {
        each(without(i, length));
        for j in (i + 1..length).filter(|_| most > 1) {
            each(without(i, j));
        }
    }
}

/// FNV-1a.
fn hash(chars: impl Iterator<Item = char>) -> u32 {
    chars.fold(0x811c_9dc5, |hash, c| (hash ^ u32::from(c)).wrapping_mul(0x0100_0193))
}
