//! The fields of an indexed movie.

use tantivy::{
    Index, IndexSettings, IndexSortByField, Order,
    schema::{FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions},
};

use super::numbers::NUMBER_FIELDS;

/// Counts the ways in which movies have been indexed. An index of another format is rebuilt: raise this with every
/// change to what is written.
pub(super) const FORMAT: u32 = 3;

/// The longest prefix, in characters, that is a term of its own; longer ones are looked up among the words.
pub(super) const PREFIX_CHARS: usize = 3;

/// The name of [`Fields::order`], by which documents are sorted.
const ORDER: &str = "order";

/// A text of a movie whose words are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Name,
    Director,
}

/// Where everything of a movie is.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// The id, by which a document is replaced and deleted.
    pub(super) id: Field,
    /// The [`order_key`](super::numbers::order_key).
    pub(super) order: Field,
    /// The [codes](super::numbers::code) of numbers, by `NumberField as usize`.
    pub(super) numbers: [Field; NUMBER_FIELDS.len()],
    /// Numbers whose codes are inexact.
    pub(super) exact: [Field; NUMBER_FIELDS.len()],
    /// The ids of genres.
    pub(super) genre: Field,
    /// A hash of the whole name.
    pub(super) whole_name: Field,
    /// The name and the director, by `Text as usize`.
    pub(super) texts: [TextFields; 2],
    /// The movie itself.
    pub(super) movie: Field,
}

/// Where the parts of one text are.
#[derive(Debug, Clone)]
pub(super) struct TextFields {
    /// Its words.
    pub(super) words: Field,
    /// The first one to [`PREFIX_CHARS`] characters of its words.
    pub(super) prefixes: Field,
    /// What stands between white space, folded: to be looked into.
    pub(super) tokens: Field,
    /// The text folded, a NUL, and the text as written: its place in an order.
    pub(super) sort: Field,
}

/// The schema, and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let terms = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut text = |name: &str| TextFields {
        words: builder.add_text_field(&format!("{name}_words"), terms()),
        prefixes: builder.add_text_field(&format!("{name}_prefixes"), terms()),
        tokens: builder.add_text_field(&format!("{name}_tokens"), terms().set_fast("raw")),
        sort: builder.add_text_field(&format!("{name}_sort"), TextOptions::default().set_fast("raw")),
    };
    let texts = [text("name"), text("director")];
    let indexed = NumericOptions::default().set_indexed();
    let fields = Fields {
        id: builder.add_u64_field("id", indexed.clone().set_fast()),
        order: builder.add_u64_field(ORDER, FAST),
        numbers: NUMBER_FIELDS.map(|field| builder.add_u64_field(&format!("{field:?}"), FAST)),
        exact: NUMBER_FIELDS.map(|field| builder.add_f64_field(&format!("{field:?}_exact"), FAST)),
        genre: builder.add_u64_field("genre", indexed.clone()),
        whole_name: builder.add_u64_field("whole_name", indexed),
        texts,
        movie: builder.add_bytes_field("movie", STORED),
    };
    (builder.build(), fields)
}

/// How documents are laid out.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        // The order most lists are asked for in: they end as soon as the page is full.
        sort_by_field: Some(IndexSortByField { field: ORDER.into(), order: Order::Asc }),
        // A list reads single movies from all over the store: small blocks cost less to unpack.
        docstore_blocksize: 4_096,
        ..IndexSettings::default()
    }
}

/// Whether `index` was written in the way this program writes.
pub(super) fn is_ours(index: &Index) -> bool {
    index.schema() == schema().0 && *index.settings() == settings()
}
