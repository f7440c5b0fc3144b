//! Who directed what, and what they are called.

use std::{io::Read, ops::ControlFlow};

use domain::{
    movie::Director,
    violation::{Violation, ViolationCode, Violations},
};

use super::{
    Error, NOWHERE, Step, Titles, id, place,
    table::{self, shortened},
};

/// How many characters the names of a movie's directors have together.
const MAX_CHARS: usize = 300;

/// Between the names of directors.
const SEPARATOR: &str = ", ";

/// The most directors whose names can fit: each has a character at least.
const MAX_DIRECTORS: usize = (MAX_CHARS + SEPARATOR.len()) / (1 + SEPARATOR.len());

/// Marks the last director of a title.
const LAST: u64 = 1 << 63;

/// After a name in [`Names`]; no name contains it.
const END: char = '\n';

/// The directors of the wanted titles.
#[derive(Debug)]
pub struct Credits {
    /// Where in `directors` those of each title begin.
    starts: Vec<u32>,
    directors: Vec<u64>,
}

impl Credits {
    /// Reads `title.crew`.
    pub fn read(
        source: impl Read,
        titles: &Titles,
        tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut credits = Self { starts: vec![NOWHERE; titles.len()], directors: Vec::new() };
        table::read(source, ["tconst", "directors"], tell, |[tconst, directors]| {
            match titles.index_of_row(tconst)? {
                Some(index) => credits.put(index, directors),
                None => Ok(()),
            }
        })?;
        Ok(credits)
    }

    fn put(&mut self, index: usize, directors: Option<&str>) -> Result<(), Violations> {
        let Some(directors) = directors else {
            self.starts[index] = NOWHERE;
            return Ok(());
        };
        let keys = directors.split(',').map(person_key).take(MAX_DIRECTORS).collect::<Result<Vec<_>, _>>();
        let mut keys = keys.map_err(|violation| Violations(vec![violation]))?;
        if let Some(last) = keys.last_mut() {
            *last |= LAST;
        }
        self.starts[index] = place(self.directors.len())?;
        self.directors.extend(keys);
        Ok(())
    }

    /// The directors of the title with this index, in credit order.
    fn of(&self, index: usize) -> impl Iterator<Item = u64> {
        let start = self.starts[index];
        let credited: &[u64] = if start == NOWHERE { &[] } else { &self.directors[start as usize..] };
        let end = credited.iter().position(|key| key & LAST != 0).map_or(0, |last| last + 1);
        credited[..end].iter().map(|key| key & !LAST)
    }
}

/// The names of the people that titles are credited to.
#[derive(Debug)]
pub struct Names {
    /// Sorted, none twice.
    people: Vec<u64>,
    /// Where in `text` each person's name begins.
    starts: Vec<u32>,
    text: String,
}

impl Names {
    /// Reads `name.basics`.
    pub fn read(
        source: impl Read,
        credits: &Credits,
        tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut people: Vec<u64> = credits.directors.iter().map(|key| key & !LAST).collect();
        people.sort_unstable();
        people.dedup();
        let mut names = Self { starts: vec![NOWHERE; people.len()], people, text: String::new() };
        table::read(source, ["nconst", "primaryName"], tell, |[nconst, name]| {
            let key = person_key(nconst.unwrap_or_default()).map_err(|violation| Violations(vec![violation]))?;
            let (Ok(index), Some(name)) = (names.people.binary_search(&key), name) else { return Ok(()) };
            let name = Director::new(name).map_err(|violation| Violations(vec![violation]))?;
            names.starts[index] = place(names.text.len())?;
            names.text.push_str(name.as_str());
            names.text.push(END);
            Ok(())
        })?;
        Ok(names)
    }

    /// The names of the directors of the title with this index, as many whole ones as fit.
    pub(super) fn directors(&self, credits: &Credits, index: usize) -> Option<String> {
        let mut directors = String::new();
        let mut chars = 0;
        for name in credits.of(index).filter_map(|key| self.name(key)) {
            let separator = if directors.is_empty() { "" } else { SEPARATOR };
            chars += separator.len() + name.chars().count();
            if chars > MAX_CHARS {
                break;
            }
            directors += separator;
            directors += name;
        }
        Some(directors).filter(|directors| !directors.is_empty())
    }

    fn name(&self, key: u64) -> Option<&str> {
        let start = self.starts[self.people.binary_search(&key).ok()?];
        if start == NOWHERE { None } else { self.text[start as usize..].split(END).next() }
    }
}

fn person_key(nconst: &str) -> Result<u64, Violation> {
    id::key("nm", nconst).ok_or_else(|| {
        let detail = format!("a person is \"nm\" and 7 to 10 digits, not {}", shortened(nconst));
        Violation::new("/director", ViolationCode::InvalidFormat, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::titles::tests::titles, *};

    /// The directors of tt0000001 and on, and the rows that are rejected: of `crew`, `TCONST DIRECTORS` each, and of
    /// `names`, `NCONST NAME` each with a tab between.
    fn read(crew: &[&str], names: &[&str]) -> (Vec<Option<String>>, Vec<String>) {
        let titles = titles(&["tt0000001 movie", "tt0000002 movie", "tt0000009 short"], &["movie"]);
        let crew: String = crew.iter().map(|row| row.replace(' ', "\t") + "\n").collect();
        let mut rejected = Vec::new();
        let mut tell = |step| {
            if let Step::Rejected(rejection) = step {
                rejected.push(rejection.to_string());
            }
            ControlFlow::Continue(())
        };
        let crew = format!("tconst\tdirectors\n{crew}");
        let credits = Credits::read(crew.as_bytes(), &titles, &mut tell).unwrap();
        let names = format!("nconst\tprimaryName\n{}\n", names.join("\n"));
        let names = Names::read(names.as_bytes(), &credits, &mut tell).unwrap();
        ((0..titles.len()).map(|i| names.directors(&credits, i)).collect(), rejected)
    }

    fn some(name: &str) -> Option<String> {
        Some(name.to_owned())
    }

    const NAMES: [&str; 3] =
        ["nm0000003\tIda Norberg", "nm0000001\tTom \"T\" Ayodele", "nm0000002\t Ren\u{65}\u{301} Ito "];

    #[test]
    fn directors_are_named_in_credit_order() {
        let (directors, rejected) =
            read(&["tt0000002 nm0000003", "tt0000009 nm0000001", "tt0000001 nm0000002,nm0000003,nm0000001"], &NAMES);
        assert_eq!(directors, [some("Ren\u{e9} Ito, Ida Norberg, Tom \"T\" Ayodele"), some("Ida Norberg")]);
        assert_eq!(rejected, Vec::<String>::new());
    }

    #[test]
    fn a_director_without_a_name_is_left_out() {
        let (directors, rejected) =
            read(&["tt0000001 nm0000008,nm0000003,nm0000007", "tt0000002 nm0000008"], &[NAMES[0], "nm0000008\t\\N"]);
        assert_eq!(directors, [some("Ida Norberg"), None]);
        assert_eq!(rejected, Vec::<String>::new());
    }

    #[test]
    fn the_last_row_counts() {
        let (directors, _) = read(
            &["tt0000001 nm0000001", "tt0000002 nm0000001", "tt0000002 nm0000003", "tt0000001 \\N"],
            &["nm0000003\tFormer Name", NAMES[0]],
        );
        assert_eq!(directors, [None, some("Ida Norberg")]);
    }

    #[test]
    fn a_row_that_breaks_rules_is_as_if_it_were_not_there() {
        let (directors, rejected) = read(
            &["tt0000001 nm0000001,nm3", "tt0000002 nm0000003,nm0000001", "x nm0000001", "tt0000001 "],
            &[NAMES[0], "nm0000001\t", "nm0000008\tnobody\u{7}s", "3\tX", "\\N\tX"],
        );
        assert_eq!(directors, [None, some("Ida Norberg")]);
        let person =
            |record, text| format!("record {record}: director: a person is \"nm\" and 7 to 10 digits, not {text:?}");
        assert_eq!(
            rejected,
            [
                person(1, "nm3"),
                "record 3: imdb_id: tconst is \"tt\" and 7 to 10 digits".to_owned(),
                person(4, ""),
                "record 2: director: a director has 1 to 300 characters".to_owned(),
                person(4, "3"),
                person(5, ""),
            ]
        );
    }

    #[test]
    fn as_many_whole_names_are_taken_as_fit() {
        let long = "e\u{301}".repeat(98);
        let names = |last: usize| {
            let names = [1, 2].map(|n| format!("nm000000{n}\t{long}"));
            let last = format!("nm0000003\t{}", "z".repeat(last));
            let rows = [names[0].as_str(), names[1].as_str(), last.as_str(), "nm0000004\ty"];
            let (directors, _) = read(&["tt0000001 nm0000001,nm0000002,nm0000003,nm0000004"], &rows);
            directors.into_iter().next().unwrap().unwrap()
        };
        let (fits, does_not) = (names(100), names(101));
        assert_eq!((fits.chars().count(), fits.split(SEPARATOR).count()), (MAX_CHARS, 3));
        assert!(Director::new(&fits).is_ok() && Director::new(&format!("{fits}z")).is_err());
        assert_eq!(does_not.split(SEPARATOR).count(), 2, "and none that comes later");

        let names: Vec<String> = (1..=500).map(|n| format!("nm{n:07}\tz")).collect();
        let keys: Vec<&str> = names.iter().map(|row| &row[..9]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (directors, _) = read(&[&format!("tt0000001 {}", keys.join(","))], &names);
        assert_eq!(directors[0].as_ref().unwrap().split(SEPARATOR).count(), MAX_DIRECTORS);
    }
}
