//! Feeds that are one JSON text, or one after another: an array, an object with arrays in it, an object.

use std::{cell::Cell, fmt, io::Read, ops::ControlFlow};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    Error, MAX_RECORD_BYTES, Sink,
    limited::RecordLimit,
    reason,
    record::{self, Key, Reading},
};

/// Reads record by record, in constant memory.
pub(super) fn read(source: impl Read, sink: &mut Sink) -> Result<(), Error> {
    let allowance = &Cell::new(MAX_RECORD_BYTES);
    let mut json = serde_json::Deserializer::from_reader(RecordLimit::new(source, allowance));
    loop {
        allowance.set(MAX_RECORD_BYTES);
        let end = match json.end() {
            Ok(()) => return Ok(()),
            Err(error) if error.is_io() => Err(error),
            Err(_) => Text { sink, allowance }.deserialize(&mut json),
        };
        match end {
            Err(_) if sink.stopped => return Ok(()),
            Err(error) => return Err(malformed(error, sink.records + 1)),
            Ok(()) => {}
        }
    }
}

fn malformed(error: serde_json::Error, record: u64) -> Error {
    if error.is_io() {
        return Error::source(record, error.into());
    }
    let reason = if error.is_eof() { "the feed ends here".to_owned() } else { reason(&error) };
    Error::Malformed { record, line: error.line() as u64, column: error.column(), reason }
}

/// One JSON text of the feed.
struct Text<'a, 'b> {
    sink: &'a mut Sink<'b>,
    allowance: &'a Cell<usize>,
}

impl Text<'_, '_> {
    fn elements<'de, A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        // Each element is taken as text first, so that one that breaks a limit of the reader costs one record.
        while let Some(element) = array.next_element::<Box<RawValue>>()? {
            self.allowance.set(MAX_RECORD_BYTES);
            let text = element.get();
            let flow = match record::read(text) {
                Ok(content) => self.sink.push(text.len(), content),
                Err(error) => self.sink.push_unreadable(text.len(), reason(&error)),
            };
            proceed(flow)?;
        }
        Ok(())
    }
}

/// Ends the reading, by an error that is not shown, where the sink has enough.
fn proceed<E: serde::de::Error>(flow: ControlFlow<()>) -> Result<(), E> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(E::custom("stopped")),
    }
}

impl<'de> DeserializeSeed<'de> for Text<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<(), A::Error> {
        self.elements(array)
    }

    /// An object holds the feed in its arrays, unless it has said that it is a movie before the first of them.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut movie = Reading::default();
        let mut holds_feed = false;
        while let Some(key) = object.next_key::<Key>()? {
            match key {
                Key::Unknown(name) if holds_feed || movie.is_empty() => {
                    holds_feed |=
                        object.next_value_seed(Member(Text { sink: self.sink, allowance: self.allowance }))?;
                    movie.refuse_unknown(&name);
                }
                key => movie.member(key, &mut object)?,
            }
        }
        if !holds_feed {
            let length = MAX_RECORD_BYTES - self.allowance.get();
            proceed(self.sink.push(length, movie.finish()))?;
        }
        Ok(())
    }
}

/// A member of an object that may hold the feed: whether it was an array, whose elements were taken for records then.
struct Member<'a, 'b>(Text<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Member<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<bool, A::Error> {
        self.0.elements(array)?;
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}
