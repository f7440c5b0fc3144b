//! A file on its way from a browser to the disk.

use std::{fs::File, os::unix::fs::FileExt, sync::Arc, time::Duration};

use actix_multipart::Multipart;
use actix_web::{HttpRequest, http::StatusCode, web::Payload};
use futures_util::{Stream, StreamExt};
use tokio::{sync::OwnedSemaphorePermit, time};

use super::job::Upload;
use crate::{
    body,
    problem::Problem,
    state::{AppState, blocking},
};

/// The field of the form.
pub const FIELD: &str = "file";

/// The most characters of a file's name.
const NAME_CHARS: usize = 200;

/// What a form brought.
pub enum Sent {
    /// A file, and its name.
    File(String, Upload),
    Nothing,
    /// More than may be.
    TooMuch,
}

/// Writes the file of a form to the disk, piece by piece.
pub async fn receive(
    request: &HttpRequest,
    payload: Payload,
    state: &AppState,
    place: OwnedSemaphorePermit,
) -> Result<Sent, Problem> {
    let settings = &state.settings.server;
    let most = settings.max_import_bytes as u64;
    // A browser reads no answer before it has sent everything. What is far too much is not waited for all the same.
    let patience = most.saturating_mul(2);
    if body::declared_length(request.headers()).is_some_and(|length| length > patience) {
        return Ok(Sent::TooMuch);
    }
    let idle = Duration::from_secs(settings.import_idle_seconds as u64);
    let mut form = Multipart::new(request.headers(), payload);
    while let Some(mut field) = next(&mut form, idle).await? {
        let name = field.content_disposition().and_then(|disposition| disposition.get_filename()).unwrap_or_default();
        if field.name() != Some(FIELD) || name.is_empty() {
            continue;
        }
        let name = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
        let file = Arc::new(blocking(|| Ok(tempfile::tempfile())).await?.map_err(Problem::internal)?);
        let mut bytes = 0_u64;
        while let Some(piece) = next(&mut field, idle).await? {
            let begin = bytes;
            bytes += piece.len() as u64;
            if bytes > patience {
                break;
            }
            if bytes <= most {
                let file = Arc::clone(&file);
                blocking(move || Ok(file.write_all_at(&piece, begin))).await?.map_err(Problem::internal)?;
            }
        }
        // Nobody else has it any more.
        let file = Arc::try_unwrap(file).map_err(|_: Arc<File>| Problem::internal("an upload is still written"))?;
        return Ok(match bytes {
            0 => Sent::Nothing,
            n if n > most => Sent::TooMuch,
            n => Sent::File(name, Upload::new(file, n, place)),
        });
    }
    Ok(Sent::Nothing)
}

/// The next part, where one comes in time.
async fn next<T, E: std::fmt::Display>(
    parts: &mut (impl Stream<Item = Result<T, E>> + Unpin),
    idle: Duration,
) -> Result<Option<T>, Problem> {
    let Ok(next) = time::timeout(idle, parts.next()).await else {
        let detail = format!("Nothing came for {} seconds.", idle.as_secs());
        return Err(Problem::plain(StatusCode::REQUEST_TIMEOUT, detail));
    };
    let read = next.transpose();
    read.map_err(|error| Problem::unreadable_body(format!("The form cannot be read: {error}.")))
}
