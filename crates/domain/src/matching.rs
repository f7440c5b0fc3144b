//! How a word of a query is found in a word of a movie. Words are those of [`text::words`](crate::text::words).

/// The ways, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It is the word.
    Exact,
    /// The word begins with it.
    Prefix,
    /// It is the word with a typo or two: a letter too many, too few or another one, or two neighbours swapped.
    Typo,
    /// The word contains it.
    Inside,
}

impl Kind {
    /// All, the best first.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Prefix, Self::Typo, Self::Inside];
}

/// How far the words of a query are stretched to find movies. A further step is taken where the ones before it find
/// little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reach {
    /// The last word of a text may be the beginning of one.
    #[default]
    Near,
    /// Every word may.
    Prefixes,
    /// They may be misspelt.
    Typos,
    /// They may stand inside others.
    Inside,
}

impl Reach {
    /// All, the nearest first.
    pub const ALL: [Self; 4] = [Self::Near, Self::Prefixes, Self::Typos, Self::Inside];

    /// Whether words may be found in this way: as the beginning of another one, where that is not refused by the place
    /// of the word.
    pub fn allows(self, kind: Kind) -> bool {
        match kind {
            Kind::Exact | Kind::Prefix => true,
            Kind::Typo => self >= Self::Typos,
            Kind::Inside => self >= Self::Inside,
        }
    }

    /// Whether `word`, which stands at `place` among the words of a text of the query, of which it may be the last, may
    /// be the beginning of a word.
    pub fn allows_prefix(self, word: &str, place: usize, is_last: bool) -> bool {
        let is_long = word.chars().nth(1).is_some();
        if is_last { is_long || place > 0 } else { is_long && self >= Self::Prefixes }
    }
}

/// Words of more characters have no typos: nobody types them, and to compare them takes long.
pub const MAX_TYPO_CHARS: usize = 64;

/// The fewest characters of a word that is looked for inside others; of Chinese, Japanese and Korean ones fewer.
pub const MIN_INSIDE_CHARS: usize = 3;
/// The same, for words in scripts whose characters are syllables or words.
pub const MIN_INSIDE_SYLLABLES: usize = 2;

/// How many typos can be in a word of a movie.
pub fn typos_in(own: &str) -> usize {
    if is_number(own) {
        return 0;
    }
    match own.chars().count() {
        0..5 => 0,
        5..9 => 1,
        9..=MAX_TYPO_CHARS => 2,
        _ => 0,
    }
}

/// The most typos with which the word of a query can stand for any word: those of the longest one that it can be.
pub fn typos_from(word: &str) -> usize {
    if is_number(word) {
        return 0;
    }
    match word.chars().count() {
        0..4 => 0,
        // With a second letter missing, it is a word of nine.
        4..7 => 1,
        7..=MAX_TYPO_CHARS => 2,
        _ => 0,
    }
}

/// Whether the word is taken for a number, of which another number is no misspelling: it begins with a digit.
pub fn is_number(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_numeric)
}

/// Whether the word is long enough to be looked for inside others.
pub fn can_be_inside(word: &str) -> bool {
    let least = if word.chars().all(is_syllable) { MIN_INSIDE_SYLLABLES } else { MIN_INSIDE_CHARS };
    word.chars().nth(least - 1).is_some()
}

/// Whether the character is of a script that needs few for a word: Han, kana, hangul, bopomofo.
fn is_syllable(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The best way in which `word`, of a query, is found in `own`, of a movie; as its beginning where `prefix` allows it.
pub fn kind(word: &str, own: &str, prefix: bool) -> Option<Kind> {
    if word == own {
        Some(Kind::Exact)
    } else if prefix && own.starts_with(word) {
        Some(Kind::Prefix)
    } else if is_misspelt(word, own) {
        Some(Kind::Typo)
    } else if can_be_inside(word) && own.contains(word) {
        Some(Kind::Inside)
    } else {
        None
    }
}

/// Whether `word` is `own` with no more typos than that can have.
pub fn is_misspelt(word: &str, own: &str) -> bool {
    let most = typos_in(own).min(typos_from(word));
    let (chars, of_own) = (word.chars().count(), own.chars().count());
    most > 0 && chars.abs_diff(of_own) <= most && strsim::osa_distance(word, own) <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_the_best_way() {
        for (word, own, prefix, expected) in [
            ("star", "star", true, Some(Kind::Exact)),
            ("star", "stars", true, Some(Kind::Prefix)),
            ("star", "stars", false, Some(Kind::Typo)),
            ("star", "restart", true, Some(Kind::Inside)),
            ("maid", "mermaid", true, Some(Kind::Inside)),
            ("wzard", "wizard", true, Some(Kind::Typo)),
            ("wizrad", "wizard", true, Some(Kind::Typo)),
            ("wizzard", "wizard", true, Some(Kind::Typo)),
            ("wisard", "wizard", true, Some(Kind::Typo)),
            ("wzrd", "wizard", true, None),
            ("casblnca", "casablanca", true, Some(Kind::Typo)),
            ("csblnca", "casablanca", true, None),
            ("wazs", "wars", true, None),
            ("2001", "2000", true, None),
            ("20011", "20001", true, None),
            ("seven", "se7en", true, Some(Kind::Typo)),
            ("千尋", "千と千尋の神隠し", true, Some(Kind::Inside)),
            ("ai", "maid", true, None),
        ] {
            assert_eq!(kind(word, own, prefix), expected, "{word} in {own}");
        }
    }

    #[test]
    fn typos_are_allowed_for_by_the_length_of_the_movies_word() {
        for (word, own, expected) in [
            ("abcx", "abcd", false),
            ("abcd", "abcde", true),
            ("nigtmr", "nightmar", false),
            ("nigtmre", "nightmare", true),
            ("nihgtmaer", "nightmare", true),
            ("nigtmr", "nightmare", false),
        ] {
            assert_eq!(is_misspelt(word, own), expected, "{word} for {own}");
        }
    }
}
