//! Pictures of pages, for people to look at: `SCREENSHOTS=DIRECTORY cargo test -p api --test browser screenshots`.

use std::{env, fs, path::PathBuf};

use crate::{
    browser::{Browser, Device},
    test_app::TestApp,
};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

struct Picture {
    /// Of the file, without `.png`.
    name: &'static str,
    path: &'static str,
    device: Device,
    /// What is done once the page is there, until it looks as it should.
    prepare: fn(&Browser),
}

const PICTURES: [Picture; 2] = [
    Picture { name: "docs", path: "/docs/", device: Device::DESKTOP, prepare: wait_for_operations },
    Picture { name: "docs-phone", path: "/docs/", device: Device::PHONE, prepare: wait_for_operations },
];

fn wait_for_operations(browser: &Browser) {
    browser.wait_for_text("/api/v1/movies/{id}");
}

#[test]
fn screenshots() {
    let Some(directory) = env::var_os("SCREENSHOTS").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&directory).unwrap();
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("DATA__FIXTURE", FIXTURE)]);
    for picture in PICTURES {
        let browser = Browser::open(&app.address, picture.device);
        browser.goto(picture.path);
        (picture.prepare)(&browser);
        fs::write(directory.join(picture.name).with_extension("png"), browser.screenshot()).unwrap();
    }
}
