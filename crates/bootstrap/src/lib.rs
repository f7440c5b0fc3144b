//! From settings to running services: the only crate that names the adapters.
//!
//! - [`settings`]: what can be configured, and where from
//! - [`network`]: networks, as settings name them
//! - [`services`]: the domain's services over the configured database and index

pub mod network;
pub mod services;
pub mod settings;

pub use network::Network;
pub use services::{
    Difference, IndexStats, MigrationStatus, PoolStats, Progress, Rebuilt, Services, StartError, Step, Verification,
    VerifyStep, Verifying, accounts, embedded_database, import_log, importer, migration_status, open_store,
    rebuild_index, rehearsal, verify_index,
};
pub use settings::{Settings, SettingsError};
