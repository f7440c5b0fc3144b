//! The order of a list: the values that documents are sorted by, and how they compare.

use std::cmp::Ordering;

use domain::{
    Error, Result,
    movie::MovieId,
    query::{NumberField, Position, Sort, SortField, SortValue},
};
use tantivy::{DocId, columnar::StrColumn};

use super::{schema::Text, segment::Segment, words::RANKS};

/// A document found, and the rank of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) doc: DocId,
    pub(super) rank: u32,
}

/// What a key of an order is read from.
pub(super) enum Key {
    /// The rank, then the popularity.
    Relevance,
    Number(NumberField),
    Text(Text),
    Id,
}

pub(super) fn key(field: SortField) -> Key {
    match field {
        SortField::Relevance => Key::Relevance,
        SortField::Popularity => Key::Number(NumberField::Popularity),
        SortField::Score => Key::Number(NumberField::Score),
        SortField::Year => Key::Number(NumberField::Year),
        SortField::Runtime => Key::Number(NumberField::Runtime),
        SortField::Votes => Key::Number(NumberField::Votes),
        SortField::CreatedAt => Key::Number(NumberField::CreatedAt),
        SortField::UpdatedAt => Key::Number(NumberField::UpdatedAt),
        SortField::Name => Key::Text(Text::Name),
        SortField::Director => Key::Text(Text::Director),
        SortField::Id => Key::Id,
    }
}

/// Whether documents are stored in this order, rank by rank.
pub(super) fn is_stored(order: &[Sort]) -> bool {
    match order {
        [sort] => match key(sort.field) {
            Key::Relevance => true,
            Key::Number(NumberField::Popularity) => sort.descending,
            _ => false,
        },
        _ => false,
    }
}

/// Whether the values of a position are of the kinds that the order has.
pub(super) fn check(order: &[Sort], position: &Position) -> Result<()> {
    let fits = |(sort, value): (&Sort, &SortValue)| match (key(sort.field), value) {
        (Key::Relevance, SortValue::Rank(rank, _)) => (*rank as usize) < RANKS,
        (Key::Number(_) | Key::Id, SortValue::Number(_)) | (Key::Text(_), SortValue::Text(_)) => true,
        (Key::Number(_) | Key::Text(_), SortValue::Missing) => true,
        _ => false,
    };
    let all = position.keys.len() == order.len() && order.iter().zip(&position.keys).all(fits);
    if all { Ok(()) } else { Err(Error::BadCursor) }
}

/// The values of the sort keys of each document.
pub(super) fn values(segment: &Segment, order: &[Sort], hits: &[Hit]) -> tantivy::Result<Vec<Vec<SortValue>>> {
    let number = |number: Option<f64>| number.map_or(SortValue::Missing, SortValue::Number);
    let mut rows = vec![Vec::with_capacity(order.len()); hits.len()];
    for sort in order {
        let texts = match key(sort.field) {
            Key::Text(text) => Texts::read(segment.text(text).sort.as_ref(), hits)?,
            Key::Relevance | Key::Number(_) | Key::Id => Texts::default(),
        };
        for (row, hit) in rows.iter_mut().zip(hits) {
            row.push(match key(sort.field) {
                Key::Relevance => SortValue::Rank(hit.rank, segment.numbers(NumberField::Popularity).get(hit.doc)),
                Key::Number(field) => number(segment.numbers(field).get(hit.doc)),
                Key::Id => SortValue::Number(segment.id(hit.doc).0 as f64),
                Key::Text(text) => texts.get(segment.text(text).sort.as_ref(), hit.doc),
            });
        }
    }
    Ok(rows)
}

/// The sort texts of some documents: read together, each part of the dictionary is unpacked once.
#[derive(Default)]
struct Texts {
    ordinals: Vec<u64>,
    texts: Vec<String>,
}

impl Texts {
    fn read(column: Option<&StrColumn>, hits: &[Hit]) -> tantivy::Result<Self> {
        let Some(column) = column else { return Ok(Self::default()) };
        let mut ordinals = hits.iter().filter_map(|hit| column.ords().first(hit.doc)).collect::<Vec<_>>();
        ordinals.sort_unstable();
        ordinals.dedup();
        let mut texts = Vec::with_capacity(ordinals.len());
        let push = |text: &[u8]| texts.push(String::from_utf8_lossy(text).into_owned());
        column.dictionary().sorted_ords_to_term_cb(&ordinals, push)?;
        Ok(Self { ordinals, texts })
    }

    fn get(&self, column: Option<&StrColumn>, doc: DocId) -> SortValue {
        let ordinal = column.and_then(|column| column.ords().first(doc));
        let place = ordinal.and_then(|ordinal| self.ordinals.binary_search(&ordinal).ok());
        match place.and_then(|place| self.texts.get(place)) {
            Some(text) => SortValue::Text(text.clone()),
            None => SortValue::Missing,
        }
    }
}

/// Which of two documents comes first.
pub(super) fn compare(order: &[Sort], a: (&[SortValue], MovieId), b: (&[SortValue], MovieId)) -> Ordering {
    let keys = order.iter().zip(a.0.iter().zip(b.0));
    keys.map(|(sort, (a, b))| compare_values(sort.descending, a, b))
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| a.1.cmp(&b.1))
}

fn compare_values(descending: bool, a: &SortValue, b: &SortValue) -> Ordering {
    let directed = |ordering: Ordering| if descending { ordering.reverse() } else { ordering };
    match (a, b) {
        (SortValue::Missing, SortValue::Missing) => Ordering::Equal,
        (SortValue::Missing, _) => Ordering::Greater,
        (_, SortValue::Missing) => Ordering::Less,
        (SortValue::Text(a), SortValue::Text(b)) => directed(a.cmp(b)),
        (SortValue::Number(a), SortValue::Number(b)) => directed(a.total_cmp(b)),
        (SortValue::Rank(a, popularity_a), SortValue::Rank(b, popularity_b)) => {
            a.cmp(b).then_with(|| popularity_first(*popularity_a, *popularity_b))
        }
        // Both are values of the same key.
        _ => Ordering::Equal,
    }
}

/// The most popular first, no popularity last.
pub(super) fn popularity_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
