//! From settings to running services: the only crate that names the adapters.
//!
//! - [`settings`]: what can be configured, and where from
//! - `backup`: the configured database in a file, and back
//! - `doctor`: whether all is as it should be
//! - [`network`]: networks, as settings name them
//! - [`services`]: the domain's services over the configured database and index

mod backup;
mod doctor;
pub mod network;
pub mod services;
pub mod settings;

pub use backup::{Amount, Phase, backup, backup_to_file, restore};
pub use doctor::{Finding, Severity, examine};
pub use network::Network;
pub use services::{
    Difference, FIRST_PASSWORD_FILE, IndexStats, MigrationStatus, PoolStats, Progress, Rebuilt, Services, StartError,
    Step, Verification, VerifyStep, Verifying, accounts, embedded_database, import_log, importer, migration_status,
    open_store, rebuild_index, rehearsal, verify_index,
};
pub use settings::{Settings, SettingsError};
