//! Files beside those of Tantivy: what is made of a segment once, and then mapped into memory as it is needed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use tantivy::{
    HasLen,
    directory::{Directory, MmapDirectory, OwnedBytes},
    index::SegmentId,
};

const EXTENSION: &str = "sidecar";
/// That of a file that is not written to its end.
const UNFINISHED: &str = "new";

/// Tells the unfinished files of this process from those that another one has left.
static WRITER: LazyLock<String> = LazyLock::new(|| format!("{:016x}.{UNFINISHED}", rand::random::<u64>()));

/// Counts the ways in which sidecars have been laid out: raise this with every change to what is in one.
const FORMAT: u8 = 1;

/// A checksum, at the end.
const SUM: usize = size_of::<u32>();

/// A file of a segment.
#[derive(Clone, Copy)]
pub(super) struct Sidecar<'a> {
    /// The directory of the index.
    pub(super) directory: &'a Path,
    pub(super) segment: SegmentId,
    /// What it holds.
    pub(super) name: &'a str,
}

impl Sidecar<'_> {
    /// Its path in the directory.
    fn path(&self) -> PathBuf {
        PathBuf::from(format!("{}.{}.{EXTENSION}", self.segment.uuid_string(), self.name))
    }

    /// What is in the file, unless it is missing or damaged.
    pub(super) fn open(&self) -> Option<OwnedBytes> {
        let file = MmapDirectory::open(self.directory).ok()?.open_read(&self.path()).ok()?;
        let length = file.len().checked_sub(SUM)?;
        let (bytes, sum) = file.read_bytes().ok()?.split(length);
        (sum.as_slice() == self.checksum(&bytes)).then_some(bytes)
    }

    /// Writes the file, from which [`Sidecar::open`] reads.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let path = self.directory.join(self.path());
        let temporary = path.with_extension(&*WRITER);
        let write = || {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes)?;
            // After a power failure, the checksum tells whether it got to the disk.
            file.write_all(&self.checksum(bytes))?;
            fs::rename(&temporary, path)
        };
        write().inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Where it is, if it is there.
    pub(super) fn found(&self) -> Option<PathBuf> {
        Some(self.directory.join(self.path())).filter(|path| path.exists())
    }

    /// A file of another format, of another segment or of something else is one with a wrong checksum.
    fn checksum(&self, bytes: &[u8]) -> [u8; SUM] {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[FORMAT]);
        hasher.update(self.path().as_os_str().as_encoded_bytes());
        hasher.update(bytes);
        hasher.finalize().to_le_bytes()
    }
}

/// Removes the files of segments that are no more, and those that another process did not finish. Only the process that
/// has the index writes such files.
pub(super) fn tidy(directory: &Path, is_used: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let segment = name.split('.').next().unwrap_or_default();
        let is_left_over = name.ends_with(UNFINISHED) && !name.ends_with(&*WRITER);
        if is_left_over || (name.ends_with(EXTENSION) && !is_used(segment)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_back_unless_it_is_damaged() {
        let directory = tempfile::tempdir().unwrap();
        let segment = SegmentId::from_uuid_string("a5c4dfcbdfe645089129e308e26d5523").unwrap();
        let sidecar = Sidecar { directory: directory.path(), segment, name: "Year" };
        assert!(sidecar.open().is_none());
        let content = (0..200).collect::<Vec<u8>>();
        sidecar.write(&content).unwrap();
        assert_eq!(sidecar.open().unwrap().as_slice(), content);

        let path = directory.path().join(sidecar.path());
        let mut bytes = fs::read(&path).unwrap();
        bytes[77] ^= 4;
        fs::write(&path, &bytes).unwrap();
        assert!(sidecar.open().is_none(), "a changed bit is noticed");
        fs::write(&path, &bytes[..50]).unwrap();
        assert!(sidecar.open().is_none(), "a missing end is noticed");
        fs::write(&path, "").unwrap();
        assert!(sidecar.open().is_none());

        let [left, own] = ["words.new", &format!("words.{}", *WRITER)].map(|name| {
            let path = directory.path().join(format!("{}.{name}", segment.uuid_string()));
            fs::write(&path, "some").unwrap();
            path
        });
        tidy(directory.path(), |name| name == segment.uuid_string()).unwrap();
        assert!(path.exists() && own.exists());
        assert!(!left.exists(), "nobody goes on with it");
        tidy(directory.path(), |_| false).unwrap();
        assert!(!path.exists());
    }
}
