//! Loading records of a feed: each updates the movie it speaks of, or adds one.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use roaring::RoaringTreemap;

use super::{catalogue::next_version, genre_names::GenresByName};
use crate::{
    change::{Edit, NewChange},
    error::Result,
    genre::Genre,
    import::Counts,
    movie::{Field, Identity, ImdbId, Movie, MovieDetails, MovieDraft, MovieId, MoviePatch},
    ports::{ChangeListener, Changed, Clock, Session, Store, Watcher},
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

/// A record of a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedRecord {
    /// What the feed calls the movie. It tells the movies of one feed from each other and means nothing beyond it.
    pub id: Option<u64>,
    /// What it says of the movie.
    pub patch: MoviePatch,
}

/// Loads feeds.
///
/// A record meets a movie by its `imdb_id`; else by name, director and year, where a year or director that the record
/// does not mention (`null` is a mention) meets the one movie that agrees in the rest. What it meets it updates, with
/// the fields it mentions; otherwise it adds a movie. So the same feed can be loaded again, from any point on, and
/// changes nothing twice.
///
/// Records of one feed with different ids never meet the same movie, unless that has their `imdb_id`: of several with
/// the same name, director and year, the first meets the oldest such movie, the second the next, and so on; movies with
/// IMDb ids come after all others.
pub struct Import {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    listeners: Vec<Arc<dyn ChangeListener>>,
    /// In a rehearsal, where the movies are that `store` has copies of.
    original: Option<Arc<dyn Store>>,
    watcher: Option<Arc<dyn Watcher>>,
}

/// The first id of what a rehearsal creates: above those of the movies it copies, as those of new movies are.
const REHEARSED_IDS: u64 = 1 << 62;

impl Import {
    /// An import into `store`. The listeners hear of every movie it changes.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, listeners: Vec<Arc<dyn ChangeListener>>) -> Self {
        Self { store, clock, listeners, original: None, watcher: None }
    }

    /// The same, watched.
    pub fn watched_by(self, watcher: Arc<dyn Watcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// An import that tells what would become of records and leaves `original` as it is. It works on `scratch`, an
    /// empty store, to which it copies whatever the records can meet.
    pub fn rehearsal(original: Arc<dyn Store>, scratch: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self> {
        scratch.writing(|session| session.new_movie_ids(REHEARSED_IDS))?;
        Ok(Self { store: scratch, clock, listeners: Vec::new(), original: Some(original), watcher: None })
    }

    /// Begins a feed.
    pub fn begin(&self) -> Load<'_> {
        Load { import: self, met: Met::default() }
    }
}

/// One feed on its way into the catalogue.
pub struct Load<'a> {
    import: &'a Import,
    met: Met,
}

/// What the records with ids met, in the batches before.
#[derive(Default)]
struct Met {
    /// The ids of the records.
    records: RoaringTreemap,
    /// The movies, new ones too.
    movies: RoaringTreemap,
    /// The movies of records that share name, director and year with an older movie. For all others, the same record
    /// once more finds its movie without help, so this stays small.
    younger_twins: HashMap<u64, MovieId>,
}

impl Load<'_> {
    /// Stores a batch of records in one transaction. Each sees what those before it did. Returns one outcome for each,
    /// in order.
    pub fn apply(&mut self, admin: &Admin, records: &[FeedRecord]) -> Result<Vec<Outcome>> {
        let Import { store, clock, listeners, original, watcher } = self.import;
        let now = clock.now();
        // What a record is on its own does not depend on the catalogue, and is not worked out again on a retry.
        let drafts: Vec<_> = records.iter().map(|record| record.patch.clone().onto(None).map(Known::from)).collect();
        let wanted = Wanted::by(records, &drafts);
        if let Some(original) = original {
            let movies = original.reading(|session| wanted.movies(session))?;
            store.writing(|session| copy(session, admin, now, &movies))?;
        }
        let before = &self.met;
        let (outcomes, stored): (Vec<_>, _) = store.writing(|session| {
            let mut batch = Batch::new(records, before);
            batch.fill(wanted.movies(session)?);
            let names = drafts.iter().flatten().flat_map(|known| known.draft.genres.as_slice());
            let genres = GenresByName::find_or_create(session, admin, now, names)?;
            let outcomes =
                records.iter().zip(&drafts).map(|(record, draft)| batch.put(record, draft, &genres)).collect();
            Ok((outcomes, batch.store(session, admin, now)?))
        })?;
        self.met.records |= stored.met.records;
        self.met.movies |= stored.met.movies;
        self.met.younger_twins.extend(stored.met.younger_twins);
        for id in stored.changed {
            for listener in listeners {
                listener.changed(Changed::Movie(id));
            }
        }
        if let Some(watcher) = watcher {
            watcher.imported(counted(&outcomes));
        }
        Ok(outcomes)
    }
}

fn counted(outcomes: &[Outcome]) -> Counts {
    let mut counts = Counts::default();
    for outcome in outcomes {
        *match outcome {
            Outcome::Created => &mut counts.created,
            Outcome::Updated => &mut counts.updated,
            Outcome::Unchanged => &mut counts.unchanged,
            Outcome::Rejected(_) => &mut counts.rejected,
        } += 1;
    }
    counts
}

/// Adds those of `movies` that are not there yet, with genres of the same names.
fn copy(session: &mut dyn Session, admin: &Admin, now: Timestamp, movies: &[Movie]) -> Result<()> {
    let ids: Vec<_> = movies.iter().map(|movie| movie.id).collect();
    let copied: HashSet<_> = session.movies(&ids)?.into_iter().map(|movie| movie.id).collect();
    let mut missing: Vec<Movie> = movies.iter().filter(|movie| !copied.contains(&movie.id)).cloned().collect();
    // An IMDb id can have come to a new movie of the original since one of the records took it for another.
    let imdb_ids: Vec<_> = missing.iter().filter_map(|movie| movie.details.imdb_id.as_ref()).collect();
    let held = session.movies_by_imdb_id(&imdb_ids)?;
    let held: HashSet<_> = held.iter().filter_map(|movie| movie.details.imdb_id.as_ref()).collect();
    missing.retain(|movie| movie.details.imdb_id.as_ref().is_none_or(|imdb_id| !held.contains(imdb_id)));

    let names = missing.iter().flat_map(|movie| &movie.genres).map(|genre| &genre.name);
    let genres = GenresByName::find_or_create(session, admin, now, names)?;
    for movie in &mut missing {
        movie.genres = genres.of(&movie.genres.iter().collect());
    }
    session.insert_movies(&missing)
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

/// What finds the movies that records can meet. One with an IMDb id meets none that has another: of episodes that are all
/// called "Episode #1.1" there are very many.
#[derive(Default)]
struct Wanted {
    any: Alike,
    untitled: Alike,
    imdb_ids: Vec<ImdbId>,
}

/// What movies have in common.
#[derive(Default)]
struct Alike {
    identities: HashSet<Identity>,
    names: HashSet<String>,
}

impl Alike {
    fn identities(&self) -> Vec<Identity> {
        self.identities.iter().cloned().collect()
    }

    fn names(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }
}

impl Wanted {
    fn by(records: &[FeedRecord], drafts: &[Result<Known, Violations>]) -> Self {
        let mut wanted = Self::default();
        for (record, draft) in records.iter().zip(drafts) {
            wanted.imdb_ids.extend(mentioned_imdb_id(&record.patch));
            let Ok(Known { identity, draft }) = draft else { continue };
            let alike = if draft.details.imdb_id.is_some() { &mut wanted.untitled } else { &mut wanted.any };
            let identity = identity.clone();
            if Mentions::of(&record.patch) == Mentions::ALL {
                alike.identities.insert(identity);
            } else {
                alike.names.insert(identity.name);
            }
        }
        wanted
    }

    /// The movies, by ascending id.
    fn movies(&self, session: &mut dyn Session) -> Result<Vec<Movie>> {
        let mut movies: Vec<Movie> = Vec::new();
        if !self.imdb_ids.is_empty() {
            movies.extend(session.movies_by_imdb_id(&self.imdb_ids.iter().collect::<Vec<_>>())?);
        }
        movies.extend(session.movies_identical_to(&self.any.identities())?);
        movies.extend(session.untitled_movies_identical_to(&self.untitled.identities())?);
        movies.extend(session.movies_named(&self.any.names())?);
        movies.extend(session.untitled_movies_named(&self.untitled.names())?);
        movies.sort_by_key(|movie| movie.id);
        movies.dedup_by_key(|movie| movie.id);
        Ok(movies)
    }
}

/// A movie of the batch: as it was, if it was, and as the records make it.
struct Entry {
    before: Option<Movie>,
    details: MovieDetails,
    identity: Identity,
    genres: Vec<Genre>,
    /// Whether a record with an id met it: none with another id does.
    taken: bool,
}

/// An entry in a set of them: those that are not taken come first, and of each kind the oldest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    taken: bool,
    index: usize,
}

/// Entries that have a [`Key`] in common.
#[derive(Default)]
struct Places(BTreeSet<Place>);

impl Places {
    const FIRST_TAKEN: Place = Place { taken: true, index: 0 };

    /// The oldest; of those that are not taken alone, where it has to be free.
    fn oldest(&self, free: bool) -> Option<usize> {
        let first_free = self.0.first().filter(|place| !place.taken);
        let first_taken = if free { None } else { self.0.range(Self::FIRST_TAKEN..).next() };
        first_free.into_iter().chain(first_taken).map(|place| place.index).min()
    }

    fn all(&self, free: bool) -> impl Iterator<Item = usize> {
        self.0.iter().take_while(move |place| !(free && place.taken)).map(|place| place.index)
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
struct Batch<'a> {
    entries: Vec<Entry>,
    by_id: HashMap<MovieId, usize>,
    by_imdb_id: HashMap<String, usize>,
    /// The kinds of keys in `by_key`: those that the batch's records have. There can be very many namesakes, and none is
    /// looked at in vain.
    mentions: HashSet<Mentions>,
    by_key: HashMap<Key, Places>,
    /// What the records of the batches before met.
    before: &'a Met,
    /// The ids of records of this batch that met a movie.
    seen: HashSet<u64>,
    younger_twins: HashMap<u64, usize>,
}

/// What came of a batch.
struct Stored {
    /// The movies that were there before and are changed.
    changed: Vec<MovieId>,
    met: Met,
}

impl<'a> Batch<'a> {
    fn new(records: &[FeedRecord], before: &'a Met) -> Self {
        Self {
            entries: Vec::new(),
            by_id: HashMap::new(),
            by_imdb_id: HashMap::new(),
            mentions: records.iter().map(|record| Mentions::of(&record.patch)).chain([Mentions::ALL]).collect(),
            by_key: HashMap::new(),
            before,
            seen: HashSet::new(),
            younger_twins: HashMap::new(),
        }
    }

    /// Adds movies that are there, the oldest first.
    fn fill(&mut self, movies: Vec<Movie>) {
        for movie in movies {
            self.by_id.insert(movie.id, self.entries.len());
            let taken = self.before.movies.contains(movie.id.0);
            let (details, genres) = (movie.details.clone(), movie.genres.clone());
            self.add(Entry { identity: details.identity(), details, genres, taken, before: Some(movie) });
        }
    }

    fn add(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.register(self.entries.len() - 1);
        self.entries.len() - 1
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
        let Entry { details, identity, taken, .. } = &self.entries[index];
        if let Some(imdb_id) = &details.imdb_id {
            self.by_imdb_id.insert(imdb_id.as_str().to_owned(), index);
        }
        for mentions in &self.mentions {
            let key = mentions.key(identity, details.imdb_id.is_some());
            self.by_key.entry(key).or_default().0.insert(Place { taken: *taken, index });
        }
    }

    fn unregister(&mut self, index: usize) {
        let Entry { details, identity, taken, .. } = &self.entries[index];
        if let Some(imdb_id) = &details.imdb_id {
            self.by_imdb_id.remove(imdb_id.as_str());
        }
        for mentions in &self.mentions {
            if let Some(places) = self.by_key.get_mut(&mentions.key(identity, details.imdb_id.is_some())) {
                places.0.remove(&Place { taken: *taken, index });
            }
        }
    }

    /// The entry that has this IMDb id now.
    fn titled(&self, imdb_id: &ImdbId) -> Option<usize> {
        self.by_imdb_id.get(imdb_id.as_str()).copied()
    }

    /// The entry that a record speaks of.
    fn meet(&self, record: &FeedRecord, known: &Known) -> Option<usize> {
        if let Some(index) = known.draft.details.imdb_id.as_ref().and_then(|imdb_id| self.titled(imdb_id)) {
            return Some(index);
        }
        let twin = record.id.and_then(|id| self.younger_twin(id));
        if let Some(twin) = twin.filter(|twin| self.agrees(*twin, &record.patch, known)) {
            return Some(twin);
        }
        // A record with another id than those before it speaks of a movie that none of them met.
        let free = record.id.is_some_and(|id| !self.has_seen(id));
        if let Some(twin) = self.oldest_twin(known, free) {
            return Some(twin);
        }
        let mut agreeing = self.places(Mentions::of(&record.patch), known).flat_map(|places| places.all(free));
        match (agreeing.next(), agreeing.next()) {
            (Some(index), None) => Some(index),
            _ => None,
        }
    }

    /// The entries that agree with a record in what it mentions. Two IMDb ids are two movies, whatever else agrees.
    fn places<'b>(&'b self, mentions: Mentions, known: &'b Known) -> impl Iterator<Item = &'b Places> {
        let has_imdb_id: &[bool] = if known.draft.details.imdb_id.is_some() { &[false] } else { &[false, true] };
        has_imdb_id.iter().filter_map(move |has| self.by_key.get(&mentions.key(&known.identity, *has)))
    }

    /// The oldest entry with the record's name, director and year. One that has an IMDb id, which the record does not
    /// name, is meant only where there is no other.
    fn oldest_twin(&self, known: &Known, free: bool) -> Option<usize> {
        self.places(Mentions::ALL, known).find_map(|places| places.oldest(free))
    }

    /// Whether a record with this id met a movie before.
    fn has_seen(&self, id: u64) -> bool {
        self.seen.contains(&id) || self.before.records.contains(id)
    }

    /// The entry that an earlier record with this id met, if older ones agree with it as well.
    fn younger_twin(&self, id: u64) -> Option<usize> {
        let earlier = || self.by_id.get(self.before.younger_twins.get(&id)?);
        self.younger_twins.get(&id).or_else(earlier).copied()
    }

    /// Whether the entry agrees with a record in what it mentions.
    fn agrees(&self, index: usize, record: &MoviePatch, known: &Known) -> bool {
        let place = Place { taken: self.entries[index].taken, index };
        self.places(Mentions::of(record), known).any(|places| places.0.contains(&place))
    }

    /// Notes that a record met the entry.
    fn note(&mut self, record: &FeedRecord, known: Option<&Known>, index: usize) {
        let Some(id) = record.id.filter(|id| !self.has_seen(*id)) else { return };
        self.seen.insert(id);
        if !self.entries[index].taken {
            self.unregister(index);
            self.entries[index].taken = true;
            self.register(index);
        }
        // One with an IMDb id finds its movie by that.
        if let Some(known) = known.filter(|known| known.draft.details.imdb_id.is_none())
            && self.oldest_twin(known, false) != Some(index)
        {
            self.younger_twins.insert(id, index);
        }
    }

    fn put(&mut self, record: &FeedRecord, draft: &Result<Known, Violations>, genres: &GenresByName) -> Outcome {
        let patch = &record.patch;
        let index = match draft {
            Ok(known) => match self.meet(record, known) {
                Some(index) => index,
                None => {
                    self.create(record, known, genres);
                    return Outcome::Created;
                }
            },
            Err(violations) => match self.meet_without_name(patch, violations) {
                Some(index) => index,
                None => return Outcome::Rejected(violations.clone()),
            },
        };
        let entry = &self.entries[index];
        let base = MovieDraft { details: entry.details.clone(), genres: entry.genres.iter().collect() };
        let after = match patch.clone().onto(Some(base)) {
            Ok(after) => after,
            Err(violations) => return Outcome::Rejected(violations),
        };
        let after_genres = if patch.genres == Field::Absent { entry.genres.clone() } else { genres.of(&after.genres) };
        let is_same = entry.details == after.details && entry.genres == after_genres;
        self.note(record, draft.as_ref().ok(), index);
        if is_same {
            return Outcome::Unchanged;
        }
        self.change(index, after.details, after_genres);
        Outcome::Updated
    }

    fn create(&mut self, record: &FeedRecord, known: &Known, genres: &GenresByName) {
        let MovieDraft { details, genres: names } = known.draft.clone();
        let (identity, genres, taken) = (known.identity.clone(), genres.of(&names), record.id.is_some());
        let index = self.add(Entry { before: None, details, identity, genres, taken });
        self.note(record, Some(known), index);
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

    /// Writes what the records changed.
    fn store(self, session: &mut dyn Session, admin: &Admin, now: Timestamp) -> Result<Stored> {
        self.release_imdb_ids(session)?;
        let count = self.entries.iter().filter(|entry| entry.before.is_none()).count() as u64;
        let first = if count > 0 { Some(session.new_movie_ids(count)?) } else { None };
        let mut new_ids = first.into_iter().flat_map(|first| (first.0..).map(MovieId));
        let mut ids = Vec::with_capacity(self.entries.len());
        let mut created = Vec::new();
        let mut changes = Vec::new();
        let mut changed = Vec::new();
        let mut met = Met { records: self.seen.into_iter().collect(), ..Met::default() };
        for entry in self.entries {
            let Some(id) = entry.before.as_ref().map(|movie| movie.id).or_else(|| new_ids.next()) else { continue };
            ids.push(id);
            if entry.taken {
                met.movies.insert(id.0);
            }
            let (details, genres) = (entry.details, entry.genres);
            match entry.before {
                None => created.push(Movie { id, version: 1, created_at: now, updated_at: now, details, genres }),
                Some(before) if before.details == details && before.genres == genres => {}
                Some(before) => {
                    let after = next_version(Movie { details, genres, ..before.clone() }, now);
                    session.update_movie(&after)?;
                    changed.push(id);
                    changes.push(NewChange::by(admin, now, Edit::movie_updated(&before, &after)));
                }
            }
        }
        if let Some(first) = first {
            session.insert_movies(&created)?;
            changes.push(NewChange::by(admin, now, Edit::NewMovies { first, count }));
        }
        if !changes.is_empty() {
            session.record(&changes)?;
        }
        let movie = |(id, index): (u64, usize)| Some((id, *ids.get(index)?));
        met.younger_twins = self.younger_twins.into_iter().filter_map(movie).collect();
        Ok(Stored { changed, met })
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

    fn named(name: &str) -> MoviePatch {
        MoviePatch { name: Field::Value(name.to_owned()), ..MoviePatch::default() }
    }

    /// Puts the records into one batch of an empty catalogue; returns how many movies that makes.
    fn created(records: &[FeedRecord]) -> usize {
        let before = Met::default();
        let mut batch = Batch::new(records, &before);
        let genres = GenresByName::default();
        for record in records {
            batch.put(record, &record.patch.clone().onto(None).map(Known::from), &genres);
        }
        batch.entries.len()
    }

    #[test]
    fn many_namesakes_are_told_apart() {
        const MANY: u32 = 30_000;
        let director = |n: u32| Field::Value(n.to_string());
        let imdb_id = |n: u32| Field::Value(format!("tt{n:07}"));
        let without_id = |patch| FeedRecord { id: None, patch };
        let feeds: [&dyn Fn(u32) -> FeedRecord; 5] = [
            &|n| without_id(MoviePatch { director: director(n), year: Field::Null, ..named("Untitled") }),
            &|n| without_id(MoviePatch { director: director(n), ..named("Untitled") }),
            &|n| without_id(MoviePatch { imdb_id: imdb_id(n), ..named("Untitled") }),
            &|n| FeedRecord { id: Some(n.into()), patch: named("Untitled") },
            &|n| FeedRecord { id: Some(n.into()), patch: MoviePatch { imdb_id: imdb_id(n), ..named("Untitled") } },
        ];
        for (i, feed) in feeds.into_iter().enumerate() {
            let records: Vec<_> = (1..=MANY).map(feed).collect();
            assert_eq!(created(&records), MANY as usize, "feed {i}");
        }
    }
}
