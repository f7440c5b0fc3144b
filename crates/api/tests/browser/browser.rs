//! A browser that tests drive, as a person would.
//!
//! Elements are named by CSS selectors, or by XPath where that begins with `//`. They are looked up anew with each call,
//! so a page may change meanwhile.

use std::{
    cell::RefCell,
    fmt::Display,
    fs,
    os::unix::fs::MetadataExt,
    path::Path,
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    cookies::Cookie,
    elements::Element,
    error::{CmdError, ErrorStatus},
    wd::WebDriverCompatibleCommand,
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::chromedriver;

/// What the browser runs on, and how it is set up.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// In CSS pixels. What is narrower than 600 is a phone with a touch screen.
    pub width: u32,
    pub height: u32,
    /// Whether pages are asked to be dark.
    pub dark: bool,
    pub javascript: bool,
    /// What pages are asked for, with the best first: `ar,en`.
    pub languages: &'static str,
}

impl Device {
    pub const DESKTOP: Self = Self { width: 1280, height: 800, dark: false, javascript: true, languages: "en" };
    /// As narrow as the narrowest phone.
    pub const PHONE: Self = Self { width: 320, height: 640, ..Self::DESKTOP };
}

/// A browser with an empty profile. It ends when this is dropped, and fails the test if it had to complain.
pub struct Browser {
    /// The host and port that paths are of.
    address: String,
    driver: Client,
    runtime: Runtime,
    /// What was read of the browser's log, which gives each entry once.
    complaints: RefCell<Vec<String>>,
    expected: RefCell<Vec<String>>,
    /// How long a page may take for whatever is waited for.
    pub patience: Duration,
}

impl Browser {
    /// Opens a browser for the pages of a host and port.
    pub fn open(address: &str, device: Device) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(capabilities) = capabilities(device) else { unreachable!("they are an object") };
        let connected = runtime.block_on(builder.capabilities(capabilities).connect(chromedriver::url()));
        let browser = Self {
            address: address.to_owned(),
            driver: connected.unwrap_or_else(|error| panic!("no browser starts: {error}")),
            runtime,
            complaints: RefCell::default(),
            expected: RefCell::default(),
            // A busy machine may need most of it.
            patience: Duration::from_secs(20),
        };
        browser.resize(device.width, device.height);
        browser.set_dark(device.dark);
        browser
    }

    /// Makes the page so wide and high.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let is_phone = width < 600;
        // A window has a least width, above that of a phone.
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics);
        self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_phone }));
        // Or a desktop's page would be narrower by one.
        self.cdp("Emulation.setScrollbarsHidden", json!({ "hidden": true }));
    }

    /// Says whether pages are to be dark. They are asked to hold still, too.
    #[track_caller]
    pub fn set_dark(&self, dark: bool) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Goes to a path of the site and waits until the page has loaded.
    #[track_caller]
    pub fn goto(&self, path: &str) {
        let url = format!("http://{}{path}", self.address);
        self.done(&format!("go to {path}"), self.run(self.driver.goto(&url)));
    }

    #[track_caller]
    pub fn back(&self) {
        self.done("go back", self.run(self.driver.back()));
    }

    #[track_caller]
    pub fn reload(&self) {
        self.done("reload", self.run(self.driver.refresh()));
    }

    /// Where the browser is: path and query; for another site, the whole URL.
    #[track_caller]
    pub fn location(&self) -> String {
        let url = self.done("say where it is", self.run(self.driver.current_url())).to_string();
        url.strip_prefix(&format!("http://{}", self.address)).map_or(url.clone(), str::to_owned)
    }

    #[track_caller]
    pub fn wait_for_location(&self, location: &str) {
        self.wait_until(&format!("it is at {location}"), |browser| browser.location() == location);
    }

    /// Waits until `holds`, but not for ever.
    #[track_caller]
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let give_up = Instant::now() + self.patience;
        while !holds(self) {
            if Instant::now() > give_up {
                self.fail(&format!("waited in vain until {what}"), "");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the page shows this text anywhere.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_until(&format!("{text:?} is shown"), |browser| browser.text("body").contains(text));
    }

    /// Clicks on something, which may be an `option`.
    #[track_caller]
    pub fn click(&self, element: &str) {
        self.with(element, "click", async |found| found.click().await);
    }

    /// Types into a field in place of what is there.
    #[track_caller]
    pub fn fill(&self, element: &str, text: &str) {
        self.with(element, "fill", async |found| {
            found.clear().await?;
            found.send_keys(text).await
        });
    }

    /// Chooses a file in a field for files.
    #[track_caller]
    pub fn upload(&self, element: &str, file: &Path) {
        self.with(element, "upload to", async |found| found.send_keys(&file.display().to_string()).await);
    }

    /// Presses keys where the focus is: `Key::Down`, `Key::Shift + &Key::Tab`, `"text"`.
    #[track_caller]
    pub fn press(&self, keys: impl Display) {
        let pressed = self.run(async { self.driver.active_element().await?.send_keys(&keys.to_string()).await });
        self.done("press a key", pressed);
    }

    /// The text of an element, as it is shown.
    #[track_caller]
    pub fn text(&self, element: &str) -> String {
        self.with(element, "read", async |found| found.text().await)
    }

    /// What is in a field.
    #[track_caller]
    pub fn value(&self, element: &str) -> String {
        self.with(element, "read", async |found| found.prop("value").await).unwrap_or_default()
    }

    #[track_caller]
    pub fn attribute(&self, element: &str, name: &str) -> Option<String> {
        self.with(element, "read", async |found| found.attr(name).await)
    }

    #[track_caller]
    pub fn has_focus(&self, element: &str) -> bool {
        let focused = self.done("find the focus", self.run(self.driver.active_element())).element_id();
        self.with(element, "find", async |found| Ok(found.element_id() == focused))
    }

    #[track_caller]
    pub fn is_shown(&self, element: &str) -> bool {
        self.with(element, "find", async |found| found.is_displayed().await)
    }

    /// How many such elements there are now.
    #[track_caller]
    pub fn count(&self, elements: &str) -> usize {
        self.done(&format!("count {elements}"), self.run(self.driver.find_all(locator(elements)))).len()
    }

    /// What a JavaScript function with this body returns; a promise is waited for.
    #[track_caller]
    pub fn evaluate(&self, body: &str) -> Value {
        self.done("run a script", self.run(self.driver.execute(body, Vec::new())))
    }

    #[track_caller]
    pub fn cookie(&self, name: &str) -> Option<Cookie<'static>> {
        let cookies = self.done("list cookies", self.run(self.driver.get_all_cookies()));
        cookies.into_iter().find(|cookie| cookie.name() == name)
    }

    #[track_caller]
    pub fn forget_cookies(&self) {
        self.done("forget cookies", self.run(self.driver.delete_all_cookies()));
    }

    /// A PNG of the whole page, from top to bottom.
    #[track_caller]
    pub fn screenshot(&self) -> Vec<u8> {
        let size = self.cdp("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        self.capture(json!({ "format": "png", "captureBeyondViewport": true, "clip": clip }))
    }

    /// A PNG of what is to be seen without scrolling, less the room for a scrollbar.
    #[track_caller]
    pub fn screenshot_of_view(&self) -> Vec<u8> {
        let size = self.cdp("Page.getLayoutMetrics", json!({}))["cssLayoutViewport"].clone();
        let clip = json!({ "x": 0, "y": 0, "width": size["clientWidth"], "height": size["clientHeight"], "scale": 1 });
        self.capture(json!({ "format": "png", "clip": clip }))
    }

    #[track_caller]
    fn capture(&self, options: Value) -> Vec<u8> {
        let image = self.cdp("Page.captureScreenshot", options);
        BASE64_STANDARD.decode(image["data"].as_str().unwrap()).unwrap()
    }

    /// Announces an entry of the browser's log that contains this: `status of 404`.
    pub fn expect_in_log(&self, text: &str) {
        self.expected.borrow_mut().push(text.to_owned());
    }

    /// What the browser complained of so far, except for what was expected: scripts that failed, answers with a status
    /// of 400 and above, breaches of the content security policy.
    #[track_caller]
    pub fn complaints(&self) -> Vec<String> {
        let log = self.done("give its log", self.run(self.log()));
        let mut complaints = self.complaints.borrow_mut();
        complaints.extend(log.into_iter().filter(|entry| entry.starts_with("SEVERE")));
        let expected = self.expected.borrow();
        let is_expected = |complaint: &str| expected.iter().any(|text| complaint.contains(text));
        complaints.iter().filter(|complaint| !is_expected(complaint)).cloned().collect()
    }

    /// Does something with an element, as soon as there is one that it can be done with.
    #[track_caller]
    fn with<T>(&self, element: &str, what: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        let give_up = Instant::now() + self.patience;
        loop {
            let outcome = self.run(async { act(self.driver.find(locator(element)).await?).await });
            match outcome {
                Err(error) if may_pass(&error) && Instant::now() < give_up => {
                    thread::sleep(Duration::from_millis(20));
                }
                outcome => return self.done(&format!("{what} {element}"), outcome),
            }
        }
    }

    /// A command of the Chrome DevTools Protocol, which can do more than WebDriver.
    #[track_caller]
    fn cdp(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.done(command, self.run(self.driver.issue_cmd(Command { path: "goog/cdp/execute", body })))
    }

    /// What the browser logged since it was last asked: level and message.
    async fn log(&self) -> Result<Vec<String>, CmdError> {
        let log = self.driver.issue_cmd(Command { path: "se/log", body: json!({ "type": "browser" }) }).await?;
        let text = |entry: &Value, member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        Ok(entries.map(|entry| text(entry, "level") + " " + &text(entry, "message")).collect())
    }

    fn run<T>(&self, command: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
        self.runtime.block_on(command)
    }

    #[track_caller]
    fn done<T>(&self, what: &str, outcome: Result<T, CmdError>) -> T {
        outcome.unwrap_or_else(|error| {
            let error = error.to_string();
            let (why, _) = error.split_once("Stacktrace:").unwrap_or((&error, ""));
            self.fail(&format!("the browser cannot {what}:"), why)
        })
    }

    #[track_caller]
    fn fail(&self, what: &str, why: &str) -> ! {
        let url = self.run(self.driver.current_url()).map_or_else(|error| error.to_string(), |url| url.to_string());
        let text = self.run(async { self.driver.find(Locator::Css("body")).await?.text().await });
        let text = text.unwrap_or_else(|error| error.to_string());
        let log = self.run(self.log()).unwrap_or_default();
        panic!("{what} {why}\n--- {url} shows:\n{text}\n--- and its log says:\n{}", log.join("\n"));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let complaints = if thread::panicking() { Vec::new() } else { self.complaints() };
        let ended = self.run(self.driver.clone().close());
        if !thread::panicking() {
            ended.unwrap();
            assert!(complaints.is_empty(), "the browser complains:\n{}", complaints.join("\n"));
        }
    }
}

/// A command of chromedriver that is not WebDriver's.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

fn capabilities(device: Device) -> Value {
    let mut arguments = vec![
        "--headless=new",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        "--no-proxy-server",
        // Pages take nothing from elsewhere: no other host is found.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ];
    // Its sandbox does not work for root, as whom tests run in containers.
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        arguments.push("--no-sandbox");
    }
    let language = format!("--lang={}", device.languages.split(',').next().unwrap_or_default());
    arguments.push(&language);
    let mut preferences = json!({ "intl.accept_languages": device.languages });
    if !device.javascript {
        const BLOCK: u8 = 2;
        preferences["profile.managed_default_content_settings.javascript"] = BLOCK.into();
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": { "binary": chromedriver::browser(), "args": arguments, "prefs": preferences },
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

fn locator(element: &str) -> Locator<'_> {
    if element.starts_with("//") { Locator::XPath(element) } else { Locator::Css(element) }
}

/// Whether an error says that the page is not there yet.
fn may_pass(error: &CmdError) -> bool {
    use ErrorStatus::{
        ElementClickIntercepted, ElementNotInteractable, InvalidElementState, NoSuchElement, StaleElementReference,
    };
    let CmdError::Standard(error) = error else { return false };
    // What chromedriver says of an element whose page is left at this moment.
    let is_gone = error.message.contains("does not belong to the document");
    is_gone
        || matches!(
            error.error,
            NoSuchElement
                | StaleElementReference
                | ElementNotInteractable
                | ElementClickIntercepted
                | InvalidElementState
        )
}
