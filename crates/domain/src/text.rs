//! How text is compared: normal forms, case, accents, words.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// `text` in Unicode Normalization Form C, without white space around it.
pub fn trimmed_nfc(text: &str) -> String {
    nfc(text.trim())
}

/// `text` in Unicode Normalization Form C. Most texts are already, and every movie that is read comes by here.
pub fn nfc(text: &str) -> String {
    if text.is_ascii() || is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// `text` with case differences removed; accents stay.
///
/// To upper case and back, each by character: that makes `ß` and `ẞ` equal `SS` and a final `ς` equal `Σ`, as Unicode's
/// case folding does.
pub fn case_folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    fold_case(text.nfc()).nfc().collect()
}

/// `text` with differences of case, accent and width removed: `Amélie` and `AMELIE` fold to `amelie`.
///
/// The accents taken away are those of the Latin, Greek and Cyrillic scripts and the vowel points of Arabic and
/// Hebrew. The marks that Indic and Japanese writing use as letters stay. A fraction is set apart from the number before
/// it: `8½` folds to `8 1⁄2`.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut before = ' ';
    let apart = text.chars().flat_map(|c| {
        let space = (before.is_numeric() && is_fraction(c)).then_some(' ');
        before = c;
        // What people type for an apostrophe; this one would fold to a space with an accent.
        space.into_iter().chain([if c == '\u{b4}' { '\'' } else { c }])
    });
    let bare = apart.nfkd().filter(|c| !is_accent(*c)).nfc();
    let mut out = String::with_capacity(text.len());
    for c in fold_case(bare) {
        match c {
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            c if is_accent(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// What stands before an apostrophe as a word of its own: `L'Avventura` are two words, `Schindler's` is one.
const ELISIONS: [&str; 16] =
    ["l", "d", "j", "m", "t", "s", "n", "c", "qu", "un", "dell", "all", "nell", "sull", "dall", "quell"];

/// An apostrophe, and what people take for one.
const APOSTROPHES: [char; 6] = ['\'', '\u{2019}', '\u{2bc}', '\u{2018}', '`', '\u{2032}'];

/// The folded words of `text`, in order: runs of letters, digits and marks. An apostrophe inside a word is dropped,
/// so that `Schindler's` and `schindlers` are one word, unless an elided article stands before it.
pub fn words(text: &str) -> Vec<String> {
    placed_words(&folded(text)).map(|(word, _)| word).collect()
}

/// The words of a folded text, and where each stands. A word is shorter than its place by the apostrophes inside.
pub(crate) fn placed_words(folded: &str) -> impl Iterator<Item = (String, Range<usize>)> {
    let mut chars = folded.char_indices();
    std::iter::from_fn(move || {
        let (mut word, mut place) = (String::new(), 0..0);
        for (at, c) in chars.by_ref() {
            if is_of_word(c) {
                if word.is_empty() {
                    place.start = at;
                }
                word.push(c);
                place.end = at + c.len_utf8();
            } else {
                let joins = APOSTROPHES.contains(&c) && !ELISIONS.contains(&word.as_str());
                if !joins && !word.is_empty() {
                    break;
                }
            }
        }
        (!word.is_empty()).then_some((word, place))
    })
}

/// Whether words are made of such characters.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn fold_case(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    // `ẞ` is upper case already, and no pair of letters unless it comes from lower case.
    chars.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Whether the character is a fraction of one, such as ½.
fn is_fraction(c: char) -> bool {
    matches!(c, '\u{bc}'..='\u{be}' | '\u{2150}'..='\u{215f}' | '\u{2189}')
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}'                                   // combining diacritical marks
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' // Hebrew points
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}') // Arabic vowel signs and the tatweel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_removes_case_and_accents() {
        for (text, expected) in [
            ("Amélie", "amelie"),
            ("AME\u{301}LIE", "amelie"),
            ("Łódź", "lodz"),
            ("Ærø", "aero"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("ΟΔΟΣ", "οδοσ"),
            ("Ещё", "еще"),
            ("ＡＢＣ", "abc"),
            ("İstanbul", "istanbul"),
            ("8½, ½", "8 1⁄2, 1⁄2"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn folding_keeps_marks_that_are_letters() {
        assert_eq!(folded("がくせい"), "がくせい");
        assert_eq!(folded("हिन्दी"), "हिन्दी");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Amélie", "Straße", "İstanbul", "ǅ", "ŉ", "ΐ", "ﬃ", "8½"] {
            assert_eq!(folded(&folded(text)), folded(text), "{text}");
        }
    }

    #[test]
    fn case_folding_keeps_accents() {
        assert_eq!(case_folded("AMÉLIE"), "amélie");
        assert_ne!(case_folded("Amélie"), case_folded("Amelie"));
        assert_eq!(case_folded("STRASSE"), case_folded("straße"));
    }

    #[test]
    fn words_are_letters_digits_and_marks() {
        assert_eq!(words("Schindler's List (1993)"), ["schindlers", "list", "1993"]);
        assert_eq!(words("L'Avventura, O’Brien"), ["l", "avventura", "obrien"]);
        assert_eq!(words("schindler`s rosemary´s o′brien ‘nam"), ["schindlers", "rosemarys", "obrien", "nam"]);
        assert_eq!(words("WALL·E"), ["wall", "e"]);
        assert_eq!(words("8½"), words("8 1/2"));
        assert_eq!(words("हिन्दी सिनेमा"), ["हिन्दी", "सिनेमा"]);
        assert!(words("?!").is_empty());
    }
}
