//! Numbers as whole, non-negative codes, which columns pack into few bits and compare fast.
//!
//! Years, minutes, votes and times are whole already. Popularity and score are any `f64`, but nearly always decimals
//! of few digits. For those a code is even and stands for exactly one number; the numbers between two neighbouring
//! decimals of [`DIGITS`] digits share an odd code, and a second column holds them as they are.

use domain::{
    movie::{Movie, MovieDetails},
    query::{NumberField, Range},
};

/// All fields, by their `as usize`.
pub(super) const NUMBER_FIELDS: [NumberField; 7] = [
    NumberField::Score,
    NumberField::Popularity,
    NumberField::Year,
    NumberField::Runtime,
    NumberField::Votes,
    NumberField::CreatedAt,
    NumberField::UpdatedAt,
];

/// The code of "no number".
pub(super) const MISSING: u64 = 0;

/// What decimals are counted in: one millionth.
const DIGITS: f64 = 1e6;
/// The largest decimal there is.
const MAX_DECIMAL: f64 = 100.0;
/// The code of 0.0. A round number, so that the codes of round decimals have a large common divisor with it.
const DECIMAL_ZERO: u64 = 2_000_000;
/// The largest cell of a decimal.
const MAX_CELL: u64 = 200_000_000;
/// The code of the first second of the year 1.
const FIRST_TIME: u64 = 1;
/// Seconds from the year 1 to 1970.
const EPOCH: i64 = 62_135_596_800;

/// The movie's number.
pub(super) fn number(movie: &Movie, field: NumberField) -> Option<f64> {
    let details: &MovieDetails = &movie.details;
    match field {
        NumberField::Score => details.imdb_score.map(f64::from),
        NumberField::Popularity => details.popularity.map(f64::from),
        NumberField::Year => details.year.map(f64::from),
        NumberField::Runtime => details.runtime_minutes.map(f64::from),
        NumberField::Votes => details.votes.map(f64::from),
        NumberField::CreatedAt => Some(movie.created_at.unix() as f64),
        NumberField::UpdatedAt => Some(movie.updated_at.unix() as f64),
    }
}

/// Whether the field holds decimals, whose odd codes need a second look.
pub(super) fn is_decimal(field: NumberField) -> bool {
    matches!(field, NumberField::Score | NumberField::Popularity)
}

/// What a whole number is raised by to become a code: every code but that of "no number" is at least 1.
fn offset(field: NumberField) -> i64 {
    match field {
        NumberField::Votes => 1,
        NumberField::CreatedAt | NumberField::UpdatedAt => EPOCH + FIRST_TIME as i64,
        NumberField::Score | NumberField::Popularity | NumberField::Year | NumberField::Runtime => 0,
    }
}

/// The code of a number: codes are ordered as the numbers are.
pub(super) fn code(field: NumberField, number: Option<f64>) -> u64 {
    match number {
        None => MISSING,
        Some(number) if is_decimal(field) => DECIMAL_ZERO + cell(number),
        Some(number) => (number as i64).saturating_add(offset(field)).max(0) as u64,
    }
}

/// The number that a code stands for; of an odd code of a decimal, the lower end of its numbers.
pub(super) fn decode(field: NumberField, code: u64) -> Option<f64> {
    if code == MISSING {
        None
    } else if is_decimal(field) {
        Some((code.saturating_sub(DECIMAL_ZERO) / 2) as f64 / DIGITS)
    } else {
        Some((code as i64 - offset(field)) as f64)
    }
}

/// Whether the code stands for several numbers.
pub(super) fn is_inexact(field: NumberField, code: u64) -> bool {
    code % 2 == 1 && is_decimal(field)
}

/// Twice the count of millionths in a number from 0 to 100, and one more if something is left.
fn cell(number: f64) -> u64 {
    // A cursor can hold any number.
    let number = number.clamp(0.0, MAX_DECIMAL);
    let nearest = (number * DIGITS).round();
    if nearest / DIGITS == number {
        return nearest as u64 * 2;
    }
    let below = if nearest / DIGITS < number { nearest } else { nearest - 1.0 };
    below as u64 * 2 + 1
}

/// The codes that can be in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Codes {
    /// The lowest.
    pub(super) first: u64,
    /// The highest; below `first` where there are none.
    pub(super) last: u64,
}

impl Codes {
    /// The codes of the numbers in `range`. An inexact code at either end may also stand for numbers outside.
    pub(super) fn within(range: &Range) -> Self {
        let (decimal, offset) = (is_decimal(range.field), offset(range.field));
        let lowest = if decimal { DECIMAL_ZERO } else { 1 };
        let first = range.min.map_or(lowest, |min| {
            if decimal {
                match min.value {
                    value if value < 0.0 => lowest,
                    value if value > MAX_DECIMAL => u64::MAX,
                    value => after_if(DECIMAL_ZERO + cell(value), !min.inclusive),
                }
            } else {
                let whole = min.value.ceil();
                let next = if whole == min.value && !min.inclusive { 1 } else { 0 };
                (whole as i64).saturating_add(next).saturating_add(offset).max(1) as u64
            }
        });
        let last = range.max.map_or(u64::MAX, |max| {
            if decimal {
                match max.value {
                    value if value < 0.0 => 0,
                    value if value > MAX_DECIMAL => u64::MAX,
                    value => before_if(DECIMAL_ZERO + cell(value), !max.inclusive),
                }
            } else {
                let whole = max.value.floor();
                let previous = if whole == max.value && !max.inclusive { 1 } else { 0 };
                (whole as i64).saturating_sub(previous).saturating_add(offset).max(0) as u64
            }
        });
        Self { first, last }
    }

    /// Whether there are none.
    pub(super) fn is_empty(self) -> bool {
        self.first > self.last
    }
}

/// The next code, unless this one is inexact and so holds numbers on both sides of the limit.
fn after_if(code: u64, open: bool) -> u64 {
    if open && code.is_multiple_of(2) { code + 1 } else { code }
}

/// The code before, with the same exception.
fn before_if(code: u64, open: bool) -> u64 {
    if open && code.is_multiple_of(2) { code - 1 } else { code }
}

/// The order of documents within a segment: the most popular first, no popularity last, then by id.
///
/// Above the id is a cell of popularities. Movies of different popularity may share a cell where [`is_tie`] says so.
/// The order by id ends at 2^36, about 68 billion.
pub(super) fn order_key(popularity: Option<f64>, id: u64) -> u64 {
    first_of_cell(popularity.map_or(UNKNOWN_CELL, popularity_cell)) | id.min((1 << ID_BITS) - 1)
}

/// The cell of a popularity.
pub(super) fn popularity_cell(popularity: f64) -> u64 {
    MAX_CELL - cell(popularity.clamp(0.0, MAX_DECIMAL))
}

/// The cell of movies without a popularity.
pub(super) const UNKNOWN_CELL: u64 = MAX_CELL + 2;

/// The bits of an [`order_key`] that hold the id.
const ID_BITS: u32 = 36;

/// The cell of an order key.
pub(super) fn order_cell(key: u64) -> u64 {
    key >> ID_BITS
}

/// The lowest order key of a cell.
pub(super) fn first_of_cell(cell: u64) -> u64 {
    cell << ID_BITS
}

/// Whether the movies of a cell can differ in popularity.
pub(super) fn is_tie(cell: u64) -> bool {
    cell % 2 == 1
}

/// The order keys of the movies whose popularity has one of these codes: from the first up to, not including, the
/// second.
pub(super) fn order_keys(codes: Codes) -> std::ops::Range<u64> {
    let cell_of = |code: u64| MAX_CELL - code.saturating_sub(DECIMAL_ZERO).min(MAX_CELL);
    if codes.is_empty() || codes.first > DECIMAL_ZERO + MAX_CELL {
        return 0..0;
    }
    first_of_cell(cell_of(codes.last))..first_of_cell(cell_of(codes.first) + 1)
}

#[cfg(test)]
mod tests {
    use domain::query::Limit;

    use super::*;

    /// Numbers of all sorts, ascending.
    fn decimals() -> Vec<f64> {
        let mut all = vec![0.0, f64::MIN_POSITIVE, 1e-9, 1e-6, 1.5e-6, 2e-6, 0.1, 0.3, 0.1 + 0.2, 7.0, 8.8, 9.999_999];
        all.extend([9.999_999_5, 10.0, 33.333_333, 100.0 / 3.0, 88.0, 99.999_999_9, 100.0]);
        all.extend((0..1_000).map(|i| f64::from(i) / 10.0));
        all.sort_by(f64::total_cmp);
        all.dedup();
        all
    }

    #[test]
    fn codes_are_ordered_as_numbers_are() {
        for pair in decimals().windows(2) {
            let [a, b] = [0, 1].map(|i| code(NumberField::Popularity, Some(pair[i])));
            assert!(a < b || (a == b && is_inexact(NumberField::Popularity, a)), "{pair:?}");
            let [a, b] = [0, 1].map(|i| order_cell(order_key(Some(pair[i]), 1)));
            assert!(a > b || (a == b && is_tie(a)), "{pair:?}");
        }
    }

    #[test]
    fn an_exact_code_is_read_back_as_the_number_it_was() {
        for number in decimals() {
            let code = code(NumberField::Score, Some(number));
            if !is_inexact(NumberField::Score, code) {
                assert_eq!(decode(NumberField::Score, code), Some(number));
            }
        }
        for (field, number) in [
            (NumberField::Year, 1977.0),
            (NumberField::Votes, 0.0),
            (NumberField::Votes, 9_007_199_254_740_991.0),
            (NumberField::Runtime, 1.0),
            (NumberField::CreatedAt, -62_135_596_800.0),
            (NumberField::UpdatedAt, 0.0),
        ] {
            assert_ne!(code(field, Some(number)), MISSING);
            assert_eq!(decode(field, code(field, Some(number))), Some(number));
        }
        assert_eq!(decode(NumberField::Year, code(NumberField::Year, None)), None);
    }

    #[test]
    fn the_codes_within_a_range_are_those_of_its_numbers() {
        let limits = decimals().into_iter().chain([-1.0, -0.5, 1977.0, 1977.5, 1e300, -1e300]).collect::<Vec<_>>();
        for field in [NumberField::Popularity, NumberField::Year, NumberField::CreatedAt] {
            let numbers = if is_decimal(field) { decimals() } else { (1..120).map(f64::from).collect() };
            for limit in &limits {
                for inclusive in [true, false] {
                    let limit = Some(Limit { value: *limit, inclusive });
                    for range in [Range { field, min: limit, max: None }, Range { field, min: None, max: limit }] {
                        let codes = Codes::within(&range);
                        for number in &numbers {
                            let code = code(field, Some(*number));
                            let inside = (codes.first..=codes.last).contains(&code);
                            if is_inexact(field, code) && (code == codes.first || code == codes.last) {
                                continue;
                            }
                            assert_eq!(inside, range.contains(*number), "{number} in {range:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_range_of_popularity_is_a_range_of_documents() {
        for limit in decimals() {
            let min = Some(Limit { value: limit, inclusive: true });
            let codes = Codes::within(&Range { field: NumberField::Popularity, min, max: None });
            for number in decimals() {
                let code = code(NumberField::Popularity, Some(number));
                let inside = order_keys(codes).contains(&order_key(Some(number), 5));
                assert_eq!(inside, codes.first <= code && code <= codes.last, "{number} from {limit}");
                assert!(!order_keys(codes).contains(&order_key(None, 5)));
            }
        }
    }

    #[test]
    fn among_equals_the_lower_id_comes_first_and_no_popularity_last() {
        let keys = [order_key(Some(88.0), 9), order_key(Some(7.0), 1), order_key(Some(7.0), 2), order_key(None, 0)];
        assert!(keys.is_sorted());
    }
}
