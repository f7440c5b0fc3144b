//! The server behind `testing::mysql()`.
#![cfg(test)]
#![cfg(feature = "mysql")]

mod mysql {
    use std::io::{BufRead, BufReader, Write};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use diesel::mysql::MysqlConnection;
    use diesel::sql_types::Text;
    use diesel::{Connection, QueryableByName, RunQueryDsl};

    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Text)]
        answer: String,
    }

    fn connect(url: &str) -> MysqlConnection {
        MysqlConnection::establish(url).unwrap()
    }

    fn execute(connection: &mut MysqlConnection, statement: &str) -> diesel::QueryResult<usize> {
        diesel::sql_query(statement).execute(connection)
    }

    fn ask(connection: &mut MysqlConnection, expression: &str) -> String {
        diesel::sql_query(format!("SELECT {expression} AS answer")).get_result::<Answer>(connection).unwrap().answer
    }

    #[test]
    fn what_is_written_in_one_database_is_not_in_another() {
        let (one, other) = (testing::mysql(), testing::mysql());
        execute(&mut connect(one.url()), "CREATE TABLE t (id INT)").unwrap();
        assert!(execute(&mut connect(one.url()), "INSERT INTO t VALUES (1)").is_ok());
        assert!(execute(&mut connect(other.url()), "INSERT INTO t VALUES (1)").is_err());
    }

    #[test]
    fn a_database_is_gone_once_it_is_dropped() {
        let database = testing::mysql();
        let url = database.url().to_owned();
        drop(database);
        assert!(MysqlConnection::establish(&url).is_err());
    }

    #[test]
    fn all_databases_of_a_process_are_on_one_server() {
        let (one, other) = (testing::mysql(), testing::mysql());
        let data_of = |url| ask(&mut connect(url), "@@datadir");
        assert_eq!(data_of(one.url()), data_of(other.url()));
    }

    const TOLD_TO_WAIT: &str = "TESTING_WAIT_TO_BE_KILLED";

    /// Runs itself in a second process, which it kills once a server has started there.
    #[test]
    fn a_private_server_and_its_data_are_gone_after_the_process_is_killed() {
        const THIS: &str = "mysql::a_private_server_and_its_data_are_gone_after_the_process_is_killed";
        if std::env::var_os(TOLD_TO_WAIT).is_some() {
            let database = testing::mysql();
            writeln!(std::io::stderr(), "\n{}", database.url()).unwrap();
            thread::sleep(Duration::from_secs(600));
            return;
        }

        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([THIS, "--exact", "--nocapture"])
            .env(TOLD_TO_WAIT, "1")
            .env_remove("TEST_DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let url = BufReader::new(process.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .inspect(|line| said.push(line.clone()))
            .find(|line| line.starts_with("mysql://"));
        let Some(url) = url else {
            panic!("no server was started:\n{}", said.join("\n"));
        };
        let data = ask(&mut connect(&url), "@@datadir");
        let directory = Path::new(&data).parent().unwrap();
        assert!(directory.exists());

        process.kill().unwrap();
        process.wait().unwrap();

        let give_up = Instant::now() + Duration::from_secs(10);
        while directory.exists() || MysqlConnection::establish(&url).is_ok() {
            assert!(Instant::now() < give_up, "{data} or its server is still there");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
