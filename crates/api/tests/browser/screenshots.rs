//! Pictures of every page, for people to look at: `SCREENSHOTS=DIRECTORY cargo test -p api --test browser screenshots`.
//!
//! Those that begin with `readme-` are what README.md shows, once `pngquant` has made them small.

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

#[test]
fn screenshots() {
    let Some(directory) = env::var_os("SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    // Part of a page's name, where one wants to see few.
    let wanted = env::var("SCREENSHOTS_OF").unwrap_or_default();
    fs::create_dir_all(&directory).unwrap();
    let world = World::new();
    for (look, device) in LOOKS {
        for visitor in [Visitor::Anybody, Visitor::User, Visitor::Admin] {
            let pages = world.pages.iter().filter(|page| page.visitor == visitor && page.name.contains(&wanted));
            let mut browser = None;
            for page in pages {
                let browser = browser.get_or_insert_with(|| world.browser(visitor, device));
                page.visit(browser);
                let file = directory.join(format!("{}-{look}.png", page.name));
                fs::write(file, browser.screenshot()).unwrap();
            }
        }
    }
}
