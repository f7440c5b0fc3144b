//! Where words are found is shown in every movie that a list found by them.

use domain::{
    highlight::{Highlight, Highlighter},
    query::MovieFilter,
};

use crate::{matching::grown, random, world::World};

/// How each movie found shows that.
fn shown(world: &World, filter: MovieFilter) -> Vec<Highlight> {
    let query = domain::query::MovieQuery { filter, ..Default::default() };
    let page = world.find(&query);
    let highlighter = Highlighter::new(&query.filter, page.reach);
    page.movies.iter().map(|movie| highlighter.highlight(movie)).collect()
}

#[test]
fn every_movie_that_is_found_shows_where() {
    for seed in 300..303 {
        let world = grown(seed, 300);
        let mut rng = random::seeded(seed);
        let mut found = 0;
        for _ in 0..200 {
            let Some(text) = random::query(&mut rng).filter.q.filter(|q| !q.trim().is_empty()) else { continue };
            let text = Some(text);
            for highlight in shown(&world, MovieFilter { q: text.clone(), ..MovieFilter::default() }) {
                assert_ne!(highlight, Highlight::default(), "{text:?}");
                found += 1;
            }
            for highlight in shown(&world, MovieFilter { name: text.clone(), ..MovieFilter::default() }) {
                assert!(highlight.name.is_some() && highlight.director.is_none(), "{text:?}: {highlight:?}");
            }
            for highlight in shown(&world, MovieFilter { director: text.clone(), ..MovieFilter::default() }) {
                assert!(highlight.name.is_none() && highlight.director.is_some(), "{text:?}: {highlight:?}");
            }
        }
        assert!(found > 300, "{found}");
    }
}
