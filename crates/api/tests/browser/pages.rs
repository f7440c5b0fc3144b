//! Every page of the site, for what holds of all of them, and a server on which they have something to show: the movies
//! that come with the program, and what is hard to lay out.

use std::fs;

use fantoccini::key::Key;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    browser::{Browser, Device},
    test_app::{Ask, PASSWORD, TestApp},
};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/imdb.json");

/// Two movies that are good and two that are not.
const FEED: &str = "\
name,year,imdb_score,director,genres
A Film That Nobody Has Seen,2001,6.1,Somebody,Drama|War
Another One,1987,7,Somebody Else,Comedy
,1999,5,Nobody,Drama
Too Good,2003,11,Nobody,Drama
";

/// A title as long as they get.
const LONG: &str = "Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the Terror of \
                    the Attack of the Evil, Mutant, Hellbound, Flesh-Eating, Subhumanoid Zombified Living Dead, Part 3";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    Anybody,
    /// `reader`, who has tokens.
    User,
    Admin,
}

pub struct Page {
    /// What it is called in pictures.
    pub name: &'static str,
    pub visitor: Visitor,
    /// Where it is, or where [`prepare`](Self::prepare) begins.
    pub path: String,
    /// What is done there until the page looks as it should.
    prepare: fn(&Browser),
}

impl Page {
    /// Goes there.
    pub fn visit(&self, browser: &Browser) {
        browser.goto(&self.path);
        (self.prepare)(browser);
    }
}

/// A server with something on every page.
pub struct World {
    pub app: TestApp,
    pub pages: Vec<Page>,
    _database: TestDatabase,
}

impl World {
    pub fn new() -> Self {
        let database = testing::sqlite();
        let app = TestApp::spawn_with(&database, &[("DATA__FIXTURE", FIXTURE)]);
        let admin = app.admin_token();
        let long = add(&app, &admin, &long());
        let bare = add(&app, &admin, &json!({ "name": "Untitled" }));
        for (name, director, genre) in [
            ("ليلة حساب السنين", "شادي عبد السلام", "دراما"),
            ("七人の侍", "黒澤明", "時代劇"),
            ("शोले", "रमेश सिप्पी", "नाटक"),
        ] {
            let movie = json!({ "name": name, "director": director, "genres": [genre, "Drama"], "year": 1970, "imdb_score": 8.6 });
            add(&app, &admin, &movie);
        }
        for change in [
            json!({ "overview": "One\nTwo", "year": 2012 }),
            json!({ "overview": "One\nThree", "genres": ["Horror", "Comedy"], "imdb_score": 4.5 }),
        ] {
            let change = app.patch(&format!("/api/v1/movies/{long}")).bearer_auth(&admin).json(&change).answer();
            assert_eq!(change.status, 200, "{change:?}");
        }
        add(&app, &admin, &json!({ "name": format!("{LONG} again"), "genres": genres(), "year": 2013 }));
        let gone = add(&app, &admin, &json!({ "name": "Lost for Ever", "genres": ["Drama"] }));
        app.delete(&format!("/api/v1/movies/{gone}")).bearer_auth(&admin).answer();

        let user = app.user_token("reader");
        app.user_token(&"long.name-".repeat(5));
        for name in
            ["Nightly backup", "نسخة احتياطية ليلية", "A program with a rather long description of what it does"]
        {
            let token = json!({ "name": name, "expires_in_days": 90 });
            let token = app.post("/api/v1/tokens").bearer_auth(&user).json(&token).answer();
            assert_eq!(token.status, 201, "{token:?}");
        }
        Self { pages: pages(long, bare, gone), app, _database: database }
    }

    /// A browser of somebody.
    pub fn browser(&self, visitor: Visitor, device: Device) -> Browser {
        let browser = Browser::open(&self.app.address, device);
        // Errors have pages as well.
        browser.expect_in_log("status of 4");
        match visitor {
            Visitor::Anybody => {}
            Visitor::User => browser.log_in("reader", "/account"),
            Visitor::Admin => browser.log_in("admin", "/account"),
        }
        browser
    }
}

impl Browser {
    /// Logs a user of a test in, who comes to `path`.
    #[track_caller]
    pub fn log_in(&self, username: &str, path: &str) {
        self.goto("/login");
        self.fill("#username", username);
        self.fill("#password", PASSWORD);
        self.press(Key::Enter);
        self.wait_for_location("/");
        self.goto(path);
    }
}

fn pages(long: u64, bare: u64, gone: u64) -> Vec<Page> {
    use Visitor::{Admin, Anybody, User};
    let mut pages = Vec::new();
    let mut add = |name, visitor, path: &str, prepare| {
        let path = path.replace("{long}", &long.to_string()).replace("{bare}", &bare.to_string());
        pages.push(Page { name, visitor, path: path.replace("{gone}", &gone.to_string()), prepare });
    };

    add("home", Anybody, "/", |_| {});
    add("menu", Anybody, "/movies/{bare}", |browser| browser.click("details.menu summary"));
    add("suggestions", Anybody, "/listing?items=12", |browser| {
        browser.fill("#search", "the");
        browser.wait_until("there are suggestions", |browser| browser.count("#suggestions li") > 3);
        browser.press(Key::Down);
    });
    add("listing", Anybody, "/listing?genre=Drama&year.gte=1950&imdb_score.gte=7.5&sort=-year&p=2", |browser| {
        browser.click(".panel summary");
    });
    add("genres", Anybody, "/listing?q=living+dead", |browser| {
        browser.evaluate("document.querySelector('.genres details').open = true");
    });
    add("hard", Anybody, "/listing?sort=-created_at&items=10", |_| {});
    add("ignored", Anybody, "/listing?gener=Drama&year.gte=soon&q=star", |_| {});
    add("nothing", Anybody, "/listing?q=casablanka+zzz&year.gte=2020", |_| {});
    add("movie", Anybody, "/movies/252", |_| {});
    add("movie-long", Anybody, "/movies/{long}", |_| {});
    add("movie-bare", Anybody, "/movies/{bare}", |_| {});
    add("stats", Anybody, "/stats", |_| {});
    add("stats-figures", Anybody, "/stats", |browser| {
        browser.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true");
    });
    add("login", Anybody, "/login?next=/account", |browser| {
        browser.fill("#username", "reader");
        browser.fill("#password", "wrong");
        browser.press(Key::Enter);
        browser.wait_until("it is refused", |browser| browser.count("[role=alert]") == 1);
    });
    add("register", Anybody, "/register", |browser| {
        browser.fill("#username", "b√");
        browser.fill("#password", "short");
        browser.press(Key::Enter);
        browser.wait_until("it is refused", |browser| browser.count(".wrong") == 2);
    });
    add("error-404", Anybody, "/movies/999999", |_| {});
    add("error-405", Anybody, "/logout", |_| {});

    add("account", User, "/account", |_| {});
    add("account-wrong", User, "/account", |browser| {
        browser.fill("#current", "wrong");
        browser.fill("#new", "short");
        browser.press(Key::Enter);
        browser.wait_until("it is refused", |browser| browser.count(".wrong") > 0);
    });
    add("token-made", User, "/account", |browser| {
        browser.fill("#token", "Seen once");
        browser.press(Key::Enter);
        browser.wait_until("it is made", |browser| browser.count("#secret") == 1);
        browser.goto_first("main a[href^='/account/tokens/']");
        browser.click("button.danger");
        browser.wait_for_location("/account?done=token");
        browser.fill("#token", "Seen once");
        browser.press(Key::Enter);
        browser.wait_until("it is made", |browser| browser.count("#secret") == 1);
    });
    add("revoke", User, "/account", |browser| browser.goto_first("main a[href^='/account/tokens/']"));
    add("error-403", User, "/admin", |_| {});

    add("admin", Admin, "/admin", |_| {});
    add("admin-movies", Admin, "/admin/movies?sort=-updated_at", |browser| browser.click("input[name=id]"));
    add("admin-movies-later", Admin, "/admin/movies?items=10&p=2", |_| {});
    add("admin-movies-none", Admin, "/admin/movies?q=nothing+like+this", |_| {});
    add("admin-notice", Admin, "/admin/movies?done=changed-since&count=2&items=10", |_| {});
    add("admin-new", Admin, "/admin/movies/new", |browser| {
        browser.fill("#name", "A new one");
        browser.fill("#year", "27");
        browser.fill("#imdb_id", "0111161");
        browser.press(Key::Enter);
        browser.wait_until("it is refused", |browser| browser.count(".wrong") > 1);
    });
    add("admin-movie", Admin, "/admin/movies/{long}", |browser| {
        browser.fill("input#genres", "dr");
        browser.wait_until("genres are suggested", |browser| browser.count("#genres-list [role=option]") > 0);
        browser.press(Key::Down);
    });
    add("admin-conflict", Admin, "/admin/movies/{bare}", |browser| {
        browser.evaluate(
            "const path = '/api/v1' + location.pathname.replace('/admin', '');
            const { director } = await (await fetch(path)).json();
            const body = JSON.stringify({ director: director === 'They' ? 'They again' : 'They', overview: 'Theirs' });
            const headers = { 'Content-Type': 'application/merge-patch+json' };
            const answer = await fetch(path, { method: 'PATCH', headers, body });
            if (!answer.ok) throw new Error(await answer.text());",
        );
        browser.fill("#director", "I");
        browser.fill("#overview", "Mine\nis longer");
        browser.click("#movie .filled");
        browser.wait_until("there is a conflict", |browser| browser.count("input[name=director]") > 1);
    });
    add("admin-delete", Admin, "/admin/movies/{long}/delete", |_| {});
    add("admin-history", Admin, "/admin/movies/{long}/history", |_| {});
    add("admin-restore", Admin, "/admin/movies/{long}/restore?version=1", |_| {});
    add("admin-history-gone", Admin, "/admin/movies/{gone}/history", |_| {});
    add("admin-restore-gone", Admin, "/admin/movies/{gone}/restore", |_| {});
    add("admin-selected", Admin, "/admin/movies/selected?action=set&genres=Epic,+Drama&id=1&id=2&id={long}", |_| {});
    add("admin-selected-delete", Admin, "/admin/movies/selected?action=delete&all=1&q=war", |_| {});
    add("admin-genres", Admin, "/admin/genres", |_| {});
    add("admin-genres-none", Admin, "/admin/genres?name=zzz", |_| {});
    add("admin-genres-taken", Admin, "/admin/genres", |browser| {
        browser.fill("#name", "Drama");
        browser.press(Key::Enter);
        browser.wait_until("it is refused", |browser| browser.count(".wrong") == 1);
    });
    add("admin-genre", Admin, "/admin/genres/1", |_| {});
    add("admin-genre-merge", Admin, "/admin/genres/1/merge?into=2", |_| {});
    add("admin-genre-delete", Admin, "/admin/genres/1/delete", |_| {});
    add("admin-users", Admin, "/admin/users", |_| {});
    add("admin-users-none", Admin, "/admin/users?name=zzz", |_| {});
    add("admin-user-delete", Admin, "/admin/users/2/delete", |_| {});
    add("admin-import", Admin, "/admin/import", |_| {});
    add("admin-import-checked", Admin, "/admin/import", |browser| {
        browser.check_feed("films.csv", FEED);
    });
    add("admin-import-done", Admin, "/admin/import", |browser| {
        browser.check_feed("films.csv", FEED);
        if browser.count("form[action$='/apply']") > 0 {
            browser.click("form[action$='/apply'] button");
            browser.wait_until("it is done", |browser| browser.count("a[href='/admin/changes?via=import']") == 1);
        }
    });
    add("admin-import-broken", Admin, "/admin/import", |browser| {
        browser.check_feed("رديء.json", "[{\"name\": \"Cut o");
    });
    add("admin-changes", Admin, "/admin/changes", |browser| {
        browser.evaluate("for (const details of document.querySelectorAll('.feed details')) details.open = true");
    });
    add("admin-changes-none", Admin, "/admin/changes?actor=nobody", |_| {});
    pages
}

impl Browser {
    /// Follows the first of some links.
    #[track_caller]
    fn goto_first(&self, links: &str) {
        let path = self.attribute(links, "href").unwrap();
        self.goto(&path);
    }

    /// Uploads a feed at the page for that, and waits for what the check says.
    #[track_caller]
    pub fn check_feed(&self, name: &str, feed: &str) {
        let files = tempfile::tempdir().unwrap();
        let file = files.path().join(name);
        fs::write(&file, feed).unwrap();
        self.upload("input[name=file]", &file);
        self.click("main form button");
        self.wait_until("the feed is checked", |browser| {
            browser.count("main h1 + p + :is(.notice, .alert), .counts") > 0
        });
    }
}

fn add(app: &TestApp, token: &str, movie: &Value) -> u64 {
    let answer = app.post("/api/v1/movies").bearer_auth(token).json(movie).answer();
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_u64().unwrap()
}

fn long() -> Value {
    json!({
        "name": LONG,
        "director": "A Director of Many Names from a Place Far Away, Somebody with Another Long Name, and Others",
        "genres": genres(),
        "year": 2011,
        "imdb_score": 3.7,
        "popularity": 4.2,
        "votes": 1_234_567,
        "runtime_minutes": 754,
        "imdb_id": "tt1234567",
        "overview": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft. ".repeat(6),
    })
}

fn genres() -> Vec<String> {
    let known = ["Action", "Comedy", "Crime", "Horror", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"];
    let other = (1..=20).map(|number| format!("Sub-genre {number}"));
    known.iter().map(|&genre| genre.to_owned()).chain(other).collect()
}
