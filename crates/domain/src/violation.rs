//! What is wrong with a value that somebody sent.

use std::fmt;

use serde::Serialize;

/// One rule that one field breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// A JSON pointer (RFC 6901) to the field, such as `/genres/2`.
    pub field: String,
    /// Which rule.
    pub code: ViolationCode,
    /// The rule in words, with its limits.
    pub detail: String,
}

/// The kinds of broken rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationCode {
    /// A value must be given.
    Required,
    /// The value is of another JSON type.
    WrongType,
    /// A number outside its range.
    OutOfRange,
    /// Text with fewer characters than allowed.
    TooShort,
    /// Text with more characters, or a list with more entries, than allowed.
    TooLong,
    /// Text of another form than the field takes.
    InvalidFormat,
    /// There is no field of that name.
    UnknownField,
}

impl Violation {
    /// A violation of the rule `code` by the field at `field`.
    pub fn new(field: impl Into<String>, code: ViolationCode, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// Every violation of one input, in the order of its fields. Never empty where it is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Keeps the value of a success, notes the violation of a failure.
    pub fn check<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.0.push(violation)).ok()
    }

    /// Whether a violation of `field` is already noted.
    pub fn names(&self, field: &str) -> bool {
        self.0.iter().any(|v| v.field == field)
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, v) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{}: {}", v.field.trim_start_matches('/'), v.detail)?;
        }
        Ok(())
    }
}
