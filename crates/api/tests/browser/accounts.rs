//! Making an account, logging in and out, and what people do with their accounts.

use fantoccini::key::Key;

use crate::{
    browser::{Browser, Device},
    test_app::{Ask, PASSWORD, TestApp},
};

#[test]
fn one_registers_logs_out_and_logs_in_again_with_and_without_scripts() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    for (javascript, username) in [(true, "ada"), (false, "grace")] {
        let browser = Browser::open(&app.address, Device { javascript, ..Device::DESKTOP });
        browser.expect_in_log("status of 4");
        // Who wants to see a page for people with accounts comes to it in the end.
        browser.goto("/account");
        browser.wait_for_location("/login?next=%2Faccount");
        browser.click(".aside a");
        browser.wait_for_location("/register?next=%2Faccount");
        browser.fill("#username", username);
        browser.fill("#password", "short");
        browser.press(Key::Enter);
        browser.wait_for_text("Please use 10 to 72 characters");
        assert_eq!(browser.attribute("#password", "aria-invalid").as_deref(), Some("true"));
        assert_eq!((browser.value("#username").as_str(), browser.value("#password").as_str()), (username, ""));
        browser.fill("#password", PASSWORD);
        browser.press(Key::Enter);
        browser.wait_for_location("/account");
        let session = browser.cookie("session").unwrap();
        assert_eq!(session.http_only(), Some(true));

        log_out(&browser);
        assert_eq!(browser.cookie("session"), None);
        browser.back();
        if !javascript {
            // Browsers may keep a page that cannot see to it itself.
            browser.reload();
        }
        browser.wait_until("nothing is seen of the account", |browser| !browser.text("body").contains(username));

        browser.goto("/listing?sort=-year");
        browser.click("a[href^='/login']");
        browser.wait_for_location("/login?next=%2Flisting%3Fsort%3D-year");
        browser.fill("#username", username);
        browser.fill("#password", "not this one");
        browser.press(Key::Enter);
        browser.wait_for_text("Username or password is wrong.");
        assert_eq!(browser.value("#username"), username);
        assert!(browser.has_focus("#password"));
        browser.fill("#password", PASSWORD);
        if javascript {
            browser.click("[data-reveal]");
            assert_eq!(browser.attribute("#password", "type").as_deref(), Some("text"));
        }
        browser.click("main .filled");
        browser.wait_for_location("/listing?sort=-year");
        assert!(browser.text(".bar").contains(username));
    }
}

fn log_out(browser: &Browser) {
    browser.click(".menu + .menu summary");
    browser.click("form[action='/logout'] button");
    browser.wait_for_location("/");
}

#[test]
fn a_token_is_made_seen_once_and_revoked() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let asks = |token: &str| app.get("/api/v1/auth/me").bearer_auth(token).answer().status;
    for javascript in [true, false] {
        let browser = Browser::open(&app.address, Device { javascript, ..Device::DESKTOP });
        browser.log_in("admin", "/account");
        browser.fill("#token", "Nightly backup");
        browser.fill("#days", "7");
        browser.press(Key::Enter);
        browser.wait_for_text("you will not see it again");
        let token = browser.text("#secret");
        assert_eq!(asks(&token), 200);
        browser.goto("/account");
        assert!(browser.text(".account").contains("Nightly backup"));
        assert!(!browser.text(".account").contains(&token));
        browser.click("[aria-label='Revoke the token Nightly backup']");
        browser.wait_for_text("Revoke this token?");
        assert_eq!(asks(&token), 200, "it is asked first");
        browser.click("button.danger");
        browser.wait_for_text("The token was revoked.");
        assert_eq!(asks(&token), 401);
        assert!(browser.text(".account").contains("You have no tokens."));
    }
}

#[test]
fn who_changes_the_password_stays_logged_in_here_alone() {
    let database = testing::sqlite();
    let app = TestApp::spawn(&database);
    let [here, there] = [(); 2].map(|()| Browser::open(&app.address, Device::DESKTOP));
    here.log_in("admin", "/account");
    there.log_in("admin", "/account");
    here.fill("#current", PASSWORD);
    here.fill("#new", "another horse, same battery");
    here.press(Key::Enter);
    here.wait_for_text("Your password was changed.");
    there.goto("/account");
    there.wait_for_location("/login?next=%2Faccount");
}
