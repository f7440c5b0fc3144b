//! Making an account, and what people do with theirs.

use testing::TestDatabase;

use crate::test_app::{Answer, Ask, PASSWORD, TestApp};

testing::on_every_database! {
    who_registers_is_logged_in_and_goes_where_they_wanted_to,
    all_that_is_wrong_with_a_registration_is_said_beside_its_fields,
    a_password_is_changed_by_who_knows_it,
    a_token_is_shown_once_and_can_be_revoked,
}

fn who_registers_is_logged_in_and_goes_where_they_wanted_to(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let form = app.get("/register?next=%2Flisting%3Fq%3Dstar").answer();
    assert!(form.text.contains("action=\"/register?next=%2Flisting%3Fq%3Dstar\""), "{}", form.text);
    assert!(form.text.contains("3 to 50 characters") && form.text.contains("10 to 72 characters"), "{}", form.text);
    assert!(form.text.contains("autocomplete=\"new-password\"") && form.text.contains("autocomplete=\"username\""));
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let answer = app.post("/register?next=%2Flisting%3Fq%3Dstar").form(&fields).answer();
    assert_eq!((answer.status, answer.header("location")), (303, "/listing?q=star"));
    let cookie = answer.header("set-cookie").split(';').next().unwrap();
    let me = app.get("/api/v1/auth/me").header("Cookie", cookie).answer().json();
    assert_eq!((&me["username"], &me["role"]), (&"alice".into(), &"user".into()));
    let again = app.get("/register?next=%2Faccount").header("Cookie", cookie).answer();
    assert_eq!((again.status, again.header("location")), (303, "/account"), "who is logged in needs no account");
}

fn all_that_is_wrong_with_a_registration_is_said_beside_its_fields(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let register = |query: &str, username: &str, password: &str| {
        app.post(&format!("/register{query}")).form(&[("username", username), ("password", password)]).answer()
    };
    let answer = register("?lang=de", "a \"<b>", "geheim123");
    assert_eq!(answer.status, 422);
    for expected in [
        "lang=\"de\"",
        "value=\"a &#34;&#60;b&#62;\"",
        "id=\"username-wrong\">Bitte verwenden Sie nur die Buchstaben a–z",
        "id=\"password-wrong\">Bitte geben Sie 10 bis 72 Zeichen ein",
        "aria-describedby=\"username-hint username-wrong\" aria-invalid=\"true\" autofocus",
    ] {
        assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
    }
    assert!(!answer.text.contains("geheim123"), "a password is not sent back");

    let taken = register("", "ADMIN", PASSWORD);
    assert_eq!(taken.status, 409);
    assert!(taken.text.contains("This name is taken.") && taken.text.contains("value=\"ADMIN\""), "{}", taken.text);
    let same = register("", "somebody.else", "somebody.else");
    assert!(same.status == 422 && same.text.contains("Please choose something other than the username"));

    let limited = (0..30).map(|_| register("", "admin", PASSWORD)).find(|answer| answer.status == 429).unwrap();
    assert!(!limited.header("retry-after").is_empty());
    assert!(limited.text.contains("role=\"alert\">There were too many new accounts"), "{}", limited.text);
}

#[test]
fn where_registration_is_closed_that_is_said() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("AUTH__REGISTRATION", "closed")]);
    let fields = [("username", "alice"), ("password", PASSWORD)];
    for answer in [app.get("/register").answer(), app.post("/register").form(&fields).answer()] {
        assert_eq!(answer.status, 403);
        assert!(answer.text.contains("Registration is closed") && !answer.text.contains("<input id=\"username\""));
    }
    assert!(!app.get("/login").answer().text.contains("/register"));
}

#[test]
fn a_change_of_the_language_keeps_where_to_go_after_the_login() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let wrong = [("username", "admin"), ("password", "wrong")];
    for answer in [
        app.get("/login?next=%2Faccount").answer(),
        app.post("/login?next=%2Faccount").form(&wrong).answer(),
        app.post("/login").form(&[wrong[0], wrong[1], ("next", "/account")]).answer(),
    ] {
        assert!(answer.text.contains("action=\"/login?next=%2Faccount\""), "{}", answer.text);
        assert!(answer.text.contains("href=\"/register?next=%2Faccount\""), "{}", answer.text);
    }
    let answer = app.post("/login?next=%2Faccount").form(&wrong).answer();
    assert!(answer.text.contains("href=\"/login?next=%2Faccount&#38;lang=ar\""), "{}", answer.text);
    assert!(answer.text.contains("value=\"admin\"") && answer.text.contains("Username or password is wrong."));
}

fn a_password_is_changed_by_who_knows_it(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let cookie = app.session("admin");
    let change = |current: &str, new: &str| {
        let request = app.post("/account/password").header("Cookie", &cookie);
        request.form(&[("current", current), ("new", new)]).answer()
    };
    for (current, new, expected) in [
        ("", "x", "id=\"current-wrong\">Please fill this in."),
        ("", "x", "id=\"new-wrong\">Please use 10 to 72 characters"),
        ("wrong wrong", "a staple more", "id=\"current-wrong\">This is not your current password."),
        (PASSWORD, "Admin", "id=\"new-wrong\">Please use 10 to 72 characters"),
    ] {
        let answer = change(current, new);
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
    }
    let changed = change(PASSWORD, "a staple more");
    assert_eq!(changed.status, 303);
    let page = app.get(changed.header("location")).header("Cookie", &cookie).answer();
    assert!(page.text.contains("role=\"status\">Your password was changed."), "{}", page.text);
    let old = app.post("/login").form(&[("username", "admin"), ("password", PASSWORD)]).answer();
    assert_eq!(old.status, 401);
}

fn a_token_is_shown_once_and_can_be_revoked(database: &TestDatabase) {
    let app = TestApp::spawn(database);
    let cookie = app.session("admin");
    let get = |path: &str| app.get(path).header("Cookie", &cookie).answer();
    let create = |name: &str, days: &str| {
        let request = app.post("/account/tokens").header("Cookie", &cookie);
        request.form(&[("name", name), ("expires_in_days", days)]).answer()
    };
    for (name, days, expected) in [
        (" ", "0", "id=\"token-wrong\">Please fill this in."),
        (" ", "366", "id=\"days-wrong\">Please enter a number from 1 to 365."),
        ("backup", "soon", "id=\"days-wrong\">Please enter a whole number."),
        ("<backup>", "1.5", "value=\"&#60;backup&#62;\""),
    ] {
        let answer = create(name, days);
        assert_eq!(answer.status, 422);
        assert!(answer.text.contains(expected), "{expected}: {}", answer.text);
    }
    let made = create("nightly <backup>", "");
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    assert!(made.text.contains("nightly &#60;backup&#62;") && made.text.contains("you will not see it again"));
    let token = secret(&made);
    assert_eq!(app.get("/api/v1/auth/me").bearer_auth(&token).answer().status, 200);

    let page = get("/account");
    assert!(page.text.contains("nightly &#60;backup&#62;") && !page.text.contains(&token));
    let listed = app.get("/api/v1/tokens").header("Cookie", &cookie).answer().json();
    let listed = listed["items"].as_array().unwrap().iter().find(|token| token["name"].is_string()).unwrap().clone();
    let path = format!("/account/tokens/{}", listed["id"]);
    assert!(page.text.contains(&format!("href=\"{path}\"")), "{}", page.text);
    let question = get(&path);
    assert!(question.text.contains("Revoke this token?") && question.text.contains("nightly &#60;backup&#62;"));
    assert_eq!(app.get("/api/v1/auth/me").bearer_auth(&token).answer().status, 200, "asking does nothing");

    let revoked = app.post(&path).header("Cookie", &cookie).answer();
    assert_eq!((revoked.status, revoked.header("location")), (303, "/account?done=token"));
    assert_eq!(app.get("/api/v1/auth/me").bearer_auth(&token).answer().status, 401);
    assert!(get("/account?done=token").text.contains("The token was revoked."));
    assert_eq!(get(&path).status, 404);
}

fn secret(made: &Answer) -> String {
    let begin = made.text.find("mq_").unwrap();
    made.text[begin..].split('<').next().unwrap().to_owned()
}

#[test]
fn there_are_as_many_tokens_as_the_operator_allows() {
    let database = testing::sqlite();
    let app = TestApp::spawn_with(&database, &[("AUTH__MAX_TOKENS_PER_USER", "1")]);
    let cookie = app.session("admin");
    let create = || app.post("/account/tokens").header("Cookie", &cookie).form(&[("name", "backup")]).answer();
    assert_eq!(create().status, 201);
    let refused = create();
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("You have 1 token already") && refused.text.contains("value=\"backup\""));
}

#[test]
fn a_login_of_another_browser_can_be_ended() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let [own, other] = [app.session("admin"), app.session("admin")];
    let page = app.get("/account").header("Cookie", &own).answer().text;
    assert_eq!(page.matches("This browser").count(), 1);
    let path = page.split("href=\"").find(|rest| rest.starts_with("/account/tokens/")).unwrap();
    let path = path.split('"').next().unwrap();
    assert!(app.get(path).header("Cookie", &own).answer().text.contains("End this login?"));
    let ended = app.post(path).header("Cookie", &own).answer();
    assert_eq!(ended.header("location"), "/account?done=login");
    assert_eq!(app.get("/api/v1/auth/me").header("Cookie", &other).answer().status, 401);
    assert_eq!(app.get("/account").header("Cookie", &own).answer().status, 200);
}

#[test]
fn of_many_logins_the_latest_are_shown_and_that_of_this_browser_first() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let own = app.session("admin");
    (0..23).for_each(|_| drop(app.session("admin")));
    let page = app.get("/account").header("Cookie", &own).answer().text;
    assert_eq!(page.matches("href=\"/account/tokens/").count(), 20);
    assert!(
        page.find("This browser") < page.find("href=\"/account/tokens/") && page.contains("3 older logins"),
        "{page}"
    );
}

#[test]
fn forms_that_were_shown_again_lead_back_to_the_account() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let cookie = app.session("admin");
    for path in ["/account/password", "/account/language", "/account/tokens?lang=fr"] {
        let answer = app.get(path).header("Cookie", &cookie).answer();
        assert_eq!((answer.status, answer.header("location")), (303, "/account"), "{path}");
    }
}
