//! What is kept in memory of a segment, whose documents never change: opened columns, genres as bits, the vocabulary
//! of the texts.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use domain::{
    genre::GenreId,
    movie::{Movie, MovieId},
    query::{NumberField, Range, SortField},
};
use tantivy::{
    DocId, SegmentReader,
    columnar::{Column, ColumnValues, StrColumn},
    f64_to_u64,
    index::InvertedIndexReader,
    postings::TermInfo,
    schema::{TantivyDocument, Value},
    store::StoreReader,
};

use tracing::warn;

use super::{
    dictionary::Dictionary,
    doc_words::DocWords,
    document,
    facets::SparseGenres,
    numbers::{Codes, MISSING, NUMBER_FIELDS, code, decode, is_inexact, order_cell},
    order::{self, Key},
    permutation::{NOTHING, Permutation},
    postings::{Mask, Source, Union, docs_of, find_codes, is_set},
    ranks::{RankGroups, Ranks},
    schema::{Fields, Text, TextFields},
    sidecar::Sidecar,
    vocabulary::Vocabulary,
};

/// A segment.
pub(super) struct Segment {
    /// Told apart from all other segments that this process has opened.
    pub(super) number: u64,
    /// The documents are numbered from 0 to below this, in the order of [`Segment::order`].
    pub(super) max_doc: DocId,
    /// The [`order_key`](super::numbers::order_key) of each document, ascending.
    pub(super) order: Arc<dyn ColumnValues<u64>>,
    ids: Arc<dyn ColumnValues<u64>>,
    id_index: Arc<InvertedIndexReader>,
    numbers: Vec<NumberColumn>,
    texts: [TextIndex; 2],
    whole_names: Arc<InvertedIndexReader>,
    genres: BTreeMap<GenreId, GenreDocs>,
    genre_index: Arc<InvertedIndexReader>,
    /// For facets.
    sparse_genres: OnceLock<SparseGenres>,
    store: StoreReader,
    reader: SegmentReader,
    fields: Fields,
    /// The words of each document.
    pub(super) words: DocWords,
    /// One for each key of [`SORTED_BY`].
    permutations: [OnceLock<Permutation>; SORTED_BY.len()],
}

/// The keys by which documents are kept in order, and what the files are called. In the order of their popularity,
/// documents are stored.
const SORTED_BY: [(SortField, &str); 9] = [
    (SortField::Score, "score"),
    (SortField::Name, "name"),
    (SortField::Director, "director"),
    (SortField::Year, "year"),
    (SortField::Runtime, "runtime"),
    (SortField::Votes, "votes"),
    (SortField::CreatedAt, "created"),
    (SortField::UpdatedAt, "updated"),
    (SortField::Id, "id"),
];

/// The documents of a genre.
enum GenreDocs {
    /// One bit for each document of the segment, and how many are set.
    Dense(Vec<u64>, u64),
    /// So few documents that their list is smaller than that.
    Sparse(TermInfo),
}

/// How one text of movies is indexed.
pub(super) struct TextIndex {
    /// By word.
    pub(super) words: Arc<InvertedIndexReader>,
    /// The words.
    pub(super) dictionary: Dictionary,
    /// By the beginning of a word.
    pub(super) prefixes: Arc<InvertedIndexReader>,
    /// By what stands between white space.
    pub(super) tokens: Arc<InvertedIndexReader>,
    /// The same, document by document; `None` where no document has the text.
    pub(super) token_column: Option<(StrColumn, Column<u64>)>,
    /// The sort texts; `None` where no document has the text.
    pub(super) sort: Option<StrColumn>,
    vocabulary: OnceLock<Vocabulary>,
}

impl Segment {
    /// The blocks of the document store that are kept unpacked.
    const STORE_BLOCKS: usize = 32;

    /// Of so many documents, permutations are made when they are needed, in a millisecond.
    const SMALL: DocId = 1 << 13;

    /// Opens a segment; `directory` is that of the index, in which this process may write if it `writes`.
    pub(super) fn open(
        number: u64,
        reader: &SegmentReader,
        fields: &Fields,
        directory: &Path,
        writes: bool,
    ) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        let name = |field| reader.schema().get_field_name(field);
        let numbers = NUMBER_FIELDS.map(|field| NumberColumn::open(reader, fields, field));
        let text = |fields: &TextFields| {
            let tokens = columns.str(name(fields.tokens))?;
            let words = reader.inverted_index(fields.words)?;
            Ok::<_, tantivy::TantivyError>(TextIndex {
                dictionary: Dictionary::read(&words)?,
                words,
                prefixes: reader.inverted_index(fields.prefixes)?,
                tokens: reader.inverted_index(fields.tokens)?,
                token_column: tokens.map(|column| (column.clone(), column.into_parts().1)),
                sort: columns.str(name(fields.sort))?,
                vocabulary: OnceLock::new(),
            })
        };
        let genre_index = reader.inverted_index(fields.genre)?;
        let is_small = reader.max_doc() <= Self::SMALL;
        let segment = reader.segment_id();
        let permutation = |(_, name)| {
            let file = || Permutation::open(Sidecar { directory, segment, name }, reader.max_doc());
            let opened = if is_small { None } else { file() };
            opened.map(OnceLock::from).unwrap_or_default()
        };
        let texts = [text(&fields.texts[0])?, text(&fields.texts[1])?];
        let words = texts.each_ref().map(|text| (&*text.words, &text.dictionary));
        let words = DocWords::open(directory, segment, &words, reader.max_doc(), writes)?;
        Ok(Self {
            number,
            max_doc: reader.max_doc(),
            order: columns.u64(name(fields.order))?.values,
            ids: columns.u64(name(fields.id))?.values,
            id_index: reader.inverted_index(fields.id)?,
            numbers: numbers.into_iter().collect::<tantivy::Result<_>>()?,
            texts,
            words,
            whole_names: reader.inverted_index(fields.whole_name)?,
            genres: genres(&genre_index, reader.max_doc())?,
            genre_index,
            sparse_genres: OnceLock::new(),
            store: reader.get_store_reader(Self::STORE_BLOCKS)?,
            reader: reader.clone(),
            fields: fields.clone(),
            permutations: SORTED_BY.map(permutation),
        })
    }

    /// Whether nothing is missing that would take long to make.
    pub(super) fn is_prepared(&self) -> bool {
        self.max_doc <= Self::SMALL
            || (self.permutations.iter().all(|permutation| permutation.get().is_some())
                && self.numbers.iter().all(|numbers| numbers.ranks.get().is_some()))
    }

    /// Makes what would take long when it is needed, and keeps it in `directory`, that of the index, until `is_over`.
    pub(super) fn prepare(&self, directory: &Path, is_over: impl Fn() -> bool) {
        if self.permutations.iter().any(|permutation| permutation.get().is_none()) {
            let by_id = self.by_id();
            for (place, (field, name)) in SORTED_BY.into_iter().enumerate() {
                if is_over() {
                    return;
                }
                if self.permutations[place].get().is_some() {
                    continue;
                }
                let file = Sidecar { directory, segment: self.reader.segment_id(), name };
                let made = self.permutation_by(field, &by_id);
                if let Err(error) = made.write(file) {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        "the order of movies by a key is kept in memory alone"
                    );
                }
                // Read from the file, it takes no memory of this process.
                let _ = self.permutations[place].set(Permutation::open(file, self.max_doc).unwrap_or(made));
            }
        }
        for numbers in self.numbers.iter().filter(|_| !is_over()) {
            numbers.ranks();
        }
    }

    /// The documents in the order of a key, if that is known or quickly made.
    pub(super) fn permutation(&self, field: SortField) -> Option<&Permutation> {
        let place = SORTED_BY.iter().position(|(key, _)| *key == field)?;
        let permutation = &self.permutations[place];
        if permutation.get().is_none() && self.max_doc <= Self::SMALL {
            return Some(permutation.get_or_init(|| self.permutation_by(field, &self.by_id())));
        }
        permutation.get()
    }

    fn permutation_by(&self, field: SortField, by_id: &[DocId]) -> Permutation {
        match self.sort_column(field) {
            Some(column) => Permutation::new(by_id, &self.keys(column)),
            None => Permutation::new(by_id, &vec![NOTHING; self.max_doc as usize]),
        }
    }

    /// All documents by ascending id.
    fn by_id(&self) -> Vec<DocId> {
        let docs = (0..self.max_doc).collect::<Vec<_>>();
        let ids = Permutation::new(&docs, &self.keys(SortColumn::Id(&*self.ids)));
        (0..ids.len()).map(|place| ids.doc(place)).collect()
    }

    fn keys(&self, column: SortColumn) -> Vec<u64> {
        (0..self.max_doc).map(|doc| column.key(doc)).collect()
    }

    /// What documents are compared by; `None` where none of them has the key.
    pub(super) fn sort_column(&self, field: SortField) -> Option<SortColumn<'_>> {
        match order::key(field) {
            Key::Number(field) => Some(SortColumn::Number(self.numbers(field))),
            Key::Text(text) => self.text(text).sort.as_ref().map(|column| SortColumn::Text(column.ords())),
            Key::Id => Some(SortColumn::Id(&*self.ids)),
            Key::Relevance => None,
        }
    }

    pub(super) fn id(&self, doc: DocId) -> MovieId {
        MovieId(self.ids.get_val(doc))
    }

    /// Calls `each` with the documents of the window at `start` that have these ids; only those among `wanted` matter.
    pub(super) fn find_ids(&self, ids: Codes, start: DocId, wanted: &Mask, each: impl FnMut(DocId)) {
        find_codes(&*self.ids, ids, start, wanted, each);
    }

    /// The documents whose number is in a range, ascending, where they are so few that it is quicker to list them than
    /// to look at all; `None` where they are not, or nobody knows.
    pub(super) fn few_within(&self, range: &Range) -> Option<Vec<DocId>> {
        /// One document in so many.
        const FEW: usize = 512;
        let permutation = self.permutation(sort_field(range.field)?)?;
        let numbers = self.numbers(range.field);
        let is_below =
            |number: f64| range.min.is_some_and(|min| number < min.value || (number == min.value && !min.inclusive));
        let is_above =
            |number: f64| range.max.is_some_and(|max| number > max.value || (number == max.value && !max.inclusive));
        let places = 0..permutation.len();
        let start = permutation.partition_point(places.clone(), |doc| numbers.get(doc).is_some_and(is_below));
        let end = permutation.partition_point(start..places.end, |doc| numbers.get(doc).is_some_and(|n| !is_above(n)));
        if end - start > permutation.len() / FEW {
            return None;
        }
        let mut docs = (start..end).map(|place| permutation.doc(place)).collect::<Vec<_>>();
        docs.sort_unstable();
        Some(docs)
    }

    pub(super) fn numbers(&self, field: NumberField) -> &NumberColumn {
        &self.numbers[field as usize]
    }

    pub(super) fn text(&self, text: Text) -> &TextIndex {
        &self.texts[text as usize]
    }

    /// The first document whose order key is `key` or more.
    pub(super) fn first_from(&self, key: u64) -> DocId {
        let (mut low, mut high) = (0, self.max_doc);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.order.get_val(middle) < key { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The cell of the document's order key.
    pub(super) fn order_cell(&self, doc: DocId) -> u64 {
        order_cell(self.order.get_val(doc))
    }

    /// The documents that have one of the genres.
    pub(super) fn with_genres(&self, ids: &[GenreId]) -> tantivy::Result<Union<'_>> {
        let mut union = Union::default();
        let mut sparse = Vec::new();
        for id in ids {
            match self.genres.get(id) {
                Some(GenreDocs::Dense(bits, count)) => union.push(Source::Bits(bits, *count)),
                Some(GenreDocs::Sparse(info)) => sparse.push(info.clone()),
                None => {}
            }
        }
        union.push_terms(&self.genre_index, sparse, self.max_doc)?;
        Ok(union)
    }

    /// How many documents each genre has; `alive` are those that count.
    pub(super) fn count_genres(&self, alive: Option<&[u64]>) -> tantivy::Result<Vec<(GenreId, u64)>> {
        let count = |docs: &GenreDocs| match (docs, alive) {
            (GenreDocs::Dense(_, count), None) => Ok::<_, tantivy::TantivyError>(*count),
            (GenreDocs::Dense(bits, _), Some(alive)) => {
                Ok(bits.iter().zip(alive).map(|(a, b)| u64::from((a & b).count_ones())).sum())
            }
            (GenreDocs::Sparse(info), None) => Ok(u64::from(info.doc_freq)),
            (GenreDocs::Sparse(info), Some(alive)) => {
                let docs = docs_of(&self.genre_index, info)?;
                Ok(docs.into_iter().filter(|doc| is_set(alive, *doc)).count() as u64)
            }
        };
        self.genres.iter().map(|(id, docs)| Ok((*id, count(docs)?))).collect()
    }

    /// The genres that have one bit for each document.
    pub(super) fn dense_genres(&self) -> impl Iterator<Item = (GenreId, &[u64])> {
        self.genres.iter().filter_map(|(id, docs)| match docs {
            GenreDocs::Dense(bits, _) => Some((*id, bits.as_slice())),
            GenreDocs::Sparse(_) => None,
        })
    }

    /// The other genres, window by window; read at first use.
    pub(super) fn sparse_genres(&self) -> tantivy::Result<&SparseGenres> {
        if let Some(genres) = self.sparse_genres.get() {
            return Ok(genres);
        }
        let lists = self.genres.iter().filter_map(|(id, docs)| match docs {
            GenreDocs::Dense(..) => None,
            GenreDocs::Sparse(info) => Some((*id, info)),
        });
        let read = |info: &&TermInfo| docs_of(&self.genre_index, info);
        let genres = SparseGenres::read(self.max_doc, &lists.collect::<Vec<_>>(), read)?;
        Ok(self.sparse_genres.get_or_init(|| genres))
    }

    /// The documents that were ever written for the movie; at most one of them is alive.
    pub(super) fn with_id(&self, id: MovieId) -> tantivy::Result<Vec<DocId>> {
        let term = tantivy::Term::from_field_u64(self.fields.id, id.0);
        match self.id_index.get_term_info(&term)? {
            Some(info) => docs_of(&self.id_index, &info),
            None => Ok(Vec::new()),
        }
    }

    /// The documents whose whole name has this hash.
    pub(super) fn with_whole_name(&self, hash: u64) -> tantivy::Result<Union<'_>> {
        let mut union = Union::default();
        let term = tantivy::Term::from_field_u64(self.fields.whole_name, hash);
        let infos = self.whole_names.get_term_info(&term)?;
        union.push_terms(&self.whole_names, infos.into_iter().collect(), self.max_doc)?;
        Ok(union)
    }

    /// The stored movie without its genres, and their ids.
    pub(super) fn movie(&self, doc: DocId) -> Result<(Movie, Vec<GenreId>), domain::error::Cause> {
        self.movie_in(&self.store, doc)
    }

    /// A way of its own to the stored movies, which takes no unpacked blocks from those who read single ones.
    pub(super) fn own_store(&self) -> io::Result<StoreReader> {
        self.reader.get_store_reader(1)
    }

    /// The same as [`Segment::movie`] from [`Segment::own_store`].
    pub(super) fn movie_in(
        &self,
        store: &StoreReader,
        doc: DocId,
    ) -> Result<(Movie, Vec<GenreId>), domain::error::Cause> {
        let document: TantivyDocument = store.get(doc)?;
        let stored = document.get_first(self.fields.movie).ok_or("a document without a movie")?;
        Ok(document::movie(stored.as_bytes().ok_or("a movie that is not bytes")?)?)
    }
}

/// The sort key of a number, if documents are kept in its order.
fn sort_field(field: NumberField) -> Option<SortField> {
    let mut keys = SORTED_BY.into_iter().map(|(key, _)| key);
    keys.find(|key| matches!(order::key(*key), Key::Number(own) if own == field))
}

/// A column by which documents are sorted.
#[derive(Clone, Copy)]
pub(super) enum SortColumn<'a> {
    Number(&'a NumberColumn),
    Text(&'a Column<u64>),
    Id(&'a dyn ColumnValues<u64>),
}

impl SortColumn<'_> {
    /// The key of a document: keys are ordered as the values are, none is [`NOTHING`]. Those of texts are odd, so that
    /// there is one for every text between two of them.
    pub(super) fn key(&self, doc: DocId) -> u64 {
        match self {
            Self::Number(numbers) => numbers.key(doc),
            Self::Text(ordinals) => ordinals.first(doc).map_or(NOTHING, |ordinal| ordinal * 2 + 1),
            Self::Id(ids) => ids.get_val(doc),
        }
    }
}

/// The files beside a segment in `directory`, that of the index, that are damaged or not what the segment makes them.
/// Those that are missing are made when they are needed.
pub(super) fn wrong_sidecars(
    reader: &SegmentReader,
    fields: &Fields,
    directory: &Path,
) -> tantivy::Result<Vec<PathBuf>> {
    let (segment, max_doc, mut wrong) = (reader.segment_id(), reader.max_doc(), Vec::new());
    if max_doc <= Segment::SMALL {
        return Ok(wrong);
    }
    let text_fields = |text: Text| &fields.texts[text as usize];
    let words = DocWords::sidecar(directory, segment);
    if words.found().is_some() {
        let indexes = [Text::Name, Text::Director].map(|text| reader.inverted_index(text_fields(text).words));
        let [in_name, in_director] = indexes;
        let is_right = match DocWords::read(words, max_doc) {
            Some(read) => read.are_those_of(&[in_name?, in_director?])?,
            None => false,
        };
        // A server may have removed it just now.
        wrong.extend(words.found().filter(|_| !is_right));
    }
    let columns = reader.fast_fields();
    let name = |field| reader.schema().get_field_name(field);
    let ids = columns.u64(name(fields.id))?.values;
    for (field, file_name) in SORTED_BY {
        let file = Sidecar { directory, segment, name: file_name };
        if file.found().is_none() {
            continue;
        }
        let (numbers, texts);
        let column = match order::key(field) {
            Key::Number(field) => {
                numbers = NumberColumn::open(reader, fields, field)?;
                Some(SortColumn::Number(&numbers))
            }
            Key::Text(text) => {
                texts = columns.str(name(text_fields(text).sort))?;
                texts.as_ref().map(|column| SortColumn::Text(column.ords()))
            }
            Key::Id => Some(SortColumn::Id(&*ids)),
            Key::Relevance => None,
        };
        let entry = |doc| (column.map_or(NOTHING, |column| column.key(doc)), ids.get_val(doc), doc);
        let is_right = Permutation::open(file, max_doc).is_some_and(|permutation| {
            let docs = (0..permutation.len()).map(|place| permutation.doc(place));
            // As many as there are, each after the one before: each of them once.
            let mut entries = docs.map(|doc| (doc < max_doc).then(|| entry(doc)));
            let mut last = None;
            entries.all(|entry| entry.is_some() && last.replace(entry) < Some(entry))
        });
        wrong.extend(file.found().filter(|_| !is_right));
    }
    Ok(wrong)
}

fn genres(index: &InvertedIndexReader, max_doc: DocId) -> tantivy::Result<BTreeMap<GenreId, GenreDocs>> {
    /// One document in so many makes a genre dense: its list would not be much shorter than the bits.
    const DENSE: u32 = 64;
    let mut genres = BTreeMap::new();
    let mut terms = index.terms().stream()?;
    while let Some((key, info)) = terms.next() {
        let id = GenreId(key.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)));
        let docs = if info.doc_freq < max_doc / DENSE {
            GenreDocs::Sparse(info.clone())
        } else {
            let mut bits = vec![0_u64; max_doc as usize / 64 + 1];
            docs_of(index, info)?.into_iter().for_each(|doc| bits[doc as usize / 64] |= 1 << (doc % 64));
            GenreDocs::Dense(bits, u64::from(info.doc_freq))
        };
        genres.insert(id, docs);
    }
    Ok(genres)
}

impl TextIndex {
    /// The vocabulary of tokens, made at first use.
    pub(super) fn vocabulary(&self) -> tantivy::Result<Option<&Vocabulary>> {
        let Some((column, _)) = &self.token_column else { return Ok(None) };
        if let Some(vocabulary) = self.vocabulary.get() {
            return Ok(Some(vocabulary));
        }
        let vocabulary = Vocabulary::read(column)?;
        Ok(Some(self.vocabulary.get_or_init(|| vocabulary)))
    }
}

/// The numbers of one field.
pub(super) struct NumberColumn {
    field: NumberField,
    codes: Arc<dyn ColumnValues<u64>>,
    /// Those whose codes are inexact; `None` where there are none.
    exact: Option<Column<f64>>,
    /// For filters.
    ranks: OnceLock<Ranks>,
}

impl NumberColumn {
    fn open(reader: &SegmentReader, fields: &Fields, field: NumberField) -> tantivy::Result<Self> {
        let (columns, place) = (reader.fast_fields(), field as usize);
        let name = |field| reader.schema().get_field_name(field);
        Ok(Self {
            field,
            codes: columns.u64(name(fields.numbers[place]))?.values,
            exact: columns.column_opt::<f64>(name(fields.exact[place]))?,
            ranks: OnceLock::new(),
        })
    }

    /// The movie's number.
    pub(super) fn get(&self, doc: DocId) -> Option<f64> {
        let code = self.codes.get_val(doc);
        if is_inexact(self.field, code) {
            self.exact.as_ref().and_then(|column| column.first(doc))
        } else {
            decode(self.field, code)
        }
    }

    /// See [`SortColumn::key`].
    fn key(&self, doc: DocId) -> u64 {
        match self.exact {
            None => Some(self.codes.get_val(doc)).filter(|code| *code != MISSING).unwrap_or(NOTHING),
            Some(_) => self.key_of(self.get(doc)),
        }
    }

    /// The key of a number, which is in its place among those of documents.
    pub(super) fn key_of(&self, number: Option<f64>) -> u64 {
        match (number, &self.exact) {
            (None, _) => NOTHING,
            (number, None) => code(self.field, number),
            (Some(number), Some(_)) => f64_to_u64(number),
        }
    }

    /// Leaves in `mask`, which is of the window at `start`, the documents whose number is in `range`, which has these
    /// codes.
    pub(super) fn retain(&self, codes: Codes, range: &Range, start: DocId, mask: &mut Mask) {
        let is_doubtful = (range.min.is_some() && is_inexact(self.field, codes.first))
            || (range.max.is_some() && is_inexact(self.field, codes.last));
        let is_in = |doc| self.get(doc).is_some_and(|number| range.contains(number));
        match self.ready_ranks() {
            Some(ranks) => ranks.retain(codes, is_doubtful, start, mask, is_in),
            None => {
                let mut within = Mask::EMPTY;
                let set = |doc| {
                    if is_in(doc) {
                        within.set(doc - start)
                    }
                };
                find_codes(&*self.codes, codes, start, mask, set);
                mask.and(&within);
            }
        }
    }

    /// The groups of numbers that begin at these, which are exact as codes.
    pub(super) fn groups(&self, lowest: impl Iterator<Item = f64>) -> RankGroups {
        self.ranks().groups(lowest.map(|number| code(self.field, Some(number))).collect())
    }

    /// Adds to `counts` how many documents of `mask`, which is of the window at `start`, are of each group, which count
    /// from 1 on; group 0 has no number.
    pub(super) fn count(&self, groups: &RankGroups, start: DocId, mask: &Mask, counts: &mut [u64; RankGroups::MOST]) {
        self.ranks().count(groups, start, mask, counts, |doc| self.codes.get_val(doc));
    }

    fn ranks(&self) -> &Ranks {
        self.ranks.get_or_init(|| Ranks::read(&*self.codes))
    }

    /// The ranks, unless it takes long to make them and nobody has done so yet.
    fn ready_ranks(&self) -> Option<&Ranks> {
        if self.codes.num_vals() <= Segment::SMALL { Some(self.ranks()) } else { self.ranks.get() }
    }

    /// Calls `each` with the documents of the window at `start` that have one of these codes, or, if `missing`, none;
    /// only those among `wanted` matter.
    pub(super) fn find_codes(
        &self,
        codes: Codes,
        missing: bool,
        start: DocId,
        wanted: &Mask,
        mut each: impl FnMut(DocId),
    ) {
        find_codes(&*self.codes, codes, start, wanted, &mut each);
        if missing {
            find_codes(&*self.codes, Codes { first: MISSING, last: MISSING }, start, wanted, each);
        }
    }
}
