//! Who reads while others write sees whole pages, and every write that was acknowledged.

use std::{
    collections::{BTreeMap, HashMap},
    env, thread,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use testing::TestDatabase;

use crate::{
    movies::MOVIES,
    test_app::{Answer, Ask, TestApp},
};

testing::on_every_database! {
    readers_beside_a_writer_see_whole_pages_and_every_write,
    a_write_shows_on_another_node_within_a_second,
}

/// Movies that nobody changes.
const STILL: u64 = 240;
/// The most movies that come and go.
const MOVING: u64 = 5;
const READERS: u64 = 16;

/// What a reader asks for: all movies that stand still are in each.
const LISTS: [&str; 10] = [
    "sort=-popularity",
    "sort=name",
    "sort=-imdb_score,-name",
    "sort=year,-popularity",
    "sort=-updated_at",
    "sort=-id",
    "q=still",
    "q=film+standing&sort=-year",
    "genre=Constant&sort=-votes",
    "search=standin,ill&sort=imdb_score",
];

fn readers_beside_a_writer_see_whole_pages_and_every_write(database: &TestDatabase) {
    let app = TestApp::spawn_with(database, &[("SERVER__BLOCKING_THREADS", "32")]);
    let token = app.admin_token();
    let still = (0..STILL).map(|n| {
        // Many ties, and gaps.
        let (popularity, score) = (Some(n % 20 * 5).filter(|n| *n > 0), Some(n % 7).filter(|n| *n > 0));
        let movie = json!({ "name": format!("Film Standing Still {n}"), "genres": ["Constant", "Drama"],
                            "popularity": popularity, "imdb_score": score, "year": 1900 + n % 9, "votes": n });
        json!({ "op": "create", "movie": movie })
    });
    let batch = json!({ "operations": still.collect::<Vec<_>>() });
    let made = app.post(&format!("{MOVIES}:batch")).bearer_auth(&token).json(&batch).answer();
    assert_eq!(made.status, 200, "{made:?}");
    app.wait_until_listed(STILL);
    let list = app.get(&format!("{MOVIES}?genre=constant&sort=id&limit=100")).answer().json();
    let first = list["items"][0]["id"].as_u64().unwrap();

    let seconds = if env::var_os("TEST_LONG").is_some() { 60 } else { 5 };
    let end = Instant::now() + Duration::from_secs(seconds);
    let walks = thread::scope(|scope| {
        let writer = scope.spawn(|| write_until(&app, &token, end));
        let reader = |n| {
            scope.spawn({
                let app = &app;
                move || read_until(app, n, first, end)
            })
        };
        let readers = (0..READERS).map(reader).collect::<Vec<_>>();
        assert!(writer.join().unwrap() > 0, "nothing was written");
        readers.into_iter().map(|reader| reader.join().unwrap()).sum::<u64>()
    });
    assert!(walks >= READERS, "{walks} walks");
    let left = app.get(MOVIES).answer().json();
    assert_eq!(left["total"], json!({ "value": STILL, "relation": "exact" }));
}

/// A movie that comes and goes: all that is shown of it says the same.
fn moving(n: u64) -> Value {
    json!({ "name": format!("Moving {}", word(n)), "overview": word(n), "genres": ["Moving", "Drama"],
            "popularity": n % 101, "imdb_score": n % 11, "year": 1900 + n % 150, "votes": n })
}

/// A word that is not like the one of another number.
fn word(n: u64) -> String {
    let mut rest = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut letter = || {
        rest = rest.rotate_left(11).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        char::from(b'a' + (rest >> 40) as u8 % 26)
    };
    (0..12).map(|_| letter()).collect()
}

/// Creates, changes and removes movies, each of which must show in the next search. Returns how often.
fn write_until(app: &TestApp, token: &str, end: Instant) -> u64 {
    let send = |method, path: &str, body: &Value, status| {
        let answer = app.request(method, path).bearer_auth(token).json(body).answer();
        assert_eq!(answer.status, status, "{answer:?}");
        answer
    };
    let found = |n: u64| {
        let list = app.get(&format!("{MOVIES}?q={}", word(n))).answer().json();
        list["items"].as_array().unwrap().iter().map(|movie| movie["votes"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let (mut n, mut alive) = (1_000, Vec::<u64>::new());
    while Instant::now() < end {
        n += 1;
        let made = send(Method::POST, MOVIES, &moving(n), 201).json();
        let id = made["id"].as_u64().unwrap();
        assert_eq!(found(n), [n], "created");
        assert_eq!(app.get(&format!("{MOVIES}?sort=-id&limit=1")).answer().json()["items"][0], made);
        alive.push(id);
        n += 1;
        let changed = alive[n as usize % alive.len()];
        let old = app.get(&format!("{MOVIES}/{changed}")).answer().json()["votes"].as_u64().unwrap();
        let movie = send(Method::PUT, &format!("{MOVIES}/{changed}"), &moving(n), 200).json();
        assert_eq!((found(n), found(old)), (vec![n], vec![]), "changed");
        assert_eq!(
            app.get(&format!("{MOVIES}?sort=-updated_at&votes.gte={n}")).answer().json()["items"],
            json!([movie])
        );
        if alive.len() as u64 == MOVING {
            let gone = alive.remove(n as usize / 2 % alive.len());
            let old = app.get(&format!("{MOVIES}/{gone}")).answer().json()["votes"].as_u64().unwrap();
            send(Method::DELETE, &format!("{MOVIES}/{gone}"), &Value::Null, 204);
            assert_eq!(found(old), [0; 0], "removed");
        }
    }
    for id in alive {
        send(Method::DELETE, &format!("{MOVIES}/{id}"), &Value::Null, 204);
    }
    n
}

/// Walks through lists and looks at pages. Returns how many walks came to their end.
fn read_until(app: &TestApp, reader: u64, first: u64, end: Instant) -> u64 {
    let mut round = 0;
    while Instant::now() < end || round == 0 {
        let list = LISTS[(reader + round) as usize % LISTS.len()];
        let (limit, offset) = ([7, 20, 50, 100][(reader * 7 + round) as usize % 4], round * 13 % STILL);
        check_page(&app.get(&format!("{MOVIES}?{list}&limit={limit}&offset={offset}")).answer(), list);

        let mut seen = HashMap::<u64, u32>::new();
        let mut next = Some(format!("{MOVIES}?{list}&limit={}", if limit == 7 { 50 } else { limit }));
        while let Some(path) = next {
            let page = app.get(&path).answer();
            for id in check_page(&page, list) {
                *seen.entry(id).or_default() += 1;
            }
            next = page.json()["next"].as_str().map(str::to_owned);
        }
        for id in first..first + STILL {
            assert_eq!(seen.get(&id), Some(&1), "{list}: movie {id}");
        }
        let genres = app.get("/api/v1/genres?q=constant").answer().json();
        assert_eq!(genres["items"][0]["movie_count"], STILL);
        round += 1;
    }
    round
}

/// Asserts that a page of a list is of one state of the catalogue. Returns the ids.
fn check_page(page: &Answer, list: &str) -> Vec<u64> {
    assert_eq!(page.status, 200, "{list}: {page:?}");
    let json = page.json();
    let items = json["items"].as_array().unwrap();
    let total = &json["total"];
    assert_eq!(total["relation"], "exact", "{list}");
    let total = total["value"].as_u64().unwrap();
    assert!((STILL..=STILL + MOVING).contains(&total) && items.len() as u64 <= total, "{list}: {total}");
    let ids = items.iter().map(|movie| movie["id"].as_u64().unwrap()).collect::<Vec<_>>();
    let by_id = ids.iter().zip(items).collect::<BTreeMap<_, _>>();
    assert_eq!(by_id.len(), items.len(), "{list}: a movie comes twice");
    for movie in items {
        let votes = movie["votes"].as_u64().unwrap();
        if votes >= STILL {
            for (field, value) in moving(votes).as_object().unwrap() {
                assert_eq!(shown(&movie[field]), shown(value), "{list}: {field} of {movie}");
            }
        }
    }
    let sort = list.split('&').find_map(|part| part.strip_prefix("sort=")).unwrap_or_default();
    for key in sort.split(',').take(1).filter(|key| !key.is_empty()) {
        let (key, descending) = key.strip_prefix('-').map_or((key, false), |key| (key, true));
        let text = |movie: &Value| movie[key].as_str().unwrap_or_default().to_lowercase();
        let number = |movie: &Value| movie[key].as_f64().unwrap_or(0.0) * if descending { -1.0 } else { 1.0 };
        let in_order = |a: &Value, b: &Value| match (key, descending) {
            ("name", _) | ("updated_at", false) => text(a) <= text(b),
            ("updated_at", true) => text(a) >= text(b),
            _ => (a[key].is_null(), number(a)) <= (b[key].is_null(), number(b)),
        };
        for pair in items.windows(2) {
            assert!(in_order(&pair[0], &pair[1]), "{list}: {} before {}", pair[0], pair[1]);
        }
    }
    ids
}

/// A value without regard to how a number is written.
fn shown(value: &Value) -> Value {
    value.as_f64().map_or_else(|| value.clone(), Value::from)
}

fn a_write_shows_on_another_node_within_a_second(database: &TestDatabase) {
    let nodes = [TestApp::spawn(database), TestApp::spawn(database)];
    let token = nodes[0].admin_token();
    let write = |node: &TestApp, method, path: &str, body: &Value| {
        let answer = node.request(method, path).bearer_auth(&token).json(body).answer();
        assert!(answer.status < 300, "{answer:?}");
        answer
    };
    let mut delays = Vec::new();
    for n in 0..8 {
        let [here, there] = [&nodes[n % 2], &nodes[(n + 1) % 2]];
        let has = |node: &TestApp, name: &str, votes: u64| {
            let list = node.get(&format!("{MOVIES}?q={name}")).answer().json();
            list["items"].as_array().unwrap().iter().any(|movie| movie["votes"] == votes)
        };
        let name = word(n as u64);
        let mut shows = |is_there: bool, votes| {
            let (written, give_up) = (Instant::now(), Instant::now() + Duration::from_secs(30));
            assert_eq!(has(here, &name, votes), is_there, "on the node that wrote it, at once");
            while has(there, &name, votes) != is_there {
                assert!(Instant::now() < give_up, "it does not show on the other node");
                thread::sleep(Duration::from_millis(5));
            }
            delays.push(written.elapsed());
        };
        let movie = write(here, Method::POST, MOVIES, &json!({ "name": name, "votes": 1 })).json();
        let path = format!("{MOVIES}/{}", movie["id"]);
        shows(true, 1);
        write(here, Method::PATCH, &path, &json!({ "votes": 2 }));
        shows(true, 2);
        write(here, Method::DELETE, &path, &Value::Null);
        shows(false, 2);
    }
    // On a machine that is busy with other tests, a single one may take longer.
    delays.sort();
    assert!(delays[delays.len() * 3 / 4] < Duration::from_secs(1), "{delays:?}");
}
