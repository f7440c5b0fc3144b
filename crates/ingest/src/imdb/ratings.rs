//! Scores and votes.

use std::{io::Read, ops::ControlFlow};

use domain::{
    movie::{Score, Votes},
    violation::Violations,
};

use super::{
    Error, Step, Titles,
    table::{self, decimal, number, whole},
};

/// The ratings of the wanted titles.
#[derive(Debug)]
pub struct Ratings(Vec<Rating>);

/// There are millions: `NaN` and the largest number take less memory than `Option`s.
#[derive(Debug, Clone, Copy)]
struct Rating {
    score: f64,
    votes: u64,
}

const UNRATED: Rating = Rating { score: f64::NAN, votes: u64::MAX };

impl Ratings {
    /// Reads `title.ratings`.
    pub fn read(
        source: impl Read,
        titles: &Titles,
        tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut ratings = vec![UNRATED; titles.len()];
        table::read(source, ["tconst", "averageRating", "numVotes"], tell, |[tconst, score, votes]| {
            if let Some(index) = titles.index_of_row(tconst)? {
                ratings[index] = rating(score, votes)?;
            }
            Ok(())
        })?;
        Ok(Self(ratings))
    }

    /// The score of the title with this index.
    pub(super) fn score(&self, index: usize) -> Option<f64> {
        Some(self.0[index].score).filter(|score| !score.is_nan())
    }

    /// How many people voted for the title with this index.
    pub(super) fn votes(&self, index: usize) -> Option<u64> {
        Some(self.0[index].votes).filter(|&votes| votes != UNRATED.votes)
    }
}

fn rating(score: Option<&str>, votes: Option<&str>) -> Result<Rating, Violations> {
    let mut found = Violations::default();
    let mut rating = UNRATED;
    let score = number(score, "averageRating", "/imdb_score", decimal).and_then(|n| n.map(Score::new).transpose());
    if let Some(Some(score)) = found.check(score) {
        rating.score = score.get();
    }
    let votes = number(votes, "numVotes", "/votes", whole).and_then(|n| n.map(Votes::new).transpose());
    if let Some(Some(votes)) = found.check(votes) {
        rating.votes = votes.get();
    }
    if found.0.is_empty() { Ok(rating) } else { Err(found) }
}

#[cfg(test)]
mod tests {
    use super::{super::titles::tests::titles, *};

    type ScoreAndVotes = (Option<f64>, Option<u64>);

    /// The ratings of tt0000001 and on, and the rows that are rejected.
    fn read(rows: &[&str]) -> (Vec<ScoreAndVotes>, Vec<String>) {
        let titles = titles(&["tt0000001 movie", "tt0000002 movie", "tt0000003 movie", "tt0000009 short"], &["movie"]);
        let rows: String = rows.iter().map(|row| row.replace(' ', "\t") + "\n").collect();
        let text = format!("tconst\taverageRating\tnumVotes\n{rows}");
        let mut rejected = Vec::new();
        let mut tell = |step| {
            if let Step::Rejected(rejection) = step {
                rejected.push(rejection.to_string());
            }
            ControlFlow::Continue(())
        };
        let ratings = Ratings::read(text.as_bytes(), &titles, &mut tell).unwrap();
        ((0..titles.len()).map(|i| (ratings.score(i), ratings.votes(i))).collect(), rejected)
    }

    #[test]
    fn ratings_are_joined_whatever_their_order() {
        let (ratings, rejected) = read(&["tt0000002 8.7 1900000", "tt0000009 oops oops", "tt0000001 0.0 0"]);
        assert_eq!(ratings, [(Some(0.0), Some(0)), (Some(8.7), Some(1_900_000)), (None, None)]);
        assert_eq!(rejected, Vec::<String>::new());
    }

    #[test]
    fn null_is_null_and_the_last_row_counts() {
        let (ratings, _) = read(&["tt0000001 5.0 5", "tt0000002 \\N 7", "tt0000001 6.1 \\N"]);
        assert_eq!(ratings, [(Some(6.1), None), (None, Some(7)), (None, None)]);
    }

    #[test]
    fn a_row_that_breaks_rules_is_as_if_it_were_not_there() {
        let (ratings, rejected) =
            read(&["tt0000001 5.0 5", "tt0000001 11 many", "tt0000003 x 8", "tt3 1.0 1", "\\N 1 1"]);
        assert_eq!(ratings, [(Some(5.0), Some(5)), (None, None), (None, None)]);
        assert_eq!(
            rejected,
            [
                "record 2: imdb_score: a score is 0 to 10; votes: numVotes is a number or \\N, not \"many\"",
                "record 3: imdb_score: averageRating is a number or \\N, not \"x\"",
                "record 4: imdb_id: tconst is \"tt\" and 7 to 10 digits",
                "record 5: imdb_id: tconst is \"tt\" and 7 to 10 digits",
            ]
        );
    }
}
