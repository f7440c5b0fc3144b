//! Facets: how many movies of a list have each genre, are of each decade, have a score of each band.

use super::{
    MovieFilter, NumberField, Total,
    parameters::{INVALID_VALUE, Parameters, most_similar},
};

/// What the movies of a list can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Each genre.
    Genre,
    /// The ten years of each `1970s`.
    Decade,
    /// The scores of each `8-9`, which 8 is in and 9 is not; 10 is in the last.
    ScoreBand,
}

/// Groups of a number, side by side: each ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groups {
    /// The number.
    pub field: NumberField,
    /// The lowest number of the first group.
    first: u16,
    /// How far it is from one group to the next.
    width: u16,
    /// How many groups there are.
    count: u16,
}

impl Facet {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Genre, Self::Decade, Self::ScoreBand];
    /// The most values of one facet.
    pub const MAX_VALUES: usize = 100;

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Genre => "genre",
            Self::Decade => "decade",
            Self::ScoreBand => "score_band",
        }
    }

    /// The groups of a number, where it is these that are counted.
    pub fn groups(self) -> Option<Groups> {
        match self {
            Self::Genre => None,
            Self::Decade => Some(Groups { field: NumberField::Year, first: 1870, width: 10, count: 24 }),
            Self::ScoreBand => Some(Groups { field: NumberField::Score, first: 0, width: 1, count: 10 }),
        }
    }

    /// How a group of [`Facet::groups`] is called.
    pub fn label(self, lowest: u16) -> String {
        match self {
            Self::Genre | Self::Decade => format!("{lowest}s"),
            Self::ScoreBand => format!("{lowest}-{}", lowest + 1),
        }
    }

    /// Reads the parameter `facets`: names separated by commas; none where it is not given.
    pub fn read(parameters: &mut Parameters) -> Vec<Self> {
        let Some(names) = parameters.value("facets") else { return Vec::new() };
        let mut facets = Vec::new();
        for name in names.split(',').map(str::trim) {
            let Some(facet) = Self::ALL.into_iter().find(|facet| facet.name() == name) else {
                let known = Self::ALL.map(Self::name);
                let similar = most_similar(name, &known);
                let hint = match similar {
                    Some(known) => format!("did you mean {known:?}?"),
                    None => format!("the facets are {}", known.join(", ")),
                };
                let name: String = name.chars().take(40).collect();
                parameters.refuse("facets", "unknown_facet", format!("there is no facet {name:?}; {hint}"));
                parameters.suggest(similar);
                return Vec::new();
            };
            if facets.contains(&facet) {
                parameters.refuse("facets", INVALID_VALUE, format!("the facet {name:?} is given more than once"));
                return Vec::new();
            }
            facets.push(facet);
        }
        facets
    }
}

impl Groups {
    /// The lowest number of each group, ascending.
    pub fn lowest(self) -> impl ExactSizeIterator<Item = u16> {
        (0..self.count).map(move |i| self.first + i * self.width)
    }
}

impl MovieFilter {
    /// The conditions without those that are about what the facet counts.
    pub fn without(&self, facet: Facet) -> Self {
        let mut filter = self.clone();
        match facet.groups() {
            None => {
                filter.genres.clear();
                filter.without_genres.clear();
            }
            Some(groups) => filter.ranges.retain(|range| range.field != groups.field),
        }
        filter
    }
}

/// One facet of a list, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    /// Which.
    pub facet: Facet,
    /// Those that movies have, the most frequent first, at most [`Facet::MAX_VALUES`].
    pub values: Vec<FacetValue>,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The name of the genre, or how the group is called.
    pub value: String,
    /// How many movies have it.
    pub count: Total,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Limit, Range};

    fn read(query: &str) -> Result<Vec<Facet>, (Vec<&'static str>, Option<&'static str>)> {
        let mut parameters = Parameters::read(query);
        let facets = Facet::read(&mut parameters);
        let read = parameters.finish(false).map(|_| facets);
        read.map_err(|errors| (errors.errors.into_iter().map(|e| e.code).collect(), errors.did_you_mean))
    }

    #[test]
    fn facets_are_read_by_their_names() {
        assert_eq!(read("").unwrap(), []);
        assert_eq!(read("facets=score_band,+genre").unwrap(), [Facet::ScoreBand, Facet::Genre]);
        for (query, code, meant) in [
            ("facets=", "unknown_facet", None),
            ("facets=genre,", "unknown_facet", None),
            ("facets=genres", "unknown_facet", Some("genre")),
            ("facets=decade,score", "unknown_facet", Some("score_band")),
            ("facets=Genre", "unknown_facet", Some("genre")),
            ("facets=colour", "unknown_facet", None),
            ("facets=genre,genre", INVALID_VALUE, None),
            ("facets=genre&facets=decade", "repeated_parameter", None),
            ("facet=genre", "unknown_parameter", Some("facets")),
        ] {
            assert_eq!(read(query), Err((vec![code], meant)), "{query}");
        }
    }

    #[test]
    fn groups_lie_side_by_side() {
        let labels =
            |facet: Facet| facet.groups().unwrap().lowest().map(|lowest| facet.label(lowest)).collect::<Vec<_>>();
        let decades = labels(Facet::Decade);
        assert_eq!((decades.len(), &*decades[0], &*decades[23]), (24, "1870s", "2100s"));
        assert!(decades.is_sorted());
        assert_eq!(labels(Facet::ScoreBand), ["0-1", "1-2", "2-3", "3-4", "4-5", "5-6", "6-7", "7-8", "8-9", "9-10"]);
    }

    #[test]
    fn a_facet_is_counted_without_its_own_conditions() {
        let limit = Some(Limit { value: 7.0, inclusive: true });
        let range = |field| Range { field, min: limit, max: None };
        let filter = MovieFilter {
            q: Some("star".into()),
            genres: vec![vec!["Drama".into()]],
            without_genres: vec!["War".into()],
            ranges: vec![range(NumberField::Year), range(NumberField::Score), range(NumberField::Year)],
            ..MovieFilter::default()
        };
        let genre = filter.without(Facet::Genre);
        assert_eq!((genre.genres.len(), genre.without_genres.len(), genre.ranges.len()), (0, 0, 3));
        assert_eq!(filter.without(Facet::Decade).ranges, [range(NumberField::Score)]);
        let score = filter.without(Facet::ScoreBand);
        assert_eq!((score.ranges.len(), score.genres.len(), score.q.as_deref()), (2, 1, Some("star")));
    }
}
