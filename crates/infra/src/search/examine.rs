//! Which state of the database an index is of, told by a glance.

use std::path::Path;

use domain::change::Seq;

use super::generation::{self, is_locked};

/// An index on disk, as far as a glance tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexState {
    /// Whether a process has it open.
    pub is_open: bool,
    /// The generation in use with the last change that it holds, its number and stamp; or why there is none.
    pub current: Result<(String, Seq, i64), String>,
}

/// Looks at the index at `path`, beside the process that has it or without one, and changes nothing. Its files are
/// neither read whole nor compared with their checksums.
pub fn examine(path: &Path) -> IndexState {
    let current = generation::open_beside(path).map(|(found, mark)| {
        let name = found.directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, mark.seq, mark.stamp)
    });
    IndexState { is_open: is_locked(path), current }
}
