//! From the genre names that people write to the genres of the catalogue.

use std::collections::HashMap;

use crate::{
    change::{Edit, NewChange},
    error::Result,
    genre::{Genre, GenreName, GenreNames},
    ports::Session,
    time::Timestamp,
    user::Admin,
};

/// The genres behind a set of names, those that had to be created included.
#[derive(Default)]
pub(super) struct GenresByName(HashMap<String, Genre>);

impl GenresByName {
    /// Finds the genres called `names`; creates and records the missing ones, as first written.
    pub(super) fn find_or_create<'a>(
        session: &mut dyn Session,
        admin: &Admin,
        now: Timestamp,
        names: impl IntoIterator<Item = &'a GenreName>,
    ) -> Result<Self> {
        let mut genres = Self::default();
        genres.add(session, admin, now, names)?;
        Ok(genres)
    }

    /// The same for more names. The genres found before are not looked for again.
    pub(super) fn add<'a>(
        &mut self,
        session: &mut dyn Session,
        admin: &Admin,
        now: Timestamp,
        names: impl IntoIterator<Item = &'a GenreName>,
    ) -> Result<()> {
        let genres = &mut self.0;
        let mut wanted: Vec<GenreName> = Vec::new();
        let mut seen = HashMap::new();
        for name in names {
            let key = name.key();
            if !genres.contains_key(&key) {
                seen.entry(key).or_insert_with(|| wanted.push(name.clone()));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let existing = session.genres_named(&wanted)?;
        genres.extend(existing.into_iter().map(|genre| (genre.name.key(), genre)));

        let mut created = Vec::new();
        for name in wanted {
            let key = name.key();
            if let std::collections::hash_map::Entry::Vacant(place) = genres.entry(key) {
                let genre = Genre { id: session.new_genre_id()?, name };
                created.push(place.insert(genre).clone());
            }
        }
        if !created.is_empty() {
            session.insert_genres(&created)?;
            let changes: Vec<_> = created
                .iter()
                .map(|genre| NewChange::by(admin, now, Edit::genre(genre.id, None, Some(genre))))
                .collect();
            session.record(&changes)?;
        }
        Ok(())
    }

    /// The genre of this name.
    pub(super) fn get(&self, name: &GenreName) -> Option<&Genre> {
        self.0.get(&name.key())
    }

    /// The genres of `names`, in their order.
    pub(super) fn of(&self, names: &GenreNames) -> Vec<Genre> {
        names.as_slice().iter().filter_map(|name| self.get(name)).cloned().collect()
    }
}
