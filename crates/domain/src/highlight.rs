//! Showing where the words of a query are found in the texts of a movie.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    matching::{Kind, Reach, kind},
    movie::Movie,
    query::MovieFilter,
    text,
};

/// What stands before and after what is found.
const MARK: [&str; 2] = ["<mark>", "</mark>"];

/// The texts of a movie in which something is found, as HTML: that is marked, and all else escaped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Highlight {
    /// The name.
    pub name: Option<String>,
    /// The director.
    pub director: Option<String>,
    /// All genres, in order, where something is found in one of them.
    pub genres: Option<Vec<String>>,
}

/// Finds the words of one query in movies.
#[derive(Debug)]
pub struct Highlighter {
    words: Vec<Word>,
    /// Texts without any word: a name is one of them or not.
    names: Vec<String>,
    /// The terms of the older grammar, which stand anywhere.
    terms: Vec<String>,
    reach: Reach,
}

/// A word to find.
#[derive(Debug, PartialEq)]
struct Word {
    text: String,
    place: Place,
    /// Whether it may be the beginning of a word.
    prefix: bool,
}

/// The texts of a movie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    Name,
    Director,
    Genre,
}

/// A text of a movie.
struct Text<'a> {
    place: Place,
    original: &'a str,
    folded: Folded,
    words: Vec<(String, Range<usize>)>,
    /// What is found: places in the folded text.
    found: Vec<Range<usize>>,
}

impl Highlighter {
    /// Finds what a list with this filter found, whose words were stretched so far.
    pub fn new(filter: &MovieFilter, reach: Reach) -> Self {
        let (mut words, mut names) = (Vec::new(), Vec::new());
        for (text, place) in
            [(&filter.q, Place::Anywhere), (&filter.name, Place::Name), (&filter.director, Place::Director)]
        {
            let Some(text) = text else { continue };
            let own = text::words(text);
            if own.is_empty() && place != Place::Director {
                names.extend(Some(text::folded(text.trim())).filter(|name| !name.is_empty()));
            }
            let last = own.len().saturating_sub(1);
            for (i, text) in own.into_iter().enumerate() {
                let prefix = reach.allows_prefix(&text, i, i == last);
                let word = Word { text, place, prefix };
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        let folded = filter.search.iter().map(|term| text::folded(term)).collect::<Vec<_>>();
        let terms = folded.iter().flat_map(|term| term.split_whitespace()).map(str::to_owned).collect();
        Self { words, names, terms, reach }
    }

    /// Where something is found in `movie`.
    ///
    /// A word that is found as it is, or as the beginning of others, is not marked where it is found in weaker ways.
    pub fn highlight(&self, movie: &Movie) -> Highlight {
        if self.words.is_empty() && self.names.is_empty() && self.terms.is_empty() {
            return Highlight::default();
        }
        let details = &movie.details;
        let mut texts = vec![Text::new(Place::Name, details.name.as_str())];
        texts.extend(details.director.as_ref().map(|director| Text::new(Place::Director, director.as_str())));
        texts.extend(movie.genres.iter().map(|genre| Text::new(Place::Genre, genre.name.as_str())));
        self.find(&mut texts);
        let shown = |place| texts.iter().filter(move |text| text.place == place);
        let one = |place| shown(place).find(|text| !text.found.is_empty()).map(Text::html);
        let genres = shown(Place::Genre).any(|text| !text.found.is_empty());
        Highlight {
            name: one(Place::Name),
            director: one(Place::Director),
            genres: genres.then(|| shown(Place::Genre).map(Text::html).collect()),
        }
    }

    fn find(&self, texts: &mut [Text]) {
        for word in &self.words {
            self.find_word(word, texts);
        }
        for text in texts {
            for term in &self.terms {
                let found = text.folded.text.match_indices(term.as_str());
                text.found.extend(found.map(|(at, _)| at..at + term.len()));
            }
            if text.place == Place::Name && self.names.contains(&text.folded.text) {
                text.found.push(0..text.folded.text.len());
            }
        }
    }

    /// Notes where the word is found, in the best way there is.
    fn find_word(&self, word: &Word, texts: &mut [Text]) {
        let mut found = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            if word.place != Place::Anywhere && word.place != text.place {
                continue;
            }
            for (own, place) in &text.words {
                let kind = kind(&word.text, own, word.prefix).filter(|kind| self.reach.allows(*kind));
                found.extend(kind.map(|kind| (kind, i, own, place.clone())));
            }
        }
        let Some(best) = found.iter().map(|(kind, ..)| *kind).min() else { return };
        let mut parts = Vec::new();
        for (kind, i, own, place) in found.into_iter().filter(|(kind, ..)| *kind <= best.max(Kind::Prefix)) {
            match kind {
                Kind::Exact | Kind::Typo => parts.push((i, place)),
                Kind::Prefix => parts.push((i, texts[i].part(&place, 0..word.text.len()))),
                Kind::Inside => parts.extend(
                    own.match_indices(&word.text).map(|(at, part)| (i, texts[i].part(&place, at..at + part.len()))),
                ),
            }
        }
        for (i, part) in parts {
            texts[i].found.push(part);
        }
    }
}

impl<'a> Text<'a> {
    fn new(place: Place, original: &'a str) -> Self {
        let folded = Folded::new(original);
        let words = text::placed_words(&folded.text).collect();
        Self { place, original, folded, words, found: Vec::new() }
    }

    /// Where a part of the word at `place` stands in the folded text: the word itself has no apostrophes.
    fn part(&self, place: &Range<usize>, part: Range<usize>) -> Range<usize> {
        let chars = self.folded.text[place.clone()].char_indices().filter(|(_, c)| text::is_of_word(*c));
        let mut before = 0;
        let mut found = place.end..place.end;
        for (at, c) in chars {
            if before == part.start {
                found.start = place.start + at;
            }
            before += c.len_utf8();
            if before == part.end {
                found.end = place.start + at + c.len_utf8();
                break;
            }
        }
        found
    }

    /// The text with what is found between marks.
    fn html(&self) -> String {
        let mut places: Vec<_> = self.found.iter().map(|found| self.folded.original(found)).collect();
        places.sort_unstable_by_key(|place| place.start);
        let mut html = String::with_capacity(self.original.len() + 32);
        let mut places = places.into_iter().peekable();
        let mut end = 0;
        while let Some(mut place) = places.next() {
            while let Some(next) = places.next_if(|next| next.start <= place.end) {
                place.end = place.end.max(next.end);
            }
            escape(&self.original[end..place.start], &mut html);
            html.push_str(MARK[0]);
            escape(&self.original[place.clone()], &mut html);
            html.push_str(MARK[1]);
            end = place.end;
        }
        escape(&self.original[end..], &mut html);
        html
    }
}

/// A folded text that knows which characters of the original each part of it comes from.
#[derive(Debug)]
struct Folded {
    text: String,
    /// Where each of the smallest parts begins, here and in the original. Nobody sees less than one: a letter and its
    /// marks, say.
    parts: Vec<(usize, usize)>,
    original_len: usize,
}

impl Folded {
    fn new(original: &str) -> Self {
        let mut folded = String::with_capacity(original.len());
        let mut parts: Vec<(usize, usize)> = Vec::with_capacity(original.len());
        for (at, part) in original.grapheme_indices(true) {
            if part.is_ascii() {
                parts.push((folded.len(), at));
                folded.extend(part.chars().map(|c| c.to_ascii_lowercase()));
                continue;
            }
            let own = text::folded(part);
            if let Some((start, original_start)) = parts.last() {
                let together = text::folded(&original[*original_start..at + part.len()]);
                if together.strip_prefix(&folded[*start..]) != Some(&own) {
                    // Letters that become one, such as those of a Korean syllable in their narrow forms.
                    folded.truncate(*start);
                    folded.push_str(&together);
                    continue;
                }
            }
            parts.push((folded.len(), at));
            folded.push_str(&own);
        }
        Self { text: folded, parts, original_len: original.len() }
    }

    /// The part of the original that the part of the folded text comes from.
    fn original(&self, part: &Range<usize>) -> Range<usize> {
        // Of several parts at one place, all but the last fold to nothing.
        let first = self.parts.partition_point(|(start, _)| *start <= part.start).saturating_sub(1);
        let next = self.parts.partition_point(|(start, _)| *start < part.end);
        let start = self.parts.get(first).map_or(0, |(_, original)| *original);
        start..self.parts.get(next).map_or(self.original_len, |(_, original)| *original)
    }
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::{
        genre::{Genre, GenreId, GenreName},
        movie::{Field, MovieId, MoviePatch},
        time::Timestamp,
    };

    fn movie(name: &str, director: &str, genres: &[&str]) -> Movie {
        let director = if director.is_empty() { Field::Null } else { Field::Value(director.to_owned()) };
        let patch = MoviePatch { name: Field::Value(name.to_owned()), director, ..MoviePatch::default() };
        let details = patch.onto(None).unwrap().details;
        let at = Timestamp::from_unix(0);
        let genre = |(name, id): (&&str, u64)| Genre { id: GenreId(id), name: GenreName::new(name, "").unwrap() };
        let genres = genres.iter().zip(1..).map(genre).collect();
        Movie { id: MovieId(1), version: 1, created_at: at, updated_at: at, details, genres }
    }

    fn about(q: &str) -> MovieFilter {
        MovieFilter { q: Some(q.to_owned()), ..MovieFilter::default() }
    }

    /// The name of a movie as a query that reaches so far shows it; as it is where nothing is found.
    fn name(q: &str, name: &str, reach: Reach) -> String {
        let found = Highlighter::new(&about(q), reach).highlight(&movie(name, "", &[]));
        found.name.unwrap_or_else(|| format!("not in {name}"))
    }

    #[test]
    fn whole_words_are_marked_and_of_others_what_was_typed() {
        for (q, text, reach, expected) in [
            ("star", "Star Wars", Reach::Near, "<mark>Star</mark> Wars"),
            ("star wa", "Star Wars", Reach::Near, "<mark>Star</mark> <mark>Wa</mark>rs"),
            ("sta wars", "Star Wars", Reach::Near, "Star <mark>Wars</mark>"),
            ("sta wars", "Star Wars", Reach::Prefixes, "<mark>Sta</mark>r <mark>Wars</mark>"),
            ("wzard", "The Wizard of Oz", Reach::Prefixes, "not in The Wizard of Oz"),
            ("wzard", "The Wizard of Oz", Reach::Typos, "The <mark>Wizard</mark> of Oz"),
            ("maid", "The Mermaid", Reach::Typos, "not in The Mermaid"),
            ("maid", "The Mermaid", Reach::Inside, "The Mer<mark>maid</mark>"),
            ("ana", "Bananas", Reach::Inside, "B<mark>ana</mark>nas"),
            ("star", "Star Starman", Reach::Near, "<mark>Star</mark> <mark>Star</mark>man"),
            ("the father", "The Godfather", Reach::Inside, "<mark>The</mark> God<mark>father</mark>"),
            ("w", "W", Reach::Near, "<mark>W</mark>"),
            ("w", "Wars", Reach::Inside, "not in Wars"),
            ("star w", "Star Wars", Reach::Near, "<mark>Star</mark> <mark>W</mark>ars"),
        ] {
            assert_eq!(name(q, text, reach), expected, "{q} in {text}");
        }
    }

    #[test]
    fn the_original_is_marked_whatever_it_folds_to() {
        for (q, text, expected) in [
            ("amelie", "Amélie", "<mark>Amélie</mark>"),
            ("ame", "AMÉLIE", "<mark>AMÉ</mark>LIE"),
            ("schindlers", "Schindler's List", "<mark>Schindler&#39;s</mark> List"),
            ("schindler", "Schindler’s List", "<mark>Schindler</mark>’s List"),
            ("obri", "O'Brien", "<mark>O&#39;Bri</mark>en"),
            ("avventura", "L'Avventura", "L&#39;<mark>Avventura</mark>"),
            ("wall e", "WALL·E", "<mark>WALL</mark>·<mark>E</mark>"),
            ("strasse", "Straße", "<mark>Straße</mark>"),
            ("stras", "Straße", "<mark>Straß</mark>e"),
            ("istanbul", "İstanbul", "<mark>İstanbul</mark>"),
            ("is", "İstanbul", "<mark>İs</mark>tanbul"),
            ("ef", "Eﬃcient", "<mark>Eﬃ</mark>cient"),
            ("fici", "Eﬃcient", "E<mark>ﬃci</mark>ent"),
            ("q", "Q\u{323}\u{307}", "<mark>Q\u{323}\u{307}</mark>"),
            ("qx", "Q\u{307}x\u{323}y", "<mark>Q\u{307}x\u{323}</mark>y"),
            ("千と", "千と千尋の神隠し", "<mark>千と</mark>千尋の神隠し"),
            ("千尋", "千と千尋の神隠し", "千と<mark>千尋</mark>の神隠し"),
            ("tokyo", "Ｔｏｋｙｏ", "<mark>Ｔｏｋｙｏ</mark>"),
            ("가나", "ㄱㅏ나다", "<mark>ㄱㅏ나</mark>다"),
            ("हि", "हिन्दी", "<mark>हि</mark>न्दी"),
            ("محمد", "مُحَمَّد", "<mark>مُحَمَّد</mark>"),
            ("?!", "?!", "<mark>?!</mark>"),
        ] {
            assert_eq!(name(q, text, Reach::Inside), expected, "{q} in {text}");
        }
    }

    #[test]
    fn everything_else_is_escaped() {
        for (q, text, expected) in [
            (
                "script",
                "<script>alert('x')</script>",
                "&lt;<mark>script</mark>&gt;alert(&#39;x&#39;)&lt;/<mark>script</mark>&gt;",
            ),
            ("amp", "A & B &amp; \"C\"", "A &amp; B &amp;<mark>amp</mark>; &quot;C&quot;"),
            ("mark", "<mark>", "&lt;<mark>mark</mark>&gt;"),
            ("abc", "\u{202e}abc\u{202c}\"", "\u{202e}<mark>abc</mark>\u{202c}&quot;"),
        ] {
            assert_eq!(name(q, text, Reach::Near), expected, "{q} in {text}");
        }
    }

    #[test]
    fn words_are_found_where_they_were_looked_for() {
        let movie = movie("War Lucas", "George Lucas, Ann War", &["Drama", "War & Peace"]);
        let highlight = |filter: &MovieFilter| Highlighter::new(filter, Reach::Inside).highlight(&movie);
        let (marked, director) = ("<mark>War</mark> Lucas", "George Lucas, Ann <mark>War</mark>");
        let genres = vec!["Drama".to_owned(), "<mark>War</mark> &amp; Peace".to_owned()];
        let all = Highlight { name: Some(marked.into()), director: Some(director.into()), genres: Some(genres) };
        let war = || Some("war".to_owned());
        assert_eq!(highlight(&about("war")), all);
        assert_eq!(highlight(&MovieFilter { search: vec!["war".into()], ..MovieFilter::default() }), all);
        let (name, none) = (Some(marked.to_owned()), Highlight::default());
        let filter = MovieFilter { name: war(), ..MovieFilter::default() };
        assert_eq!(highlight(&filter), Highlight { name, ..none.clone() });
        let filter = MovieFilter { director: war(), ..MovieFilter::default() };
        assert_eq!(highlight(&filter), Highlight { director: Some(director.into()), ..none.clone() });
        let inside = highlight(&MovieFilter { search: vec!["uca".into(), "70".into()], ..MovieFilter::default() });
        assert_eq!(inside.name.as_deref(), Some("War L<mark>uca</mark>s"));
        assert_eq!(highlight(&MovieFilter { genres: vec![vec!["Drama".into()]], ..MovieFilter::default() }), none);
        assert_eq!(highlight(&about("nothing")), none);
    }

    fn unmarked(html: &str) -> String {
        let plain = html.replace(MARK[0], "").replace(MARK[1], "");
        let plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        plain.replace("&amp;", "&")
    }

    /// Where marks stand, counted in characters of the original.
    fn boundaries(html: &str) -> Vec<usize> {
        let marks = html.match_indices("<mark>").chain(html.match_indices("</mark>"));
        marks.map(|(at, _)| unmarked(&html[..at]).chars().count()).collect()
    }

    fn texts() -> impl Strategy<Value = String> {
        let parts = select(vec![
            "a",
            "b",
            "Star",
            "wars",
            " ",
            " ",
            "'",
            "’",
            "<",
            ">",
            "&",
            "&amp;",
            "\"",
            "é",
            "e\u{301}",
            "\u{301}",
            "İ",
            "ß",
            "ﬃ",
            "ŉ",
            "千",
            "と",
            "ㄱ",
            "ㅏ",
            "ﾡ",
            "ￂ",
            "각",
            "ﾊ",
            "ﾞ",
            "नी",
            "न्",
            "द",
            "ا",
            "ـ",
            "مُ",
            "\u{202e}",
            "\u{200d}",
            "👩\u{200d}🚀",
            "🇫",
            "🇷",
            "\u{fdfa}",
            "ΐ",
            "Σ",
            "ς",
            "\u{1d165}",
            "\u{345}",
            "70",
            "<mark>",
        ]);
        prop_oneof![prop::collection::vec(parts, 1..9).prop_map(|parts| parts.concat()), any::<String>()]
    }

    proptest! {
        #[test]
        fn the_parts_of_a_text_fold_to_the_folded_text(text in texts()) {
            prop_assert_eq!(Folded::new(&text).text, text::folded(&text));
        }

        #[test]
        fn without_its_marks_a_highlight_is_the_text(
            text in texts(), q in texts(), inside in 0..6_usize, searched in any::<bool>(),
        ) {
            // Often a part of the text itself.
            let q = if inside > 1 { text.chars().skip(inside - 2).take(inside).collect() } else { q };
            let filter = match searched {
                true => MovieFilter { search: MovieFilter::split_search(&q), ..MovieFilter::default() },
                false => about(&q),
            };
            let mut shown = Text::new(Place::Name, &text);
            Highlighter::new(&filter, Reach::Inside).find(std::slice::from_mut(&mut shown));
            let html = shown.html();
            prop_assert_eq!(unmarked(&html), text.clone());
            let mut whole = vec![0];
            whole.extend(text.graphemes(true).scan(0, |at, part| { *at += part.chars().count(); Some(*at) }));
            for boundary in boundaries(&html) {
                prop_assert!(whole.contains(&boundary), "{:?} is cut at {}", html, boundary);
            }
            prop_assert_eq!(html.matches("<mark></mark>").count(), 0);
        }
    }
}
