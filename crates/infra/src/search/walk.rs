//! All movies of a list, one after the other, from one state of the index.
//!
//! Every segment is walked by itself, run by run, and what it gives is merged with the others. A run is the first
//! [`RUN`] documents after those of the run before. In the order in which documents are stored, it begins where that
//! one ended; so it does in the order of any one key, where the segment is sorted by that and not too few documents
//! match (see [`Permutation`](super::permutation::Permutation)). Otherwise, by several keys above all, a run is found by
//! one pass over the columns of the sort keys with a bounded heap: a list of n movies costs n / [`RUN`] such passes,
//! where a walk from page to page would cost hundreds of times as many, and one single sort as much memory as there are
//! matches. 25 million movies are about 400 passes of some tens of milliseconds each: less than it takes to read the
//! movies themselves.

use std::{ops::ControlFlow, vec};

use domain::{
    Error, Result,
    matching::Reach,
    movie::{Movie, MovieId},
    query::{MovieQuery, Position, SortValue},
};
use tantivy::store::StoreReader;

use super::{
    evaluate::{Counter, Search},
    genres::GenreTable,
    order::{self, Hit},
    snapshot::{Snapshot, View, internal},
};

/// The documents of a run. In a heap each takes about 80 bytes, for one segment at a time.
const RUN: usize = 1 << 16;

/// The documents whose sort keys are read at a time: texts among them can be long.
const ROWS: usize = 1 << 10;

impl Snapshot {
    /// See [`MovieSearch::walk`](domain::ports::MovieSearch::walk).
    pub(super) fn walk(&self, query: &MovieQuery, each: &mut dyn FnMut(&Movie) -> ControlFlow<()>) -> Result<()> {
        let order = query.order();
        let genres = self.genre_table();
        let mut search = Search::new(&query.filter, genres, &order, RUN);
        let reach = self.reach(&search)?;

        let mut parts = Vec::new();
        for view in self.views() {
            let mut part = Part::new(view)?;
            part.fill(&mut search, genres, reach).map_err(internal)?;
            parts.push(part);
        }
        loop {
            let rows = parts.iter().enumerate().filter_map(|(place, part)| Some((place, part.first()?)));
            let first = rows.min_by(|(_, a), (_, b)| order::compare(&order, (&a.keys, a.id), (&b.keys, b.id)));
            let Some((place, hit)) = first.map(|(place, row)| (place, row.hit)) else { return Ok(()) };
            let part = &mut parts[place];
            let (mut movie, genre_ids) = part.view.segment.movie_in(&part.store, hit.doc).map_err(Error::Internal)?;
            self.name_genres(&mut movie, &genre_ids);
            if each(&movie).is_break() {
                return Ok(());
            }
            part.rows.next();
            part.fill(&mut search, genres, reach).map_err(internal)?;
        }
    }
}

/// The walk through one segment.
struct Part<'a> {
    view: &'a View,
    store: StoreReader,
    /// What is left of the run, in order.
    hits: vec::IntoIter<Hit>,
    /// Where the next run begins; `None` before the first and after the last.
    after: Option<Position>,
    /// Whether there may be another run.
    more: bool,
    /// What comes before `hits`, with its sort keys.
    rows: vec::IntoIter<Row>,
}

/// A document found, and what it is merged by.
struct Row {
    keys: Vec<SortValue>,
    id: MovieId,
    hit: Hit,
}

impl<'a> Part<'a> {
    fn new(view: &'a View) -> Result<Self> {
        let store = view.segment.own_store().map_err(|error| Error::Internal(error.into()))?;
        let (hits, rows) = (Vec::new().into_iter(), Vec::new().into_iter());
        Ok(Self { view, store, hits, after: None, more: true, rows })
    }

    fn first(&self) -> Option<&Row> {
        self.rows.as_slice().first()
    }

    /// Makes sure that there is a first row, unless the segment has no more.
    fn fill(&mut self, search: &mut Search, genres: &GenreTable, reach: Reach) -> tantivy::Result<()> {
        if self.first().is_some() {
            return Ok(());
        }
        let segment = &self.view.segment;
        if self.hits.as_slice().is_empty() && self.more {
            search.after = self.after.take();
            let uncounted = &mut Counter { found: 0, needed: 0 };
            let hits = search.of_segment(self.view, genres)?.run(reach, uncounted)?;
            self.more = hits.len() == search.wanted;
            if let Some(last) = hits.last().filter(|_| self.more) {
                let keys = order::values(segment, search.order, &[*last])?.remove(0);
                self.after = Some(Position { keys, id: segment.id(last.doc), reach: reach as u8 });
            }
            self.hits = hits.into_iter();
        }
        let hits = self.hits.by_ref().take(ROWS).collect::<Vec<_>>();
        let keys = order::values(segment, search.order, &hits)?;
        let row = |(keys, hit): (_, Hit)| Row { keys, id: segment.id(hit.doc), hit };
        self.rows = keys.into_iter().zip(hits).map(row).collect::<Vec<_>>().into_iter();
        Ok(())
    }
}
