//! The different words or tokens of a text in one segment, in memory.

use std::io;

use memchr::memmem;
use tantivy::columnar::StrColumn;

/// Tokens one after the other, in the order of their ordinals.
pub(super) struct Vocabulary {
    /// Each token, followed by a line feed, which no token contains.
    text: Vec<u8>,
    /// Where each token begins.
    starts: Vec<usize>,
}

impl Vocabulary {
    /// So many tokens are looked at one by one.
    const NEAR: usize = 16;

    pub(super) fn with_capacity(tokens: usize) -> Self {
        Self { text: Vec::new(), starts: Vec::with_capacity(tokens) }
    }

    /// The terms of a column.
    pub(super) fn read(column: &StrColumn) -> io::Result<Self> {
        let dictionary = column.dictionary();
        let mut vocabulary = Self::with_capacity(dictionary.num_terms());
        let mut tokens = dictionary.stream()?;
        while tokens.advance() {
            vocabulary.push(tokens.key());
        }
        Ok(vocabulary)
    }

    /// Adds a token that comes after all others.
    pub(super) fn push(&mut self, token: &[u8]) {
        self.starts.push(self.text.len());
        self.text.extend_from_slice(token);
        self.text.push(b'\n');
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// The ordinal of a token, or that of the next one.
    pub(super) fn find(&self, token: &[u8]) -> Result<usize, usize> {
        let place = self.partition_point(0, |other| other < token);
        if place < self.len() && self.token(place) == token { Ok(place) } else { Err(place) }
    }

    /// The first ordinal from `start` on for whose token `holds` does not: it holds for those before alone.
    pub(super) fn partition_point(&self, start: usize, holds: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (start, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.token(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The ordinals of the tokens that contain `part`, ascending.
    pub(super) fn containing(&self, part: &str) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        let finder = memmem::Finder::new(part);
        let (mut from, mut ordinal) = (0, 0);
        while let Some(at) = self.text.get(from..).and_then(|rest| finder.find(rest)) {
            // Finds come one after the other: the token is not far, unless the part is rare.
            ordinal += match self.starts[ordinal..].iter().take(Self::NEAR).position(|start| *start > from + at) {
                Some(next) => next - 1,
                None => self.starts[ordinal..].partition_point(|start| *start <= from + at) - 1,
            };
            found.push(ordinal);
            // One find is enough: on to the next token.
            ordinal += 1;
            let Some(next) = self.starts.get(ordinal) else { break };
            from = *next;
        }
        found
    }

    /// The token with this ordinal.
    pub(super) fn token(&self, ordinal: usize) -> &[u8] {
        let end = self.starts.get(ordinal + 1).copied().unwrap_or(self.text.len());
        &self.text[self.starts[ordinal]..end - 1]
    }
}
