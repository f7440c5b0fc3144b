//! What was answered to requests with idempotency keys.

use diesel::prelude::*;
use domain::{
    Result,
    idempotency::{Fingerprint, KeptAnswer, KeyedRequest},
    ports::AnswerRepository,
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use super::{
    error::damaged,
    schema::idempotency_keys,
    transaction::{TEXT, Transaction, column},
};

/// A part of an answer: a server may be set to take or send no more than 1 MiB at once.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct Part {
    fingerprint: Vec<u8>,
    seq: Option<i64>,
    created_at: i64,
    outcome: Vec<u8>,
}

/// What a request is found by.
fn digest(request: &KeyedRequest) -> Vec<u8> {
    let mut hash = Sha256::new_with_prefix(request.user.0.to_be_bytes());
    hash.update(request.operation);
    // Neither an operation nor a key contains a NUL.
    hash.update([0]);
    hash.update(request.key.as_str());
    hash.finalize().to_vec()
}

impl AnswerRepository for Transaction<'_> {
    fn kept_answer(&mut self, request: &KeyedRequest, since: Timestamp) -> Result<Option<KeptAnswer>> {
        let parts: Vec<Part> = self.query(|connection| {
            idempotency_keys::table
                .select(Part::as_select())
                .filter(idempotency_keys::digest.eq(digest(request)))
                .filter(idempotency_keys::created_at.gt(since.unix()))
                .order(idempotency_keys::part)
                .load(connection)
        })?;
        let mut parts = parts.into_iter();
        let Some(Part { fingerprint, seq, created_at, mut outcome }) = parts.next() else { return Ok(None) };
        outcome.extend(parts.flat_map(|part| part.outcome));
        let fingerprint = <[u8; 32]>::try_from(fingerprint)
            .map_err(|_| damaged("answer", created_at, "its fingerprint is no SHA-256"))?;
        Ok(Some(KeptAnswer {
            fingerprint: Fingerprint(fingerprint),
            seq: seq.map(i64::cast_unsigned),
            at: Timestamp::from_unix(created_at),
            outcome,
        }))
    }

    fn keep_answer(&mut self, request: &KeyedRequest, answer: &KeptAnswer) -> Result<()> {
        let digest = digest(request);
        self.delete_answers(&[digest.as_slice()])?;
        for (part, outcome) in (0..).zip(answer.outcome.chunks(TEXT)) {
            self.change_one(|connection| {
                diesel::insert_into(idempotency_keys::table)
                    .values((
                        idempotency_keys::digest.eq(digest.as_slice()),
                        idempotency_keys::part.eq(part),
                        idempotency_keys::fingerprint.eq(answer.fingerprint.0.as_slice()),
                        idempotency_keys::seq.eq(answer.seq.map(column)),
                        idempotency_keys::created_at.eq(answer.at.unix()),
                        idempotency_keys::outcome.eq(outcome),
                    ))
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn forget_answers(&mut self, until: Timestamp, limit: u32) -> Result<()> {
        let digests: Vec<Vec<u8>> = self.query(|connection| {
            idempotency_keys::table
                .select(idempotency_keys::digest)
                .filter(idempotency_keys::created_at.le(until.unix()))
                .filter(idempotency_keys::part.eq(0))
                .order(idempotency_keys::created_at)
                .limit(limit.into())
                .load(connection)
        })?;
        self.delete_answers(&digests.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}

impl Transaction<'_> {
    fn delete_answers(&mut self, digests: &[&[u8]]) -> Result<()> {
        if !digests.is_empty() {
            self.change(|connection| {
                diesel::delete(idempotency_keys::table.filter(idempotency_keys::digest.eq_any(digests)))
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}
