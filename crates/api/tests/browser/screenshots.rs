//! Pictures of every page, for people to look at: `SCREENSHOTS=DIRECTORY cargo test -p api --test browser screenshots`.
//!
//! `SCREENSHOTS_OF` limits them to those with this in their names. README.md shows those whose names begin with `readme-`,
//! made smaller: `pngquant --strip --output docs/images/NAME.png DIRECTORY/readme-NAME.png`.

use std::{env, fs, path::PathBuf};

use crate::{
    browser::Device,
    pages::{Visitor, World},
};

const LOOKS: [(&str, Device); 5] = [
    ("light", Device::DESKTOP),
    ("dark", Device { dark: true, ..Device::DESKTOP }),
    ("phone", Device::PHONE),
    ("arabic", Device { languages: "ar", ..Device::DESKTOP }),
    ("arabic-phone", Device { languages: "ar", dark: true, width: 390, height: 844, ..Device::DESKTOP }),
];

/// What README.md shows.
const README: [(&str, Visitor, &str, Device); 4] = [
    ("readme-listing", Visitor::Anybody, "/listing?items=24", Device::DESKTOP),
    ("readme-movie", Visitor::Anybody, "/movies/252", Device { dark: true, ..Device::DESKTOP }),
    ("readme-admin", Visitor::Admin, "/admin/movies?genre=Sci-Fi&sort=-imdb_score", Device::DESKTOP),
    ("readme-stats", Visitor::Anybody, "/stats", Device { languages: "ar", ..Device::DESKTOP }),
];

#[test]
fn screenshots() {
    let Some(directory) = env::var_os("SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    let wanted = env::var("SCREENSHOTS_OF").unwrap_or_default();
    fs::create_dir_all(&directory).unwrap();
    let world = World::new();
    for (name, visitor, path, device) in README.into_iter().filter(|(name, ..)| name.contains(&wanted)) {
        let browser = world.browser(visitor, device);
        browser.goto(path);
        fs::write(directory.join(name).with_extension("png"), browser.screenshot_of_view()).unwrap();
    }
    for (look, device) in LOOKS {
        for visitor in [Visitor::Anybody, Visitor::User, Visitor::Admin] {
            let mut browser = None;
            for page in world.pages.iter().filter(|page| page.visitor == visitor) {
                let name = format!("{}-{look}.png", page.name);
                if name.contains(&wanted) {
                    let browser = browser.get_or_insert_with(|| world.browser(visitor, device));
                    page.visit(browser);
                    fs::write(directory.join(name), browser.screenshot()).unwrap();
                }
            }
        }
    }
}
