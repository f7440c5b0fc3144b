//! The conditions of a query that rank nothing: genres, ranges, the older grammar's terms.

use std::{ops::Range as Span, sync::Arc};

use domain::{
    genre::GenreId,
    query::{Limit, MovieFilter, NumberField, Range},
    text,
};
use tantivy::DocId;

use super::{
    genres::GenreTable,
    numbers::{Codes, is_inexact, order_keys},
    postings::{Source, Union},
    schema::Text,
    segment::Segment,
};

/// The conditions, for any segment.
pub(super) struct Filter {
    /// Of each, one of the genres; none of them where no such genre exists.
    groups: Vec<Vec<GenreId>>,
    without: Vec<GenreId>,
    ranges: Vec<Range>,
    terms: Vec<SearchTerm>,
}

/// A text to find inside texts, or a number.
struct SearchTerm {
    part: String,
    /// The genres that have it in their names.
    genres: Vec<GenreId>,
    /// Its ranges, where it is a number.
    ranges: Option<[Range; 2]>,
}

/// The conditions, for one segment.
#[derive(Clone)]
pub(super) struct SegmentFilter<'a> {
    /// No other documents can match.
    pub(super) docs: Span<DocId>,
    /// Cheap conditions, the rarest first; all must hold.
    pub(super) fast: Vec<Union<'a>>,
    /// Conditions that look at each document; all must hold.
    pub(super) slow: Vec<Union<'a>>,
    /// None of these.
    pub(super) without: Union<'a>,
}

impl Filter {
    pub(super) fn new(filter: &MovieFilter, genres: &GenreTable) -> Self {
        let ids = |names: &[String]| names.iter().filter_map(|name| genres.named(name)).collect::<Vec<_>>();
        let folded = filter.search.iter().map(|term| text::folded(term)).collect::<Vec<_>>();
        // Folding can split a term: some characters stand for two with a space between.
        let parts = folded.iter().flat_map(|term| term.split_whitespace());
        Self {
            groups: filter.genres.iter().map(|names| ids(names)).collect(),
            without: ids(&filter.without_genres),
            ranges: filter.ranges.clone(),
            terms: parts
                .map(|part| SearchTerm {
                    part: part.to_owned(),
                    genres: genres.containing(part),
                    ranges: numbers_written(part),
                })
                .collect(),
        }
    }

    pub(super) fn for_segment<'a>(&self, segment: &'a Segment) -> tantivy::Result<SegmentFilter<'a>> {
        let mut docs = 0..segment.max_doc;
        let mut clauses = Vec::new();
        for group in &self.groups {
            clauses.push(segment.with_genres(group)?);
        }
        for range in &self.ranges {
            let codes = Codes::within(range);
            let mut exact = false;
            if range.field == NumberField::Popularity {
                // Documents are ordered by popularity: those in the range are neighbours.
                let keys = order_keys(codes);
                docs.start = docs.start.max(segment.first_from(keys.start));
                docs.end = docs.end.min(segment.first_from(keys.end));
                let is_settled = |limit: Option<Limit>, code| limit.is_none() || !is_inexact(range.field, code);
                exact = is_settled(range.min, codes.first) && is_settled(range.max, codes.last);
            }
            if !exact {
                clauses.push(numbers(segment, range));
            }
        }
        for term in &self.terms {
            let mut union = segment.with_genres(&term.genres)?;
            for range in term.ranges.iter().flatten() {
                union.append(numbers(segment, range));
            }
            for text in [Text::Name, Text::Director] {
                push_containing(&mut union, segment, text, &term.part)?;
            }
            clauses.push(union);
        }
        let (slow, mut fast): (Vec<_>, Vec<_>) = clauses.into_iter().partition(Union::is_slow);
        fast.sort_by_key(Union::cost);
        Ok(SegmentFilter { docs, fast, slow, without: segment.with_genres(&self.without)? })
    }
}

fn numbers<'a>(segment: &'a Segment, range: &Range) -> Union<'a> {
    let mut union = Union::default();
    let codes = Codes::within(range);
    if codes.is_empty() {
        return union;
    }
    if let Some(docs) = segment.few_within(range) {
        union.push(Source::Docs(Arc::new(docs), 0));
    } else {
        union.push(Source::Numbers(segment.numbers(range.field), codes, *range));
    }
    union
}

/// Adds the documents that have `part` inside the text.
fn push_containing<'a>(union: &mut Union<'a>, segment: &'a Segment, text: Text, part: &str) -> tantivy::Result<()> {
    /// Of more tokens than this, the lists are not read: documents are looked at instead.
    const FEW: usize = 1_000;
    let index = segment.text(text);
    let (Some(vocabulary), Some((_, ordinals))) = (index.vocabulary()?, &index.token_column) else { return Ok(()) };
    let tokens = vocabulary.containing(part);
    if tokens.len() > FEW {
        let mut bits = vec![0_u64; vocabulary.len() / 64 + 1];
        tokens.into_iter().for_each(|token| bits[token / 64] |= 1 << (token % 64));
        union.push(Source::Ordinals(ordinals, Arc::new(bits)));
        return Ok(());
    }
    let mut terms = Vec::with_capacity(tokens.len());
    for token in tokens {
        terms.extend(index.tokens.terms().get(vocabulary.token(token))?);
    }
    union.push_terms(&index.tokens, terms, segment.max_doc)
}

/// The popularities and scores that are written like this, as far as it goes: `7` stands for all from 7 to below 8,
/// `8.8` for all from 8.8 to below 8.9.
fn numbers_written(text: &str) -> Option<[Range; 2]> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let places = if text.contains('.') { fraction.len() } else { 0 };
    // Counted in decimal, so that the upper end is the very number that its digits stand for.
    let next = text.replace('.', "").parse::<u128>().ok()?.checked_add(1)?;
    let next = format!("{next:0>width$}", width = places + 1);
    let (whole, fraction) = next.split_at(next.len() - places);
    let (min, max) = (text.parse().ok()?, format!("{whole}.{fraction}0").parse().ok()?);
    let range = |field| Range {
        field,
        min: Some(Limit { value: min, inclusive: true }),
        max: Some(Limit { value: max, inclusive: false }),
    };
    Some([range(NumberField::Popularity), range(NumberField::Score)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_all_that_begin_like_it() {
        for (text, min, max) in [("7", 7.0, 8.0), ("70", 70.0, 71.0), ("8.8", 8.8, 8.9), ("9.99", 9.99, 10.0)] {
            let [range, _] = numbers_written(text).unwrap();
            assert_eq!((range.min.unwrap().value, range.max.unwrap().value), (min, max), "{text}");
        }
        assert!(numbers_written("0.1").unwrap()[0].contains(0.1));
        assert!(!numbers_written("0.2").unwrap()[0].contains(0.1 + 0.2));
        for text in ["", ".", "7.", ".7", "-7", "1e3", "7a", "seven", "1.2.3", &"9".repeat(60)] {
            assert!(numbers_written(text).is_none(), "{text}");
        }
    }
}
