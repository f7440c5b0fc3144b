//! Old changes are forgotten, a few at a time, so that nobody who writes waits long.

use std::{sync::Arc, time::Duration};

use actix_web::rt::time::sleep;

use crate::state::{State, blocking};

/// How long others can write undisturbed.
const BETWEEN_PARTS: Duration = Duration::from_millis(100);

/// How long after all that was too old is gone.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(10 * 60);

/// Goes on until it is dropped. Every server does it; what one has removed is no work for the others.
pub async fn forget_old_changes(state: State) {
    let days = state.settings.changes.retention_days;
    if days == 0 {
        return;
    }
    loop {
        let history = Arc::clone(&state.history);
        let more = blocking(move || history.forget(days)).await.unwrap_or_else(|problem| {
            let cause = problem.cause().map(|cause| &**cause as &dyn std::error::Error);
            tracing::warn!(cause, "old changes could not be removed; it is tried again later");
            false
        });
        sleep(if more { BETWEEN_PARTS } else { BETWEEN_ROUNDS }).await;
    }
}
