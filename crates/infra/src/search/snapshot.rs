//! The state of the index that lists are read from: immutable, replaced as a whole.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    Error, Result,
    genre::GenreId,
    matching::Reach,
    movie::{Movie, MovieId},
    ports::GenreCount,
    query::{CountMode, ListedMovie, MovieFilter, MoviePage, MovieQuery, Position, Sort, SortField, Start, Total},
};
use quick_cache::{Equivalent, Weighter, sync::Cache};
use tantivy::{BitSet, DocId, Searcher, SegmentReader, index::SegmentId};

use super::{
    evaluate::{Counter, Search, SegmentSearch},
    facets::FacetMemory,
    genres::GenreTable,
    numbers::{is_tie, order_cell},
    order::{self, Hit},
    postings::is_set,
    schema::Fields,
    segment::Segment,
    words::{self, FoundWords},
};

/// With fewer matches than this, words are stretched.
const FEW: u64 = 20;

/// Movies lately shown, by segment and document. A segment's documents never change.
type MovieCache = Cache<(u64, DocId), Arc<Shown>, MovieWeight>;

/// A movie with the names of its genres, as of one [`GenreTable`].
struct Shown {
    movie: Arc<ListedMovie>,
    genres: Vec<GenreId>,
    table: u64,
}

/// Weighs movies in bytes.
#[derive(Clone)]
struct MovieWeight;

impl Weighter<(u64, DocId), Arc<Shown>> for MovieWeight {
    fn weight(&self, _: &(u64, DocId), shown: &Arc<Shown>) -> u64 {
        let details = &shown.movie.details;
        let texts = [
            Some(details.name.as_str().len()),
            details.director.as_ref().map(|t| t.as_str().len()),
            details.overview.as_ref().map(|t| t.as_str().len()),
            details.poster_url.as_ref().map(|t| t.as_str().len()),
        ];
        // The texts stand in the movie and in its JSON. The fixed part: the movie, the names of its JSON, the entry, its
        // allocations.
        (1_024 + 2 * texts.iter().flatten().sum::<usize>() + shown.genres.len() * 48) as u64
    }
}

/// How many movies match, by filter, as far as that was lately counted: whoever turns the pages of a list has it counted
/// once.
type Counts = Cache<Counting, Counted>;

/// What is counted.
#[derive(PartialEq, Eq, Hash)]
struct Counting {
    filter: MovieFilter,
    reach: u8,
}

#[derive(Clone, Copy)]
struct Counted {
    /// The [`Snapshot::number`] in which it was.
    snapshot: u64,
    found: u64,
    /// So many did not need to be passed.
    needed: u64,
}

impl Equivalent<Counting> for (&MovieFilter, u8) {
    fn equivalent(&self, counting: &Counting) -> bool {
        *self.0 == counting.filter && self.1 == counting.reach
    }
}

/// A segment without the documents that are deleted.
#[derive(Clone)]
pub(super) struct View {
    pub(super) segment: Arc<Segment>,
    /// One bit for each document that is alive; `None` where all are.
    pub(super) alive: Option<Arc<Vec<u64>>>,
    /// What tells two states of the same segment apart.
    pub(super) deletes: Option<u64>,
}

impl View {
    pub(super) fn is_alive(&self, doc: DocId) -> bool {
        self.alive.as_ref().is_none_or(|alive| is_set(alive, doc))
    }

    /// The same segment where other documents are alive.
    pub(super) fn with_alive(&self, alive: Option<Arc<Vec<u64>>>) -> Self {
        Self { segment: Arc::clone(&self.segment), alive, deletes: None }
    }
}

/// What was found in a state of the index.
pub(super) struct Hits<'a> {
    /// The first documents. Those of the page are in order.
    hits: Vec<(&'a View, Hit)>,
    /// How many there are in all, as far as they were counted.
    pub(super) count: u64,
    /// How far the words were stretched.
    reach: Reach,
}

/// A state of the index.
pub(super) struct Snapshot {
    /// Told apart from all other states that this process has seen.
    number: u64,
    views: Vec<(SegmentId, View)>,
    genres: Arc<GenreTable>,
    genre_counts: OnceLock<Vec<GenreCount>>,
    pub(super) memory: Arc<Memory>,
}

/// What states of the index share.
pub(super) struct Memory {
    movies: MovieCache,
    counts: Counts,
    pub(super) facets: FacetMemory,
}

impl Memory {
    /// Keeps about so many bytes of movies; facets count so many matches of words.
    pub(super) fn new(bytes: u64, facet_matches: u64) -> Self {
        /// What a movie weighs on average, with its texts.
        const MOVIE: u64 = 1_536;
        /// Each takes some hundred bytes.
        const COUNTS: usize = 10_000;
        let movies = Cache::with_weighter((bytes / MOVIE) as usize, bytes, MovieWeight);
        Self { movies, counts: Cache::new(COUNTS), facets: FacetMemory::new(facet_matches) }
    }
}

fn next_number() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

impl Snapshot {
    /// The state that `searcher` sees. What is known of its segments from `previous` is not read again.
    pub(super) fn new(
        searcher: &Searcher,
        fields: &Fields,
        directory: &Path,
        genres: Arc<GenreTable>,
        previous: Option<&Self>,
        memory: Arc<Memory>,
        numbers: &mut u64,
    ) -> tantivy::Result<Self> {
        let known = previous.map_or(&[][..], |snapshot| &snapshot.views);
        let known = known.iter().map(|(id, view)| (*id, view)).collect::<HashMap<_, _>>();
        let mut view = |reader: &SegmentReader| -> tantivy::Result<View> {
            let known = known.get(&reader.segment_id());
            let deletes = reader.delete_opstamp();
            if let Some(view) = known.filter(|view| view.deletes == deletes) {
                return Ok(View::clone(view));
            }
            let segment = match known {
                Some(view) => Arc::clone(&view.segment),
                None => {
                    *numbers += 1;
                    Arc::new(Segment::open(*numbers, reader, fields, directory, true)?)
                }
            };
            Ok(View { segment, alive: alive(reader).map(Arc::new), deletes })
        };
        let readers = searcher.segment_readers().iter();
        let views = readers.map(|reader| Ok((reader.segment_id(), view(reader)?))).collect::<tantivy::Result<_>>()?;
        Ok(Self { number: next_number(), views, genres, genre_counts: OnceLock::new(), memory })
    }

    /// The state that `searcher` sees of an index that another process has. Nothing is written.
    pub(super) fn beside(
        searcher: &Searcher,
        fields: &Fields,
        directory: &Path,
        genres: Arc<GenreTable>,
        memory: Arc<Memory>,
    ) -> tantivy::Result<Self> {
        let view = |(number, reader): (u64, &SegmentReader)| {
            let segment = Arc::new(Segment::open(number, reader, fields, directory, false)?);
            let view = View { segment, alive: alive(reader).map(Arc::new), deletes: reader.delete_opstamp() };
            Ok((reader.segment_id(), view))
        };
        let views = (0..).zip(searcher.segment_readers()).map(view).collect::<tantivy::Result<_>>()?;
        Ok(Self { number: next_number(), views, genres, genre_counts: OnceLock::new(), memory })
    }

    /// The same movies with other names of genres.
    pub(super) fn with_genres(&self, genres: Arc<GenreTable>) -> Self {
        Self {
            number: next_number(),
            views: self.views.clone(),
            genres,
            genre_counts: OnceLock::new(),
            memory: Arc::clone(&self.memory),
        }
    }

    pub(super) fn views(&self) -> impl Iterator<Item = &View> {
        self.views.iter().map(|(_, view)| view)
    }

    pub(super) fn genre_table(&self) -> &Arc<GenreTable> {
        &self.genres
    }

    /// How many movies it shows, and in how many segments they are.
    pub(super) fn size(&self) -> (u64, u64) {
        let alive = |view: &View| match &view.alive {
            None => u64::from(view.segment.max_doc),
            Some(alive) => alive.iter().map(|word| u64::from(word.count_ones())).sum(),
        };
        (self.views().map(alive).sum(), self.views.len() as u64)
    }

    /// The ids of the segments, in no order.
    pub(super) fn segment_ids(&self) -> impl Iterator<Item = SegmentId> {
        self.views.iter().map(|(id, _)| *id)
    }

    /// See [`MovieSearch::find`](domain::ports::MovieSearch::find).
    pub(super) fn find(&self, query: &MovieQuery) -> Result<MoviePage> {
        let order = query.order();
        let (skipped, after) = match &query.page.start {
            Start::Offset(offset) => (*offset as usize, None),
            Start::After(position) => {
                order::check(&order, position)?;
                (0, Some(position))
            }
        };
        let limit = query.page.limit as usize;
        let search = Search::new(&query.filter, &self.genres, &order, skipped + limit + 1);
        let search = Search { skipped, after: after.cloned(), ..search };
        let found = self.hits(&search, &query.filter, query.count)?;
        let mut movies = Vec::with_capacity(limit);
        let page = found.hits.get(skipped..).unwrap_or_default();
        for (view, hit) in page.iter().take(limit) {
            movies.push(self.movie(view, hit.doc)?);
        }
        let next = match page.get(limit.wrapping_sub(1)) {
            Some((view, hit)) if page.len() > limit => Some(Position {
                keys: order::values(&view.segment, &order, &[*hit]).map_err(internal)?.remove(0),
                id: view.segment.id(hit.doc),
                reach: found.reach as u8,
            }),
            _ => None,
        };
        let total = match query.count {
            CountMode::None => None,
            CountMode::Estimated if found.count > Total::ESTIMATE_LIMIT => Some(Total::AtLeast(Total::ESTIMATE_LIMIT)),
            CountMode::Estimated | CountMode::Exact => Some(Total::Exact(found.count)),
        };
        let suggestions = match query.page.start {
            Start::Offset(_) if found.hits.is_empty() => self.corrections(&query.filter, 2)?,
            _ => Vec::new(),
        };
        let facets = self.facets(query, found.reach)?;
        Ok(MoviePage { movies, total, next, suggestions, facets, reach: found.reach })
    }

    /// The first movies of a list by relevance, counting none.
    pub(super) fn listed(&self, filter: &MovieFilter, limit: usize) -> Result<Vec<Arc<ListedMovie>>> {
        let order = [Sort { field: SortField::Relevance, descending: true }];
        let search = Search::new(filter, &self.genres, &order, limit);
        let found = self.hits(&search, filter, CountMode::None)?;
        found.hits.into_iter().take(limit).map(|(view, hit)| self.movie(view, hit.doc)).collect()
    }

    /// The first movies whose words are found within `reach`, counting none.
    pub(super) fn first(
        &self,
        filter: &MovieFilter,
        by: SortField,
        limit: usize,
        reach: Reach,
    ) -> Result<Vec<Arc<ListedMovie>>> {
        let order = [Sort { field: by, descending: true }];
        let search = Search::new(filter, &self.genres, &order, limit);
        let segments = self.segment_searches(&search)?;
        let found = self.hits_within(&search, &segments, filter, reach, 0)?;
        found.hits.into_iter().take(limit).map(|(view, hit)| self.movie(view, hit.doc)).collect()
    }

    /// See [`MovieSearch::movie`](domain::ports::MovieSearch::movie).
    pub(super) fn movie_by_id(&self, id: MovieId) -> Result<Option<Movie>> {
        for (_, view) in &self.views {
            if let Some(doc) = view.segment.with_id(id).map_err(internal)?.into_iter().find(|doc| view.is_alive(*doc)) {
                return self.movie(view, doc).map(|movie| Some(Movie::clone(&movie)));
            }
        }
        Ok(None)
    }

    /// The first documents in order. Words are stretched where little is found, unless another page has decided that.
    fn hits(&self, search: &Search, filter: &MovieFilter, count: CountMode) -> Result<Hits<'_>> {
        let segments = self.segment_searches(search)?;
        let reach = match &search.after {
            Some(position) => words::from_position(position.reach),
            None => match self.few(search, filter, &segments)? {
                Stretched::Ranked(hits) => return Ok(hits),
                Stretched::To(reach) => reach,
            },
        };
        let needed = match count {
            CountMode::Exact => u64::MAX,
            CountMode::Estimated => Total::ESTIMATE_LIMIT + 1,
            CountMode::None => 0,
        };
        self.hits_within(search, &segments, filter, reach, needed)
    }

    fn hits_within<'a>(
        &'a self,
        search: &Search,
        segments: &[SegmentSearch],
        filter: &MovieFilter,
        reach: Reach,
        needed: u64,
    ) -> Result<Hits<'a>> {
        let known = self.counted(filter, reach, needed);
        let mut counter = Counter { found: 0, needed: if known.is_some() { 0 } else { needed } };
        let mut lists = Vec::new();
        for ((_, view), segment) in self.views.iter().zip(segments) {
            let hits = segment.run(reach, &mut counter).map_err(internal)?;
            if !hits.is_empty() {
                lists.push((view, hits));
            }
        }
        let count = known.unwrap_or_else(|| {
            self.note(filter, reach, counter);
            counter.found
        });
        Ok(Hits { hits: joined(search, lists)?, count, reach })
    }

    /// How far words are to be stretched.
    pub(super) fn reach(&self, search: &Search) -> Result<Reach> {
        reach(search, &self.segment_searches(search)?)
    }

    /// Finds how far words are to be stretched, and, where that is how little there is to find, all of it: one way
    /// through the documents finds and ranks what several would.
    fn few<'a>(&'a self, search: &Search, filter: &MovieFilter, segments: &[SegmentSearch]) -> Result<Stretched<'a>> {
        /// The most documents that are ranked one by one.
        const MOST: usize = 4_096;
        if search.words.further(Reach::Near).is_none() || count(segments, Reach::Near)? >= FEW {
            return Ok(Stretched::To(Reach::Near));
        }
        let mut stages = search.words.stages().peekable();
        while let Some(stage) = stages.next() {
            if let Some(next) = stages.peek()
                && is_as_quick(segments, *next, stage)?
            {
                continue;
            }
            let mut left = MOST;
            let mut found = Vec::with_capacity(segments.len());
            for segment in segments {
                let docs = segment.list(stage, left).map_err(internal)?;
                let Some(docs) = docs else { return Ok(Stretched::To(reach(search, segments)?)) };
                left -= docs.len();
                let ranker = segment.ranker(stage).map_err(internal)?;
                let words = docs.into_iter().map(|doc| (doc, ranker.find(doc))).collect::<Vec<_>>();
                found.push((ranker, words));
            }
            for reach in Reach::ALL.into_iter().filter(|reach| *reach <= stage) {
                let is_last = reach == stage && stages.peek().is_none();
                let ranked = found.iter().map(|(ranker, docs)| {
                    let rank = |(doc, words): &(DocId, FoundWords)| Some((ranker.rank(*doc, words, reach)?, *doc));
                    docs.iter().filter_map(rank).collect::<Vec<_>>()
                });
                let ranked = ranked.collect::<Vec<_>>();
                let total = ranked.iter().map(|docs| docs.len() as u64).sum::<u64>();
                if total < FEW && !is_last {
                    continue;
                }
                self.note(filter, reach, Counter { found: total, needed: u64::MAX });
                if !order::is_stored(search.order)
                    || !search.order.iter().any(|sort| sort.field == SortField::Relevance)
                {
                    return Ok(Stretched::To(reach));
                }
                let mut lists = Vec::new();
                for (((_, view), segment), docs) in self.views.iter().zip(segments).zip(ranked) {
                    let hits = segment.first_of(docs).map_err(internal)?;
                    if !hits.is_empty() {
                        lists.push((view, hits));
                    }
                }
                return Ok(Stretched::Ranked(Hits { hits: joined(search, lists)?, count: total, reach }));
            }
        }
        Ok(Stretched::To(reach(search, segments)?))
    }

    fn segment_searches<'a>(&'a self, search: &'a Search) -> Result<Vec<SegmentSearch<'a>>> {
        let views = self.views.iter().map(|(_, view)| search.of_segment(view, &self.genres));
        views.collect::<tantivy::Result<_>>().map_err(internal)
    }

    /// The count, if it is known as far as it is needed.
    fn counted(&self, filter: &MovieFilter, reach: Reach, needed: u64) -> Option<u64> {
        let counted = self.memory.counts.get(&(filter, reach as u8))?;
        let suffices = counted.found < counted.needed || counted.needed >= needed;
        (counted.snapshot == self.number && suffices).then_some(counted.found)
    }

    fn note(&self, filter: &MovieFilter, reach: Reach, counter: Counter) {
        let Counter { found, needed } = counter;
        // Where little was to be counted there is little to remember.
        if needed > Total::ESTIMATE_LIMIT {
            let counting = Counting { filter: filter.clone(), reach: reach as u8 };
            self.memory.counts.insert(counting, Counted { snapshot: self.number, found, needed });
        }
    }

    /// The movie as lists show it.
    pub(super) fn movie(&self, view: &View, doc: DocId) -> Result<Arc<ListedMovie>> {
        let key = (view.segment.number, doc);
        let shown = match self.memory.movies.get(&key) {
            Some(shown) if shown.table == self.genres.number => return Ok(Arc::clone(&shown.movie)),
            Some(shown) => self.shown(Movie::clone(&shown.movie), shown.genres.clone()),
            None => {
                let (movie, genres) = view.segment.movie(doc).map_err(Error::Internal)?;
                self.shown(movie, genres)
            }
        };
        let movie = Arc::clone(&shown.movie);
        self.memory.movies.insert(key, Arc::new(shown));
        Ok(movie)
    }

    fn shown(&self, mut movie: Movie, genres: Vec<GenreId>) -> Shown {
        self.name_genres(&mut movie, &genres);
        Shown { movie: Arc::new(movie.into()), genres, table: self.genres.number }
    }

    /// Gives a movie as stored its genres.
    pub(super) fn name_genres(&self, movie: &mut Movie, genres: &[GenreId]) {
        // A genre that is gone is about to go from the movie too.
        movie.genres = genres.iter().filter_map(|id| self.genres.get(*id)).cloned().collect();
    }

    /// See [`MovieSearch::genres`](domain::ports::MovieSearch::genres).
    pub(super) fn genres(&self) -> Result<Vec<GenreCount>> {
        if let Some(counts) = self.genre_counts.get() {
            return Ok(counts.clone());
        }
        let mut totals = HashMap::new();
        for (_, view) in &self.views {
            let alive = view.alive.as_ref().map(|alive| alive.as_slice());
            for (id, count) in view.segment.count_genres(alive).map_err(internal)? {
                *totals.entry(id).or_insert(0) += count;
            }
        }
        let count = |id| totals.get(&id).copied().unwrap_or(0);
        let genres = self.genres.all().iter();
        let counts = genres.map(|genre| GenreCount { genre: genre.clone(), movies: count(genre.id) }).collect();
        Ok(self.genre_counts.get_or_init(|| counts).clone())
    }
}

/// What stretching words came to.
enum Stretched<'a> {
    /// They are to be stretched so far.
    To(Reach),
    /// They were, and this is what was found.
    Ranked(Hits<'a>),
}

/// The nearest reach at which enough is found.
fn reach(search: &Search, segments: &[SegmentSearch]) -> Result<Reach> {
    let mut reach = Reach::Near;
    while let Some(further) = search.words.further(reach) {
        if count(segments, reach)? >= FEW {
            break;
        }
        reach = further;
    }
    Ok(reach)
}

/// Whether to go as far as `next` is quick itself: then there is no need to go to `stage` first.
fn is_as_quick(segments: &[SegmentSearch], next: Reach, stage: Reach) -> Result<bool> {
    /// Looking at so many documents takes no longer than to prepare for it.
    const QUICK: u64 = 1 << 11;
    let effort = |reach| {
        let mut efforts = segments.iter().map(|segment| segment.effort(reach));
        efforts.try_fold(0_u64, |sum, effort| Ok(sum.saturating_add(effort?))).map_err(internal)
    };
    Ok(effort(stage)? <= QUICK && effort(next)? <= QUICK)
}

/// How many movies are found at a reach, up to [`FEW`].
fn count(segments: &[SegmentSearch], reach: Reach) -> Result<u64> {
    let mut counter = Counter { found: 0, needed: FEW };
    for segment in segments {
        segment.count(reach, &mut counter).map_err(internal)?;
    }
    Ok(counter.found)
}

/// What segments found, the page in order and as much as is wanted.
fn joined<'a>(search: &Search, mut lists: Vec<(&'a View, Vec<Hit>)>) -> Result<Vec<(&'a View, Hit)>> {
    if lists.len() <= 1 {
        return Ok(lists
            .pop()
            .into_iter()
            .flat_map(|(view, hits)| hits.into_iter().map(move |hit| (view, hit)))
            .collect());
    }
    match merged_as_stored(search, &lists) {
        Some(hits) => Ok(hits),
        None => merged(search, lists),
    }
}

/// What several segments found, the page in order and as much as is wanted, by the numbers that documents are stored by; `None`
/// where the list has another order or these do not settle it.
fn merged_as_stored<'a>(search: &Search, lists: &[(&'a View, Vec<Hit>)]) -> Option<Vec<(&'a View, Hit)>> {
    if !order::is_stored(search.order) {
        return None;
    }
    let hits = lists.iter().flat_map(|(view, hits)| hits.iter().map(move |hit| (*view, *hit)));
    let mut hits: Vec<_> = hits.map(|(view, hit)| (hit.rank, view.segment.order.get_val(hit.doc), view, hit)).collect();
    if hits.iter().any(|(_, key, ..)| is_tie(order_cell(*key))) {
        return None;
    }
    // Far into a list, most of it is before the page.
    if search.skipped < hits.len() {
        hits.select_nth_unstable_by_key(search.skipped, |(rank, key, ..)| (*rank, *key));
        hits[search.skipped..].sort_unstable_by_key(|(rank, key, ..)| (*rank, *key));
    }
    Some(hits.into_iter().take(search.wanted).map(|(_, _, view, hit)| (view, hit)).collect())
}

/// [`merged_as_stored`], for every order.
fn merged<'a>(search: &Search, lists: Vec<(&'a View, Vec<Hit>)>) -> Result<Vec<(&'a View, Hit)>> {
    let mut merged = Vec::new();
    for (view, hits) in lists {
        let values = order::values(&view.segment, search.order, &hits).map_err(internal)?;
        let rows = values.into_iter().zip(hits);
        merged.extend(rows.map(|(values, hit)| (values, view.segment.id(hit.doc), view, hit)));
    }
    merged.sort_by(|a, b| order::compare(search.order, (&a.0, a.1), (&b.0, b.1)));
    merged.truncate(search.wanted);
    Ok(merged.into_iter().map(|(_, _, view, hit)| (view, hit)).collect())
}

pub(super) fn internal(error: tantivy::TantivyError) -> Error {
    Error::Internal(error.into())
}

/// One bit for each document that is alive, or `None` where all are.
fn alive(reader: &SegmentReader) -> Option<Vec<u64>> {
    let alive = reader.alive_bitset().filter(|_| reader.has_deletes())?;
    let mut bits = BitSet::with_max_value_and_full(reader.max_doc());
    bits.intersect_update(alive.bitset());
    let words = (0..reader.max_doc().div_ceil(64)).map(|i| u64::from_le_bytes(bits.tinyset(i).into_bytes()));
    Some(words.collect())
}
