//! A plain Tantivy index over the same movies: what searching costs where nothing was done for a catalogue of movies.

use std::{
    fs,
    ops::Bound,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use tantivy::{
    Index, IndexReader, IndexWriter, Order, TantivyDocument, Term,
    collector::{Count, TopDocs},
    query::{AllQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Query, TermQuery},
    schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
};

use crate::{
    catalogue::{Movies, common_word, person},
    cpu,
};

/// As many as a list has when it is not said.
const LIMIT: usize = 20;

/// Which catalogue the index in a directory is of; written last.
const CATALOGUE: &str = "catalogue.txt";

pub struct Plain {
    reader: IndexReader,
    fields: Fields,
}

/// Of a movie, what is searched for and what is sorted by.
struct Fields {
    /// Name and director.
    text: Field,
    genre: Field,
    /// By the names of [`NUMBERS`].
    numbers: [Field; 3],
}

const NUMBERS: [&str; 3] = ["popularity", "imdb_score", "year"];

/// What one kind of query took, each time.
pub struct Asked {
    /// The kind of [`crate::queries`] it is compared with.
    pub kind: &'static str,
    pub took: Vec<Duration>,
    pub cpu: Vec<Duration>,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexed = |tokenizer| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fields = Fields {
        text: schema.add_text_field("text", indexed("default")),
        genre: schema.add_text_field("genre", indexed("raw")),
        numbers: NUMBERS.map(|name| schema.add_u64_field(name, FAST)),
    };
    (schema.build(), fields)
}

impl Plain {
    /// The index in a directory; it is built there first if it is not there.
    pub fn open(directory: &Path, movies: u64, seed: u64) -> anyhow::Result<Self> {
        let catalogue = format!("{movies} movies of the seed {seed}\n");
        let (schema, fields) = schema();
        match fs::read_to_string(directory.join(CATALOGUE)) {
            Ok(there) => anyhow::ensure!(there == catalogue, "{}: the index is of {there}", directory.display()),
            Err(_) => {
                fs::create_dir_all(directory)?;
                build(directory, schema, &fields, movies, seed)?;
                fs::write(directory.join(CATALOGUE), catalogue)?;
            }
        }
        let index = Index::open_in_dir(directory).with_context(|| directory.display().to_string())?;
        Ok(Self { reader: index.reader()?, fields })
    }

    /// Asks queries of the kinds that Marquee answers, each of them `times`: for their number and the first movies by
    /// a number.
    pub fn ask(&self, genre: &str, misspelt: &[String], times: usize) -> anyhow::Result<Vec<Asked>> {
        let Fields { text, genre: genres, numbers: _ } = self.fields;
        let term = |field, word: &str| TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::Basic);
        let prefix = |rank| {
            let first = common_word(rank);
            let mut after = first.clone().into_bytes();
            if let Some(last) = after.last_mut() {
                *last += 1;
            }
            InvertedIndexRangeQuery::new(
                Bound::Included(Term::from_field_text(text, &first)),
                Bound::Excluded(Term::from_field_text(text, &String::from_utf8_lossy(&after))),
            )
        };
        let fuzzy = |i: usize| {
            let word = misspelt.get(i % misspelt.len().max(1)).map_or("", String::as_str);
            let typos = if word.chars().count() >= 9 { 2 } else { 1 };
            FuzzyTermQuery::new(Term::from_field_text(text, word), typos, true)
        };
        Ok(vec![
            self.asked("commonest word", "popularity", times, |_| Box::new(term(text, &common_word(1))))?,
            self.asked("2-letter prefix", "popularity", times, |i| Box::new(prefix(i as u64 % 39 + 1)))?,
            self.asked("genre of half the catalogue", "popularity", times, |_| Box::new(term(genres, genre)))?,
            self.asked("sort by popularity", "popularity", times, |_| Box::new(AllQuery))?,
            self.asked("sort by imdb_score", "imdb_score", times, |_| Box::new(AllQuery))?,
            self.asked("sort by year", "year", times, |_| Box::new(AllQuery))?,
            self.asked("misspelt", "popularity", times, |i| Box::new(fuzzy(i)))?,
        ])
    }

    fn asked(
        &self,
        kind: &'static str,
        sort: &str,
        times: usize,
        query: impl Fn(usize) -> Box<dyn Query>,
    ) -> anyhow::Result<Asked> {
        let searcher = self.reader.searcher();
        let mut asked = Asked { kind, took: Vec::new(), cpu: Vec::new() };
        // The first two warm the caches up.
        for i in 0..times + 2 {
            let query = query(i);
            let (begun, cpu_before) = (Instant::now(), cpu::of_this_thread());
            let top = TopDocs::with_limit(LIMIT).order_by_fast_field::<u64>(sort, Order::Desc);
            searcher.search(&query, &(Count, top))?;
            if i >= 2 {
                asked.took.push(begun.elapsed());
                asked.cpu.push(cpu::of_this_thread().saturating_sub(cpu_before));
            }
        }
        Ok(asked)
    }
}

fn build(directory: &Path, schema: Schema, fields: &Fields, movies: u64, seed: u64) -> anyhow::Result<()> {
    let index = Index::create_in_dir(directory, schema)
        .with_context(|| format!("{}: the directory has to be empty, or hold the whole index", directory.display()))?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 256_000_000)?;
    let mut catalogue = Movies::new(movies, seed)?;
    for _ in 0..movies {
        let movie = catalogue.next();
        let mut document = TantivyDocument::new();
        document.add_text(fields.text, &movie.name);
        document.add_text(fields.text, person(movie.director));
        for genre in movie.genres {
            document.add_text(fields.genre, genre);
        }
        let tenths = |number: f64| (number * 10.0).round() as u64;
        let numbers = [Some(tenths(movie.popularity)), movie.imdb_score.map(tenths), Some(u64::from(movie.year))];
        for (field, number) in fields.numbers.iter().zip(numbers) {
            if let Some(number) = number {
                document.add_u64(*field, number);
            }
        }
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_built_once() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path().join("plain");
        for _ in 0..2 {
            let plain = Plain::open(&directory, 300, 1).unwrap();
            assert_eq!(plain.reader.searcher().num_docs(), 300);
            let asked = plain.ask("Drama", &["caa".to_owned()], 3).unwrap();
            assert!(asked.iter().all(|asked| asked.took.len() == 3 && asked.cpu.len() == 3));
        }
        assert!(Plain::open(&directory, 301, 1).is_err());
    }
}
