//! Whether people with disabilities can use a page: the rules of axe-core, run in it.

use std::{fmt::Write, fs};

use serde::Deserialize;
use serde_json::json;

use crate::browser::Browser;

const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.node/node_modules/axe-core/axe.min.js");

/// WCAG 2.2 AA, which contains what was before it, and what axe-core advises beyond.
const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

#[derive(Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

/// An element that breaks a rule.
#[derive(Deserialize)]
struct Node {
    selector: String,
    summary: String,
}

impl Browser {
    /// Fails where the page, as it is now, breaks a rule of accessibility.
    #[track_caller]
    pub fn assert_accessible(&self) {
        let axe = fs::read_to_string(AXE).unwrap_or_else(|error| {
            panic!("axe-core is missing ({AXE}: {error}). Install it: scripts/test --install, which says how otherwise")
        });
        // WebDriver runs it beside the page's own scripts, past its content security policy.
        let found = self.evaluate(&format!(
            "{axe}
            const node = node => ({{ selector: node.target.join(' '), summary: node.failureSummary }});
            const {{ violations }} = await axe.run(document, {{ runOnly: {RULES}, resultTypes: ['violations'] }});
            return violations.map(({{ id, help, nodes }}) => ({{ id, help, nodes: nodes.map(node) }}));"
        ));
        let violations: Vec<Violation> = serde_json::from_value(found).unwrap();
        let mut report = String::new();
        for Violation { id, help, nodes } in &violations {
            writeln!(report, "{id}: {help}").unwrap();
            for Node { selector, summary } in nodes {
                writeln!(report, "  {selector}\n    {}", summary.replace('\n', "\n    ")).unwrap();
            }
        }
        assert!(report.is_empty(), "{} is not accessible:\n{report}", self.location());
    }

    /// Fails where the page, as it is now, is wider than the browser.
    #[track_caller]
    pub fn assert_fits(&self) {
        // What changed its width shows within the next frames.
        let wide = self.evaluate(
            "for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const outside = ({ left, right }) => left < 0 || right > width;
            const elements = [...document.querySelectorAll('body *')];
            const wide = elements.filter(element => outside(element.getBoundingClientRect()));
            return wide.map(({ outerHTML }) => outerHTML.slice(0, 200));",
        );
        assert_eq!(wide, json!([]), "{} is too wide", self.location());
    }
}
