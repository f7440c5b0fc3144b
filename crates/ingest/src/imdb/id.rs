//! IMDb's identifiers as numbers.

/// The number that stands for `id`, where that is `prefix` and 7 to 10 digits: the digits after a 1, so that `tt0000001`
/// and `tt00000001` stay two. It is never 0, and takes fewer than 40 bits.
pub(super) fn key(prefix: &str, id: &str) -> Option<u64> {
    let digits = id.strip_prefix(prefix)?.as_bytes();
    let is_id = (7..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_id.then(|| digits.iter().fold(1, |number, digit| number * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_has_a_number_of_its_own() {
        assert_eq!(key("tt", "tt0000001"), Some(10_000_001));
        assert_eq!(key("tt", "tt00000001"), Some(100_000_001));
        assert_eq!(key("tt", "tt9999999999"), Some(19_999_999_999));
        assert!(key("tt", "tt9999999999").unwrap() < 1 << 40);
    }

    #[test]
    fn what_is_no_identifier_has_none() {
        for id in
            ["", "tt", "tt123456", "tt12345678901", "nm0000001", "0000001", "tt00000-1", "tt000000１", " tt0000001"]
        {
            assert_eq!(key("tt", id), None, "{id}");
        }
    }
}
