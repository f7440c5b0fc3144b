//! What an examination of a part of the system found.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Ok,
    /// It works, and somebody should look into it.
    Warning,
    /// It does not work.
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, in one line.
    pub found: String,
    /// What to do about it, in one line; nothing where all is well.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, severity: Severity::Ok, found: one_line(found), fix: None }
    }

    /// Somebody should look into it.
    pub fn warning(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, severity: Severity::Warning, found: one_line(found), fix: Some(one_line(fix)) }
    }

    /// It does not work.
    pub fn error(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { severity: Severity::Error, ..Self::warning(check, found, fix) }
    }
}

fn one_line(text: impl Into<String>) -> String {
    text.into().replace('\n', " ")
}
