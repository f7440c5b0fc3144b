//! Query strings, as the domain reads them; what is wrong with one is a problem.

pub use domain::query::parameters::{Given, INVALID_VALUE, Parameters, QueryErrors, Refusal, most_similar};

use crate::problem::{FieldError, Problem};

impl From<QueryErrors> for Problem {
    fn from(errors: QueryErrors) -> Self {
        let fields = errors.errors.into_iter().map(|error| FieldError::new(error.field, error.code, error.detail));
        let problem = Self::parameters(fields.collect());
        match errors.did_you_mean {
            Some(known) => problem.with("did_you_mean", known),
            None => problem,
        }
    }
}
