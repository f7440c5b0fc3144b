//! Loading records of a feed: each updates the movie it speaks of, or adds one.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{catalogue::next_version, genre_names::GenresByName};
use crate::{
    change::{Edit, NewChange, Seq},
    error::Result,
    movie::{Field, Identity, Movie, MovieDetails, MovieDraft, MovieId, MoviePatch},
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

/// What became of a batch.
#[derive(Debug)]
pub struct Applied {
    /// One outcome for each record, in order.
    pub outcomes: Vec<Outcome>,
    /// The number of the batch's last change; `None` where it changed nothing.
    pub seq: Option<Seq>,
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

    /// Stores a batch of records in one transaction. Each sees what those before it did.
    pub fn apply(&self, admin: &Admin, records: &[MoviePatch]) -> Result<Applied> {
        let now = self.clock.now();
        // What a record is on its own does not depend on the catalogue, and is not worked out again on a retry.
        let drafts: Vec<_> = records.iter().map(|record| record.clone().onto(None)).collect();
        let (applied, changed) = self.store.writing(|session| {
            let mut batch = Batch::load(session, records, &drafts)?;
            let names = drafts.iter().flatten().flat_map(|draft| draft.genres.as_slice());
            let genres = GenresByName::find_or_create(session, admin, now, names)?;
            let outcomes =
                records.iter().zip(&drafts).map(|(record, draft)| batch.put(record, draft, &genres)).collect();
            let (seq, changed) = batch.store(session, admin, now)?;
            Ok((Applied { outcomes, seq }, changed))
        })?;
        for id in changed {
            for listener in &self.listeners {
                listener.changed(Changed::Movie(id));
            }
        }
        Ok(applied)
    }
}

/// A movie of the batch: as it was, if it was, and as the records make it.
struct Entry {
    before: Option<Movie>,
    details: MovieDetails,
    genres: Vec<crate::genre::Genre>,
}

/// The movies that the records of one batch can meet, each other's included.
struct Batch {
    entries: Vec<Entry>,
    by_imdb_id: HashMap<String, usize>,
    /// By case-folded name; the oldest movie first.
    by_name: HashMap<String, Vec<usize>>,
}

impl Batch {
    fn load(
        session: &mut dyn Session,
        records: &[MoviePatch],
        drafts: &[Result<MovieDraft, Violations>],
    ) -> Result<Self> {
        let mut identities: HashSet<Identity> = HashSet::new();
        let mut names: HashSet<String> = HashSet::new();
        for (record, draft) in records.iter().zip(drafts) {
            let Ok(draft) = draft else { continue };
            let identity = draft.details.identity();
            if record.director == Field::Absent || record.year == Field::Absent {
                names.insert(identity.name);
            } else {
                identities.insert(identity);
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

        let mut batch = Self { entries: Vec::new(), by_imdb_id: HashMap::new(), by_name: HashMap::new() };
        for movie in movies {
            let entry = Entry { details: movie.details.clone(), genres: movie.genres.clone(), before: Some(movie) };
            batch.add(entry);
        }
        Ok(batch)
    }

    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.register(self.entries.len() - 1);
    }

    fn register(&mut self, index: usize) {
        let details = &self.entries[index].details;
        if let Some(imdb_id) = &details.imdb_id {
            self.by_imdb_id.insert(imdb_id.as_str().to_owned(), index);
        }
        let namesakes = self.by_name.entry(details.identity().name).or_default();
        if !namesakes.contains(&index) {
            namesakes.push(index);
        }
    }

    /// The entry that a record speaks of.
    fn meet(&self, record: &MoviePatch, draft: &MovieDraft) -> Option<usize> {
        if let Some(imdb_id) = &draft.details.imdb_id
            && let Some(&index) = self.by_imdb_id.get(imdb_id.as_str())
        {
            return Some(index);
        }
        let wanted = draft.details.identity();
        let candidates: Vec<(usize, Identity)> = self
            .by_name
            .get(&wanted.name)?
            .iter()
            .map(|&index| (index, &self.entries[index].details))
            // Two IMDb ids are two movies, whatever else agrees.
            .filter(|(_, details)| details.imdb_id.is_none() || draft.details.imdb_id.is_none())
            .map(|(index, details)| (index, details.identity()))
            // An entry stays listed under the names it had before earlier records changed it.
            .filter(|(_, identity)| identity.name == wanted.name)
            .collect();
        if let Some((index, _)) = candidates.iter().find(|(_, identity)| *identity == wanted) {
            return Some(*index);
        }
        let mut agreeing = candidates.iter().filter(|(_, identity)| {
            (record.director == Field::Absent || identity.director == wanted.director)
                && (record.year == Field::Absent || identity.year == wanted.year)
        });
        match (agreeing.next(), agreeing.next()) {
            (Some((index, _)), None) => Some(*index),
            _ => None,
        }
    }

    fn put(&mut self, record: &MoviePatch, draft: &Result<MovieDraft, Violations>, genres: &GenresByName) -> Outcome {
        let met = match draft {
            Ok(draft) => self.meet(record, draft),
            Err(violations) => match self.met_without_name(record, violations) {
                Some(index) => Some(index),
                None => return Outcome::Rejected(violations.clone()),
            },
        };
        let Some(index) = met else {
            let Ok(draft) = draft else { return Outcome::Unchanged };
            let entry = Entry { before: None, details: draft.details.clone(), genres: genres.of(&draft.genres) };
            self.add(entry);
            return Outcome::Created;
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
        let entry = &mut self.entries[index];
        entry.details = after.details;
        entry.genres = after_genres;
        self.register(index);
        Outcome::Updated
    }

    /// A record without a name can still update the movie that its IMDb id names.
    fn met_without_name(&self, record: &MoviePatch, violations: &Violations) -> Option<usize> {
        let only_the_name = violations.0.iter().all(|v| v.field == "/name" && v.code == ViolationCode::Required);
        if !only_the_name || record.name != Field::Absent || record.genres != Field::Absent {
            return None;
        }
        self.by_imdb_id.get(mentioned_imdb_id(record)?.as_str()).copied()
    }

    /// Writes what the records changed; returns the last change's number and the movies that were there before.
    fn store(self, session: &mut dyn Session, admin: &Admin, now: Timestamp) -> Result<(Option<Seq>, Vec<MovieId>)> {
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
        let seq = if changes.is_empty() { None } else { Some(session.record(&changes)?) };
        Ok((seq, changed))
    }
}

fn mentioned_imdb_id(record: &MoviePatch) -> Option<crate::movie::ImdbId> {
    match &record.imdb_id {
        Field::Value(imdb_id) => crate::movie::ImdbId::new(imdb_id).ok(),
        Field::Absent | Field::Null => None,
    }
}
