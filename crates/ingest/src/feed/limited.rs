//! Readers that fail where there is too much to read.

use std::{
    cell::Cell,
    io::{self, Read},
};

use super::MAX_RECORD_BYTES;

/// Fails when too much is read for one record. Who takes a record renews the allowance.
pub(super) struct RecordLimit<'a, R> {
    source: R,
    allowance: &'a Cell<usize>,
}

impl<'a, R: Read> RecordLimit<'a, R> {
    pub(super) fn new(source: R, allowance: &'a Cell<usize>) -> Self {
        Self { source, allowance }
    }
}

impl<R: Read> Read for RecordLimit<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        match self.allowance.get().checked_sub(n) {
            Some(left) => self.allowance.set(left),
            None => return Err(io::Error::other(format!("a record takes at most {MAX_RECORD_BYTES} bytes"))),
        }
        Ok(n)
    }
}

/// Fails with [`io::ErrorKind::FileTooLarge`] where there are more than `max` bytes, after the bytes before.
pub(super) struct FeedLimit<R> {
    source: R,
    max: u64,
    left: u64,
    exceeded: bool,
}

impl<R: Read> FeedLimit<R> {
    pub(super) fn new(source: R, max: u64) -> Self {
        Self { source, max, left: max, exceeded: false }
    }
}

impl<R: Read> Read for FeedLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.exceeded {
            let n = self.source.read(buffer)?;
            let within = n.min(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= within as u64;
            self.exceeded = within < n;
            if within == n || within > 0 {
                return Ok(within);
            }
        }
        Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {} bytes", self.max)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_of_just_the_limit_is_read_and_one_byte_more_is_refused_after_what_came_before() {
        for (text, max, whole) in
            [("star wars", 9, true), ("star wars", 8, false), ("star wars", 0, false), ("", 0, true)]
        {
            let mut read = Vec::new();
            let end = FeedLimit::new(text.as_bytes(), max).read_to_end(&mut read);
            assert_eq!(read, &text.as_bytes()[..text.len().min(max as usize)]);
            assert_eq!(end.is_ok(), whole);
            assert!(end.is_ok() || end.is_err_and(|error| error.kind() == io::ErrorKind::FileTooLarge));
        }
    }
}
