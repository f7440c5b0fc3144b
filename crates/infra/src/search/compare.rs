//! Whether a state of the index is what its movies make it.
//!
//! Each movie's document is made again and compared with the one of the index: what is stored, and the columns of
//! numbers, at once. Terms and columns of texts are ordered by the text, not by the movie; to look each up would cost
//! many times as much as to read them through. So both sides are summed up: a hash of field, text and document for each
//! place where they meet, one sum for 64 documents. At the end everything is read through once, and where two sums
//! differ, the movies of that sum are looked at one by one. Each document takes half a byte of memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{DefaultHasher, Hasher},
    sync::Arc,
};

use domain::{
    error::Cause,
    genre::{Genre, GenreId, GenreName},
    movie::{Movie, MovieId},
};
use serde_json::Value as Json;
use tantivy::{
    DocId, SegmentReader, TantivyDocument, TantivyError,
    columnar::{Column, StrColumn},
    index::InvertedIndexReader,
    postings::{BlockSegmentPostings, TermInfo},
    schema::{Field, Schema, Type, Value},
    store::StoreReader,
    termdict::TermStreamer,
};

use super::{
    document::{self, document},
    postings::{docs_of, is_set},
    schema::Fields,
};

/// What differs between the database and the index.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// A movie of the database is not in the index.
    Missing(MovieId),
    /// A movie of the index is not in the database.
    Extra(MovieId),
    /// A movie is in the index more than once.
    Repeated(MovieId),
    /// A movie is shown in another way than it is.
    Stored(MovieId, Vec<FieldDifference>),
    /// A movie is shown as it is, but not found or sorted by it: the fields of the index in which it differs.
    Indexed(MovieId, Vec<String>),
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDifference {
    /// Its name; genres are told by their ids.
    pub field: String,
    /// What the index has, as JSON.
    pub index: String,
    /// What the database has.
    pub database: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id) => write!(f, "movie {}: not in the index", id.0),
            Self::Extra(id) => write!(f, "movie {}: in the index, not in the database", id.0),
            Self::Repeated(id) => write!(f, "movie {}: more than once in the index", id.0),
            Self::Stored(id, fields) => {
                write!(f, "movie {}:", id.0)?;
                for (place, FieldDifference { field, index, database }) in fields.iter().enumerate() {
                    let separator = if place == 0 { "" } else { ";" };
                    write!(f, "{separator} {field} is {index} in the index, {database} in the database")?;
                }
                Ok(())
            }
            Self::Indexed(id, fields) => write!(f, "movie {}: wrongly indexed in {}", id.0, fields.join(", ")),
        }
    }
}

/// Where a movie is in the index: a segment and a document of it.
pub(super) type Place = (usize, DocId);

/// A comparison of one state of the index with movies.
pub(super) struct Comparison {
    fields: Fields,
    layout: Vec<Layout>,
    parts: Vec<Part>,
    scratch: Vec<(Slot, u64)>,
}

/// How a field is kept.
struct Layout {
    field: Field,
    name: String,
    stored: bool,
    indexed: bool,
    /// In a column, of this type.
    fast: Option<Type>,
}

/// One segment.
struct Part {
    reader: SegmentReader,
    store: StoreReader,
    ids: Arc<InvertedIndexReader>,
    numbers: Vec<Numbers>,
    /// One bit for each document that was found right so far.
    right: Vec<u64>,
    /// What the right documents should have summed up to, 64 at a time.
    sums: Vec<u64>,
    /// How many documents were found by their ids.
    reached: u32,
}

/// A column of numbers; `None` where no document has one.
struct Numbers {
    field: Field,
    values: Option<Column<u64>>,
    exact: Option<Column<f64>>,
}

/// A field, and whether its terms or its column is meant.
type Slot = (Field, bool);

/// The documents that share a sum.
const GROUP: u32 = 64;

/// The most groups of a segment whose documents are looked at one by one.
const GROUPS: usize = 1 << 10;

impl Comparison {
    /// A comparison of nothing yet.
    pub(super) fn new(readers: &[SegmentReader], schema: &Schema, fields: &Fields) -> tantivy::Result<Self> {
        let layout = schema.fields().map(|(field, entry)| Layout {
            field,
            name: entry.name().to_owned(),
            stored: entry.is_stored(),
            indexed: entry.is_indexed(),
            fast: entry.is_fast().then(|| entry.field_type().value_type()),
        });
        let layout = layout.collect::<Vec<_>>();
        let part = |reader: &SegmentReader| {
            let columns = reader.fast_fields();
            let mut numbers = Vec::new();
            for Layout { field, name, fast, .. } in &layout {
                match fast {
                    Some(Type::U64) => {
                        let values = columns.column_opt::<u64>(name)?;
                        numbers.push(Numbers { field: *field, values, exact: None });
                    }
                    Some(Type::F64) => {
                        let exact = columns.column_opt::<f64>(name)?;
                        numbers.push(Numbers { field: *field, values: None, exact });
                    }
                    Some(Type::Str) | None => {}
                    Some(other) => return Err(TantivyError::SchemaError(format!("{other:?} is not compared"))),
                }
            }
            Ok(Part {
                store: reader.get_store_reader(32)?,
                ids: reader.inverted_index(fields.id)?,
                numbers,
                right: vec![0; reader.max_doc().div_ceil(64) as usize],
                sums: vec![0; reader.max_doc().div_ceil(GROUP) as usize],
                reached: 0,
                reader: reader.clone(),
            })
        };
        let parts = readers.iter().map(part).collect::<tantivy::Result<_>>()?;
        Ok(Self { fields: fields.clone(), layout, parts, scratch: Vec::new() })
    }

    /// The ids of all documents.
    pub(super) fn id_indexes(&self) -> Vec<Arc<InvertedIndexReader>> {
        self.parts.iter().map(|part| Arc::clone(&part.ids)).collect()
    }

    /// Where the movie is.
    pub(super) fn places(&self, id: MovieId) -> tantivy::Result<Vec<Place>> {
        let mut places = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            if let Some(info) = part.ids.terms().get(id.0.to_be_bytes())? {
                places.extend(self.alive(number, &info)?);
            }
        }
        Ok(places)
    }

    /// The documents of a term of ids that are not deleted.
    pub(super) fn alive(&self, number: usize, info: &TermInfo) -> tantivy::Result<impl Iterator<Item = Place>> {
        let Part { reader, ids, .. } = &self.parts[number];
        Ok(docs_of(ids, info)?.into_iter().filter(|doc| !reader.is_deleted(*doc)).map(move |doc| (number, doc)))
    }

    /// Notes that a document was found by its id.
    pub(super) fn reach(&mut self, places: &[Place]) {
        places.iter().for_each(|(number, _)| self.parts[*number].reached += 1);
    }

    /// How many documents were not.
    pub(super) fn unreached(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.reader.num_docs().saturating_sub(part.reached))).sum()
    }

    /// Compares a movie, or that there is none, with what is in these places.
    pub(super) fn compare(
        &mut self,
        id: MovieId,
        movie: Option<&Movie>,
        places: &[Place],
    ) -> Result<Option<Difference>, Cause> {
        let (movie, (number, doc)) = match (movie, places) {
            (None, []) => return Ok(None),
            (None, _) => return Ok(Some(Difference::Extra(id))),
            (Some(_), []) => return Ok(Some(Difference::Missing(id))),
            (Some(movie), [place]) => (movie, *place),
            (Some(_), _) => return Ok(Some(Difference::Repeated(id))),
        };
        let expected = document(&self.fields, movie)?;
        let part = &mut self.parts[number];
        let Ok(stored) = part.store.get::<TantivyDocument>(doc) else {
            return Ok(Some(Difference::Indexed(id, vec!["the stored documents, which cannot be read".to_owned()])));
        };
        let is_stored_right = self.layout.iter().filter(|layout| layout.stored).all(|layout| {
            let values = |document: &TantivyDocument| {
                document.get_all(layout.field).map(|value| bytes(&value)).collect::<Vec<_>>()
            };
            values(&stored) == values(&expected)
        });
        if !is_stored_right {
            let found = stored.get_first(self.fields.movie).and_then(|value| value.as_bytes().map(<[u8]>::to_vec));
            return Ok(Some(Difference::Stored(id, differences(&found.unwrap_or_default(), movie)?)));
        }
        let wrong = part.numbers.iter().filter(|numbers| !numbers.are_right(doc, &expected));
        let wrong = wrong.map(|numbers| self.layout[numbers.field.field_id() as usize].name.clone());
        let wrong = wrong.collect::<Vec<_>>();
        if !wrong.is_empty() {
            return Ok(Some(Difference::Indexed(id, wrong)));
        }
        terms(&self.layout, &expected, &mut self.scratch);
        let sum = &mut part.sums[(doc / GROUP) as usize];
        *sum = self.scratch.iter().fold(*sum, |sum, (_, hash)| sum.wrapping_add(at(*hash, doc)));
        part.right[doc as usize / 64] |= 1 << (doc % 64);
        Ok(None)
    }

    /// Compares the terms and texts of all movies that were right so far, reading through the segments that have some.
    /// `tell` is told how many of how many parts of that are done. Returns whether every movie that differs was given to
    /// `each`.
    pub(super) fn compare_terms(
        &self,
        tell: &mut dyn FnMut(u64, u64),
        each: &mut dyn FnMut(Difference),
    ) -> Result<bool, Cause> {
        let slots = self.slots();
        // Where few movies are compared, most segments have none of them.
        let parts = self.parts.iter().filter(|part| part.right.iter().any(|docs| *docs != 0)).collect::<Vec<_>>();
        let (mut done, total) = (0, (slots.len() * parts.len()) as u64);
        let mut complete = true;
        for part in parts {
            let mut sums = vec![0_u64; part.sums.len()];
            for slot in &slots {
                tell(done, total);
                self.read_through(part, *slot, &part.right, &mut |doc, hash| {
                    let sum = &mut sums[(doc / GROUP) as usize];
                    *sum = sum.wrapping_add(hash);
                })?;
                done += 1;
            }
            let groups = sums.iter().zip(&part.sums).enumerate();
            let wrong = groups.filter(|(_, (found, expected))| found != expected).map(|(group, _)| group);
            let wrong = wrong.collect::<Vec<_>>();
            complete &= wrong.len() <= GROUPS;
            if !wrong.is_empty() {
                self.look_at(part, &wrong[..wrong.len().min(GROUPS)], &slots, each)?;
            }
        }
        tell(total, total);
        Ok(complete)
    }

    /// What is read through.
    fn slots(&self) -> Vec<Slot> {
        let layouts = self.layout.iter();
        let both = layouts.flat_map(|layout| {
            let text = layout.fast == Some(Type::Str);
            [layout.indexed.then_some((layout.field, true)), text.then_some((layout.field, false))]
        });
        both.flatten().collect()
    }

    /// Finds which movies of these groups differ, and in what.
    fn look_at(
        &self,
        part: &Part,
        groups: &[usize],
        slots: &[Slot],
        each: &mut dyn FnMut(Difference),
    ) -> Result<(), Cause> {
        let mut docs = vec![0_u64; part.right.len()];
        let per_group = (GROUP / 64) as usize;
        for word in groups.iter().flat_map(|group| group * per_group..(group + 1) * per_group) {
            docs[word] = part.right[word];
        }
        let mut sums = BTreeMap::<(DocId, Slot), u64>::new();
        for slot in slots {
            self.read_through(part, *slot, &docs, &mut |doc, hash| {
                let sum = sums.entry((doc, *slot)).or_default();
                *sum = sum.wrapping_add(hash);
            })?;
        }
        let mut scratch = Vec::new();
        let mut wrong = BTreeMap::<DocId, BTreeSet<Field>>::new();
        for doc in ones(&docs) {
            // What is stored is right, so it tells what else should be there.
            let (_, movie) = self.stored_movie(part, doc)?;
            terms(&self.layout, &document(&self.fields, &movie)?, &mut scratch);
            for (slot, hash) in &scratch {
                let sum = sums.entry((doc, *slot)).or_default();
                *sum = sum.wrapping_sub(at(*hash, doc));
            }
        }
        for ((doc, (field, _)), _) in sums.iter().filter(|(_, sum)| **sum != 0) {
            wrong.entry(*doc).or_default().insert(*field);
        }
        for (doc, fields) in wrong {
            let names = fields.iter().map(|field| self.layout[field.field_id() as usize].name.clone()).collect();
            each(Difference::Indexed(self.stored_movie(part, doc)?.0, names));
        }
        Ok(())
    }

    /// The stored movie, whose genres have no names.
    fn stored_movie(&self, part: &Part, doc: DocId) -> Result<(MovieId, Movie), Cause> {
        let stored: TantivyDocument = part.store.get(doc)?;
        let value = stored.get_first(self.fields.movie).ok_or("a document without a movie")?;
        let (mut movie, genres) = document::movie(value.as_bytes().ok_or("a movie that is not bytes")?)?;
        let unnamed = |id: &GenreId| GenreName::new("?", "").map(|name| Genre { id: *id, name });
        movie.genres = genres.iter().map(unnamed).collect::<Result<_, _>>().map_err(|_| "a genre without a name")?;
        Ok((movie.id, movie))
    }

    /// Gives a hash for each place where a text of the slot meets one of `docs`.
    fn read_through(
        &self,
        part: &Part,
        (field, indexed): Slot,
        docs: &[u64],
        add: &mut dyn FnMut(DocId, u64),
    ) -> Result<(), Cause> {
        if indexed {
            let index = part.reader.inverted_index(field)?;
            let mut terms = index.terms().stream()?;
            let mut block = BlockSegmentPostings::empty();
            while let Some((term, info)) = terms.next() {
                let hash = hash((field, true), term);
                index.reset_block_postings_from_terminfo(info, &mut block)?;
                while !block.docs().is_empty() {
                    block.docs().iter().filter(|doc| is_set(docs, **doc)).for_each(|doc| add(*doc, at(hash, *doc)));
                    block.advance();
                }
            }
        } else if let Some(column) = part.reader.fast_fields().str(&self.layout[field.field_id() as usize].name)? {
            read_texts(column, (field, false), docs, add)?;
        }
        Ok(())
    }
}

/// [`Comparison::read_through`] for a column of texts.
fn read_texts(column: StrColumn, slot: Slot, docs: &[u64], add: &mut dyn FnMut(DocId, u64)) -> Result<(), Cause> {
    /// So many texts are looked for at a time.
    const TEXTS: u64 = 1 << 22;
    let (dictionary, ordinals) = column.into_parts();
    let mut texts = dictionary.stream()?;
    let mut first = 0;
    loop {
        let mut hashes = Vec::new();
        while (hashes.len() as u64) < TEXTS && texts.advance() {
            hashes.push(hash(slot, texts.key()));
        }
        if hashes.is_empty() {
            return Ok(());
        }
        for doc in ones(docs) {
            for ordinal in ordinals.values_for_doc(doc) {
                if let Some(hash) = ordinal.checked_sub(first).and_then(|place| hashes.get(place as usize)) {
                    add(doc, at(*hash, doc));
                }
            }
        }
        first += hashes.len() as u64;
    }
}

impl Numbers {
    fn are_right(&self, doc: DocId, expected: &TantivyDocument) -> bool {
        let expected = || expected.get_all(self.field);
        if let Some(column) = &self.values {
            column.values_for_doc(doc).map(Some).eq(expected().map(|value| value.as_u64()))
        } else if let Some(column) = &self.exact {
            let bits = |number: f64| number.to_bits();
            column.values_for_doc(doc).map(|number| Some(bits(number))).eq(expected().map(|v| v.as_f64().map(bits)))
        } else {
            expected().next().is_none()
        }
    }
}

/// The places where a document should be found, each with its hash.
fn terms(layout: &[Layout], document: &TantivyDocument, into: &mut Vec<(Slot, u64)>) {
    into.clear();
    for (field, value) in document.field_values() {
        let layout = &layout[field.field_id() as usize];
        if layout.indexed {
            into.push(((field, true), hash((field, true), &bytes(&value))));
        }
    }
    // A term has a document once, however often the document has the term.
    into.sort_unstable();
    into.dedup();
    for (field, value) in document.field_values() {
        if layout[field.field_id() as usize].fast == Some(Type::Str) {
            into.push(((field, false), hash((field, false), &bytes(&value))));
        }
    }
}

/// A value as the bytes of its term.
fn bytes<'a>(value: &impl Value<'a>) -> Vec<u8> {
    let text = value.as_str().map(str::as_bytes).or_else(|| value.as_bytes());
    let number = || value.as_u64().or_else(|| value.as_f64().map(f64::to_bits));
    text.map_or_else(|| number().map(u64::to_be_bytes).unwrap_or_default().to_vec(), <[u8]>::to_vec)
}

fn hash((field, indexed): Slot, text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u32(field.field_id() * 2 + u32::from(indexed));
    hasher.write(text);
    hasher.finish()
}

/// The hash of a text in a document.
fn at(hash: u64, doc: DocId) -> u64 {
    let mixed = (hash ^ u64::from(doc).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 32).wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// The places of the set bits, ascending.
fn ones(bits: &[u64]) -> impl Iterator<Item = DocId> {
    let words = (0..).step_by(64).zip(bits).filter(|(_, word)| **word != 0);
    words.flat_map(|(start, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| start + bit))
}

/// In what a stored movie differs from the one of the database.
fn differences(stored: &[u8], movie: &Movie) -> Result<Vec<FieldDifference>, Cause> {
    let unreadable = |error: &dyn fmt::Display| {
        let index = format!("not readable ({error})");
        vec![FieldDifference { field: "the movie".to_owned(), index, database: "there".to_owned() }]
    };
    let (found, genres) = match document::movie(stored) {
        Ok(read) => read,
        Err(error) => return Ok(unreadable(&error)),
    };
    let object = |movie: &Movie, genres: Vec<GenreId>| -> Result<_, Cause> {
        let mut json = serde_json::to_value(movie)?;
        json["genres"] = serde_json::to_value(genres)?;
        Ok(json)
    };
    let found = object(&found, genres)?;
    let expected = object(movie, movie.genres.iter().map(|genre| genre.id).collect())?;
    let none = Json::Null;
    let fields = expected.as_object().into_iter().flatten();
    let differing = fields.map(|(field, value)| (field, found.get(field).unwrap_or(&none), value));
    let differing = differing.filter(|(_, index, database)| index != database).map(|(field, index, database)| {
        FieldDifference { field: field.clone(), index: shown(index), database: shown(database) }
    });
    let differing = differing.collect::<Vec<_>>();
    Ok(if differing.is_empty() { unreadable(&"it is written in another way") } else { differing })
}

/// A value as JSON, its end cut off where it is long.
fn shown(value: &Json) -> String {
    const CHARS: usize = 100;
    let whole = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
    let text = whole.map_or_else(|| value.to_string(), |number| (number as i64).to_string());
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The ids of all documents of all segments, ascending.
pub(super) struct Ids<'a> {
    streams: Vec<TermStreamer<'a>>,
    /// The next id of each.
    next: Vec<Option<(MovieId, TermInfo)>>,
}

impl<'a> Ids<'a> {
    pub(super) fn new(indexes: &'a [Arc<InvertedIndexReader>]) -> Result<Self, Cause> {
        let streams = indexes.iter().map(|index| Ok(index.terms().stream()?)).collect::<Result<Vec<_>, Cause>>()?;
        let mut ids = Self { next: vec![None; streams.len()], streams };
        (0..ids.streams.len()).for_each(|number| ids.advance(number));
        Ok(ids)
    }

    fn advance(&mut self, number: usize) {
        let id = |term: &[u8]| MovieId(term.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)));
        self.next[number] = self.streams[number].next().map(|(term, info)| (id(term), info.clone()));
    }

    /// The lowest id that was not taken.
    pub(super) fn first(&self) -> Option<MovieId> {
        self.next.iter().flatten().map(|(id, _)| *id).min()
    }

    /// Takes an id: in which segments it is.
    pub(super) fn take(&mut self, id: MovieId) -> Vec<(usize, TermInfo)> {
        let mut found = Vec::new();
        for number in 0..self.streams.len() {
            if let Some((_, info)) = self.next[number].take_if(|(next, _)| *next == id) {
                found.push((number, info));
                self.advance(number);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        movie::{Field as Given, MoviePatch},
        time::Timestamp,
    };
    use tantivy::{
        Index,
        schema::{OwnedValue, document::Document},
    };

    use super::{super::schema, *};

    fn movie(id: u64) -> Movie {
        let patch = MoviePatch {
            name: Given::Value(format!("Movie {id} of the Year")),
            director: Given::Value("Ann Other, Jo Bloggs".to_owned()),
            popularity: Given::Value(100.0 / 3.0),
            imdb_score: Given::Value(0.1 + 0.2),
            year: Given::Value(2001.0),
            runtime_minutes: Given::Value(90.0),
            votes: Given::Value(12.0),
            ..MoviePatch::default()
        };
        let details = patch.onto(None).unwrap().details;
        let at = Timestamp::from_unix(1_700_000_000);
        let genre = |id| Genre { id: GenreId(id), name: GenreName::new(&format!("Genre {id}"), "").unwrap() };
        let genres = vec![genre(1), genre(id % 3 + 2)];
        Movie { id: MovieId(id), version: 3, created_at: at, updated_at: at.plus(9), details, genres }
    }

    /// What differs where the documents of the movies 1 to 200 are `made`.
    fn compared(mut made: impl FnMut(&Schema, TantivyDocument, &Movie) -> TantivyDocument) -> Vec<Difference> {
        let (schema, fields) = schema::schema();
        let index = Index::builder().schema(schema.clone()).settings(schema::settings()).create_in_ram().unwrap();
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let movies = (1..=200).map(movie).collect::<Vec<_>>();
        for movie in &movies {
            writer.add_document(made(&schema, document(&fields, movie).unwrap(), movie)).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let mut comparison = Comparison::new(searcher.segment_readers(), &schema, &fields).unwrap();
        let mut found = Vec::new();
        for movie in &movies {
            let places = comparison.places(movie.id).unwrap();
            found.extend(comparison.compare(movie.id, Some(movie), &places).unwrap());
        }
        assert!(comparison.compare_terms(&mut |_, _| {}, &mut |difference| found.push(difference)).unwrap());
        found
    }

    /// The document with the values of a field changed.
    fn changed(document: &TantivyDocument, field: Field, change: impl Fn(&mut Vec<OwnedValue>)) -> TantivyDocument {
        let mut all = BTreeMap::<Field, Vec<OwnedValue>>::new();
        for (field, value) in document.iter_fields_and_values() {
            all.entry(field).or_default().push(value.as_value().into());
        }
        change(all.entry(field).or_default());
        let mut document = TantivyDocument::new();
        for (field, values) in &all {
            values.iter().for_each(|value| document.add_field_value(*field, value));
        }
        document
    }

    #[test]
    fn what_was_indexed_is_right() {
        assert_eq!(compared(|_, document, _| document), []);
    }

    type Change<'a> = &'a dyn Fn(&mut Vec<OwnedValue>);

    #[test]
    fn a_value_too_few_or_too_many_is_found_in_every_field() {
        let (schema, fields) = schema::schema();
        let wrong = MovieId(77);
        for (field, entry) in schema.fields() {
            // Without an id, it is not that movie.
            if field == fields.id {
                continue;
            }
            let changes: [Change; 2] = [&|values| drop(values.pop()), &|values| {
                values.push(match entry.field_type().value_type() {
                    Type::U64 => OwnedValue::U64(9),
                    Type::F64 => OwnedValue::F64(0.9),
                    Type::Str => OwnedValue::Str("something".to_owned()),
                    Type::Bytes => OwnedValue::Bytes(vec![9]),
                    other => panic!("{other:?}"),
                });
            }];
            let has_values = document(&fields, &movie(wrong.0)).unwrap().get_first(field).is_some();
            for change in changes.into_iter().skip(usize::from(!has_values)) {
                let found = compared(|_, document, movie| match movie.id == wrong {
                    true => changed(&document, field, change),
                    false => document,
                });
                match found.as_slice() {
                    [Difference::Indexed(id, names)] => {
                        assert_eq!((id, names.as_slice()), (&wrong, &[entry.name().to_owned()][..]))
                    }
                    [Difference::Stored(id, _)] => assert_eq!((*id, field), (wrong, fields.movie)),
                    other => panic!("{}: {other:?}", entry.name()),
                }
            }
        }
    }

    #[test]
    fn segments_without_a_movie_that_is_compared_are_not_read_through() {
        let (schema, fields) = schema::schema();
        let index = Index::builder().schema(schema.clone()).settings(schema::settings()).create_in_ram().unwrap();
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        for ids in [1..100, 100..103] {
            for id in ids {
                writer.add_document(document(&fields, &movie(id)).unwrap()).unwrap();
            }
            writer.commit().unwrap();
        }
        let searcher = index.reader().unwrap().searcher();
        assert_eq!(searcher.segment_readers().len(), 2);
        let parts = |ids: &[u64]| {
            let mut comparison = Comparison::new(searcher.segment_readers(), &schema, &fields).unwrap();
            for id in ids {
                let places = comparison.places(MovieId(*id)).unwrap();
                assert_eq!(comparison.compare(MovieId(*id), Some(&movie(*id)), &places).unwrap(), None);
            }
            let mut read = 0;
            let each = &mut |difference| panic!("{difference}");
            assert!(comparison.compare_terms(&mut |_, total| read = total, each).unwrap());
            read / comparison.slots().len() as u64
        };
        assert_eq!([&[1, 101][..], &[101], &[]].map(parts), [2, 1, 0]);
    }

    #[test]
    fn many_wrong_movies_are_all_found() {
        let word = |schema: &Schema| schema.get_field("name_words").unwrap();
        let is_wrong = |id: MovieId| id.0.is_multiple_of(3);
        let found = compared(|schema, document, movie| match is_wrong(movie.id) {
            true => changed(&document, word(schema), |values| drop(values.remove(0))),
            false => document,
        });
        let ids = found.into_iter().map(|difference| match difference {
            Difference::Indexed(id, names) if names == ["name_words"] => id,
            other => panic!("{other:?}"),
        });
        let expected = (1..=200).map(MovieId).filter(|id| is_wrong(*id)).collect::<BTreeSet<_>>();
        assert_eq!(ids.collect::<BTreeSet<_>>(), expected);
    }
}
