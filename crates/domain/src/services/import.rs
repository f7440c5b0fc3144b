//! Loading records of a feed: each updates the movie it speaks of, or adds one.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{catalogue::next_version, genre_names::GenresByName};
use crate::{
    change::{Edit, NewChange},
    error::Result,
    genre::Genre,
    movie::{Field, Identity, ImdbId, Movie, MovieDetails, MovieDraft, MovieId, MoviePatch},
    ports::{ChangeListener, Changed, Clock, Session, Store},
    time::Timestamp,
    user::Admin,
    violation::{ViolationCode, Violations},
};

/// What became of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was new.
    Created,
    /// It changed a movie.
    Updated,
    /// The movie was like that already.
    Unchanged,
    /// It breaks rules; nothing of it was stored.
    Rejected(Violations),
}

/// Loads records.
///
/// A record meets a movie by its `imdb_id`; else by name, director and year, where a year or director that the record
/// does not mention (`null` is a mention) meets the one movie that agrees in the rest. What it meets it updates, with
/// the fields it mentions; otherwise it adds a movie. So the same feed can be loaded again, from any point on, and
/// changes nothing twice.
pub struct Import {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    listeners: Vec<Arc<dyn ChangeListener>>,
}

impl Import {
    /// An import into `store`. The listeners hear of every movie it changes.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, listeners: Vec<Arc<dyn ChangeListener>>) -> Self {
        Self { store, clock, listeners }
    }

    /// Stores a batch of records in one transaction. Each sees what those before it did. Returns one outcome for each,
    /// in order.
    pub fn apply(&self, admin: &Admin, records: &[MoviePatch]) -> Result<Vec<Outcome>> {
        let now = self.clock.now();
        // What a record is on its own does not depend on the catalogue, and is not worked out again on a retry.
        let drafts: Vec<_> = records.iter().map(|record| record.clone().onto(None).map(Known::from)).collect();
        let (outcomes, changed) = self.store.writing(|session| {
            let mut batch = Batch::load(session, records, &drafts)?;
            let names = drafts.iter().flatten().flat_map(|known| known.draft.genres.as_slice());
            let genres = GenresByName::find_or_create(session, admin, now, names)?;
            let outcomes =
                records.iter().zip(&drafts).map(|(record, draft)| batch.put(record, draft, &genres)).collect();
            Ok((outcomes, batch.store(session, admin, now)?))
        })?;
        for id in changed {
            for listener in &self.listeners {
                listener.changed(Changed::Movie(id));
            }
        }
        Ok(outcomes)
    }
}

/// What a record says, all else being `null`, and which movie that is.
struct Known {
    draft: MovieDraft,
    identity: Identity,
}

impl From<MovieDraft> for Known {
    fn from(draft: MovieDraft) -> Self {
        Self { identity: draft.details.identity(), draft }
    }
}

/// A movie of the batch: as it was, if it was, and as the records make it.
struct Entry {
    before: Option<Movie>,
    details: MovieDetails,
    identity: Identity,
    genres: Vec<Genre>,
}

impl Entry {
    fn new(before: Option<Movie>, details: MovieDetails, genres: Vec<Genre>) -> Self {
        Self { identity: details.identity(), before, details, genres }
    }
}

/// What a record mentions of an identity, beside the name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Mentions {
    director: bool,
    year: bool,
}

impl Mentions {
    const ALL: Self = Self { director: true, year: true };

    fn of(record: &MoviePatch) -> Self {
        Self { director: record.director != Field::Absent, year: record.year != Field::Absent }
    }

    fn key(self, identity: &Identity, has_imdb_id: bool) -> Key {
        Key {
            name: identity.name.clone(),
            director: self.director.then(|| identity.director.clone()),
            year: self.year.then_some(identity.year),
            has_imdb_id,
        }
    }
}

/// What some movies have in common: of their identity, as much as a record mentions.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    name: String,
    director: Option<Option<String>>,
    year: Option<Option<u16>>,
    has_imdb_id: bool,
}

/// The movies that the records of one batch can meet, each other's included.
struct Batch {
    entries: Vec<Entry>,
    by_imdb_id: HashMap<String, usize>,
    /// The kinds of keys in `by_key`: those that the batch's records have. There can be very many namesakes, and none is
    /// looked at in vain.
    mentions: HashSet<Mentions>,
    /// The oldest movie first.
    by_key: HashMap<Key, BTreeSet<usize>>,
}

impl Batch {
    fn load(session: &mut dyn Session, records: &[MoviePatch], drafts: &[Result<Known, Violations>]) -> Result<Self> {
        let mut identities: HashSet<Identity> = HashSet::new();
        let mut names: HashSet<String> = HashSet::new();
        for (record, draft) in records.iter().zip(drafts) {
            let Ok(Known { identity, .. }) = draft else { continue };
            let identity = identity.clone();
            if Mentions::of(record) == Mentions::ALL {
                identities.insert(identity);
            } else {
                names.insert(identity.name);
            }
        }
        let identities: Vec<_> = identities.into_iter().collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let imdb_ids: Vec<_> = records.iter().filter_map(mentioned_imdb_id).collect();

        let mut movies: Vec<Movie> = Vec::new();
        if !imdb_ids.is_empty() {
            movies.extend(session.movies_by_imdb_id(&imdb_ids.iter().collect::<Vec<_>>())?);
        }
        if !identities.is_empty() {
            movies.extend(session.movies_identical_to(&identities)?);
        }
        if !names.is_empty() {
            movies.extend(session.movies_named(&names)?);
        }
        movies.sort_by_key(|movie| movie.id);
        movies.dedup_by_key(|movie| movie.id);

        let mut batch = Self::new(records);
        for movie in movies {
            let (details, genres) = (movie.details.clone(), movie.genres.clone());
            batch.add(Entry::new(Some(movie), details, genres));
        }
        Ok(batch)
    }

    fn new(records: &[MoviePatch]) -> Self {
        let mentions = records.iter().map(Mentions::of).chain([Mentions::ALL]).collect();
        Self { entries: Vec::new(), by_imdb_id: HashMap::new(), mentions, by_key: HashMap::new() }
    }

    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.register(self.entries.len() - 1);
    }

    fn change(&mut self, index: usize, details: MovieDetails, genres: Vec<Genre>) {
        self.unregister(index);
        let entry = &mut self.entries[index];
        entry.identity = details.identity();
        entry.details = details;
        entry.genres = genres;
        self.register(index);
    }

    fn register(&mut self, index: usize) {
        let Entry { details, identity, .. } = &self.entries[index];
        if let Some(imdb_id) = &details.imdb_id {
            self.by_imdb_id.insert(imdb_id.as_str().to_owned(), index);
        }
        for mentions in &self.mentions {
            let key = mentions.key(identity, details.imdb_id.is_some());
            self.by_key.entry(key).or_default().insert(index);
        }
    }

    fn unregister(&mut self, index: usize) {
        let Entry { details, identity, .. } = &self.entries[index];
        if let Some(imdb_id) = &details.imdb_id {
            self.by_imdb_id.remove(imdb_id.as_str());
        }
        for mentions in &self.mentions {
            if let Some(others) = self.by_key.get_mut(&mentions.key(identity, details.imdb_id.is_some())) {
                others.remove(&index);
            }
        }
    }

    /// The entry that has this IMDb id now.
    fn titled(&self, imdb_id: &ImdbId) -> Option<usize> {
        self.by_imdb_id.get(imdb_id.as_str()).copied()
    }

    /// The entry that a record speaks of.
    fn meet(&self, record: &MoviePatch, known: &Known) -> Option<usize> {
        let imdb_id = known.draft.details.imdb_id.as_ref();
        if let Some(index) = imdb_id.and_then(|imdb_id| self.titled(imdb_id)) {
            return Some(index);
        }
        // Two IMDb ids are two movies, whatever else agrees.
        let has_imdb_id: &[bool] = if imdb_id.is_some() { &[false] } else { &[false, true] };
        let agreeing = |mentions: Mentions| {
            has_imdb_id.iter().filter_map(move |has| self.by_key.get(&mentions.key(&known.identity, *has)))
        };
        let oldest_twin = agreeing(Mentions::ALL).filter_map(BTreeSet::first).min();
        if let Some(index) = oldest_twin {
            return Some(*index);
        }
        let mut agreeing = agreeing(Mentions::of(record)).flatten();
        match (agreeing.next(), agreeing.next()) {
            (Some(index), None) => Some(*index),
            _ => None,
        }
    }

    fn put(&mut self, record: &MoviePatch, draft: &Result<Known, Violations>, genres: &GenresByName) -> Outcome {
        let index = match draft {
            Ok(known) => match self.meet(record, known) {
                Some(index) => index,
                None => {
                    let MovieDraft { details, genres: names } = &known.draft;
                    self.add(Entry::new(None, details.clone(), genres.of(names)));
                    return Outcome::Created;
                }
            },
            Err(violations) => match self.meet_without_name(record, violations) {
                Some(index) => index,
                None => return Outcome::Rejected(violations.clone()),
            },
        };
        let entry = &self.entries[index];
        let base = MovieDraft { details: entry.details.clone(), genres: entry.genres.iter().collect() };
        let after = match record.clone().onto(Some(base)) {
            Ok(after) => after,
            Err(violations) => return Outcome::Rejected(violations),
        };
        let after_genres = if record.genres == Field::Absent { entry.genres.clone() } else { genres.of(&after.genres) };
        if entry.details == after.details && entry.genres == after_genres {
            return Outcome::Unchanged;
        }
        self.change(index, after.details, after_genres);
        Outcome::Updated
    }

    /// A record without a name can still update the movie that its IMDb id names.
    fn meet_without_name(&self, record: &MoviePatch, violations: &Violations) -> Option<usize> {
        let only_the_name = violations.0.iter().all(|v| v.field == "/name" && v.code == ViolationCode::Required);
        if !only_the_name || record.name != Field::Absent || record.genres != Field::Absent {
            return None;
        }
        self.titled(&mentioned_imdb_id(record)?)
    }

    /// Takes away the IMDb ids that go from one movie to another, so that never two movies have the same.
    fn release_imdb_ids(&self, session: &mut dyn Session) -> Result<()> {
        for entry in &self.entries {
            if let Some(before) = &entry.before
                && let Some(imdb_id) = &before.details.imdb_id
                && entry.details.imdb_id.as_ref() != Some(imdb_id)
                && self.titled(imdb_id).is_some()
            {
                let details = MovieDetails { imdb_id: None, ..before.details.clone() };
                session.update_movie(&Movie { details, ..before.clone() })?;
            }
        }
        Ok(())
    }

    /// Writes what the records changed; returns the movies that were there before.
    fn store(self, session: &mut dyn Session, admin: &Admin, now: Timestamp) -> Result<Vec<MovieId>> {
        self.release_imdb_ids(session)?;
        let mut created = Vec::new();
        let mut changes = Vec::new();
        let mut changed = Vec::new();
        for entry in self.entries {
            match entry.before {
                None => created.push((entry.details, entry.genres)),
                Some(before) if before.details == entry.details && before.genres == entry.genres => {}
                Some(before) => {
                    let after = Movie { details: entry.details, genres: entry.genres, ..before.clone() };
                    let after = next_version(after, now);
                    session.update_movie(&after)?;
                    changed.push(after.id);
                    changes.push(NewChange::by(admin, now, Edit::movie_updated(&before, &after)));
                }
            }
        }
        if !created.is_empty() {
            let count = created.len() as u64;
            let first = session.new_movie_ids(count)?;
            let movies: Vec<Movie> = (first.0..)
                .zip(created)
                .map(|(id, (details, genres))| Movie {
                    id: MovieId(id),
                    version: 1,
                    created_at: now,
                    updated_at: now,
                    details,
                    genres,
                })
                .collect();
            session.insert_movies(&movies)?;
            changes.push(NewChange::by(admin, now, Edit::NewMovies { first, count }));
        }
        if !changes.is_empty() {
            session.record(&changes)?;
        }
        Ok(changed)
    }
}

fn mentioned_imdb_id(record: &MoviePatch) -> Option<ImdbId> {
    match &record.imdb_id {
        Field::Value(imdb_id) => ImdbId::new(imdb_id).ok(),
        Field::Absent | Field::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str) -> MoviePatch {
        MoviePatch { name: Field::Value(name.to_owned()), ..MoviePatch::default() }
    }

    /// Puts the records that no movie meets into one batch; returns how many those are.
    fn created(records: &[MoviePatch]) -> usize {
        let mut batch = Batch::new(records);
        for record in records {
            let known = Known::from(record.clone().onto(None).unwrap());
            if batch.meet(record, &known).is_none() {
                batch.add(Entry::new(None, known.draft.details, Vec::new()));
            }
        }
        batch.entries.len()
    }

    #[test]
    fn many_namesakes_are_told_apart() {
        const MANY: u32 = 30_000;
        let director = |n: u32| Field::Value(n.to_string());
        let imdb_id = |n: u32| Field::Value(format!("tt{n:07}"));
        let feeds: [&dyn Fn(u32) -> MoviePatch; 3] = [
            &|n| MoviePatch { director: director(n), year: Field::Null, ..record("Untitled") },
            &|n| MoviePatch { director: director(n), ..record("Untitled") },
            &|n| MoviePatch { imdb_id: imdb_id(n), ..record("Untitled") },
        ];
        for (i, feed) in feeds.into_iter().enumerate() {
            let records: Vec<_> = (1..=MANY).map(feed).collect();
            assert_eq!(created(&records), MANY as usize, "feed {i}");
        }
    }
}
