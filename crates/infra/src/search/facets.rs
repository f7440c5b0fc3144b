//! Counting what matches by genre, by decade, by score.
//!
//! A facet is counted in one pass over all that matches without its own conditions; facets that come to the same
//! conditions share a pass. What a pass finds in a segment is remembered. Deleted documents change while their segment
//! does not: where no words are looked for, what is remembered is counted with them, and a short pass over them is
//! taken away. So such a facet costs little until segments are merged, whatever is written meanwhile.
//!
//! A pass ends early where it has found very many documents. What it has counted by then, the most popular movies of
//! one segment after the other, is a lower bound, and said to be one.

use std::{cmp::Reverse, collections::BTreeMap, ops::ControlFlow, sync::Arc};

use domain::{
    Result,
    genre::GenreId,
    matching::Reach,
    query::{Facet, FacetCounts, FacetValue, Groups, MovieFilter, MovieQuery, Total},
    text,
};
use quick_cache::{Weighter, sync::Cache};
use tantivy::DocId;

use super::{
    evaluate::Search,
    genres::GenreTable,
    postings::{Mask, WINDOW},
    ranks::RankGroups,
    segment::{NumberColumn, Segment},
    snapshot::{Snapshot, View, internal},
};

/// How far a pass goes.
#[derive(Clone, Copy)]
struct Limits {
    /// Until so many documents are found,
    found: u64,
    /// or so many windows are looked at in one segment.
    windows: u32,
}

impl Limits {
    /// 33 million documents.
    const WINDOWS: u32 = 8_192;
    /// Where genres and numbers are the only conditions, a match costs so much less: bits and bytes in memory instead of
    /// posting lists.
    const CHEAPER: u64 = 16;
    /// To the last one.
    const NONE: Self = Self { found: u64::MAX, windows: u32::MAX };

    /// Where `matches` of words may be found.
    fn of(filter: &MovieFilter, matches: u64) -> Self {
        if has_words(filter) {
            Self { found: matches, windows: Self::WINDOWS }
        } else if *filter == MovieFilter::default() {
            // Counted once for each segment.
            Self::NONE
        } else {
            Self { found: matches.saturating_mul(Self::CHEAPER), windows: Self::WINDOWS }
        }
    }
}

/// Whether texts are looked into.
fn has_words(filter: &MovieFilter) -> bool {
    filter.has_words() || !filter.search.is_empty()
}

/// What was counted for one facet in one segment.
#[derive(Debug, Clone, Default)]
struct Tally {
    /// By the id of the genre or the lowest number of the group; none is 0.
    counts: BTreeMap<u64, u64>,
    /// Of how many documents.
    found: u64,
    /// Whether there are no more.
    complete: bool,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
        self.found += other.found;
        self.complete &= other.complete;
    }

    fn subtract(&mut self, other: &Self) {
        for (key, count) in &other.counts {
            if let Some(own) = self.counts.get_mut(key) {
                *own = own.saturating_sub(*count);
            }
        }
        self.counts.retain(|_, count| *count > 0);
        self.found = self.found.saturating_sub(other.found);
    }
}

/// What was counted in a state of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// The [`Segment::number`].
    segment: u64,
    /// The [`View::deletes`].
    deletes: Option<u64>,
    /// The [`GenreTable::number`], by which names in the filter stand for genres.
    table: u64,
    filter: Arc<MovieFilter>,
    reach: u8,
    facet: Facet,
}

/// Weighs what is remembered in bytes.
#[derive(Clone)]
struct TallyWeight;

impl Weighter<Key, Arc<Tally>> for TallyWeight {
    fn weight(&self, key: &Key, tally: &Arc<Tally>) -> u64 {
        let MovieFilter { q, name, director, search, genres, without_genres, ranges } = &*key.filter;
        let texts = [q, name, director].into_iter().flatten();
        let texts = texts.chain(search).chain(genres.iter().flatten()).chain(without_genres);
        // The fixed part: the key, the entry, its allocations. About as much again for each text and value.
        (512 + texts.map(|text| 48 + text.len()).sum::<usize>() + ranges.len() * 48 + tally.counts.len() * 32) as u64
    }
}

/// What states of the index remember of facets.
pub(super) struct FacetMemory {
    tallies: Cache<Key, Arc<Tally>, TallyWeight>,
    /// See [`SearchOptions::facet_matches`](super::SearchOptions::facet_matches).
    matches: u64,
}

impl FacetMemory {
    pub(super) fn new(matches: u64) -> Self {
        const BYTES: u64 = 16 << 20;
        /// What an entry weighs on average.
        const ENTRY: u64 = 1_024;
        Self { tallies: Cache::with_weighter((BYTES / ENTRY) as usize, BYTES, TallyWeight), matches }
    }
}

impl Snapshot {
    /// The facets that the query asks for, of a list whose words were stretched so far.
    pub(super) fn facets(&self, query: &MovieQuery, reach: Reach) -> Result<Vec<FacetCounts>> {
        let mut passes: Vec<(MovieFilter, Vec<Facet>)> = Vec::new();
        for facet in &query.facets {
            let filter = query.filter.without(*facet);
            match passes.iter_mut().find(|(other, _)| *other == filter) {
                Some((_, facets)) => facets.push(*facet),
                None => passes.push((filter, vec![*facet])),
            }
        }
        let mut counted = Vec::with_capacity(query.facets.len());
        for (filter, facets) in passes {
            // What is counted is the list without the facet's filter, which may need less stretching.
            let reach = if filter == query.filter { Some(reach) } else { None };
            let totals = Pass::new(self, filter, facets.clone(), reach)?.totals().map_err(internal)?;
            counted.extend(facets.into_iter().zip(totals));
        }
        counted.sort_by_key(|(facet, _)| query.facets.iter().position(|asked| asked == facet));
        Ok(counted.into_iter().map(|(facet, total)| shown(facet, total, self.genre_table())).collect())
    }
}

/// Facets that are counted together.
struct Pass<'a> {
    snapshot: &'a Snapshot,
    search: Search<'static>,
    reach: Reach,
    limits: Limits,
    filter: Arc<MovieFilter>,
    facets: Vec<Facet>,
}

impl<'a> Pass<'a> {
    /// Words are stretched as far as a list with this filter needs, where that is not known.
    fn new(snapshot: &'a Snapshot, filter: MovieFilter, facets: Vec<Facet>, reach: Option<Reach>) -> Result<Self> {
        let search = Search::new(&filter, snapshot.genre_table(), &[], 0);
        let limits = Limits::of(&filter, snapshot.memory.facets.matches);
        let reach = reach.map_or_else(|| snapshot.reach(&search), Ok)?;
        Ok(Self { snapshot, search, reach, limits, filter: Arc::new(filter), facets })
    }

    /// What there is of each facet.
    fn totals(&self) -> tantivy::Result<Vec<Tally>> {
        let mut totals = vec![Tally { complete: true, ..Tally::default() }; self.facets.len()];
        for view in self.snapshot.views() {
            if totals.iter().any(|total| total.found >= self.limits.found) {
                totals.iter_mut().for_each(|total| total.complete = false);
                break;
            }
            totals.iter_mut().zip(self.tallies(view)?).for_each(|(total, tally)| total.add(&tally));
        }
        Ok(totals)
    }

    fn tallies(&self, view: &View) -> tantivy::Result<Vec<Arc<Tally>>> {
        if view.segment.max_doc <= WINDOW {
            // Counted as fast as looked up.
            return self.counted(view, &self.facets, self.limits);
        }
        let Some(alive) = view.alive.as_ref().filter(|_| !has_words(&self.filter)) else {
            return self.remembered(view);
        };
        let with_deleted = self.remembered(&view.with_alive(None))?;
        if with_deleted.iter().any(|tally| !tally.complete) {
            return self.remembered(view);
        }
        let deleted = alive.iter().map(|bits| !bits).collect();
        let deleted = self.counted(&view.with_alive(Some(Arc::new(deleted))), &self.facets, Limits::NONE)?;
        let both = with_deleted.into_iter().zip(deleted);
        Ok(both
            .map(|(with_deleted, deleted)| {
                let mut tally = Tally::clone(&with_deleted);
                tally.subtract(&deleted);
                Arc::new(tally)
            })
            .collect())
    }

    /// What is counted now, or was before.
    fn remembered(&self, view: &View) -> tantivy::Result<Vec<Arc<Tally>>> {
        let key = |facet: Facet| Key {
            segment: view.segment.number,
            deletes: view.deletes,
            table: self.snapshot.genre_table().number,
            filter: Arc::clone(&self.filter),
            reach: self.reach as u8,
            facet,
        };
        let memory = &self.snapshot.memory.facets.tallies;
        let mut known: Vec<_> = self.facets.iter().map(|facet| memory.get(&key(*facet))).collect();
        let of = |(facet, known): (&Facet, &Option<_>)| known.is_none().then_some(*facet);
        let unknown: Vec<_> = self.facets.iter().zip(&known).filter_map(of).collect();
        if !unknown.is_empty() {
            let counted = self.counted(view, &unknown, self.limits)?;
            let empty = known.iter_mut().filter(|known| known.is_none());
            for ((empty, tally), facet) in empty.zip(counted).zip(unknown) {
                memory.insert(key(facet), Arc::clone(&tally));
                *empty = Some(tally);
            }
        }
        Ok(known.into_iter().flatten().collect())
    }

    /// Counts facets in a segment.
    fn counted(&self, view: &View, facets: &[Facet], limits: Limits) -> tantivy::Result<Vec<Arc<Tally>>> {
        let counters = facets.iter().map(|facet| Counter::new(*facet, &view.segment));
        let mut counters = counters.collect::<tantivy::Result<Vec<_>>>()?;
        let (mut found, mut windows, mut complete) = (0, 0, true);
        let search = self.search.of_segment(view, self.snapshot.genre_table())?;
        search.matching(self.reach, &mut |start, mask| {
            windows += 1;
            found += u64::from(mask.count());
            counters.iter_mut().for_each(|counter| counter.add(start, mask));
            complete = found < limits.found && windows < limits.windows;
            if complete { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        let tally = |counter: Counter| Arc::new(Tally { counts: counter.counts(), found, complete });
        Ok(counters.into_iter().map(tally).collect())
    }
}

/// Counts one facet in one segment.
enum Counter<'a> {
    Genres { dense: Vec<(GenreId, &'a [u64], u64)>, sparse: &'a SparseGenres, counts: Vec<u64> },
    Groups { groups: Groups, column: &'a NumberColumn, ranks: RankGroups, counts: Box<[u64; RankGroups::MOST]> },
}

impl<'a> Counter<'a> {
    fn new(facet: Facet, segment: &'a Segment) -> tantivy::Result<Self> {
        Ok(match facet.groups() {
            None => {
                let sparse = segment.sparse_genres()?;
                let dense = segment.dense_genres().map(|(id, bits)| (id, bits, 0)).collect();
                Self::Genres { dense, sparse, counts: vec![0; sparse.genres.len()] }
            }
            Some(groups) => {
                let column = segment.numbers(groups.field);
                let ranks = column.groups(groups.lowest().map(f64::from));
                Self::Groups { groups, column, ranks, counts: Box::new([0; RankGroups::MOST]) }
            }
        })
    }

    /// Counts documents of the window at `start`.
    fn add(&mut self, start: DocId, mask: &Mask) {
        match self {
            Self::Genres { dense, sparse, counts } => {
                let words = mask.words();
                let some: Vec<_> = (0..words.len()).filter(|i| words[*i] != 0).collect();
                for (_, bits, count) in dense {
                    let bits = bits.get(start as usize / 64..).unwrap_or_default();
                    let both = some.iter().filter_map(|i| Some(bits.get(*i)? & words[*i]));
                    *count += both.map(|both| u64::from(both.count_ones())).sum::<u64>();
                }
                if !some.is_empty() {
                    sparse.count(start, mask, counts);
                }
            }
            Self::Groups { column, ranks, counts, .. } => column.count(ranks, start, mask, counts),
        }
    }

    fn counts(self) -> BTreeMap<u64, u64> {
        let all: Vec<(u64, u64)> = match self {
            Self::Genres { dense, sparse, counts } => {
                let dense = dense.into_iter().map(|(id, _, count)| (id.0, count));
                dense.chain(sparse.genres.iter().map(|id| id.0).zip(counts)).collect()
            }
            // The first are those without a number.
            Self::Groups { groups, counts, .. } => {
                groups.lowest().map(u64::from).zip(counts.iter().skip(1).copied()).collect()
            }
        };
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// The genres that few documents of a segment have, by document.
pub(super) struct SparseGenres {
    genres: Vec<GenreId>,
    /// Where the documents of each window begin, and where those of the last one end.
    starts: Vec<usize>,
    /// The place of a document in its window, once for each of its genres.
    docs: Vec<u16>,
    /// Which of `genres` that is.
    of: Vec<u32>,
}

impl SparseGenres {
    /// Reads the lists, which are of a segment of so many documents, with `read`; each twice, so that not all are in
    /// memory at once.
    pub(super) fn read<List, Error>(
        max_doc: DocId,
        lists: &[(GenreId, List)],
        read: impl Fn(&List) -> Result<Vec<DocId>, Error>,
    ) -> Result<Self, Error> {
        let windows = max_doc.div_ceil(WINDOW) as usize;
        let mut starts = vec![0; windows + 1];
        for (_, list) in lists {
            read(list)?.into_iter().for_each(|doc| starts[(doc / WINDOW) as usize + 1] += 1);
        }
        for window in 0..windows {
            starts[window + 1] += starts[window];
        }
        let all = starts[windows];
        let (mut docs, mut of) = (vec![0; all], vec![0; all]);
        let mut next = starts.clone();
        for ((_, list), genre) in lists.iter().zip(0..) {
            for doc in read(list)? {
                let at = &mut next[(doc / WINDOW) as usize];
                (docs[*at], of[*at]) = ((doc % WINDOW) as u16, genre);
                *at += 1;
            }
        }
        Ok(Self { genres: lists.iter().map(|(id, _)| *id).collect(), starts, docs, of })
    }

    /// Adds how many documents of `mask`, which is of the window at `start`, have each of the genres.
    fn count(&self, start: DocId, mask: &Mask, counts: &mut [u64]) {
        let window = (start / WINDOW) as usize;
        let [from, to] = [window, window + 1].map(|i| self.starts.get(i).copied().unwrap_or_default());
        let words = mask.words();
        for (doc, genre) in self.docs[from..to].iter().zip(&self.of[from..to]) {
            counts[*genre as usize] += words[usize::from(*doc) / 64] >> (doc % 64) & 1;
        }
    }
}

/// The facet with the names of its values, in order.
fn shown(facet: Facet, total: Tally, genres: &GenreTable) -> FacetCounts {
    let name = |key: u64| match facet {
        // A genre that is gone is about to go from its movies too.
        Facet::Genre => genres.get(GenreId(key)).map(|genre| genre.name.as_str().to_owned()),
        facet => u16::try_from(key).ok().map(|lowest| facet.label(lowest)),
    };
    let count = if total.complete { Total::Exact } else { Total::AtLeast };
    let values = total.counts.into_iter().filter_map(|(key, number)| Some((number, name(key)?)));
    let mut values: Vec<_> = values.collect();
    values.sort_by_cached_key(|(number, value)| (Reverse(*number), text::folded(value), value.clone()));
    values.truncate(Facet::MAX_VALUES);
    let values = values.into_iter().map(|(number, value)| FacetValue { value, count: count(number) });
    FacetCounts { facet, values: values.collect() }
}
