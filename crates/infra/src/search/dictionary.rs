//! The words of one text in one segment, in memory: where their posting lists are, and which of them contain what.

use std::{io, ops::Range, sync::Arc};

use domain::matching::{
    Kind, MIN_INSIDE_CHARS, MIN_INSIDE_SYLLABLES, can_be_inside, is_misspelt, typos_from, typos_in,
};
use quick_cache::{Equivalent, Weighter, sync::Cache};
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
    /// What words lately stood for: with each key that is typed, the words before are asked for again.
    found: Cache<Asked, Arc<Ordinals>, OrdinalsWeight>,
}

/// The ordinals of words: ranges that do not overlap, ascending.
pub(super) type Ordinals = Vec<Range<usize>>;

/// A word of a query, and the way in which it was looked for.
#[derive(PartialEq, Eq, Hash)]
struct Asked(Kind, Box<str>);

impl Equivalent<Asked> for (Kind, &str) {
    fn equivalent(&self, asked: &Asked) -> bool {
        self.0 == asked.0 && self.1 == &*asked.1
    }
}

/// Weighs what was found in bytes.
#[derive(Clone)]
struct OrdinalsWeight;

impl Weighter<Asked, Arc<Ordinals>> for OrdinalsWeight {
    fn weight(&self, asked: &Asked, ordinals: &Arc<Ordinals>) -> u64 {
        // The fixed part: the entry and its allocations.
        (128 + asked.1.len() + size_of_val(ordinals.as_slice())) as u64
    }
}

/// The ordinals of words by the hashes of some texts, eight bytes each. Two texts of one hash cost a look at some words
/// more.
struct Keyed {
    /// Hashes and ordinals, ascending.
    pairs: Vec<u64>,
    /// Where the pairs begin whose hashes have the same first bits, and where the last of them end.
    buckets: Vec<u32>,
    /// How many bits follow these.
    shift: u32,
}

/// Misspelt words are looked up by their first characters: more would find the same words with more deletions.
const DELETED_FROM: usize = 7;

/// How many bytes are remembered of what words stood for: in all, for each word of the dictionary, and about for each
/// word that was asked for.
const FOUND_BYTES: u64 = 16 << 20;
const FOUND_BYTES_FOR_EACH: u64 = 64;
const FOUND_ENTRY: u64 = 1 << 10;

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
        let bytes = FOUND_BYTES.min(words.len() as u64 * FOUND_BYTES_FOR_EACH);
        let found = Cache::with_weighter((bytes / FOUND_ENTRY) as usize, bytes, OrdinalsWeight);
        Ok(Self { words, frequencies, postings, grams, deletions, found })
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The words that `word` stands for in this way.
    pub(super) fn find(&self, kind: Kind, word: &str) -> Arc<Ordinals> {
        // The others are found as fast as remembered.
        let is_remembered = matches!(kind, Kind::Typo | Kind::Inside);
        if is_remembered && let Some(found) = self.found.get(&(kind, word)) {
            return found;
        }
        let one = |ordinal| ordinal..ordinal + 1;
        let found = match kind {
            Kind::Exact => self.ordinal(word).into_iter().map(one).collect(),
            Kind::Prefix => vec![self.beginning(word)],
            Kind::Typo => self.misspelt(word).into_iter().map(one).collect(),
            Kind::Inside => self.containing(word).into_iter().map(one).collect(),
        };
        let found = Arc::new(found);
        if is_remembered {
            self.found.insert(Asked(kind, word.into()), Arc::clone(&found));
        }
        found
    }

    /// The ordinal of a word.
    fn ordinal(&self, word: &str) -> Option<usize> {
        self.words.find(word.as_bytes()).ok()
    }

    /// The ordinals of the words that begin with `prefix`.
    fn beginning(&self, prefix: &str) -> Range<usize> {
        let start = self.words.find(prefix.as_bytes()).unwrap_or_else(|next| next);
        let after = |word: &[u8]| word > prefix.as_bytes() && !word.starts_with(prefix.as_bytes());
        start..self.words.partition_point(start, |word| !after(word))
    }

    /// The ordinals of the words that contain `part`, which is long enough for that; ascending.
    fn containing(&self, part: &str) -> Vec<usize> {
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
    fn misspelt(&self, word: &str) -> Vec<usize> {
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
        // So many that a bucket has a few pairs.
        let bits = pairs.len().checked_ilog2().unwrap_or(0).clamp(2, u32::BITS - 2);
        let shift = u64::BITS - bits;
        let mut buckets = Vec::with_capacity((1 << bits) + 1);
        for (place, pair) in pairs.iter().enumerate() {
            let bucket = (pair >> shift) as usize;
            if buckets.len() <= bucket {
                buckets.resize(bucket + 1, place as u32);
            }
        }
        buckets.resize((1 << bits) + 1, pairs.len() as u32);
        Self { pairs, buckets, shift }
    }

    /// The pairs of a hash.
    fn get(&self, hash: u32) -> &[u64] {
        let hash = u64::from(hash);
        let bucket = (hash << 32 >> self.shift) as usize;
        let bucket = &self.pairs[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        let start = bucket.partition_point(|pair| pair >> 32 < hash);
        let length = bucket[start..].iter().take_while(|pair| *pair >> 32 == hash).count();
        &bucket[start..start + length]
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
