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
    /// The value names nothing that exists.
    NotFound,
    /// The value names what it must not name here.
    NotAllowed,
    /// The version is not the current one.
    StaleVersion,
    /// The value is unique, and something else has it.
    Taken,
    /// The same thing exists already.
    Duplicate,
    /// Not what is known here: the present password.
    Incorrect,
}

impl Violation {
    /// A violation of the rule `code` by the field at `field`.
    pub fn new(field: impl Into<String>, code: ViolationCode, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }

    /// The same violation, where what was looked at stands at the JSON pointer `parent`.
    pub fn within(mut self, parent: &str) -> Self {
        self.field.insert_str(0, parent);
        self
    }
}

/// The JSON pointer (RFC 6901) to the member `name` of an object.
pub fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The violations of one input, in the order of its fields. Never empty where it is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// The most violations that are told of one input, so that what is said of it is not larger than the input.
    pub const MAX: usize = 100;

    /// Notes a violation, unless there are [`Violations::MAX`] already.
    pub fn push(&mut self, violation: Violation) {
        if !self.are_full() {
            self.0.push(violation);
        }
    }

    /// Keeps the value of a success, notes the violation of a failure.
    pub fn check<T>(&mut self, result: Result<T, Violation>) -> Option<T> {
        result.map_err(|violation| self.push(violation)).ok()
    }

    /// Adds what a later look at the same input found, fields apart that something is wrong with already: what could
    /// not be read there is missing now, and that is no other fault.
    pub fn merge(&mut self, later: Self) {
        for violation in later.0 {
            if !self.names(&violation.field) {
                self.push(violation);
            }
        }
    }

    /// Whether no more are noted.
    pub fn are_full(&self) -> bool {
        self.0.len() >= Self::MAX
    }

    /// Whether a violation of `field` is already noted.
    pub fn names(&self, field: &str) -> bool {
        self.0.iter().any(|v| v.field == field)
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, v) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            match v.field.trim_start_matches('/') {
                "" => write!(f, "{separator}{}", v.detail)?,
                field => write!(f, "{separator}{field}: {}", v.detail)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(field: impl Into<String>) -> Violation {
        Violation::new(field, ViolationCode::Required, "it is needed")
    }

    #[test]
    fn a_pointer_escapes_what_separates() {
        assert_eq!(pointer("a/b~c"), "/a~1b~0c");
    }

    #[test]
    fn a_later_look_tells_of_other_fields_alone() {
        let mut found = Violations(vec![Violation::new("/name", ViolationCode::WrongType, "text is expected")]);
        found.merge(Violations(vec![required("/name"), required("/year")]));
        assert_eq!(
            found.0.iter().map(|v| (v.field.as_str(), v.code)).collect::<Vec<_>>(),
            [("/name", ViolationCode::WrongType), ("/year", ViolationCode::Required),]
        );
    }

    #[test]
    fn the_number_of_violations_is_bounded() {
        let mut found = Violations::default();
        for i in 0..1_000 {
            found.push(required(format!("/a{i}")));
            found.merge(Violations(vec![required(format!("/b{i}"))]));
        }
        assert_eq!(found.0.len(), Violations::MAX);
    }
}
