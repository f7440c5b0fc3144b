//! Posters for movies that have none: a drawing made of the movie's name and genres alone, always the same for the same
//! movie.

use std::{
    fmt::{self, Write},
    ops::Range,
};

use askama::filters::{Html, HtmlSafe, escape};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

/// The size of the drawing.
const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 16.0;
/// Sizes of letters, and how many lines there may be of each: the first is taken in which the whole name has room.
const SIZES: [(f64, usize); 4] = [(30.0, 4), (25.0, 5), (21.0, 6), (17.0, 8)];
/// From one line to the next, in sizes of letters.
const LEADING: f64 = 1.15;

/// Ground and figure of each genre.
const PALETTES: [(&str, [&str; 2]); 22] = [
    ("action", ["#3d0f0f", "#ff6b35"]),
    ("adventure", ["#12372a", "#8fd694"]),
    ("animation", ["#1d2d6b", "#ffd166"]),
    ("biography", ["#3a2e39", "#f4d8cd"]),
    ("comedy", ["#4a3208", "#ffc145"]),
    ("crime", ["#1c1c28", "#9a8c98"]),
    ("documentary", ["#22333b", "#c6ac8f"]),
    ("drama", ["#3b1f2b", "#e07a5f"]),
    ("family", ["#0f4c5c", "#9ad1d4"]),
    ("fantasy", ["#2d1b4e", "#c792ea"]),
    ("film-noir", ["#121212", "#d6d6d6"]),
    ("history", ["#432818", "#ffe6a7"]),
    ("horror", ["#161616", "#c1121f"]),
    ("music", ["#4a1942", "#f7aef8"]),
    ("mystery", ["#1b263b", "#778da9"]),
    ("romance", ["#4b1230", "#ff8fab"]),
    ("sci-fi", ["#0b2545", "#5bc0eb"]),
    ("short", ["#2b2d42", "#ef8354"]),
    ("sport", ["#0b3d20", "#b7e4c7"]),
    ("thriller", ["#14213d", "#fca311"]),
    ("war", ["#2f3320", "#a3a86a"]),
    ("western", ["#4a2412", "#e9a15b"]),
];

/// A drawn poster, as SVG to stand within HTML.
pub struct Poster(String);

impl Poster {
    /// Draws the poster of a movie.
    pub fn draw<'a>(name: &str, genres: impl Iterator<Item = &'a str>) -> Self {
        let genres: Vec<_> = genres.collect();
        let digest = Sha256::digest(format!("{name}\n{}", genres.join("\n")));
        let [ground, figure] = palette(&genres, digest[0]);
        let (size, lines) = set(&without_controls(name));
        let leading = size * LEADING;
        // The ground behind the name keeps it legible.
        let panel = HEIGHT - lines.len() as f64 * leading - 1.5 * MARGIN;
        let mut svg = format!(
            "<svg class=\"poster\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\">\
             <path fill=\"{ground}\" d=\"M0 0h200v300H0z\"/>{}<path fill=\"{ground}\" d=\"M0 {panel:.0}h200v300H0z\"/>\
             <path fill=\"{figure}\" d=\"M0 {panel:.0}h200v3H0z\"/>",
            motif(figure, digest[1], digest[2])
        );
        let is_rtl = lines.first().is_some_and(|line| is_rtl(line));
        let (start, direction) = if is_rtl { (WIDTH - MARGIN, "rtl") } else { (MARGIN, "ltr") };
        // Writing to a string does not fail.
        let _ = write!(svg, "<text fill=\"#fff\" font-size=\"{size}\" font-weight=\"700\" direction=\"{direction}\">");
        let mut base = panel + 0.5 * MARGIN;
        for line in &lines {
            base += leading;
            let line = escaped(line);
            let _ = write!(svg, "<tspan x=\"{start}\" y=\"{base:.0}\">{line}</tspan>");
        }
        svg.push_str("</text></svg>");
        Self(svg)
    }
}

impl fmt::Display for Poster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Of what it is made of, the name alone is not from here, and that is escaped.
impl HtmlSafe for Poster {}

/// A text without the invisible characters that change the direction of what stands around them.
pub fn without_controls(text: &str) -> String {
    let is_control =
        |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !is_control(*c)).collect()
}

/// The colours of one of the genres that have some; where none has, any.
fn palette(genres: &[&str], chance: u8) -> [&'static str; 2] {
    let known = |genre: &&str| {
        let named = PALETTES.iter().find(|(name, _)| name.eq_ignore_ascii_case(genre));
        named.map(|(_, colours)| *colours)
    };
    let known: Vec<_> = genres.iter().filter_map(known).collect();
    let any = PALETTES[usize::from(chance) % PALETTES.len()].1;
    known.get(usize::from(chance) % known.len().max(1)).copied().unwrap_or(any)
}

/// A figure, and its place.
fn motif(colour: &str, chance: u8, place: u8) -> String {
    let x = 50 + u32::from(place) * 100 / 255;
    let y = 60 + u32::from(place % 16) * 4;
    let angle = place % 60;
    let lined = |width: u32| format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"");
    match chance % 8 {
        0 => format!(
            "<g {}><circle cx=\"{x}\" cy=\"{y}\" r=\"22\"/><circle cx=\"{x}\" cy=\"{y}\" r=\"52\" opacity=\".7\"/>\
             <circle cx=\"{x}\" cy=\"{y}\" r=\"82\" opacity=\".4\"/></g>",
            lined(10)
        ),
        1 => format!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"46\" fill=\"{colour}\"/><path {} opacity=\".5\" \
             d=\"M0 150h200M0 172h200M0 194h200M0 216h200\"/>",
            lined(6)
        ),
        2 => format!(
            "<path {} d=\"M-40 260 140-40M0 320 200-20M60 340 260 0\" opacity=\".85\" \
             transform=\"rotate({angle} 100 110)\"/>",
            lined(14)
        ),
        3 => format!(
            "<g fill=\"{colour}\"><circle cx=\"{x}\" cy=\"50\" r=\"24\"/><path opacity=\".45\" \
             d=\"M{} 280l120-170 120 170z\"/><path opacity=\".6\" d=\"M{} 280l90-130 90 130z\"/></g>",
            i64::from(x) - 150,
            x - 10
        ),
        4 => format!(
            "<path {} stroke-linecap=\"round\" stroke-dasharray=\"0 32\" \
             d=\"M20 28h190M20 60h190M20 92h190M20 124h190M20 156h190M20 188h190\" transform=\"rotate({angle} 100 100)\"/>",
            lined(u32::from(place % 5) * 2 + 8)
        ),
        5 => format!(
            "<g fill=\"{colour}\"><path d=\"M0 0h100a100 100 0 0 1-100 100z\"/><path opacity=\".6\" \
             d=\"M200 {y}v100a100 100 0 0 1-100-100z\"/><circle cx=\"{x}\" cy=\"190\" r=\"30\" opacity=\".4\"/></g>"
        ),
        6 => format!(
            "<path {} d=\"M-10 {y}q30-40 60 0t60 0 60 0 60 0M-10 {}q30-40 60 0t60 0 60 0 60 0M-10 {}q30-40 60 0t60 0 60 0 60 0\"/>",
            lined(9),
            y + 40,
            y + 80
        ),
        _ => format!(
            "<g fill=\"{colour}\" transform=\"rotate({angle} 100 100)\"><path d=\"M100 20 180 160H20z\" opacity=\".5\"/>\
             <path d=\"M100 70 150 160H50z\"/></g>"
        ),
    }
}

/// A part of a name between which and the next a line may end.
struct Piece<'a> {
    text: &'a str,
    /// In letters of size 1.
    width: f64,
    /// Whether a space stands before it.
    spaced: bool,
}

/// Sets a name: the size of the letters, and the lines.
fn set(name: &str) -> (f64, Vec<String>) {
    let pieces = pieces(name);
    let widest = pieces.iter().map(|piece| piece.width).fold(0.0, f64::max);
    for (size, most) in SIZES {
        let room = (WIDTH - 2.0 * MARGIN) / size;
        if widest <= room {
            let lines = wrapped(&pieces, room);
            if lines.len() <= most {
                return (size, lines);
            }
        }
    }
    let (size, most) = SIZES[SIZES.len() - 1];
    let room = (WIDTH - 2.0 * MARGIN) / size;
    let mut lines = wrapped(&pieces, room);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(last) + width("…") > room
                && let Some((at, _)) = last.grapheme_indices(true).next_back()
            {
                last.truncate(at);
            }
            last.push('…');
        }
    }
    (size, lines)
}

/// The pieces of a name. Words are whole, but for scripts that are written without spaces.
fn pieces(name: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for word in name.split_whitespace() {
        if word.is_ascii() {
            pieces.push(Piece { text: word, width: width(word), spaced: true });
            continue;
        }
        let mut start = 0;
        // Whether what comes next may begin a line.
        let mut is_open = false;
        let mut end = |range: Range<usize>| {
            let spaced = range.start == 0;
            let text = &word[range];
            pieces.push(Piece { text, width: width(text), spaced });
        };
        for (at, grapheme) in word.grapheme_indices(true) {
            let c = grapheme.chars().next().unwrap_or(' ');
            let is_free = is_ideographic(c);
            if at > start && !ends_line(c) && (is_free || is_open) {
                end(start..at);
                start = at;
            }
            is_open = is_free;
        }
        end(start..word.len());
    }
    pieces
}

/// Lines of at most `room`. What is wider by itself is broken anywhere.
fn wrapped(pieces: &[Piece], room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // The width of the last one.
    let mut used = 0.0;
    for piece in pieces {
        let (space, gap) = if piece.spaced { (" ", SPACE) } else { ("", 0.0) };
        match lines.last_mut() {
            Some(line) if used + gap + piece.width <= room => {
                line.push_str(space);
                line.push_str(piece.text);
                used += gap + piece.width;
            }
            _ if piece.width <= room => {
                lines.push(piece.text.to_owned());
                used = piece.width;
            }
            _ => {
                used = room;
                for grapheme in piece.text.graphemes(true) {
                    let own = width(grapheme);
                    match lines.last_mut() {
                        Some(line) if used + own <= room => {
                            line.push_str(grapheme);
                            used += own;
                        }
                        _ => {
                            lines.push(grapheme.to_owned());
                            used = own;
                        }
                    }
                }
            }
        }
    }
    lines
}

/// The width of a space.
const SPACE: f64 = 0.28;

/// About how wide a text is in bold letters of size 1.
fn width(text: &str) -> f64 {
    let of_char = |c: char| match c {
        ' ' => SPACE,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | '’' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 0.42,
        'm' | 'M' | 'w' | 'W' | '@' | '%' => 0.95,
        c if c.is_ascii_lowercase() || c.is_ascii_digit() => 0.57,
        c if c.is_ascii() => 0.7,
        c if is_ideographic(c) || c > '\u{ffff}' => 1.05,
        '\u{600}'..='\u{6ff}' => 0.6,
        _ => 0.72,
    };
    if text.is_ascii() {
        return text.chars().map(of_char).sum();
    }
    text.graphemes(true).map(|grapheme| of_char(grapheme.chars().next().unwrap_or(' '))).sum()
}

/// Whether a line may end before and after the character: scripts of China, Japan and Korea, and of Thailand and its
/// neighbours, where words are not set apart.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether no line begins with the character.
fn ends_line(c: char) -> bool {
    matches!(c, '、' | '。' | '」' | '』' | '）' | '！' | '？' | '・' | 'ー' | '…' | '：' | '；' | '，' | '．' | '～')
        || c.is_ascii_punctuation()
}

/// Whether the first letter is of a script that is written from right to left.
fn is_rtl(text: &str) -> bool {
    let first = text.chars().find(|c| c.is_alphabetic());
    first.is_some_and(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'))
}

fn escaped(text: &str) -> String {
    match escape(text, Html) {
        Ok(escaped) => escaped.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(name: &str, genres: &[&str]) -> String {
        Poster::draw(name, genres.iter().copied()).to_string()
    }

    fn lines(name: &str) -> Vec<String> {
        set(name).1
    }

    #[test]
    fn the_same_movie_has_the_same_poster() {
        assert_eq!(drawn("Star Wars", &["Action", "Sci-Fi"]), drawn("Star Wars", &["Action", "Sci-Fi"]));
        assert_ne!(drawn("Star Wars", &["Sci-Fi"]), drawn("Star Wars", &["Drama"]));
        assert_ne!(drawn("Solaris", &["Drama"]), drawn("Stalker", &["Drama"]));
        assert!(drawn("Alien", &["HORROR"]).contains("#c1121f"));
        assert!(drawn("Alien", &["Unheard of", "Sci-Fi"]).contains("#5bc0eb"));
    }

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let svg = drawn("<script>alert(\"1\")</script> & \u{202e}co", &["\"><b>"]);
        assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{202e}'), "{svg}");
        assert!(svg.contains("&#60;scr") && svg.contains("&#38;"), "{svg}");
    }

    #[test]
    fn no_poster_is_large_and_none_has_styles() {
        let long = "The Quite Remarkable Adventures of an Exceedingly Long Name ".repeat(5);
        let names = ["", "W", "Z".repeat(300).as_str(), &long[..300], &"千と千尋の神隠し".repeat(37), &"ﷺ".repeat(300)]
            .map(str::to_owned);
        for name in names {
            let all = (0..64).map(|i| drawn(&name, &[&i.to_string()]));
            let largest = all.inspect(|svg| assert!(!svg.contains("style"), "{svg}")).max_by_key(String::len).unwrap();
            assert!(largest.len() < 1_400, "{} {largest}", largest.len());
        }
        let usual = (0..64).map(|i| drawn("The Wizard of Oz", &[&i.to_string()]).len()).max();
        assert!(usual < Some(1_000), "{usual:?}");
    }

    #[test]
    fn names_are_set_in_lines() {
        assert_eq!(lines("Jaws"), ["Jaws"]);
        assert_eq!(lines("The Wizard of Oz"), ["The Wizard", "of Oz"]);
        assert_eq!(lines("Dr. Strangelove"), ["Dr.", "Strangelove"]);
        assert_eq!(lines("千と千尋の神隠し"), ["千と千尋の", "神隠し"]);
        // No line begins with a mark that ends a phrase.
        assert_eq!(lines("あああああ、いい"), ["ああああ", "あ、いい"]);
        assert_eq!(lines("لورنس العرب").join(" "), "لورنس العرب");
        let long = lines(&"verylongwordwithoutanyend".repeat(12));
        assert!(long.len() == 8 && long[7].ends_with('…'), "{long:?}");
        assert_eq!(lines(""), Vec::<String>::new());
    }

    #[test]
    fn what_is_written_from_the_right_begins_there() {
        assert!(drawn("لورنس العرب", &[]).contains("direction=\"rtl\""));
        assert!(drawn("לבנון", &[]).contains("x=\"184\""));
        assert!(drawn("8½", &[]).contains("direction=\"ltr\""));
    }
}
