//! What a CSV file of movies looks like (RFC 4180), for those who read and those who write it.

use std::borrow::Cow;

/// The columns of an export, in order. A file that is loaded has any of them, in any order; of `id` and what follows
/// `poster_url`, nothing is stored.
pub const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "director",
    "genres",
    "popularity",
    "imdb_score",
    "year",
    "runtime_minutes",
    "votes",
    "imdb_id",
    "overview",
    "poster_url",
    "version",
    "created_at",
    "updated_at",
];

/// Between the genres of one cell: no name of a genre contains it.
pub const GENRE_SEPARATOR: char = '|';

/// The text of a cell as it is written. Where a spreadsheet would take it for a formula, an apostrophe comes before
/// it, as OWASP's "CSV Injection" advises; [`restored`] takes that away.
pub fn neutralised(text: &str) -> Cow<'_, str> {
    if is_formula_after_apostrophes(text) { format!("'{text}").into() } else { text.into() }
}

/// The text of a cell as it was before [`neutralised`].
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula_after_apostrophes(rest)).unwrap_or(cell)
}

/// Apostrophes in front do not count, so that every text is read back as it was.
fn is_formula_after_apostrophes(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_read_back() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("-", "'-"),
            ("@import", "'@import"),
            ("'=1", "''=1"),
            ("'Round Midnight", "'Round Midnight"),
            ("8½", "8½"),
            ("''", "''"),
            ("", ""),
        ] {
            assert_eq!(neutralised(text), cell);
            assert_eq!(restored(cell), text);
        }
    }
}
