//! Which titles are wanted.

use std::{io::Read, ops::ControlFlow};

use domain::violation::{ViolationCode, Violations};

use super::{Error, Step, id, table};

/// The columns of `title.basics` that are used. The first pass asks for all of them too, so that a missing one is known
/// at once.
pub(super) const COLUMNS: [&str; 6] = ["tconst", "titleType", "primaryTitle", "startYear", "runtimeMinutes", "genres"];

/// The titles of the wanted types. Each has an index, by which the rest is joined to it.
#[derive(Debug)]
pub struct Titles {
    types: Vec<String>,
    /// How many titles there are of each type.
    counts: Vec<u64>,
    /// Sorted, none twice.
    keys: Vec<u64>,
}

impl Titles {
    /// Reads `title.basics` for the ids of the titles whose `titleType` is one of `types`. A row that breaks rules is
    /// passed over here: [`Movies`](super::Movies) tells of it.
    pub fn read(
        source: impl Read,
        types: Vec<String>,
        tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut titles = Self { counts: vec![0; types.len()], types, keys: Vec::new() };
        let mut tell_rows = |step| match step {
            Step::Rejected(_) => ControlFlow::Continue(()),
            step => tell(step),
        };
        table::read(source, COLUMNS, &mut tell_rows, |[tconst, title_type, ..]| {
            if let Some(i) = titles.position(title_type)
                && let Some(key) = tconst.and_then(title_key)
            {
                titles.counts[i] += 1;
                titles.keys.push(key);
            }
            Ok(())
        })?;
        titles.keys.sort_unstable();
        titles.keys.dedup();
        Ok(titles)
    }

    /// The wanted types that no title has: perhaps they are misspelt.
    pub fn types_without_title(&self) -> impl Iterator<Item = &str> {
        self.types.iter().zip(&self.counts).filter(|(_, count)| **count == 0).map(|(name, _)| name.as_str())
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn wants(&self, title_type: Option<&str>) -> bool {
        self.position(title_type).is_some()
    }

    /// The index of a title by its `tconst`, where it is wanted.
    pub(super) fn index(&self, tconst: Option<&str>) -> Option<usize> {
        self.keys.binary_search(&title_key(tconst?)?).ok()
    }

    /// As [`Titles::index`], for a row that has to have a `tconst`.
    pub(super) fn index_of_row(&self, tconst: Option<&str>) -> Result<Option<usize>, Violations> {
        match tconst.and_then(title_key) {
            Some(key) => Ok(self.keys.binary_search(&key).ok()),
            None => table::refuse("/imdb_id", ViolationCode::InvalidFormat, "tconst is \"tt\" and 7 to 10 digits"),
        }
    }

    fn position(&self, title_type: Option<&str>) -> Option<usize> {
        let title_type = title_type?;
        self.types.iter().position(|wanted| wanted == title_type)
    }
}

fn title_key(tconst: &str) -> Option<u64> {
    id::key("tt", tconst)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The titles of `rows`, each `TCONST TYPE`.
    pub fn titles(rows: &[&str], types: &[&str]) -> Titles {
        let rows: String = rows.iter().map(|row| row.replace(' ', "\t") + "\t\\N\t\\N\t\\N\t\\N\n").collect();
        let text = format!("{}\n{rows}", COLUMNS.join("\t"));
        let types = types.iter().map(|&name| name.to_owned()).collect();
        Titles::read(text.as_bytes(), types, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn titles_of_the_wanted_types_have_an_index_whatever_their_order() {
        let titles = titles(
            &[
                "tt0000009 movie",
                "tt12345678 tvMovie",
                "tt0000001 movie",
                "tt0000001 movie",
                "tt0000003 short",
                "x movie",
            ],
            &["movie", "tvMovie"],
        );
        let index = |tconst| titles.index(Some(tconst));
        assert_eq!(titles.len(), 3);
        assert_eq!([index("tt0000001"), index("tt0000009"), index("tt12345678")], [Some(0), Some(1), Some(2)]);
        assert_eq!([index("tt0000003"), index("tt00000001"), index("x"), titles.index(None)], [None; 4]);
        assert!(titles.wants(Some("tvMovie")) && !titles.wants(Some("tvmovie")) && !titles.wants(None));
    }

    #[test]
    fn a_type_that_no_title_has_is_known() {
        let titles = titles(&["tt0000001 movie", "tt0000002 \\N"], &["movie", "moive", "short"]);
        assert_eq!(titles.types_without_title().collect::<Vec<_>>(), ["moive", "short"]);
    }
}
