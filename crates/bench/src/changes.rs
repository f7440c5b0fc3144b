//! Changes to a catalogue, at random.

use std::io::Write;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::catalogue::{Movies, person};

/// As many as one batch may have.
const BATCH: usize = 1_000;

/// Writes the bodies of batches, one on each line, that update and delete `count` of the movies with the ids 1 to
/// `movies`, in turns.
pub fn write(out: &mut impl Write, movies: u64, count: usize, seed: u64) -> anyhow::Result<()> {
    anyhow::ensure!(count as u64 <= movies, "there are fewer movies than changes");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let ids = rand::seq::index::sample(&mut rng, usize::try_from(movies)?, count).into_vec();
    // Of another seed than the catalogue itself, whose movies must not occur twice.
    let mut catalogue = Movies::new(movies, !seed)?;
    let mut changes = ids.into_iter().enumerate().map(|(number, id)| match number % 2 {
        0 => json!({"op": "update", "id": id + 1, "movie": movie(&mut catalogue)}),
        _ => json!({"op": "delete", "id": id + 1}),
    });
    loop {
        let operations: Vec<Value> = changes.by_ref().take(BATCH).collect();
        if operations.is_empty() {
            return Ok(());
        }
        serde_json::to_writer(&mut *out, &json!({ "operations": operations }))?;
        out.write_all(b"\n")?;
    }
}

fn movie(catalogue: &mut Movies) -> Value {
    let movie = catalogue.next();
    json!({
        "name": movie.name,
        "director": person(movie.director),
        "genres": movie.genres,
        "popularity": movie.popularity,
        "imdb_score": movie.imdb_score,
        "year": movie.year,
        "runtime_minutes": movie.runtime_minutes,
        "votes": movie.votes,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_movie_changes_once_at_most() {
        let mut out = Vec::new();
        write(&mut out, 3_000, 2_500, 1).unwrap();
        let text = String::from_utf8(out).unwrap();
        let mut ids = HashSet::new();
        let mut updates = 0;
        for line in text.lines() {
            let batch: Value = serde_json::from_str(line).unwrap();
            let operations = batch["operations"].as_array().unwrap();
            assert!(operations.len() <= BATCH);
            for operation in operations {
                assert!(ids.insert(operation["id"].as_u64().unwrap()));
                updates += usize::from(operation["op"] == "update" && operation["movie"]["name"].is_string());
            }
        }
        assert_eq!((ids.len(), updates), (2_500, 1_250));
        assert!(ids.iter().all(|id| (1..=3_000).contains(id)));
        assert!(write(&mut Vec::new(), 10, 11, 1).is_err());
    }
}
