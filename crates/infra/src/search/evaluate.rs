//! Finding the documents of one segment that match a query, window by window.
//!
//! Documents are offered to the collector rank by rank, best first: one pass for names that are the query, one for
//! each way of finding words. A pass ends as soon as the page is full and enough is counted, so that the commonest
//! words, which are found at once, cost least.

use std::ops::{ControlFlow, Range};

use domain::query::{Position, Sort, SortField, SortValue};
use tantivy::DocId;

use super::{
    collect::Collector,
    filter::{Filter, SegmentFilter},
    genres::GenreTable,
    numbers::{UNKNOWN_CELL, first_of_cell, popularity_cell},
    order::Hit,
    postings::{Mask, Union, WINDOW},
    segment::Segment,
    snapshot::View,
    words::{Kind, Matchers, Reach, TIERS, WHOLE_NAME, Words, first_rank},
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

impl Search<'_> {
    /// The first documents of a segment, in order.
    pub(super) fn run(
        &self,
        view: &View,
        genres: &GenreTable,
        reach: Reach,
        counter: &mut Counter,
    ) -> tantivy::Result<Vec<Hit>> {
        let filter = self.filter.for_segment(&view.segment)?;
        let mut passes = self.passes(view, genres, reach, &filter)?;
        for docs in self.tails(&view.segment, &filter) {
            let mut collector = self.collector(view)?;
            let mut passes = passes.clone();
            passes.each.iter_mut().for_each(|pass| pass.filter.docs = docs.clone());
            passes.run(view, &mut collector, &mut Counter { found: 0, needed: 0 });
            let hits = collector.into_hits();
            if hits.len() == self.wanted {
                passes.count(view, counter);
                return Ok(hits);
            }
        }
        let mut collector = self.collector(view)?;
        passes.run(view, &mut collector, counter);
        Ok(collector.into_hits())
    }

    /// Gives `each` the windows of a segment that are looked at, and which of their documents match, if any, until that
    /// breaks off. Neither the order nor the page matter.
    pub(super) fn matching(
        &self,
        view: &View,
        genres: &GenreTable,
        reach: Reach,
        each: &mut dyn FnMut(DocId, &Mask) -> ControlFlow<()>,
    ) -> tantivy::Result<()> {
        let filter = self.filter.for_segment(&view.segment)?;
        self.passes(view, genres, reach, &filter)?.all.matching(view, each);
        Ok(())
    }

    fn collector<'a>(&self, view: &'a View) -> tantivy::Result<Collector<'a>> {
        Collector::new(&view.segment, self.order, self.wanted, self.after.as_ref())
    }

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

    fn passes<'a>(
        &self,
        view: &'a View,
        genres: &GenreTable,
        reach: Reach,
        filter: &SegmentFilter<'a>,
    ) -> tantivy::Result<Passes<'a>> {
        let pass = |first_rank, tiers, words| Pass {
            first_rank,
            tiers,
            filter: filter.clone(),
            words,
            whole: None,
            not_whole: None,
            not_words: None,
        };
        let one = |pass: Pass<'a>| Passes { all: pass.clone(), each: vec![pass] };
        if self.words.is_empty() {
            return Ok(one(pass(WHOLE_NAME, 1, None)));
        }
        let segment = &*view.segment;
        let furthest = if self.words.has_prefixes(reach) { Kind::Prefix } else { Kind::Exact };
        let all = self.words.up_to(furthest, reach, segment, genres)?;
        if !self.order.iter().any(|sort| sort.field == SortField::Relevance) {
            return Ok(one(pass(WHOLE_NAME, 1, Some(all))));
        }
        let whole = self.words.whole(segment)?;
        let mut passes = Vec::new();
        if whole.is_some() {
            passes.push(Pass { whole: whole.clone(), ..pass(WHOLE_NAME, 1, Some(all.clone())) });
        }
        let exact = match furthest {
            Kind::Exact => all.clone(),
            Kind::Prefix => self.words.up_to(Kind::Exact, reach, segment, genres)?,
        };
        passes.push(Pass { not_whole: whole.clone(), ..pass(first_rank(Kind::Exact), TIERS, Some(exact.clone())) });
        if furthest == Kind::Prefix {
            let not_words = Some(exact);
            passes.push(Pass {
                not_whole: whole,
                not_words,
                ..pass(first_rank(Kind::Prefix), TIERS, Some(all.clone()))
            });
        }
        Ok(Passes { each: passes, all: pass(WHOLE_NAME, 1, Some(all)) })
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
    fn run(&mut self, view: &View, collector: &mut Collector, counter: &mut Counter) {
        let before = counter.found;
        let single = self.each.len() == 1;
        for pass in &mut self.each {
            collector.begin(pass.first_rank..pass.first_rank + pass.tiers as u32);
            pass.run(view, Some(collector), counter, single);
            if collector.is_full() && !single {
                // What is left is counted fastest where all are, whatever their ranks.
                counter.found = before;
                self.count(view, counter);
                return;
            }
        }
    }

    fn count(&self, view: &View, counter: &mut Counter) {
        self.all.clone().run(view, None, counter, true);
    }
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

impl Pass<'_> {
    /// Goes on until the collector is full and, if `counting`, enough is counted.
    fn run(&mut self, view: &View, mut collector: Option<&mut Collector>, counter: &mut Counter, counting: bool) {
        let end = self.filter.docs.end;
        let mut doc = self.filter.docs.start;
        let leaping = self.rarest(view.segment.max_doc);
        while doc < end {
            if counter.is_done() || !counting {
                match &collector {
                    Some(collector) if !collector.is_full() => {
                        // Documents before a cursor need counting alone.
                        if counter.is_done() {
                            doc = doc.max(collector.resume());
                        }
                    }
                    _ => return,
                }
            }
            if leaping {
                doc = doc.max(self.seek(doc));
            }
            if doc >= end {
                return;
            }
            let start = doc - doc % WINDOW;
            doc = start + WINDOW;
            let mut matching = self.candidates(view, start);
            if matching.is_empty() {
                continue;
            }
            if self.words.is_none() {
                self.sift(start, &mut matching);
                counter.found += u64::from(matching.count());
                if let Some(collector) = &mut collector {
                    collector.offer(self.first_rank, start, &matching);
                }
                continue;
            }
            let [in_name, in_director, anywhere] = self.tiers_of(start, matching);
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
    }

    /// See [`Search::matching`].
    fn matching(&mut self, view: &View, each: &mut dyn FnMut(DocId, &Mask) -> ControlFlow<()>) {
        let end = self.filter.docs.end;
        let mut doc = self.filter.docs.start;
        let leaping = self.rarest(view.segment.max_doc);
        while doc < end {
            if leaping {
                doc = doc.max(self.seek(doc));
                if doc >= end {
                    return;
                }
            }
            let start = doc - doc % WINDOW;
            doc = start + WINDOW;
            let mut matching = self.candidates(view, start);
            if !matching.is_empty() {
                if self.words.is_none() {
                    self.sift(start, &mut matching);
                } else {
                    let [.., anywhere] = self.tiers_of(start, matching);
                    matching = anywhere;
                }
            }
            if each(start, &matching).is_break() {
                return;
            }
        }
    }

    /// Whether some condition is so rare that it pays to leap from match to match.
    fn rarest(&self, max_doc: DocId) -> bool {
        let words = self.words.as_ref().and_then(Matchers::cost);
        let costs = self.whole.iter().chain(self.filter.fast.first()).map(Union::cost);
        costs.chain([words]).flatten().any(|cost| cost < u64::from(max_doc / 64))
    }

    /// The first document from `doc` on that can match.
    fn seek(&mut self, doc: DocId) -> DocId {
        let mut next = doc;
        if let Some(words) = &mut self.words {
            next = next.max(words.seek(next));
        }
        for union in self.whole.iter_mut().chain(self.filter.fast.first_mut()) {
            next = next.max(union.seek(next));
        }
        next
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
    fn tiers_of(&mut self, start: DocId, candidates: Mask) -> [Mask; TIERS] {
        let mut tiers = [Mask::EMPTY, Mask::EMPTY, candidates];
        if let Some(words) = &mut self.words {
            words.find(start, &mut tiers);
        }
        let [in_name, in_director, anywhere] = &mut tiers;
        self.sift(start, anywhere);
        [in_name, in_director].into_iter().for_each(|tier| tier.and(anywhere));
        tiers
    }

    /// Leaves the documents that meet the other conditions.
    fn sift(&mut self, start: DocId, matching: &mut Mask) {
        for not in [self.not_whole.as_mut(), Some(&mut self.filter.without)].into_iter().flatten() {
            if !not.is_empty() {
                matching.and_not(&not.find(start, matching));
            }
        }
        if let Some(words) = &mut self.not_words {
            let mut offered = [Mask::EMPTY, Mask::EMPTY, *matching];
            words.find(start, &mut offered);
            matching.and_not(&offered[2]);
        }
        for union in &mut self.filter.slow {
            if matching.is_empty() {
                return;
            }
            union.retain(start, matching);
        }
    }
}
