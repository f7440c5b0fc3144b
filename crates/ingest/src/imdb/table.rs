//! Tables: rows and cells.

use std::{
    io::{self, BufRead, BufReader, Read},
    ops::ControlFlow,
    str,
};

use domain::violation::{Violation, ViolationCode, Violations};
use flate2::bufread::MultiGzDecoder;

use super::{Error, Step};
use crate::{
    Rejection,
    feed::{BUFFER_BYTES, GZIP, MAX_RECORD_BYTES},
};

/// After how many rows it is told how many there were.
const ROWS_PER_STEP: u64 = 1 << 16;

/// How null is written.
const NULL: &str = "\\N";

/// The cells of a row under the columns that were asked for, in their order; `None` where there is null.
pub(super) type Cells<'a, const N: usize> = [Option<&'a str>; N];

/// A line below the header.
pub(super) struct Row<'a, const N: usize> {
    /// From 1.
    pub number: u64,
    /// The length of its text.
    pub bytes: usize,
    pub cells: Result<Cells<'a, N>, Violations>,
}

/// A table while it is read.
pub(super) struct Table<'a, const N: usize> {
    source: Box<dyn BufRead + 'a>,
    /// In which column of the file each of the asked ones is.
    columns: [usize; N],
    /// How many columns the file has.
    width: usize,
    line: Vec<u8>,
    rows: u64,
}

impl<'a, const N: usize> Table<'a, N> {
    /// Reads the header of a table, which may be compressed by gzip, and finds `columns` in it.
    pub fn open(source: impl Read + 'a, columns: [&'static str; N]) -> Result<Self, Error> {
        let failed = |cause| Error::Source { row: 1, cause };
        let mut packed = BufReader::with_capacity(BUFFER_BYTES, source);
        let source: Box<dyn BufRead + 'a> = if packed.fill_buf().map_err(failed)?.starts_with(GZIP) {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(packed)))
        } else {
            Box::new(packed)
        };
        let mut table = Self { source, columns: [0; N], width: 0, line: Vec::new(), rows: 0 };
        table.read_line().map_err(failed)?;
        // A name that is no UTF-8 is none of those that are looked for.
        let header = String::from_utf8_lossy(&table.line).into_owned();
        let header: Vec<&str> = header.trim_end_matches(['\r', '\n']).split('\t').collect();
        table.width = header.len();
        for (place, name) in table.columns.iter_mut().zip(columns) {
            *place = header.iter().position(|column| *column == name).ok_or(Error::NoColumn(name))?;
        }
        Ok(table)
    }

    /// The next row, `None` after the last.
    pub fn next(&mut self) -> Result<Option<Row<'_, N>>, Error> {
        let number = self.rows + 1;
        let bytes = self.read_line().map_err(|cause| Error::Source { row: number, cause })?;
        if bytes == 0 {
            return Ok(None);
        }
        self.rows = number;
        Ok(Some(Row { number, bytes, cells: self.cells() }))
    }

    /// Reads a line, or the first bytes of one that is too long, and passes over the rest of that. Returns how many
    /// bytes are in memory now.
    fn read_line(&mut self) -> io::Result<usize> {
        self.line.clear();
        let bytes = self.source.by_ref().take(MAX_RECORD_BYTES as u64 + 1).read_until(b'\n', &mut self.line)?;
        if bytes > MAX_RECORD_BYTES && !self.line.ends_with(b"\n") {
            self.source.skip_until(b'\n')?;
        }
        Ok(bytes)
    }

    fn cells(&self) -> Result<Cells<'_, N>, Violations> {
        if self.line.len() > MAX_RECORD_BYTES {
            return refuse("", ViolationCode::TooLong, format!("a row takes at most {MAX_RECORD_BYTES} bytes"));
        }
        let Ok(line) = str::from_utf8(&self.line) else {
            return refuse("", ViolationCode::InvalidFormat, "invalid UTF-8");
        };
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut cells = [None; N];
        let mut width = 0;
        for cell in line.split('\t') {
            if let Some(i) = self.columns.iter().position(|&column| column == width) {
                cells[i] = Some(cell).filter(|&cell| cell != NULL);
            }
            width += 1;
        }
        if width != self.width {
            let detail = format!("a row has {} cells, as the first line says; this one has {width}", self.width);
            return refuse("", ViolationCode::InvalidFormat, detail);
        }
        Ok(cells)
    }
}

/// Reads a table that is joined: each row goes to `take`, and `tell` hears of those that break rules.
pub(super) fn read<const N: usize>(
    source: impl Read,
    columns: [&'static str; N],
    tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
    mut take: impl FnMut(Cells<'_, N>) -> Result<(), Violations>,
) -> Result<(), Error> {
    let mut table = Table::open(source, columns)?;
    while let Some(Row { number, cells, .. }) = table.next()? {
        if let Err(violations) = cells.and_then(&mut take)
            && tell(Step::Rejected(Rejection { record: number, violations })).is_break()
        {
            return Err(Error::Stopped);
        }
        if number.is_multiple_of(ROWS_PER_STEP) && tell(Step::Rows(number)).is_break() {
            return Err(Error::Stopped);
        }
    }
    Ok(())
}

/// The number in a cell.
pub(super) fn number(
    cell: Option<&str>,
    column: &str,
    field: &str,
    parse: fn(&str) -> Option<f64>,
) -> Result<Option<f64>, Violation> {
    let Some(text) = cell else { return Ok(None) };
    let number = parse(text).ok_or_else(|| {
        let detail = format!("{column} is a number or {NULL}, not {}", shortened(text));
        Violation::new(field, ViolationCode::WrongType, detail)
    })?;
    Ok(Some(number))
}

/// Reads digits.
pub(super) fn whole(text: &str) -> Option<f64> {
    text.parse::<u64>().ok().map(|number| number as f64)
}

/// Reads digits, perhaps with a fraction.
pub(super) fn decimal(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A text as it is quoted in a complaint: of a damaged row it may be of any length.
pub(super) fn shortened(text: &str) -> String {
    format!("{:?}", text.chars().take(50).collect::<String>())
}

/// Refuses a row for one reason.
pub(super) fn refuse<T>(field: &str, code: ViolationCode, detail: impl Into<String>) -> Result<T, Violations> {
    Err(Violations(vec![Violation::new(field, code, detail)]))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// The rows of a table under the columns `a` and `b`, or what is wrong with them.
    fn rows(text: &[u8]) -> Vec<Result<[Option<String>; 2], String>> {
        let mut table = Table::open(text, ["a", "b"]).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.next().unwrap() {
            assert_eq!(row.number, rows.len() as u64 + 1);
            let cells = row.cells.map(|cells| cells.map(|cell| cell.map(str::to_owned)));
            rows.push(cells.map_err(|violations| violations.to_string()));
        }
        rows
    }

    fn cells(a: &str, b: &str) -> Result<[Option<String>; 2], String> {
        Ok([Some(a.to_owned()), Some(b.to_owned())])
    }

    #[test]
    fn columns_are_found_by_their_names() {
        assert_eq!(rows(b"b\tx\ta\n1\t2\t3\n"), [cells("3", "1")]);
        for (text, missing) in [("a\tc\n1\t2\n", "b"), ("A\tb\n", "a"), ("", "a"), ("\u{feff}a\tb\n", "a")] {
            let error = Table::open(text.as_bytes(), ["a", "b"]).err().unwrap();
            assert_eq!(error.to_string(), format!("its first line names no column `{missing}`"), "{text:?}");
        }
    }

    #[test]
    fn quotes_are_data_and_null_is_not() {
        let found = rows(b"a\tb\n\"One\t\"Two\"\n\\N\t\\n\n\\N \t\n'\t,\n");
        assert_eq!(
            found,
            [cells("\"One", "\"Two\""), Ok([None, Some("\\n".to_owned())]), cells("\\N ", ""), cells("'", ",")]
        );
    }

    #[test]
    fn lines_end_in_either_way_and_the_last_one_need_not() {
        assert_eq!(rows(b"a\tb\r\n1\t2\r\n3\t4"), [cells("1", "2"), cells("3", "4")]);
        assert_eq!(rows(b"a\tb"), []);
    }

    #[test]
    fn a_damaged_row_is_refused_and_the_next_one_read() {
        let mut text = b"a\tb\n1\n\n1\t2\t3\n\xff\t2\n".to_vec();
        text.extend(vec![b'x'; 3 * MAX_RECORD_BYTES]);
        text.extend(b"\t1\n1\t2\n");
        let width = |n| Err(format!("a row has 2 cells, as the first line says; this one has {n}"));
        let expected = [
            width(1),
            width(1),
            width(3),
            Err("invalid UTF-8".to_owned()),
            Err("a row takes at most 1048576 bytes".to_owned()),
            cells("1", "2"),
        ];
        assert_eq!(rows(&text), expected);
    }

    #[test]
    fn a_row_may_be_as_long_as_a_record() {
        let row = |length: usize| [b"a\tb\n".as_slice(), &vec![b'x'; length - 3], b"\t1\n2\t3\n"].concat();
        assert!(rows(&row(MAX_RECORD_BYTES))[0].is_ok());
        let found = rows(&row(MAX_RECORD_BYTES + 1));
        assert!(found[0].is_err());
        assert_eq!(found[1], cells("2", "3"));
    }

    #[test]
    fn a_packed_table_is_read_and_a_cut_one_told() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(b"a\tb\n1\t2\n").unwrap();
        let packed = gzip.finish().unwrap();
        assert_eq!(rows(&packed), [cells("1", "2")]);
        // Files that were packed in parts are one file.
        let mut second = GzEncoder::new(Vec::new(), Compression::default());
        second.write_all(b"3\t4\n").unwrap();
        assert_eq!(rows(&[packed.clone(), second.finish().unwrap()].concat()), [cells("1", "2"), cells("3", "4")]);

        let mut table = Table::open(&packed[..packed.len() - 4], ["a"]).unwrap();
        assert!(table.next().is_ok());
        let error = table.next().err().unwrap().to_string();
        assert!(error.starts_with("it cannot be read (from row 2 on): "), "{error}");
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let read = |cell, parse| number(cell, "startYear", "/year", parse).map_err(|violation| violation.detail);
        assert_eq!(read(None, whole), Ok(None));
        assert_eq!(read(Some("1977"), whole), Ok(Some(1977.0)));
        assert_eq!(read(Some("8.7"), decimal), Ok(Some(8.7)));
        for bad in ["", "19x7", "1977.5", "-1", "NaN", "\\n"] {
            assert_eq!(read(Some(bad), whole), Err(format!("startYear is a number or \\N, not {bad:?}")));
        }
        for bad in ["", "8,7", "NaN", "inf"] {
            assert!(read(Some(bad), decimal).is_err(), "{bad}");
        }
        assert!(read(Some(&"x".repeat(1_000)), whole).unwrap_err().len() < 100);
    }

    #[test]
    fn the_reading_can_be_stopped_and_tells_how_far_it_is() {
        let text = format!("a\n{}", "1\n".repeat(200_000));
        let mut steps = Vec::new();
        let mut tell = |step| {
            if let Step::Rows(rows) = step {
                steps.push(rows);
            }
            ControlFlow::Continue(())
        };
        read(text.as_bytes(), ["a"], &mut tell, |_| Ok(())).unwrap();
        assert_eq!(steps, [65_536, 131_072, 196_608]);
        let stopped = read(text.as_bytes(), ["a"], &mut |_| ControlFlow::Break(()), |_| Ok(()));
        assert!(matches!(stopped, Err(Error::Stopped)));
        let mut rows = 0;
        let stopped = read("a\n1\n1\n".as_bytes(), ["a"], &mut |_| ControlFlow::Break(()), |_| {
            rows += 1;
            refuse("", ViolationCode::InvalidFormat, "no")
        });
        assert!(matches!(stopped, Err(Error::Stopped)));
        assert_eq!(rows, 1);
    }
}
