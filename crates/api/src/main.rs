//! The program `marquee`.

mod backup_command;
mod doctor_command;
mod health_command;
mod index_command;
mod progress;

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use actix_web::rt;
use anyhow::{Context, bail};
use api::{application::Application, openapi, telemetry};
use backup_command::{BackupArguments, RestoreArguments};
use bootstrap::{MigrationStatus, Settings};
use clap::{Parser, Subcommand};
use doctor_command::DoctorArguments;
use domain::user::Role;
use index_command::IndexCommand;
use secrecy::SecretString;

/// A movie catalogue: REST API, search, web pages.
///
/// Settings come from config/default.toml, config/$MARQUEE_ENV.toml and the environment.
#[derive(Parser)]
#[command(name = "marquee", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve; this is what happens without a command, too
    Serve,
    /// Bring the database's tables up to date, or show what that would take
    Migrate {
        #[command(subcommand)]
        command: Option<MigrateCommand>,
    },
    /// Manage users
    #[command(subcommand)]
    User(UserCommand),
    /// Verify or rebuild the search index
    #[command(subcommand)]
    Index(IndexCommand),
    /// Ask the server of these settings whether it is ready
    Health,
    /// Write everything that the database holds to a file, whether a server runs or not
    ///
    /// It is one state of the database, which others go on reading and writing; nobody waits for it. The file is
    /// compressed, has a checksum, and is the same whichever kind of database it is made of. It holds the hashes of
    /// passwords: nobody but its owner may read it.
    #[command(after_help = "Exit status: 0 the backup is complete and on the disk, 1 there is none.")]
    Backup(BackupArguments),
    /// Fill an empty database from a backup
    ///
    /// The whole file is verified first. A database in which anything was ever written is refused. Stop the servers.
    #[command(after_help = "Exit status: 0 the database is restored, 1 it is not.")]
    Restore(RestoreArguments),
    /// Look at settings, database, index and disks, and say what is wrong and what to do about it
    ///
    /// Nothing is changed. A server may run meanwhile.
    #[command(after_help = "Exit status: 0 all is well, 1 there are warnings, 2 there are errors.")]
    Doctor(DoctorArguments),
    /// Print the OpenAPI document
    Openapi,
    /// Print the settings in force, each with where it comes from; secrets are masked
    Config,
}

#[derive(Subcommand)]
enum MigrateCommand {
    /// Apply what is pending; this is what happens without a command, too
    Up,
    /// List the migrations that are applied, pending, or made by a later version of this program
    Status,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create a user; the password is asked for, or read from the first line of standard input
    Create {
        name: String,
        /// Let the user add, edit and remove
        #[arg(long)]
        admin: bool,
    },
    /// Give a user a new password, asked for or read as above; all logins end
    Password { name: String },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command.unwrap_or(Command::Serve)) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Says in one line what went wrong and what led to it.
fn complain(error: &anyhow::Error) {
    let line = format!("{error:#}").replace('\n', " ");
    let _ = writeln!(io::stderr(), "marquee: {line}");
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Index(command) => return index_command::run(&command),
        Command::Doctor(arguments) => return doctor_command::run(&arguments),
        Command::Serve => {
            let application = Application::build(settings()?)?;
            rt::System::new().block_on(application.run_until_stopped())
        }
        Command::Migrate { command } => migrate(command.unwrap_or(MigrateCommand::Up)),
        Command::User(command) => manage_user(command),
        Command::Health => say(&health_command::readiness(&settings()?.server)?),
        Command::Backup(arguments) => backup_command::backup(&arguments),
        Command::Restore(arguments) => backup_command::restore(&arguments),
        Command::Openapi => say(&openapi::document_json()),
        Command::Config => show_settings(),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn migrate(command: MigrateCommand) -> anyhow::Result<()> {
    let settings = settings()?;
    match command {
        MigrateCommand::Up => {
            bootstrap::open_store(&settings)?;
            say("The database is up to date.")
        }
        MigrateCommand::Status => {
            let MigrationStatus { applied, pending, unknown } = bootstrap::migration_status(&settings)?;
            for (state, names) in [("applied", applied), ("pending", pending), ("unknown", unknown)] {
                names.iter().try_for_each(|name| say(&format!("{state}  {name}")))?;
            }
            Ok(())
        }
    }
}

fn manage_user(command: UserCommand) -> anyhow::Result<()> {
    let settings = settings()?;
    let accounts = bootstrap::accounts(&settings, bootstrap::open_store(&settings)?);
    match command {
        UserCommand::Create { name, admin } => {
            let role = if admin { Role::Admin } else { Role::User };
            let user = accounts.create_user(&name, new_password()?, role)?;
            say(&format!("Created {}.", user.username))
        }
        UserCommand::Password { name } => {
            accounts.reset_password(&name, new_password()?)?;
            say(&format!("Changed the password of {name}."))
        }
    }
}

fn show_settings() -> anyhow::Result<()> {
    let (settings, sources) = Settings::load_with_sources()?;
    // It finds out whether the log's settings can be used.
    telemetry::init(&settings.log)?;
    settings.describe(&sources)?.iter().try_for_each(|line| say(line))
}

fn settings() -> anyhow::Result<Settings> {
    let settings = Settings::load()?;
    telemetry::init(&settings.log)?;
    Ok(settings)
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// A password from the terminal, typed twice without being shown, or else from the first line of standard input.
fn new_password() -> anyhow::Result<SecretString> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let password = rpassword::prompt_password("Password: ")?;
        if password != rpassword::prompt_password("Once more: ")? {
            bail!("the two passwords differ");
        }
        return Ok(password.into());
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line).context("the password on standard input")?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    Ok(password.strip_suffix('\r').unwrap_or(password).to_owned().into())
}
