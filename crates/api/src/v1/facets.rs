//! The facets of a list as JSON.

use domain::query::{FacetCounts, FacetValue};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::listing::{Relation, TotalBody};

/// How many movies of a list there are of each kind: the most frequent values first, by value among equals, at most 100.
/// Only the facets that were asked for are there; movies without a value are in none.
#[derive(ToSchema)]
#[schema(as = Facets)]
#[expect(dead_code, reason = "describes what `FacetsBody` shows")]
pub struct FacetFields {
    /// By genre.
    #[schema(nullable = false, max_items = 100)]
    genre: Option<Vec<FacetValueBody>>,
    /// By ten years: `1970s`.
    #[schema(nullable = false, max_items = 100)]
    decade: Option<Vec<FacetValueBody>>,
    /// By score: `8-9` for those from 8 to below 9. 10 is in `9-10`.
    #[schema(nullable = false, max_items = 100)]
    score_band: Option<Vec<FacetValueBody>>,
}

/// Facets under their names, in the order in which they were asked for.
pub struct FacetsBody(Vec<FacetCounts>);

impl From<Vec<FacetCounts>> for FacetsBody {
    fn from(facets: Vec<FacetCounts>) -> Self {
        Self(facets)
    }
}

impl Serialize for FacetsBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = |values: &[FacetValue]| values.iter().map(FacetValueBody::from).collect::<Vec<_>>();
        serializer.collect_map(self.0.iter().map(|facet| (facet.facet.name(), values(&facet.values))))
    }
}

/// How many movies of a list there are of one kind.
#[derive(Serialize, ToSchema)]
#[schema(as = FacetValue)]
struct FacetValueBody {
    /// The genre, the decade, or the band of scores.
    #[schema(example = "Drama")]
    value: String,
    #[schema(minimum = 1, example = 31)]
    count: u64,
    relation: Relation,
}

impl From<&FacetValue> for FacetValueBody {
    fn from(value: &FacetValue) -> Self {
        let TotalBody { value: count, relation } = value.count.into();
        Self { value: value.value.clone(), count, relation }
    }
}
