//! Writes that are done once, however often they are sent.

use std::{ops::RangeInclusive, sync::Arc};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    change::Seq,
    error::{Error, Result},
    genre::GenreId,
    idempotency::{KeptAnswer, KeyedRequest},
    movie::MovieId,
    ports::{Session, Store},
    time::Timestamp,
};

/// How long an answer is kept, in seconds.
const KEPT_FOR: i64 = 24 * 60 * 60;

/// How many answers that are kept no longer go with each one that comes: more than one, so that they become fewer, and
/// few, so that no write takes long.
const FORGOTTEN_AT_ONCE: u32 = 4;

/// What came of a write that may have been sent before.
#[derive(Debug)]
pub struct Answer<T> {
    /// What came of it, the first time.
    pub outcome: Result<T>,
    /// Whether it was done, or refused, at an earlier request with the same key.
    pub is_replayed: bool,
    /// The numbers of the changes that it made to movies, or to the genre it is about; `None` where there are none, and
    /// where it was done at an earlier request.
    pub changes: Option<RangeInclusive<Seq>>,
    /// The last change that it made, if it made one.
    pub(super) seq: Option<Seq>,
}

/// What a write does: its result, and the numbers of its last changes, which are about what it is for.
pub(super) type Written<T> = (T, Option<RangeInclusive<Seq>>);

/// Runs `work` in a write transaction, once for each key.
///
/// The result is kept in the transaction of the write, and looked for after the counter was taken: so of requests that
/// come at once, on whatever node, one does the work, and the others wait for it and find what it kept. A refusal by the
/// state of the catalogue is kept, too. `work` MUST refuse before it writes: a kept refusal is committed.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    store: &Arc<dyn Store>,
    now: Timestamp,
    request: Option<&KeyedRequest>,
    mut work: impl FnMut(&mut dyn Session) -> Result<Written<T>>,
) -> Answer<T> {
    let answered = match request {
        None => store.writing(work).map(|(result, changes)| {
            let seq = changes.as_ref().map(|changes| *changes.end());
            Answer { outcome: Ok(result), is_replayed: false, changes, seq }
        }),
        Some(request) => store.writing(|session| answer(session, now, request, &mut work)),
    };
    answered.unwrap_or_else(|error| Answer { outcome: Err(error), is_replayed: false, changes: None, seq: None })
}

fn answer<T: Serialize + DeserializeOwned>(
    session: &mut dyn Session,
    now: Timestamp,
    request: &KeyedRequest,
    work: &mut dyn FnMut(&mut dyn Session) -> Result<Written<T>>,
) -> Result<Answer<T>> {
    let expired = now.plus(-KEPT_FOR);
    if let Some(kept) = session.kept_answer(request, expired)? {
        if kept.fingerprint != request.fingerprint {
            return Err(Error::IdempotencyKeyReused);
        }
        let outcome: Result<T, Refusal> =
            serde_json::from_slice(&kept.outcome).map_err(|error| Error::Internal(error.into()))?;
        return Ok(Answer { outcome: outcome.map_err(Error::from), is_replayed: true, changes: None, seq: kept.seq });
    }
    let (outcome, changes) = match work(session) {
        Ok((result, changes)) => (Ok(result), changes),
        Err(error) => (Err(Refusal::try_from(error)?), None),
    };
    let seq = changes.as_ref().map(|changes| *changes.end());
    let bytes = serde_json::to_vec(&outcome).map_err(|error| Error::Internal(error.into()))?;
    let kept = KeptAnswer { fingerprint: request.fingerprint, seq, at: now, outcome: bytes };
    session.keep_answer(request, &kept)?;
    session.forget_answers(expired, FORGOTTEN_AT_ONCE)?;
    Ok(Answer { outcome: outcome.map_err(Error::from), is_replayed: false, changes, seq })
}

/// An error that is an answer: the catalogue's state stood in the way. What is wrong with the request itself is not
/// kept, so that it can be put right under the same key, nor is what is wrong with the server.
#[derive(Debug, Serialize, Deserialize)]
enum Refusal {
    DuplicateMovie { existing: MovieId },
    ImdbIdTaken { existing: MovieId },
    GenreNameTaken { existing: GenreId },
}

impl TryFrom<Error> for Refusal {
    type Error = Error;

    fn try_from(error: Error) -> Result<Self> {
        match error {
            Error::DuplicateMovie { existing } => Ok(Self::DuplicateMovie { existing }),
            Error::ImdbIdTaken { existing } => Ok(Self::ImdbIdTaken { existing }),
            Error::GenreNameTaken { existing } => Ok(Self::GenreNameTaken { existing }),
            other => Err(other),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::DuplicateMovie { existing } => Self::DuplicateMovie { existing },
            Refusal::ImdbIdTaken { existing } => Self::ImdbIdTaken { existing },
            Refusal::GenreNameTaken { existing } => Self::GenreNameTaken { existing },
        }
    }
}
