//! Finding the documents of one segment that match a query, window by window.
//!
//! Documents are offered to the collector rank by rank, best first: one pass for names that are the query, one for
//! each way of finding words. A pass ends as soon as the page is full and enough is counted, so that the commonest
//! words, which are found at once, cost least.

use std::ops::{ControlFlow, Range};

use domain::{
    matching::{Kind, Reach},
    query::{MovieFilter, Position, Sort, SortField, SortValue},
};
use tantivy::DocId;

use super::{
    collect::{Collector, start_key},
    doc_words::DocWords,
    filter::{Filter, SegmentFilter},
    genres::GenreTable,
    numbers::{UNKNOWN_CELL, first_of_cell, popularity_cell},
    order::Hit,
    permutation::{NOTHING, Walk},
    postings::{Mask, Union, WINDOW},
    segment::Segment,
    snapshot::View,
    words::{Matchers, Ranker, SegmentWords, TIERS, WHOLE_NAME, Words, first_rank},
};

/// What is looked for.
pub(super) struct Search<'q> {
    pub(super) filter: Filter,
    pub(super) words: Words,
    pub(super) order: &'q [Sort],
    /// How many documents come before the page.
    pub(super) skipped: usize,
    /// How many documents are wanted, those included.
    pub(super) wanted: usize,
    /// After which place; of the whole list where it is `None`.
    pub(super) after: Option<Position>,
}

/// Counts matches, as far as they need counting.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    pub(super) found: u64,
    /// So many need not be passed.
    pub(super) needed: u64,
}

impl Counter {
    fn is_done(&self) -> bool {
        self.found >= self.needed
    }
}

/// What is looked for in one segment.
pub(super) struct SegmentSearch<'a> {
    search: &'a Search<'a>,
    view: &'a View,
    filter: SegmentFilter<'a>,
    words: SegmentWords<'a>,
}

impl<'q> Search<'q> {
    /// A search for the first `wanted` documents.
    pub(super) fn new(filter: &MovieFilter, genres: &GenreTable, order: &'q [Sort], wanted: usize) -> Self {
        let (words, filter) = (Words::new(filter), Filter::new(filter, genres));
        Self { filter, words, order, skipped: 0, wanted, after: None }
    }

    /// Prepares to look into a segment.
    pub(super) fn of_segment<'a>(
        &'a self,
        view: &'a View,
        genres: &'a GenreTable,
    ) -> tantivy::Result<SegmentSearch<'a>> {
        let segment = &*view.segment;
        let words = SegmentWords::new(&self.words, segment, genres);
        Ok(SegmentSearch { search: self, view, filter: self.filter.for_segment(segment)?, words })
    }
}

impl<'a> SegmentSearch<'a> {
    /// The first documents of the segment, in order.
    pub(super) fn run(&self, reach: Reach, counter: &mut Counter) -> tantivy::Result<Vec<Hit>> {
        let (search, view) = (self.search, self.view);
        let mut passes = self.passes(reach)?;
        if let Some(hits) = self.walked(&passes.all)? {
            passes.count(view, counter)?;
            return Ok(hits);
        }
        if let Some(hits) = self.followed(&passes)? {
            passes.count(view, counter)?;
            return Ok(hits);
        }
        for docs in search.tails(&view.segment, &self.filter) {
            let mut collector = self.collector()?;
            let mut passes = passes.clone();
            passes.each.iter_mut().for_each(|pass| pass.filter.docs = docs.clone());
            passes.run(view, &mut collector, &mut Counter { found: 0, needed: 0 })?;
            let hits = collector.into_hits();
            if hits.len() == search.wanted {
                passes.count(view, counter)?;
                return Ok(hits);
            }
        }
        let mut collector = self.collector()?;
        passes.run(view, &mut collector, counter)?;
        Ok(collector.into_hits())
    }

    /// The first documents after a position, if all of them are of its rank: then nothing before it needs a look.
    fn followed(&self, passes: &Passes<'a>) -> tantivy::Result<Option<Vec<Hit>>> {
        let mut collector = self.collector()?;
        let Some((rank, first)) = collector.follows().filter(|(_, first)| *first > self.filter.docs.start) else {
            return Ok(None);
        };
        let mut passes = passes.clone();
        passes.each.iter_mut().for_each(|pass| pass.filter.docs.start = first);
        passes.run(self.view, &mut collector, &mut Counter { found: 0, needed: 0 })?;
        let hits = collector.into_hits();
        Ok((hits.len() == self.search.wanted && hits.iter().all(|hit| hit.rank == rank)).then_some(hits))
    }

    /// The first documents in the order of one key, by going through all documents in that order; `None` where that is
    /// not possible or takes too long.
    fn walked(&self, all: &Pass) -> tantivy::Result<Option<Vec<Hit>>> {
        /// So many documents are passed, or so many for each that is wanted, before others are tried.
        const PASSED: usize = 1 << 14;
        const PASSED_FOR_EACH: usize = 8;
        let (Search { order, wanted, after, .. }, segment) = (self.search, &*self.view.segment);
        let [sort] = order else { return Ok(None) };
        let Some(permutation) = segment.permutation(sort.field).filter(|_| all.is_random()) else { return Ok(None) };
        let most = PASSED.max(wanted.saturating_mul(PASSED_FOR_EACH));
        let needed = |cost: u64| (*wanted as u64).saturating_mul(u64::from(segment.max_doc)) / cost.max(1);
        if all.rarest().is_some_and(|(cost, _)| needed(cost) > most as u64) {
            return Ok(None);
        }
        let column = segment.sort_column(sort.field);
        let key = |doc| column.map_or(NOTHING, |column| column.key(doc));
        let after = after
            .as_ref()
            .map(|position| Ok::<_, tantivy::TantivyError>((start_key(segment, *sort, position)?, position.id.0)));
        let mut docs = Walk::new(permutation, sort.descending, after.transpose()?, key, |doc| segment.id(doc).0);
        let found = docs.by_ref().take(most).filter(|doc| all.has(self.view, *doc)).take(*wanted);
        let hits = found.map(|doc| Hit { doc, rank: WHOLE_NAME }).collect::<Vec<_>>();
        Ok((hits.len() == *wanted || docs.next().is_none()).then_some(hits))
    }

    /// Gives `each` the windows of the segment that are looked at, and which of their documents match, if any, until that
    /// breaks off. Neither the order nor the page matter.
    pub(super) fn matching(
        &self,
        reach: Reach,
        each: &mut dyn FnMut(DocId, &Mask) -> ControlFlow<()>,
    ) -> tantivy::Result<()> {
        self.all(reach)?.matching(self.view, each)
    }

    /// About how many documents have to be looked at to find all that match.
    pub(super) fn effort(&self, reach: Reach) -> tantivy::Result<u64> {
        Ok(self.all(reach)?.rarest().map_or(u64::MAX, |(cost, _)| cost))
    }

    /// All documents that match, unless there are more than `most`.
    pub(super) fn list(&self, reach: Reach, most: usize) -> tantivy::Result<Option<Vec<DocId>>> {
        let mut collector = Collector::all(most + 1);
        self.all(reach)?.run(self.view, Some(&mut collector), &mut Counter { found: 0, needed: 0 }, false)?;
        let hits = collector.into_hits();
        Ok((hits.len() <= most).then(|| hits.into_iter().map(|hit| hit.doc).collect()))
    }

    /// See [`SegmentWords::ranker`].
    pub(super) fn ranker(&self, reach: Reach) -> tantivy::Result<Ranker<'a>> {
        self.words.ranker(reach)
    }

    /// The first of these documents, which have ranks, in the order of relevance.
    pub(super) fn first_of(&self, mut docs: Vec<(u32, DocId)>) -> tantivy::Result<Vec<Hit>> {
        docs.sort_unstable();
        let mut collector = self.collector()?;
        for same in docs.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((rank, _)) = same.first() else { continue };
            collector.begin(*rank..rank + 1);
            same.iter().for_each(|(rank, doc)| collector.offer_one(*rank, *doc));
        }
        Ok(collector.into_hits())
    }

    /// Counts the documents that match.
    pub(super) fn count(&self, reach: Reach, counter: &mut Counter) -> tantivy::Result<()> {
        self.all(reach)?.run(self.view, None, counter, true)
    }

    fn collector(&self) -> tantivy::Result<Collector<'a>> {
        let search = self.search;
        Collector::new(&self.view.segment, search.order, search.wanted, search.after.as_ref())
    }

    fn pass(&self, first_rank: u32, tiers: usize, words: Option<Matchers<'a>>) -> Pass<'a> {
        let filter = self.filter.clone();
        Pass { first_rank, tiers, filter, words, whole: None, not_whole: None, not_words: None }
    }

    /// The way to all documents, whatever their ranks.
    fn all(&self, reach: Reach) -> tantivy::Result<Pass<'a>> {
        let words = &self.search.words;
        let words = if words.is_empty() { None } else { Some(self.words.up_to(words.weakest(reach), reach)?) };
        Ok(self.pass(WHOLE_NAME, 1, words))
    }

    fn passes(&self, reach: Reach) -> tantivy::Result<Passes<'a>> {
        let all = self.all(reach)?;
        if all.words.is_none() || !self.search.order.iter().any(|sort| sort.field == SortField::Relevance) {
            return Ok(Passes { each: vec![all.clone()], all });
        }
        let whole = self.search.words.whole(&self.view.segment)?;
        let mut each = Vec::new();
        if whole.is_some() {
            each.push(Pass { whole: whole.clone(), ..all.clone() });
        }
        let mut not_words = None;
        for kind in Kind::ALL.into_iter().filter(|kind| *kind <= self.search.words.weakest(reach)) {
            let words = self.words.up_to(kind, reach)?;
            let pass = self.pass(first_rank(kind), TIERS, Some(words.clone()));
            each.push(Pass { not_whole: whole.clone(), not_words: not_words.replace(words), ..pass });
        }
        Ok(Passes { each, all })
    }
}

impl Search<'_> {
    /// Where to look first for the least popular movies, which are the last of those that have a popularity: in more
    /// and more of them.
    fn tails(&self, segment: &Segment, filter: &SegmentFilter) -> Vec<Range<DocId>> {
        /// Growing faster than this, the last step could be far too large; slower, there would be many.
        const GROWTH: u32 = 8;
        if !matches!(self.order, [Sort { field: SortField::Popularity, descending: false }, ..]) {
            return Vec::new();
        }
        let mut end = segment.first_from(first_of_cell(UNKNOWN_CELL)).min(filter.docs.end);
        if let Some(position) = &self.after {
            let Some(SortValue::Number(popularity)) = position.keys.first() else { return Vec::new() };
            end = end.min(segment.first_from(first_of_cell(popularity_cell(*popularity) + 1)));
        }
        let mut tails = Vec::new();
        let mut length = WINDOW;
        while let Some(start) = end.checked_sub(length).filter(|start| *start > filter.docs.start) {
            // Movies of equal popularity are ordered by id among themselves: all of them or none.
            let start = segment.first_from(first_of_cell(segment.order_cell(start)));
            tails.push(start.max(filter.docs.start)..end);
            length = length.saturating_mul(GROWTH);
        }
        tails
    }
}

/// Ways through a segment.
#[derive(Clone)]
struct Passes<'a> {
    /// Each finds documents of other ranks, the best first. Together they find all.
    each: Vec<Pass<'a>>,
    /// Finds all at once, without ranks.
    all: Pass<'a>,
}

impl Passes<'_> {
    fn run(&mut self, view: &View, collector: &mut Collector, counter: &mut Counter) -> tantivy::Result<()> {
        let before = counter.found;
        let single = self.each.len() == 1;
        for pass in &mut self.each {
            collector.begin(pass.first_rank..pass.first_rank + pass.tiers as u32);
            pass.run(view, Some(collector), counter, single)?;
            if collector.is_full() && !single {
                // What is left is counted fastest where all are, whatever their ranks.
                counter.found = before;
                return self.count(view, counter);
            }
        }
        Ok(())
    }

    fn count(&self, view: &View, counter: &mut Counter) -> tantivy::Result<()> {
        self.all.clone().run(view, None, counter, true)
    }
}

/// Where a pass that has come to `doc` goes on; `None` where the collector is full and, if `counting`, enough is counted.
fn next(doc: DocId, collector: Option<&Collector>, counter: &Counter, counting: bool) -> Option<DocId> {
    if counting && !counter.is_done() {
        return Some(doc);
    }
    let collector = collector.filter(|collector| !collector.is_over())?;
    // Documents before a cursor need counting alone.
    Some(if counter.is_done() { doc.max(collector.resume()) } else { doc })
}

/// A condition of a [`Pass`].
#[derive(Clone, Copy)]
enum Rarest {
    Words,
    Whole,
    Filter,
}

/// One way through a segment.
#[derive(Clone)]
struct Pass<'a> {
    /// The rank of the first tier.
    first_rank: u32,
    /// How many ranks are told apart: 1, or [`TIERS`].
    tiers: usize,
    filter: SegmentFilter<'a>,
    words: Option<Matchers<'a>>,
    /// Only these.
    whole: Option<Union<'a>>,
    /// Not these, which an earlier pass offered.
    not_whole: Option<Union<'a>>,
    /// Nor these.
    not_words: Option<Matchers<'a>>,
}

/// One document in so many: with fewer, it pays to leap from match to match, or even to look at single documents.
const RARE: DocId = 64;
const VERY_RARE: DocId = 256;

impl Pass<'_> {
    /// Goes on until the collector is full and, if `counting`, enough is counted.
    fn run(
        &mut self,
        view: &View,
        mut collector: Option<&mut Collector>,
        counter: &mut Counter,
        counting: bool,
    ) -> tantivy::Result<()> {
        let end = self.filter.docs.end;
        let mut doc = self.filter.docs.start;
        let rarest = self.leads(view.segment.max_doc);
        let is_plain = self.tiers == 1 && self.not_whole.is_none() && self.not_words.is_none();
        if let Some((cost, rarest)) = rarest
            && is_plain
            && cost < u64::from(view.segment.max_doc / VERY_RARE)
            && self.is_random()
        {
            return self.run_singly(rarest, view, collector, counter, counting);
        }
        while doc < end {
            let Some(next) = next(doc, collector.as_deref(), counter, counting) else { return Ok(()) };
            doc = next;
            if let Some((_, rarest)) = rarest {
                doc = doc.max(self.seek(rarest, doc)?);
            }
            if doc >= end {
                return Ok(());
            }
            let start = doc - doc % WINDOW;
            doc = start + WINDOW;
            let mut matching = self.candidates(view, start);
            if matching.is_empty() {
                continue;
            }
            if self.words.is_none() {
                self.sift(start, &mut matching)?;
                counter.found += u64::from(matching.count());
                if let Some(collector) = &mut collector {
                    collector.offer(self.first_rank, start, &matching);
                }
                continue;
            }
            let [in_name, in_director, anywhere] = self.tiers_of(start, matching)?;
            counter.found += u64::from(anywhere.count());
            let Some(collector) = &mut collector else { continue };
            if self.tiers == 1 {
                collector.offer(self.first_rank, start, &anywhere);
            } else {
                let (mut director_only, mut genre_only) = (in_director, anywhere);
                director_only.and_not(&in_name);
                genre_only.and_not(&in_director);
                for (rank, tier) in (self.first_rank..).zip([&in_name, &director_only, &genre_only]) {
                    collector.offer(rank, start, tier);
                }
            }
        }
        Ok(())
    }

    /// See [`SegmentSearch::matching`].
    fn matching(&mut self, view: &View, each: &mut dyn FnMut(DocId, &Mask) -> ControlFlow<()>) -> tantivy::Result<()> {
        let end = self.filter.docs.end;
        let mut doc = self.filter.docs.start;
        let rarest = self.leads(view.segment.max_doc);
        while doc < end {
            if let Some((_, rarest)) = rarest {
                doc = doc.max(self.seek(rarest, doc)?);
                if doc >= end {
                    return Ok(());
                }
            }
            let start = doc - doc % WINDOW;
            doc = start + WINDOW;
            let mut matching = self.candidates(view, start);
            if !matching.is_empty() {
                if self.words.is_none() {
                    self.sift(start, &mut matching)?;
                } else {
                    let [.., anywhere] = self.tiers_of(start, matching)?;
                    matching = anywhere;
                }
            }
            if each(start, &matching).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// [`Pass::run`], document by document: the rarest condition leads, and each other is asked about what it finds.
    fn run_singly(
        &mut self,
        rarest: Rarest,
        view: &View,
        mut collector: Option<&mut Collector>,
        counter: &mut Counter,
        counting: bool,
    ) -> tantivy::Result<()> {
        let mut doc = self.filter.docs.start;
        let mut found = Vec::with_capacity(DocWords::FETCHED);
        loop {
            let Some(next) = next(doc, collector.as_deref(), counter, counting) else { return Ok(()) };
            doc = next;
            found.clear();
            while found.len() < DocWords::FETCHED {
                doc = self.seek(rarest, doc)?;
                if doc >= self.filter.docs.end {
                    break;
                }
                found.push(doc);
                doc += 1;
            }
            if found.is_empty() {
                return Ok(());
            }
            if let Some(words) = &self.words {
                words.fetch(&found);
            }
            for doc in found.iter().copied().filter(|doc| self.has(view, *doc)) {
                counter.found += 1;
                if let Some(collector) = &mut collector {
                    collector.offer_one(self.first_rank, doc);
                }
            }
        }
    }

    /// The rarest condition, where it is rare enough to lead.
    fn leads(&self, max_doc: DocId) -> Option<(u64, Rarest)> {
        self.rarest().filter(|(cost, _)| *cost < u64::from(max_doc / RARE))
    }

    /// The condition that fewest documents meet, and about how many have to be read for it.
    fn rarest(&self) -> Option<(u64, Rarest)> {
        let words = self.words.as_ref().map(|words| (words.effort(), Rarest::Words));
        let cost = |union: &Union, rarest| Some((union.cost()?, rarest));
        let whole = self.whole.as_ref().and_then(|whole| cost(whole, Rarest::Whole));
        let filter = self.filter.fast.first().and_then(|filter| cost(filter, Rarest::Filter));
        [words, whole, filter].into_iter().flatten().min_by_key(|(cost, _)| *cost)
    }

    /// Whether documents can be asked for one by one, in any order.
    fn is_random(&self) -> bool {
        let SegmentFilter { docs: _, fast, slow, without } = &self.filter;
        let mut unions = self.whole.iter().chain(fast).chain(slow).chain([without]);
        unions.all(Union::is_random) && self.words.as_ref().is_none_or(Matchers::are_random)
    }

    /// Whether the document meets all conditions of a pass that [is random](Self::is_random) and leaves nothing out.
    fn has(&self, view: &View, doc: DocId) -> bool {
        let SegmentFilter { docs, fast, slow, without } = &self.filter;
        view.is_alive(doc)
            && docs.contains(&doc)
            && self.whole.iter().chain(fast).all(|union| union.has(doc))
            && !without.has(doc)
            && self.words.as_ref().is_none_or(|words| words.have(doc))
            && slow.iter().all(|union| union.has(doc))
    }

    /// The first document from `doc` on that can match.
    fn seek(&mut self, rarest: Rarest, doc: DocId) -> tantivy::Result<DocId> {
        let union = match rarest {
            Rarest::Words => return self.words.as_mut().map_or(Ok(doc), |words| words.seek(doc)),
            Rarest::Whole => self.whole.as_mut(),
            Rarest::Filter => self.filter.fast.first_mut(),
        };
        Ok(union.map_or(doc, |union| union.seek(doc)))
    }

    /// The documents of the window at `start` that meet the cheap conditions.
    fn candidates(&mut self, view: &View, start: DocId) -> Mask {
        let mut candidates = Mask::between(start, self.filter.docs.start, self.filter.docs.end);
        if let Some(alive) = &view.alive {
            candidates.and_bits(start, alive);
        }
        for union in self.whole.iter_mut().chain(&mut self.filter.fast) {
            union.retain(start, &mut candidates);
        }
        candidates
    }

    /// Those of the candidates that have the words and meet all conditions: where the name is enough, name and
    /// director, and all.
    fn tiers_of(&mut self, start: DocId, candidates: Mask) -> tantivy::Result<[Mask; TIERS]> {
        let mut tiers = [Mask::EMPTY, Mask::EMPTY, candidates];
        if let Some(words) = &mut self.words {
            words.find(start, &mut tiers)?;
        }
        let [in_name, in_director, anywhere] = &mut tiers;
        self.sift(start, anywhere)?;
        [in_name, in_director].into_iter().for_each(|tier| tier.and(anywhere));
        Ok(tiers)
    }

    /// Leaves the documents that meet the other conditions.
    fn sift(&mut self, start: DocId, matching: &mut Mask) -> tantivy::Result<()> {
        for not in [self.not_whole.as_mut(), Some(&mut self.filter.without)].into_iter().flatten() {
            if !not.is_empty() {
                matching.and_not(&not.find(start, matching));
            }
        }
        if let Some(words) = &mut self.not_words {
            let mut offered = [Mask::EMPTY, Mask::EMPTY, *matching];
            words.find(start, &mut offered)?;
            matching.and_not(&offered[2]);
        }
        for union in &mut self.filter.slow {
            if matching.is_empty() {
                break;
            }
            union.retain(start, matching);
        }
        Ok(())
    }
}
