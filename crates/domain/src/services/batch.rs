//! Many changes to movies in one transaction: all of them, or none.

use std::{collections::HashMap, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{
    catalogue::{Duplicates, duplicate_of, next_version, owner_of_imdb_id},
    genre_names::GenresByName,
    idempotency::Written,
};
use crate::{
    change::{Edit, NewChange, Seq},
    error::Result,
    movie::{Movie, MovieDetails, MovieDraft, MovieId, MoviePatch},
    ports::{Changed, Session},
    time::Timestamp,
    user::Admin,
    violation::{Violation, ViolationCode, Violations},
};

/// One change of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Adds a movie.
    Create(MovieDraft),
    /// Changes what the patch mentions of a movie.
    Update {
        /// Which.
        id: MovieId,
        /// The version that it must have, if that matters.
        version: Option<u64>,
        /// What changes.
        patch: MoviePatch,
    },
    /// Removes a movie.
    Delete {
        /// Which.
        id: MovieId,
        /// The version that it must have, if that matters.
        version: Option<u64>,
    },
}

/// What one change of a batch did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Done {
    /// Added a movie.
    Created(Movie),
    /// Changed a movie, unless it was like that already.
    Updated(Movie),
    /// Removed a movie.
    Deleted(MovieId),
}

impl Done {
    /// Whose copies are out of date. Of a new movie, nobody has one.
    pub(super) fn changed(&self) -> Option<Changed> {
        match self {
            Self::Created(_) => None,
            Self::Updated(movie) => Some(Changed::Movie(movie.id)),
            Self::Deleted(id) => Some(Changed::Movie(*id)),
        }
    }
}

/// Carries out operations in their order; each sees what those before it did. One that could not be read comes as what
/// is wrong with it. Where anything is wrong with any of them, all of it is reported, as fields below `/operations/N`,
/// and the transaction is to be rolled back.
pub(super) fn run(
    session: &mut dyn Session,
    admin: &Admin,
    now: Timestamp,
    operations: &[Result<Operation, Violations>],
    duplicates: Duplicates,
) -> Result<Written<Vec<Done>>> {
    let mut batch = Batch {
        session,
        admin,
        now,
        duplicates,
        genres: GenresByName::default(),
        created: HashMap::new(),
        changes: Vec::new(),
    };
    let mut done = Vec::with_capacity(operations.len());
    let mut violations = Violations::default();
    for (number, operation) in operations.iter().enumerate() {
        if violations.are_full() {
            break;
        }
        let outcome = match operation {
            Ok(operation) => batch.carry_out(number, operation)?,
            Err(unreadable) => Err(unreadable.clone()),
        };
        match outcome {
            Ok(one) => done.push(one),
            Err(found) => {
                let parent = format!("/operations/{number}");
                found.0.into_iter().for_each(|violation| violations.push(violation.within(&parent)));
            }
        }
    }
    if !violations.0.is_empty() {
        return Err(violations.into());
    }
    let Batch { session, changes, .. } = batch;
    Ok((done, record(session, &changes)?))
}

/// Appends changes of one movie each to the feed, and returns their numbers.
pub(super) fn record(session: &mut dyn Session, changes: &[NewChange]) -> Result<Option<RangeInclusive<Seq>>> {
    if changes.is_empty() {
        return Ok(None);
    }
    let last = session.record(changes)?;
    Ok(Some(last + 1 - changes.len() as Seq..=last))
}

/// The operation was carried out, or breaks rules.
type Outcome<T> = Result<T, Violations>;

struct Batch<'a> {
    session: &'a mut dyn Session,
    admin: &'a Admin,
    now: Timestamp,
    duplicates: Duplicates,
    genres: GenresByName,
    /// The movies that are new, and the numbers of the operations that made them.
    created: HashMap<MovieId, usize>,
    changes: Vec<NewChange>,
}

impl Batch<'_> {
    fn carry_out(&mut self, number: usize, operation: &Operation) -> Result<Outcome<Done>> {
        match operation {
            Operation::Create(draft) => {
                let movie = self.create(draft)?;
                Ok(movie.map(|movie| {
                    self.created.insert(movie.id, number);
                    Done::Created(movie)
                }))
            }
            Operation::Update { id, version, patch } => match self.current(*id, *version)? {
                Ok(before) => Ok(self.update(before, patch)?.map(Done::Updated)),
                Err(violations) => Ok(Err(violations)),
            },
            Operation::Delete { id, version } => match self.current(*id, *version)? {
                Ok(movie) => {
                    self.session.delete_movie(*id)?;
                    self.note(Edit::movie_deleted(&movie));
                    Ok(Ok(Done::Deleted(*id)))
                }
                Err(violations) => Ok(Err(violations)),
            },
        }
    }

    fn create(&mut self, draft: &MovieDraft) -> Result<Outcome<Movie>> {
        if let Err(violations) = self.check(&draft.details, None)? {
            return Ok(Err(violations));
        }
        self.genres.add(self.session, self.admin, self.now, draft.genres.as_slice())?;
        let movie = Movie {
            id: self.session.new_movie_ids(1)?,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
            details: draft.details.clone(),
            genres: self.genres.of(&draft.genres),
        };
        self.session.insert_movies(std::slice::from_ref(&movie))?;
        self.note(Edit::movie_created(&movie));
        Ok(Ok(movie))
    }

    fn update(&mut self, before: Movie, patch: &MoviePatch) -> Result<Outcome<Movie>> {
        let draft = match patch.clone().onto(Some(before.draft())) {
            Ok(draft) => draft,
            Err(found) => return Ok(Err(below_movie(found))),
        };
        if before.details != draft.details
            && let Err(violations) = self.check(&draft.details, Some(&before))?
        {
            return Ok(Err(violations));
        }
        self.genres.add(self.session, self.admin, self.now, draft.genres.as_slice())?;
        let after = Movie { genres: self.genres.of(&draft.genres), details: draft.details, ..before.clone() };
        if after == before {
            return Ok(Ok(before));
        }
        let after = next_version(after, self.now);
        self.session.update_movie(&after)?;
        self.note(Edit::movie_updated(&before, &after));
        Ok(Ok(after))
    }

    /// The movie that an operation means.
    fn current(&mut self, id: MovieId, version: Option<u64>) -> Result<Outcome<Movie>> {
        let violation = match self.session.movie(id)? {
            Some(movie) if version.is_none_or(|version| version == u64::from(movie.version)) => return Ok(Ok(movie)),
            Some(movie) => Violation::new(
                "/version",
                ViolationCode::StaleVersion,
                format!("the movie's version is {} by now", movie.version),
            ),
            None => Violation::new("/id", ViolationCode::NotFound, "there is no such movie"),
        };
        Ok(Err(Violations(vec![violation])))
    }

    /// Looks for movies that stand in the way of these details.
    fn check(&mut self, details: &MovieDetails, before: Option<&Movie>) -> Result<Outcome<()>> {
        let mut found = Violations::default();
        if let Some(owner) = owner_of_imdb_id(self.session, details, before)? {
            let detail = format!("{} has this imdb_id", self.named(owner));
            found.push(Violation::new("/imdb_id", ViolationCode::Taken, detail));
        }
        if self.duplicates == Duplicates::Refuse
            && let Some(twin) = duplicate_of(self.session, details, before)?
        {
            let detail = format!("{} has the same name, director and year", self.named(twin));
            found.push(Violation::new("/name", ViolationCode::Duplicate, detail));
        }
        Ok(if found.0.is_empty() { Ok(()) } else { Err(below_movie(found)) })
    }

    /// A movie as the client knows it: the id of one that this batch adds is unknown, and remains so if it fails.
    fn named(&self, id: MovieId) -> String {
        match self.created.get(&id) {
            Some(number) => format!("the movie of /operations/{number}"),
            None => format!("movie {}", id.0),
        }
    }

    fn note(&mut self, edit: Edit) {
        self.changes.push(NewChange::by(self.admin, self.now, edit));
    }
}

fn below_movie(violations: Violations) -> Violations {
    Violations(violations.0.into_iter().map(|violation| violation.within("/movie")).collect())
}
