//! All tokens of a text in one segment, to be looked into.

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

    /// The terms of a column.
    pub(super) fn read(column: &StrColumn) -> io::Result<Self> {
        let dictionary = column.dictionary();
        let mut vocabulary = Self { text: Vec::new(), starts: Vec::with_capacity(dictionary.num_terms()) };
        let mut tokens = dictionary.stream()?;
        while tokens.advance() {
            vocabulary.starts.push(vocabulary.text.len());
            vocabulary.text.extend_from_slice(tokens.key());
            vocabulary.text.push(b'\n');
        }
        Ok(vocabulary)
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
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
