//! What pages look like and what scripts do: files that are part of the program, under names that change with their
//! content, so that browsers keep them.

use std::{fmt::Write, sync::LazyLock};

use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Path},
};
use sha2::{Digest, Sha256};

use crate::{endpoint::Endpoint, problem::Problem};

pub fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::at("/static/{file}").get(file).ignoring_tokens(),
        Endpoint::at("/favicon.ico").get(icon).ignoring_tokens(),
    ]
}

struct Asset {
    name: &'static str,
    content_type: &'static str,
    content: &'static str,
    path: String,
}

static ASSETS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    const CSS: &str = "text/css; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const SVG: &str = "image/svg+xml";
    [
        ("app.css", CSS, include_str!("../../static/app.css")),
        ("app.js", SCRIPT, include_str!("../../static/app.js")),
        ("admin.css", CSS, include_str!("../../static/admin.css")),
        ("admin.js", SCRIPT, include_str!("../../static/admin.js")),
        ("icon.svg", SVG, include_str!("../../static/icon.svg")),
        ("icons.svg", SVG, include_str!("../../static/icons.svg")),
    ]
    .map(|(name, content_type, content)| Asset { name, content_type, content, path: path_of(name, content) })
});

fn path_of(name: &str, content: &str) -> String {
    let mut path = "/static/".to_owned();
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    path.push_str(stem);
    path.push('-');
    for byte in Sha256::digest(content).iter().take(6) {
        // Writing to a string does not fail.
        let _ = write!(path, "{byte:02x}");
    }
    path.push('.');
    path.push_str(ending);
    path
}

/// The path of a file.
pub fn path(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.path)
}

async fn file(file: Path<String>) -> Result<HttpResponse, Problem> {
    let is_it = |asset: &&Asset| asset.path.strip_prefix("/static/") == Some(file.as_str());
    let asset = ASSETS.iter().find(is_it).ok_or_else(|| Problem::not_found("file"))?;
    Ok(send(asset, "public, max-age=31536000, immutable"))
}

/// What browsers ask for where a page names no icon, such as those of Swagger UI.
async fn icon() -> Result<HttpResponse, Problem> {
    let icon = ASSETS.iter().find(|asset| asset.name == "icon.svg").ok_or_else(|| Problem::not_found("file"))?;
    Ok(send(icon, "public, max-age=86400"))
}

fn send(asset: &Asset, cache: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.content_type))
        .insert_header((header::CACHE_CONTROL, cache))
        .body(Bytes::from_static(asset.content.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_static_file_is_served() {
        let directory = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("static")).unwrap();
        for entry in directory {
            let name = entry.unwrap().file_name();
            assert!(path(name.to_str().unwrap()).starts_with("/static/"), "{name:?}");
        }
    }
}
