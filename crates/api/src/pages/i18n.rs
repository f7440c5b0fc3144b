//! Languages: texts by Project Fluent from `locales/`, numbers and dates as each language writes them (ICU4X).
//!
//! A text is asked for by its key, which stands as a literal where it is used: tests find keys that are missing in a
//! language, and keys that nothing uses.

use std::{fmt, sync::LazyLock};

use actix_web::http::header::{AcceptLanguage, HeaderMap, HeaderValue, Quality, QualityItem};
use domain::time::Timestamp;
use fluent_bundle::{
    FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, memoizer::MemoizerKind, types::FluentNumber,
};
use icu_calendar::Gregorian;
use icu_datetime::{
    FixedCalendarDateTimeFormatter, fieldsets,
    input::{Date, DateTime, Time},
};
use icu_decimal::{
    DecimalFormatter,
    input::{Decimal, FloatPrecision},
};
use icu_locale_core::Locale as IcuLocale;
use intl_memoizer::{Memoizable, concurrent::IntlLangMemoizer};
use unic_langid::LanguageIdentifier;

/// A language that pages speak.
pub struct Language {
    /// As in `lang` attributes (BCP 47).
    pub tag: &'static str,
    /// Its own name for itself.
    pub name: &'static str,
    /// Which way it is written: `ltr` or `rtl`.
    pub direction: &'static str,
    sources: &'static [&'static str],
}

/// The texts of a language: a file for each area of the pages.
macro_rules! sources {
    ($tag:literal) => {
        sources!($tag: "site", "catalogue", "stats", "account", "admin", "manage")
    };
    ($tag:literal: $($area:literal),*) => {
        &[$(include_str!(concat!("../../locales/", $tag, "/", $area, ".ftl"))),*]
    };
}

/// All of them. The first is spoken where a client understands none.
static LANGUAGES: [Language; 7] = [
    Language { tag: "en", name: "English", direction: "ltr", sources: sources!("en") },
    Language { tag: "es", name: "Español", direction: "ltr", sources: sources!("es") },
    Language { tag: "fr", name: "Français", direction: "ltr", sources: sources!("fr") },
    Language { tag: "de", name: "Deutsch", direction: "ltr", sources: sources!("de") },
    Language { tag: "hi", name: "हिन्दी", direction: "ltr", sources: sources!("hi") },
    Language { tag: "ar", name: "العربية", direction: "rtl", sources: sources!("ar") },
    Language { tag: "ja", name: "日本語", direction: "ltr", sources: sources!("ja") },
];

/// One language, ready for use.
pub struct Locale {
    pub language: &'static Language,
    texts: FluentBundle<FluentResource>,
    numbers: Option<DecimalFormatter>,
    dates: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    times: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMDT>>,
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| LANGUAGES.iter().map(Locale::new).collect());

impl Locale {
    fn new(language: &'static Language) -> Self {
        let id: LanguageIdentifier = language.tag.parse().unwrap_or_default();
        let icu: IcuLocale = language.tag.parse().unwrap_or(IcuLocale::UNKNOWN);
        let mut texts = FluentBundle::new_concurrent(vec![id]);
        // Marks that keep a Latin name from turning an Arabic sentence around.
        texts.set_use_isolating(language.direction == "rtl");
        texts.set_formatter(Some(format_number));
        for source in language.sources {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(read, errors)| {
                tracing::error!(language = language.tag, ?errors, "texts cannot be read");
                read
            });
            if let Err(errors) = texts.add_resource(resource) {
                tracing::error!(language = language.tag, ?errors, "texts are there twice");
            }
        }
        Self {
            language,
            texts,
            numbers: DecimalFormatter::try_new((&icu).into(), Default::default()).ok(),
            dates: FixedCalendarDateTimeFormatter::try_new((&icu).into(), fieldsets::YMD::medium()).ok(),
            times: FixedCalendarDateTimeFormatter::try_new(icu.into(), fieldsets::YMD::medium().with_time_hm()).ok(),
        }
    }

    /// All languages, in the order of the menu.
    pub fn all() -> &'static [Self] {
        &LOCALES
    }

    /// The language with exactly this tag.
    pub fn by_tag(tag: &str) -> Option<&'static Self> {
        Self::all().iter().find(|locale| locale.language.tag == tag)
    }

    /// The language that a client likes best (`Accept-Language`), of any region.
    pub fn accepted(headers: &HeaderMap) -> &'static Self {
        let lines = headers.get_all("accept-language").filter_map(|line: &HeaderValue| line.to_str().ok());
        let items = lines.flat_map(|line| line.split(',')).filter_map(|item| item.trim().parse().ok());
        // What has the quality 0 is not liked at all.
        let items = items.filter(|item: &QualityItem<_>| item.quality > Quality::ZERO).collect();
        let liked = AcceptLanguage(items).ranked();
        let known = liked.iter().filter_map(|range| {
            let tag = range.item().map(|tag| tag.as_str().split('-').next().unwrap_or_default().to_owned());
            Self::by_tag(&tag?.to_ascii_lowercase())
        });
        known.into_iter().next().unwrap_or(&LOCALES[0])
    }

    /// The text with the key `key`.
    pub fn t<'a>(&'a self, key: &'static str) -> Text<'a> {
        Text { locale: self, key, arguments: FluentArgs::new() }
    }

    /// A whole number.
    pub fn number(&self, number: u64) -> String {
        let formatted = self.numbers.as_ref().map(|numbers| numbers.format(&Decimal::from(number)).to_string());
        formatted.unwrap_or_else(|| number.to_string())
    }

    /// A number with so many digits after the decimal separator.
    pub fn decimal(&self, number: f64, digits: u8) -> String {
        let decimal = Decimal::try_from_f64(number, FloatPrecision::Magnitude(-i16::from(digits))).ok();
        let formatted =
            self.numbers.as_ref().zip(decimal).map(|(numbers, decimal)| numbers.format(&decimal).to_string());
        formatted.unwrap_or_else(|| format!("{number:.*}", usize::from(digits)))
    }

    /// A day, in UTC.
    pub fn date(&self, at: Timestamp) -> String {
        let formatted = civil(at).zip(self.dates.as_ref()).map(|(at, dates)| dates.format(&at.date).to_string());
        formatted.unwrap_or_else(|| at.to_string())
    }

    /// A day and a time, to the minute, in UTC.
    pub fn date_and_time(&self, at: Timestamp) -> String {
        let formatted = civil(at).zip(self.times.as_ref()).map(|(at, times)| times.format(&at).to_string());
        formatted.map_or_else(|| at.to_string(), |time| format!("{time} UTC"))
    }
}

fn civil(at: Timestamp) -> Option<DateTime<Gregorian>> {
    let at = jiff::Timestamp::from_second(at.unix()).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(|part| u8::try_from(part).unwrap_or_default());
    let date = Date::try_new_gregorian(i32::from(at.year()), month, day).ok()?;
    Some(DateTime { date, time: Time::try_new(hour, minute, second, 0).ok()? })
}

/// A number within a text.
struct Numbers(DecimalFormatter);

impl Memoizable for Numbers {
    type Args = ();
    type Error = ();

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, ()> {
        let icu: IcuLocale = language.to_string().parse().map_err(drop)?;
        DecimalFormatter::try_new(icu.into(), Default::default()).map(Self).map_err(drop)
    }
}

fn format_number(value: &FluentValue, memoizer: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(FluentNumber { value, options }) = value else { return None };
    let precision = match options.minimum_fraction_digits {
        Some(digits) => FloatPrecision::Magnitude(-i16::try_from(digits).ok()?),
        None => FloatPrecision::RoundTrip,
    };
    let decimal = Decimal::try_from_f64(*value, precision).ok()?;
    memoizer.with_try_get_threadsafe::<Numbers, _, _>((), |numbers| numbers.0.format(&decimal).to_string()).ok()
}

/// A text in a language. It is put together when it is shown.
pub struct Text<'a> {
    locale: &'a Locale,
    key: &'static str,
    arguments: FluentArgs<'a>,
}

impl<'a> Text<'a> {
    /// The text with a value for one of its variables.
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'a>>) -> Self {
        self.arguments.set(name, value);
        self
    }

    /// The text with what somebody typed for one of its variables: whichever way that is written, it turns nothing
    /// around beyond itself.
    pub fn with_typed(self, name: &'static str, typed: &str) -> Self {
        // In a language that is written from right to left, values are kept apart in any case.
        if typed.is_ascii() {
            return self.with(name, typed.to_owned());
        }
        // Marks of this kind that were typed could end the one set here.
        let plain: String = typed.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
        self.with(name, format!("\u{2068}{plain}\u{2069}"))
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = self.locale.texts.get_message(self.key).and_then(|message| message.value());
        // Tests keep this from happening.
        let Some(pattern) = pattern else { return f.write_str(self.key) };
        let mut errors = Vec::new();
        let text = self.locale.texts.format_pattern(pattern, Some(&self.arguments), &mut errors);
        // Such as a variable without a value, whose name is shown then.
        debug_assert!(errors.is_empty(), "{}: {errors:?}", self.key);
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use actix_web::http::header::ACCEPT_LANGUAGE;

    use super::*;

    fn accepted(header: &'static str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
        Locale::accepted(&headers).language.tag
    }

    #[test]
    fn the_language_is_the_one_that_is_liked_best() {
        for (header, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("en;q=0.5, fr-CA;q=0.7", "fr"),
            ("pt-BR, ja;q=0.3", "ja"),
            ("AR", "ar"),
            ("tlh", "en"),
            ("fr;q=0", "en"),
            ("fr;q=0, ja;q=0.1", "ja"),
            ("zh-CN,zh;q=0.9", "en"),
            ("*", "en"),
            ("", "en"),
            (";;;,,q=", "en"),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
        assert_eq!(Locale::accepted(&HeaderMap::new()).language.tag, "en");
    }

    #[test]
    fn numbers_and_dates_are_written_as_each_language_does() {
        let at: Timestamp = "2026-01-02T15:04:05Z".parse().unwrap();
        let shown = |tag| {
            let locale = Locale::by_tag(tag).unwrap();
            [locale.number(1_234_567), locale.decimal(8.0, 1), locale.date(at), locale.date_and_time(at)].join(" | ")
        };
        let all: Vec<String> = LANGUAGES.iter().map(|language| shown(language.tag)).collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        1,234,567 | 8.0 | Jan 2, 2026 | Jan 2, 2026, 3:04 PM UTC
        1.234.567 | 8,0 | 2 ene 2026 | 2 ene 2026, 15:04 UTC
        1 234 567 | 8,0 | 2 janv. 2026 | 2 janv. 2026, 15:04 UTC
        1.234.567 | 8,0 | 02.01.2026 | 02.01.2026, 15:04 UTC
        12,34,567 | 8.0 | 2 जन॰ 2026 | 2 जन॰ 2026, 3:04 pm UTC
        1,234,567 | 8.0 | 02‏/01‏/2026 | 02‏/01‏/2026، 3:04 م UTC
        1,234,567 | 8.0 | 2026/01/02 | 2026/01/02 15:04 UTC
        ");
    }

    /// The variables of every key of a language, by key.
    fn keys(language: &Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut keys = BTreeMap::new();
        for source in language.sources {
            let read = FluentResource::try_new((*source).to_owned());
            assert!(read.is_ok(), "{}: {:?}", language.tag, read.err().map(|(_, errors)| errors));
            let mut last = String::new();
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    last = line.split(" =").next().unwrap().to_owned();
                    let twice = keys.insert(last.clone(), BTreeSet::new());
                    assert!(twice.is_none(), "{}: {last} is there twice", language.tag);
                }
                let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                let variables =
                    line.split('$').skip(1).map(|rest| rest.chars().take_while(is_name).collect::<String>());
                keys.entry(last.clone()).or_default().extend(variables);
            }
        }
        keys.remove("");
        keys
    }

    /// The files below `directory` whose names end like this.
    fn files(directory: &Path, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let below = entries.flat_map(|path| if path.is_dir() { files(&path, ending) } else { vec![path] });
        below.filter(|path| path.to_str().unwrap().ends_with(ending)).collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_variables() {
        let english = keys(&LANGUAGES[0]);
        for language in &LANGUAGES[1..] {
            let keys = keys(language);
            let missing: Vec<_> = english.keys().filter(|key| !keys.contains_key(*key)).collect();
            let unknown: Vec<_> = keys.keys().filter(|key| !english.contains_key(*key)).collect();
            assert!(missing.is_empty() && unknown.is_empty(), "{}: {missing:?} {unknown:?}", language.tag);
            for (key, variables) in keys {
                assert_eq!(variables, english[&key], "{} {key}", language.tag);
            }
        }
    }

    #[test]
    fn every_text_is_used_and_every_text_used_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = [files(&root.join("src/pages"), ".rs"), files(&root.join("templates"), ".html")].concat();
        let mut used = BTreeSet::new();
        for source in sources {
            let source = fs::read_to_string(source).unwrap();
            let calls = source.split(".t(\"").skip(1);
            used.extend(calls.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
        let known: BTreeSet<_> = keys(&LANGUAGES[0]).into_keys().collect();
        let missing: Vec<_> = used.difference(&known).collect();
        let unused: Vec<_> = known.difference(&used).collect();
        assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:?}, unused: {unused:?}");
    }
}
