//! Writing movies into an index.

use domain::movie::{Movie, MovieId};
use tantivy::{
    Index, IndexWriter, Term,
    indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy},
};

use super::{document::document, generation::Mark, schema::Fields};

/// The one writer of an index.
pub(super) struct Writer {
    inner: IndexWriter,
    fields: Fields,
    /// No movie with a higher id was ever in the index, so none needs to be taken out before it is put in.
    max_id: MovieId,
    /// Movies put in or taken out since the last commit.
    pending: usize,
}

impl Writer {
    /// Opens the writer of a new, empty index, which [`Writer::finish`] ends. `memory` is in bytes.
    pub(super) fn fill(index: &Index, fields: Fields, memory: usize) -> tantivy::Result<Self> {
        let inner = open(index, memory)?;
        // All segments become one at the end: what is merged before is merged twice.
        inner.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self { inner, fields, max_id: MovieId(0), pending: 0 })
    }

    /// Opens the writer of an index that has no movie above `max_id`. `memory` is in bytes.
    pub(super) fn open(index: &Index, fields: Fields, max_id: MovieId, memory: usize) -> tantivy::Result<Self> {
        let inner = open(index, memory)?;
        let mut merging = LogMergePolicy::default();
        // Every segment costs every search: few of each size, and sizes far apart.
        merging.set_min_num_segments(4);
        merging.set_level_log_size(2.0);
        // Updates leave deleted documents behind in the large segments, which cost room and time.
        merging.set_del_docs_ratio_before_merge(0.25);
        // In segments of any size.
        merging.set_max_docs_before_merge(usize::MAX);
        inner.set_merge_policy(Box::new(merging));
        Ok(Self { inner, fields, max_id, pending: 0 })
    }

    /// Makes the movies with these ids be as `movies` says, and those that it does not name be gone.
    pub(super) fn apply(&mut self, ids: &[MovieId], movies: &[Movie]) -> Result<(), domain::error::Cause> {
        for id in ids.iter().filter(|id| **id <= self.max_id) {
            self.inner.delete_term(Term::from_field_u64(self.fields.id, id.0));
        }
        for movie in movies {
            self.inner.add_document(document(&self.fields, movie)?)?;
            self.max_id = self.max_id.max(movie.id);
        }
        self.pending += ids.len();
        Ok(())
    }

    /// Movies put in or taken out since the last commit.
    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    /// Writes everything to disk; `mark` is the last change that it holds.
    pub(super) fn commit(&mut self, mark: Mark) -> Result<(), domain::error::Cause> {
        let payload = mark.to_payload()?;
        let mut commit = self.inner.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        self.pending = 0;
        Ok(())
    }

    /// Ends the writer of a new index and makes the index one segment: each costs every search.
    pub(super) fn finish(self, index: &Index) -> tantivy::Result<()> {
        self.inner.wait_merging_threads()?;
        let segments = index.searchable_segment_ids()?;
        if segments.len() > 1 {
            let mut merger = open(index, 0)?;
            merger.merge(&segments).wait()?;
            merger.wait_merging_threads()?;
        }
        Ok(())
    }
}

fn open(index: &Index, memory: usize) -> tantivy::Result<IndexWriter> {
    /// What Tantivy takes at least.
    const MIN_MEMORY: usize = 15_000_000;
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(memory.max(MIN_MEMORY))
        .build();
    index.writer_with_options(options)
}
