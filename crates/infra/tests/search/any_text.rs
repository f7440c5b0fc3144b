//! Any text is data: whatever is asked for is answered or refused, and neither takes long.

use std::{
    cell::Cell,
    collections::HashSet,
    fmt::Write,
    time::{Duration, Instant},
};

use domain::{
    Error,
    ports::MovieSearch,
    query::{
        MovieQuery, Page, Start,
        conditions::{filter, order},
        parameters::Parameters,
    },
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};

use crate::{matching::grown, world::World};

/// Far more than any query needs, on a machine that is busy with other tests.
const LONG: Duration = Duration::from_secs(5);

const PARAMETERS: [&str; 6] = ["q", "name", "director", "search", "genre", "genre.not"];
const SORTS: [&str; 5] = ["", "relevance", "-popularity", "name,-year", "-imdb_score,director"];

/// Bytes as they stand in a URL.
fn encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text.push(char::from(*byte)),
            _ => write!(text, "%{byte:02x}").unwrap(),
        }
        text
    })
}

/// A word of a movie with a letter too many, too few, another one, or two exchanged.
fn misspelt(words: Vec<String>) -> impl Strategy<Value = String> {
    (select(words), any::<prop::sample::Index>(), any::<char>(), 0..5).prop_map(|(word, at, other, how)| {
        let mut chars = word.chars().collect::<Vec<_>>();
        let at = at.index(chars.len());
        match how {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, other),
            2 => chars[at] = other,
            3 => chars.swap(at, 0),
            _ => chars.truncate(at + 1),
        }
        chars.into_iter().collect()
    })
}

/// Texts as bytes, for they need not be UTF-8.
fn text(world: &World) -> impl Strategy<Value = Vec<u8>> {
    let words = world.movies.values().flat_map(|movie| {
        let details = &movie.details;
        let director = details.director.as_ref().map_or("", |director| director.as_str());
        [details.name.as_str(), director].map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    });
    let words = words.flatten().collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let long = prop_oneof![Just(60_usize), Just(1_000), Just(10_000)];
    let marks = (prop::char::range('\u{300}', '\u{36f}'), 1..400_usize);
    prop_oneof![
        20 => any::<String>().prop_map(String::into_bytes),
        20 => vec(any::<u8>(), 0..60),
        30 => vec(misspelt(words.clone()), 1..8).prop_map(|words| words.join(" ").into_bytes()),
        20 => r#"[-+&|!(){}\[\]^"~*?:\\/%_'<>=#;., a-z0-9]{0,80}"#.prop_map(String::into_bytes),
        5 => (any::<char>(), marks).prop_map(|(base, (mark, count))| {
            format!("{base}{}", mark.to_string().repeat(count)).into_bytes()
        }),
        5 => (select(words.clone()), select(vec!["\u{202e}", "\u{2067}", "\u{200f}", "\u{200d}", "\u{feff}", "\0"]))
            .prop_map(|(word, mark)| format!("{mark}{word}{mark}").into_bytes()),
        1 => (select(words), long).prop_map(|(word, count)| format!("{word} ").repeat(count).into_bytes()),
        1 => (any::<char>(), 1..3_usize).prop_map(|(c, power)| c.to_string().repeat(100_usize.pow(power as u32)).into_bytes()),
    ]
}

/// The query string of a URL.
fn url(world: &World) -> impl Strategy<Value = String> {
    let parameters = prop::sample::subsequence(PARAMETERS.to_vec(), 1..=3);
    (parameters, vec(text(world), 3), select(SORTS.to_vec())).prop_map(|(names, texts, sort)| {
        let pairs = names.iter().zip(texts).map(|(name, text)| format!("{name}={}", encoded(&text)));
        let mut all = pairs.collect::<Vec<_>>();
        if !sort.is_empty() {
            all.push(format!("sort={sort}"));
        }
        all.join("&")
    })
}

/// The list that is asked for, if it is not refused.
fn read(url: &str) -> Option<MovieQuery> {
    let mut parameters = Parameters::read(url);
    let filter = filter(&mut parameters);
    let sort = parameters.parsed("sort", order).unwrap_or_default();
    parameters.finish(false).ok()?;
    Some(MovieQuery { filter, sort, ..MovieQuery::default() })
}

/// Answers or refuses, and walks to the next page. Returns whether it was answered.
fn ask(world: &World, url: &str) -> Result<bool, TestCaseError> {
    let started = Instant::now();
    let answered = read(url).map(|query| {
        let page = world.index().find(&query)?;
        let next = page.next.clone().map(|next| Page { limit: 5, start: Start::After(next) });
        let after = next.map(|page| world.index().find(&MovieQuery { page, ..query })).transpose()?;
        Ok::<_, Error>((page, after))
    });
    prop_assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    let is_answered = answered.is_some();
    match answered {
        None => {}
        Some(Err(error)) => prop_assert!(false, "{error:?}"),
        Some(Ok((page, after))) => {
            for text in &page.suggestions {
                let again = format!("q={}", encoded(text.as_bytes()));
                prop_assert!(read(&again).is_some(), "{text} is proposed and refused");
            }
            let movies = page.movies.iter().chain(after.iter().flat_map(|page| &page.movies));
            let ids = movies.map(|movie| movie.id).collect::<Vec<_>>();
            prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "a movie comes twice");
        }
    }
    Ok(is_answered)
}

#[test]
fn any_text_is_answered_or_refused() {
    let world = grown(500, 400);
    let cases = if std::env::var_os("TEST_LONG").is_some() { 100_000 } else { 2_000 };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let answered = Cell::new(0);
    let asked = runner.run(&url(&world), |url| {
        answered.set(answered.get() + u32::from(ask(&world, &url)?));
        Ok(())
    });
    asked.unwrap();
    assert!(answered.get() > cases / 3, "{} of {cases} were answered", answered.get());
}

#[test]
fn texts_of_every_size_are_answered_or_refused() {
    let world = grown(501, 400);
    let texts =
        ["star ", "a ", "été ", "\u{301}", "\u{202e}star\u{202c} ", "千", "ﷺ", "ß", "\0", "%", "\"", "a\u{308}\u{323}"];
    for text in texts {
        for bytes in [1, 10, 100, 999, 1_000, 1_001, 10_000, 1 << 20] {
            let text = encoded(text.repeat((bytes / text.len()).max(1)).as_bytes());
            for parameter in PARAMETERS {
                ask(&world, &format!("{parameter}={text}")).unwrap();
            }
        }
    }
}

#[test]
fn what_is_proposed_is_not_refused() {
    let mut world = World::new();
    let words = (0..49).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ");
    let (y, z) = ("y".repeat(248), "z".repeat(249));
    world.add_named(&format!("star wars {words}"), "");
    world.add_named(&format!("abcd {y}"), &z);
    world.settle();
    // Put right, the first text has one word too many, and the second one letter.
    for text in [format!("starwars {words}"), format!("abd {y} {y} {y} {z}")] {
        let text = encoded(text.as_bytes());
        let page = world.find(&read(&format!("q={text}")).unwrap());
        assert!(page.movies.is_empty(), "{text} is to be put right");
        assert!(ask(&world, &format!("q={text}")).unwrap());
    }
}

#[test]
fn a_long_word_of_different_letters_takes_no_longer() {
    let world = grown(502, 400);
    let letters = ('\u{4e00}'..).take(1_000).collect::<String>();
    for word in [&letters[..], &format!("x{letters}")[..1_000], &letters[..63], &letters[..192]] {
        let started = Instant::now();
        for parameter in ["q", "name", "director"] {
            assert!(ask(&world, &format!("{parameter}={}", encoded(word.as_bytes()))).unwrap());
        }
        world.index().suggest(word, 8).unwrap();
        assert!(started.elapsed() < LONG, "{:?}", started.elapsed());
    }
}
