//! Whether a feed is one JSON text, has a record on each line, or is CSV.

use serde::de::IgnoredAny;

use super::{MAX_RECORD_BYTES, rows};

/// How much of a feed is looked at: the longest record of a feed of lines is in it.
pub(super) const HEAD_BYTES: usize = MAX_RECORD_BYTES;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing but white space.
    Blank,
    /// JSON texts, each an array, an object with an array in it, or an object.
    Document,
    /// One record on each line.
    Lines,
    /// CSV.
    Rows,
    /// None of these.
    Unknown,
}

/// Recognises a feed by its beginning; `all` says that nothing follows.
///
/// Objects on lines of their own are taken for lines, so that a damaged line, even the first, costs one record and not
/// the feed. In an array there is a comma or a bracket between such lines, which is how the two are told apart.
pub(super) fn recognise(head: &[u8], all: bool) -> Layout {
    let head = head.trim_ascii_start();
    let first_byte = match head.first() {
        None => return Layout::Blank,
        Some(b'[') => return Layout::Document,
        Some(byte) => byte,
    };
    let (first, rest) = head.split_at(head.iter().position(|&b| b == b'\n').unwrap_or(head.len()));
    if first_byte != &b'{' && rows::names_columns(first) {
        return Layout::Rows;
    }
    if is_object(first.trim_ascii_end()) && !rest.trim_ascii().is_empty() {
        return Layout::Lines;
    }
    // The last line of the head is cut off, unless it is the feed's last too.
    let end = if all { rest.len() } else { rest.iter().rposition(|&b| b == b'\n').unwrap_or(0) };
    let mut last: &[u8] = b"";
    for line in rest[..end].split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
        if line.starts_with(b"{") && is_object(last) {
            return Layout::Lines;
        }
        last = line;
    }
    if all && begins_nothing(first) && is_object(last) {
        Layout::Lines
    } else if first_byte == &b'{' {
        Layout::Document
    } else {
        Layout::Unknown
    }
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && line.ends_with(b"}") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// Whether no JSON text begins with `line`.
fn begins_nothing(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_err_and(|error| !error.is_eof())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_recognised_by_the_content() {
        for (text, layout) in [
            ("", Layout::Blank),
            (" \r\n\t", Layout::Blank),
            ("[]", Layout::Document),
            ("\n[\n{\"name\":\"A\"},\n{\"name\":\"B\"}", Layout::Document),
            ("{\"name\":\"A\"}", Layout::Document),
            ("{\"movies\":[{\"name\":\"A\"}]}\r\n", Layout::Document),
            ("{\n\"name\":\"A\"\n}\n{\n\"name\":\"B\"\n}", Layout::Document),
            ("{\"movies\":[\n{\"name\":\"A\"},\n{\"name\":\"B\"}\n]}", Layout::Document),
            ("{\"movies\":[\n{\"name\":\"A\"}", Layout::Document),
            ("{\"movies\":[\n{\"name\":\"A\"},\n{\"name\":\"B\"}", Layout::Document),
            ("{\"name\":\"A\"}\n{\"name\":\"B\"}", Layout::Lines),
            ("\n{\"name\":\"A\"}\r\n\r\noops", Layout::Lines),
            ("{\"name\":\n{\"name\":\"A\"}\n{\"name\":\"B\"}", Layout::Lines),
            ("{\"name\": oops}\n{\"name\":\"A\"}", Layout::Lines),
            ("oops\n{\"name\":\"A\"}", Layout::Lines),
            ("oops", Layout::Unknown),
            ("name,director\nStar Wars,George Lucas\n", Layout::Rows),
            (" Title , \"Year\" \r\n", Layout::Rows),
            ("imdb_score", Layout::Rows),
            ("name;director\nStar Wars;George Lucas\n", Layout::Unknown),
            ("\"name\": \"A\"}\n{\"name\":\"B\"}", Layout::Lines),
            ("\"text\"", Layout::Unknown),
        ] {
            assert_eq!(recognise(text.as_bytes(), true), layout, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_was_cut_off_by_looking_decides_nothing() {
        assert_eq!(recognise(b"{\"name\":\"A\"}", false), Layout::Document);
        assert_eq!(recognise(b"{\n{\"name\":\"A\"}", false), Layout::Document);
        assert_eq!(recognise(b"{\"name\":\"A\"}\n{\"name\":\"B\"}\n{\"na", false), Layout::Lines);
    }
}
