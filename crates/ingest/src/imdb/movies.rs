//! The movies that the data set comes to.

use std::io::{self, Read};

use domain::{
    movie::{Field, MoviePatch},
    violation::{Violation, ViolationCode, Violations},
};

use super::{
    Credits, Error, Names, Ratings, Titles,
    table::{Cells, Row, Table, number, whole},
    titles::COLUMNS,
};
use crate::feed::{self, Emit, Record};

/// How popular a title is with so many votes: `100 * log10(1 + votes) / 6.5`, at most 100, to one decimal. Ten votes are
/// 16, a thousand 46.2, a million 92.3; 100 is reached at 3.2 million, about what the most popular title has.
pub fn popularity(votes: u64) -> f64 {
    let popularity = 100.0 * (votes as f64).ln_1p() / (6.5 * std::f64::consts::LN_10);
    ((popularity * 10.0).round() / 10.0).min(100.0)
}

/// Everything that is joined to `title.basics`.
#[derive(Debug)]
pub struct Movies {
    /// The wanted titles.
    pub titles: Titles,
    /// Their ratings.
    pub ratings: Ratings,
    /// Their directors.
    pub credits: Credits,
    /// These directors' names.
    pub names: Names,
}

impl Movies {
    /// Reads `title.basics` once more, handing a record for each wanted title to `emit`, until that breaks. A record's
    /// number is that of its row.
    pub fn read(&self, source: impl Read, emit: Emit) -> Result<(), feed::Error> {
        let mut table = Table::open(source, COLUMNS).map_err(feed_error)?;
        while let Some(Row { number, bytes, cells }) = table.next().map_err(feed_error)? {
            let content = match cells {
                Ok([_, title_type, ..]) if !self.titles.wants(title_type) => continue,
                Ok(cells) => self.movie(cells),
                Err(violations) => Err(violations),
            };
            if emit(Record { number, bytes, id: None, content }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn movie(&self, [tconst, _, title, year, runtime, genres]: Cells<'_, 6>) -> Result<MoviePatch, Violations> {
        let mut found = Violations::default();
        if tconst.is_none() {
            found.push(Violation::new("/imdb_id", ViolationCode::Required, "a title has a tconst"));
        }
        let index = self.titles.index(tconst);
        let votes = index.and_then(|index| self.ratings.votes(index));
        let year = found.check(number(year, "startYear", "/year", whole)).flatten();
        let runtime = found.check(number(runtime, "runtimeMinutes", "/runtime_minutes", whole)).flatten();
        let patch = MoviePatch {
            name: field(title.map(str::to_owned)),
            director: field(index.and_then(|index| self.names.directors(&self.credits, index))),
            genres: field(genres.map(|genres| genres.split(',').map(str::to_owned).collect())),
            popularity: field(votes.map(popularity)),
            imdb_score: field(index.and_then(|index| self.ratings.score(index))),
            year: field(year),
            runtime_minutes: field(runtime),
            votes: field(votes.map(|votes| votes as f64)),
            imdb_id: field(tconst.map(str::to_owned)),
            overview: Field::Absent,
            poster_url: Field::Absent,
        };
        if found.0.is_empty() {
            return Ok(patch);
        }
        found.merge(patch.onto(None).err().unwrap_or_default());
        Err(found)
    }
}

fn field<T>(value: Option<T>) -> Field<T> {
    value.map_or(Field::Null, Field::Value)
}

fn feed_error(error: Error) -> feed::Error {
    match error {
        Error::Source { row, cause } => feed::Error::Source { record: row, cause },
        // The header was read before: the file is another now.
        error => feed::Error::Source { record: 1, cause: io::Error::other(error) },
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    const HEADER: &str =
        "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n";

    /// What `rows` of the columns that count come to, with a rating and a director for tt0000001.
    fn movies(rows: &[[&str; 6]]) -> Vec<(u64, Result<MoviePatch, Vec<String>>)> {
        let mut text = HEADER.to_owned();
        for [tconst, title_type, title, year, runtime, genres] in rows {
            text += &format!("{tconst}\t{title_type}\t{title}\t\\N\t1\t{year}\t\\N\t{runtime}\t{genres}\n");
        }
        let tell = &mut |_| ControlFlow::Continue(());
        let titles = Titles::read(text.as_bytes(), vec!["movie".to_owned(), "tvMovie".to_owned()], tell).unwrap();
        let ratings = "tconst\taverageRating\tnumVotes\ntt0000001\t8.7\t1000\n";
        let ratings = Ratings::read(ratings.as_bytes(), &titles, tell).unwrap();
        let credits = Credits::read("tconst\tdirectors\ntt0000001\tnm0000001\n".as_bytes(), &titles, tell).unwrap();
        let names = Names::read("nconst\tprimaryName\nnm0000001\tIda Norberg\n".as_bytes(), &credits, tell).unwrap();
        let mut found = Vec::new();
        let movies = Movies { titles, ratings, credits, names };
        let end = movies.read(text.as_bytes(), &mut |record| {
            let told = |v: Violation| format!("{}: {}", v.field, v.detail);
            found.push((record.number, record.content.map_err(|v| v.0.into_iter().map(told).collect())));
            ControlFlow::Continue(())
        });
        end.unwrap();
        found
    }

    fn text(text: &str) -> Field<String> {
        Field::Value(text.to_owned())
    }

    #[test]
    fn a_title_is_joined_with_all_that_is_known_of_it() {
        let found = movies(&[["tt0000001", "movie", "\"Quotes\" stay", "1977", "121", "Drama,Sci-Fi"]]);
        let expected = MoviePatch {
            name: text("\"Quotes\" stay"),
            director: text("Ida Norberg"),
            genres: Field::Value(vec!["Drama".to_owned(), "Sci-Fi".to_owned()]),
            popularity: Field::Value(46.2),
            imdb_score: Field::Value(8.7),
            year: Field::Value(1977.0),
            runtime_minutes: Field::Value(121.0),
            votes: Field::Value(1_000.0),
            imdb_id: text("tt0000001"),
            overview: Field::Absent,
            poster_url: Field::Absent,
        };
        assert_eq!(found, [(1, Ok(expected))]);
    }

    #[test]
    fn what_the_data_set_does_not_know_is_null_and_what_it_does_not_have_is_absent() {
        let found = movies(&[["tt0000002", "tvMovie", "A", "\\N", "\\N", "\\N"]]);
        let expected = MoviePatch {
            name: text("A"),
            director: Field::Null,
            genres: Field::Null,
            popularity: Field::Null,
            imdb_score: Field::Null,
            year: Field::Null,
            runtime_minutes: Field::Null,
            votes: Field::Null,
            imdb_id: text("tt0000002"),
            overview: Field::Absent,
            poster_url: Field::Absent,
        };
        assert_eq!(found, [(1, Ok(expected))]);
    }

    #[test]
    fn titles_of_other_types_are_passed_over_and_rows_keep_their_numbers() {
        let found = movies(&[
            ["tt0000002", "short", "A", "oops", "1", "Drama"],
            ["tt0000003", "movie", "B", "1999", "1", "Drama"],
            ["tt0000004", "\\N", "C", "1999", "1", "Drama"],
            ["tt0000005", "movie", "D", "1999\t", "1", "Drama"],
        ]);
        assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(found[1].1, Err(vec![": a row has 9 cells, as the first line says; this one has 10".to_owned()]));
    }

    #[test]
    fn everything_wrong_with_a_row_is_told_at_once() {
        let found = movies(&[["\\N", "movie", "\\N", "19x7", "-1", "Drama,,War"]]);
        let expected = [
            "/imdb_id: a title has a tconst",
            "/year: startYear is a number or \\N, not \"19x7\"",
            "/runtime_minutes: runtimeMinutes is a number or \\N, not \"-1\"",
            "/name: a movie has a name",
            "/genres/1: a genre has 1 to 50 characters",
        ];
        assert_eq!(found, [(1, Err(expected.map(str::to_owned).into()))]);
        // What only the catalogue's rules forbid is left to them.
        assert!(movies(&[["tt1", "movie", &"x".repeat(301), "1066", "0", "Drama"]])[0].1.is_ok());
    }

    #[test]
    fn popularity_grows_with_the_votes_up_to_100() {
        for (votes, expected) in
            [(0, 0.0), (1, 4.6), (10, 16.0), (1_000, 46.2), (1_000_000, 92.3), (3_200_000, 100.0), (u64::MAX, 100.0)]
        {
            assert_eq!(popularity(votes), expected, "{votes}");
        }
        let grown: Vec<f64> = (0..64).map(|power| popularity(1 << power)).collect();
        assert!(grown.is_sorted(), "{grown:?}");
    }

    #[test]
    fn a_reading_ends_where_nobody_takes_any_more() {
        let titles = Titles::read(HEADER.as_bytes(), vec!["movie".to_owned()], &mut |_| ControlFlow::Continue(()));
        let titles = titles.unwrap();
        let tell = &mut |_| ControlFlow::Continue(());
        let ratings = Ratings::read("tconst\taverageRating\tnumVotes".as_bytes(), &titles, tell).unwrap();
        let credits = Credits::read("tconst\tdirectors".as_bytes(), &titles, tell).unwrap();
        let names = Names::read("nconst\tprimaryName".as_bytes(), &credits, tell).unwrap();
        let movies = Movies { titles, ratings, credits, names };
        let row = "tt0000001\tmovie\tA\tA\t0\t\\N\t\\N\t\\N\t\\N\n";
        let mut taken = 0;
        let mut emit = |_| {
            taken += 1;
            ControlFlow::Break(())
        };
        movies.read(format!("{HEADER}{row}{row}").as_bytes(), &mut emit).unwrap();
        assert_eq!(taken, 1);

        let error = movies.read("tconst\n".as_bytes(), &mut |_| ControlFlow::Continue(())).unwrap_err().to_string();
        assert_eq!(error, "it cannot be read (from record 1 on): its first line names no column `titleType`");
    }
}
