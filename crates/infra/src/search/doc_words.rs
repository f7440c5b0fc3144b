//! Which words each document of a segment has, by their ordinals in the [`Dictionary`] of each text.
//!
//! Where few documents are in question, their words are looked at in place of reading the posting lists of common
//! words. All words of a document are neighbours, so that a look takes two reads from memory; in columns it would be a
//! dozen.

use std::{hint::black_box, path::Path, sync::Arc};

use tantivy::{
    DocId,
    directory::OwnedBytes,
    index::{InvertedIndexReader, SegmentId},
};
use tracing::warn;

use super::{dictionary::Dictionary, postings::for_each_doc, sidecar::Sidecar};

/// The words of all documents.
///
/// In bytes: for each block of documents where its first one begins; for each document, and for one more, where it
/// begins in its block; then each document: how many words its name has, their ordinals, and those of its director.
pub(super) struct DocWords {
    bytes: OwnedBytes,
    max_doc: usize,
}

/// How many documents count from the beginning of the same one.
const BLOCK: usize = 1 << 10;
/// The bytes of the places of a block and of a document, and of a count. No text has more than some thousand words.
const BLOCK_PLACE: usize = size_of::<u64>();
const PLACE: usize = size_of::<u32>();
const COUNT: usize = size_of::<u16>();
const ORDINAL: usize = size_of::<u32>();

/// The ordinals of words, as they are in memory.
pub(super) type Packed = [[u8; ORDINAL]];

/// Where the words of a text are.
pub(super) type Words<'a> = (&'a InvertedIndexReader, &'a Dictionary);

impl DocWords {
    /// Of so many documents, the words are gathered whenever the segment is opened.
    const SMALL: DocId = 1 << 13;
    /// How many documents are fetched together: about as many reads as processors have under way, several times.
    pub(super) const FETCHED: usize = 64;

    /// The words of a segment, from its file if it is large and has one; `directory` is that of the index. The file is
    /// written if this process `writes`.
    pub(super) fn open(
        directory: &Path,
        segment: SegmentId,
        texts: &[Words; 2],
        max_doc: DocId,
        writes: bool,
    ) -> tantivy::Result<Self> {
        let with = |bytes| Self { bytes, max_doc: max_doc as usize };
        if max_doc <= Self::SMALL {
            return Ok(with(OwnedBytes::new(gathered(texts, max_doc)?)));
        }
        let sidecar = Self::sidecar(directory, segment);
        if let Some(words) = Self::read(sidecar, max_doc) {
            return Ok(words);
        }
        let bytes = gathered(texts, max_doc)?;
        if !writes {
            return Ok(with(OwnedBytes::new(bytes)));
        }
        // Read from the file, they take no memory of this process.
        if let Err(error) = sidecar.write(&bytes) {
            warn!(error = &error as &dyn std::error::Error, "the words of documents are kept in memory alone");
        }
        Ok(with(sidecar.open().unwrap_or_else(|| OwnedBytes::new(bytes))))
    }

    /// The file of a segment.
    pub(super) fn sidecar(directory: &Path, segment: SegmentId) -> Sidecar<'_> {
        Sidecar { directory, segment, name: "words" }
    }

    /// The words in a file, unless it is missing or damaged.
    pub(super) fn read(file: Sidecar, max_doc: DocId) -> Option<Self> {
        let words = Self { bytes: file.open()?, max_doc: max_doc as usize };
        words.is_whole().then_some(words)
    }

    /// Whether each document has the words that posting lists say, in their order, and no others.
    pub(super) fn are_those_of(&self, indexes: &[Arc<InvertedIndexReader>; 2]) -> tantivy::Result<bool> {
        for (text, index) in indexes.iter().enumerate() {
            // A sum of hashes needs neither the words of all documents in memory nor their order.
            let mut sum = 0_u64;
            for doc in 0..self.max_doc as DocId {
                let mut last = None;
                for ordinal in self.get(doc)[text].iter().map(|bytes| u32::from_le_bytes(*bytes)) {
                    if last.replace(ordinal) >= Some(ordinal) {
                        return Ok(false);
                    }
                    sum = sum.wrapping_add(hash(ordinal, doc));
                }
            }
            let mut terms = index.terms().stream()?;
            let mut ordinal = 0;
            while let Some((_, info)) = terms.next() {
                for_each_doc(index, info, |doc| sum = sum.wrapping_sub(hash(ordinal, doc)))?;
                ordinal += 1;
            }
            if sum != 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the beginnings of some documents, so that they are at hand when they are looked at: reads that do not wait
    /// for each other take hardly longer than a single one.
    pub(super) fn fetch(&self, docs: &[DocId]) {
        let mut starts = [0; Self::FETCHED];
        for docs in docs.chunks(Self::FETCHED) {
            docs.iter().zip(&mut starts).for_each(|(doc, start)| *start = self.start(*doc as usize));
            let read =
                starts[..docs.len()].iter().fold(0, |sum, start| sum ^ self.bytes.get(*start).copied().unwrap_or(0));
            black_box(read);
        }
    }

    /// Whether the file is of as many documents.
    fn is_whole(&self) -> bool {
        header(self.max_doc) <= self.bytes.len() && self.start(self.max_doc) == self.bytes.len()
    }

    /// The ordinals of the words that the document has in each text, by `Text as usize`.
    pub(super) fn get(&self, doc: DocId) -> [&Packed; 2] {
        let doc = doc as usize;
        let record = self.bytes.get(self.start(doc)..self.start(doc + 1)).unwrap_or_default();
        let Some((count, ordinals)) = record.split_first_chunk::<COUNT>() else { return [&[]; 2] };
        let ordinals = ordinals.as_chunks::<ORDINAL>().0;
        let in_name = usize::from(u16::from_le_bytes(*count));
        ordinals.split_at_checked(in_name).unwrap_or_default().into()
    }

    /// Where a document begins.
    fn start(&self, doc: usize) -> usize {
        let block: [u8; BLOCK_PLACE] = self.bytes_at(doc / BLOCK * BLOCK_PLACE);
        let place: [u8; PLACE] = self.bytes_at(blocks(self.max_doc) * BLOCK_PLACE + doc * PLACE);
        u64::from_le_bytes(block) as usize + u32::from_le_bytes(place) as usize
    }

    fn bytes_at<const N: usize>(&self, at: usize) -> [u8; N] {
        self.bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; N])
    }
}

fn hash(ordinal: u32, doc: DocId) -> u64 {
    let mixed = (u64::from(ordinal) << 32 | u64::from(doc)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 29
}

/// How many blocks there are, counting the place after the last document as one.
fn blocks(max_doc: usize) -> usize {
    max_doc / BLOCK + 1
}

/// What stands before the first document.
fn header(max_doc: usize) -> usize {
    blocks(max_doc) * BLOCK_PLACE + (max_doc + 1) * PLACE
}

/// Turns the posting lists of all words into the words of all documents.
fn gathered(texts: &[Words; 2], max_doc: DocId) -> tantivy::Result<Vec<u8>> {
    let max_doc = max_doc as usize;
    let mut counts = [vec![0_u16; max_doc], vec![0_u16; max_doc]];
    for (counts, text) in counts.iter_mut().zip(texts) {
        for_each_word(text, |_, doc| counts[doc as usize] += 1)?;
    }
    let [in_name, in_director] = counts;
    let (mut block, mut at) = (0, header(max_doc));
    let (mut bytes, mut places) = (Vec::new(), Vec::with_capacity((max_doc + 1) * PLACE));
    for doc in 0..=max_doc {
        if doc % BLOCK == 0 {
            block = at;
            bytes.extend((block as u64).to_le_bytes());
        }
        places.extend(((at - block) as u32).to_le_bytes());
        if doc < max_doc {
            at += COUNT + (usize::from(in_name[doc]) + usize::from(in_director[doc])) * ORDINAL;
        }
    }
    bytes.append(&mut places);
    drop(in_director);
    bytes.resize(at, 0);

    let mut words = DocWords { bytes: OwnedBytes::empty(), max_doc };
    let (head, body) = bytes.split_at_mut(header(max_doc));
    words.bytes = OwnedBytes::new(head.to_vec());
    let start = |doc: usize| words.start(doc) - head.len();
    for (doc, count) in in_name.iter().enumerate() {
        body[start(doc)..][..COUNT].copy_from_slice(&count.to_le_bytes());
    }
    // From here on, how many words each document has got.
    let mut filled = in_name;
    filled.fill(0);
    for text in texts {
        for_each_word(text, |ordinal, doc| {
            let filled = &mut filled[doc as usize];
            let place = start(doc as usize) + COUNT + usize::from(*filled) * ORDINAL;
            body[place..][..ORDINAL].copy_from_slice(&(ordinal as u32).to_le_bytes());
            *filled += 1;
        })?;
    }
    Ok(bytes)
}

/// Calls `each` with every word of a text and every document that has it.
fn for_each_word((index, dictionary): &Words, mut each: impl FnMut(usize, DocId)) -> tantivy::Result<()> {
    (0..dictionary.len()).try_for_each(|word| for_each_doc(index, &dictionary.info(word), |doc| each(word, doc)))
}
