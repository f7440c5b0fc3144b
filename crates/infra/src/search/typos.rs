//! The words of a segment that are near to another one, by walking their dictionary with a Levenshtein automaton.

use tantivy::{
    Term,
    index::InvertedIndexReader,
    postings::TermInfo,
    query::{DfaWrapper, FuzzyTermQuery},
    schema::Field,
};

/// The words within a distance of at most 2 from `word` for which `holds`.
pub(super) fn within(
    index: &InvertedIndexReader,
    word: &str,
    typos: usize,
    holds: impl Fn(&str) -> bool,
) -> tantivy::Result<Vec<(String, TermInfo)>> {
    let mut found = Vec::new();
    if typos == 0 {
        return Ok(found);
    }
    let mut terms = index.terms().search(automaton(word, typos)?).into_stream()?;
    while let Some((term, info)) = terms.next() {
        let Ok(own) = std::str::from_utf8(term) else { continue };
        if holds(own) {
            found.push((own.to_owned(), info.clone()));
        }
    }
    Ok(found)
}

fn automaton(word: &str, typos: usize) -> tantivy::Result<DfaWrapper> {
    // The field does not matter: only the text gets into the automaton.
    let term = Term::from_field_text(Field::from_field_id(0), word);
    FuzzyTermQuery::new(term, typos.min(2) as u8, true).automaton()
}
