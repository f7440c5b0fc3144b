//! A reader whose beginning can be looked at before it is read.

use std::io::{self, Read};

pub(super) struct LookAhead<R> {
    head: Vec<u8>,
    /// How much of the head has been read.
    read: usize,
    wanted: usize,
    /// What ended the head early. It is reported where it occurred: after the head.
    failure: Option<io::Error>,
    rest: R,
}

impl<R: Read> LookAhead<R> {
    /// Looks `wanted` bytes ahead, or to the end or a failure of `source` where that comes before.
    pub(super) fn new(mut source: R, wanted: usize) -> Self {
        let mut head = Vec::new();
        let failure = source.by_ref().take(wanted as u64).read_to_end(&mut head).err();
        Self { head, read: 0, wanted, failure, rest: source }
    }

    /// The beginning, as far as it has not been read.
    pub(super) fn head(&self) -> &[u8] {
        &self.head[self.read..]
    }

    /// Whether nothing comes after the head.
    pub(super) fn head_is_all(&self) -> bool {
        self.head.len() < self.wanted
    }

    /// Passes over `prefix` where the head begins with it.
    pub(super) fn skip(&mut self, prefix: &[u8]) {
        if self.head().starts_with(prefix) {
            self.read += prefix.len();
        }
    }

    /// What ended the head early, if anything did.
    pub(super) fn into_failure(self) -> Option<io::Error> {
        self.failure
    }
}

impl<R: Read> Read for LookAhead<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            let n = self.head().read(buffer)?;
            self.read += n;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            self.head = Vec::new();
            self.read = 0;
        }
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => self.rest.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten bytes, then a failure, then more.
    struct Failing(usize);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => (&b"0123456789"[..]).read(buffer),
                2 => Err(io::Error::other("broken")),
                _ => (&b"more"[..]).read(buffer),
            }
        }
    }

    #[test]
    fn what_was_looked_at_is_still_read() {
        for wanted in [0, 1, 4, 100] {
            let mut text = String::new();
            let mut source = LookAhead::new("star wars".as_bytes(), wanted);
            assert_eq!(source.head(), &b"star wars"[..wanted.min(9)]);
            assert_eq!(source.head_is_all(), wanted == 100);
            source.read_to_string(&mut text).unwrap();
            assert_eq!(text, "star wars");
        }
    }

    #[test]
    fn a_failure_is_reported_after_what_came_before_it() {
        let mut source = LookAhead::new(Failing(0), 100);
        assert_eq!(source.head(), b"0123456789");
        let mut before = Vec::new();
        assert_eq!(source.read_to_end(&mut before).unwrap_err().to_string(), "broken");
        assert_eq!(before, b"0123456789");
    }
}
