//! Records of imports.

use std::sync::{Arc, atomic::Ordering};

use domain::{
    change::Via,
    import::{Counts, ImportId, ImportRecord, Standing},
    ports::Store,
    services::ImportLog,
    time::Timestamp,
    user::{Admin, Username},
};
use testing::TestDatabase;

use crate::{
    answers::{Outside, admin_named},
    open, open_elsewhere, read,
};

testing::on_every_database! {
    a_record_reads_as_it_was_written,
    an_import_is_known_from_its_beginning_to_its_end,
    an_import_whose_process_is_gone_counts_as_interrupted,
    what_is_said_of_an_import_is_bounded,
    the_latest_thousand_imports_are_kept,
}

fn record(id: u64) -> ImportRecord {
    ImportRecord {
        id: ImportId(id),
        started_at: Timestamp::from_unix(1),
        heard_of_at: Timestamp::from_unix(2),
        finished_at: None,
        actor: None,
        source: String::new(),
        counts: Counts::default(),
        standing: Standing::Running,
        error: None,
    }
}

fn full(id: u64) -> ImportRecord {
    ImportRecord {
        finished_at: Some(Timestamp::from_unix(3)),
        actor: Some(Username::new("Ann").unwrap()),
        source: "🎬".repeat(300),
        counts: Counts { created: 1, updated: 2, unchanged: 3, rejected: 1 << 40 },
        standing: Standing::Failed,
        error: Some("ö".repeat(1_000)),
        ..record(id)
    }
}

fn latest(store: &Arc<dyn Store>, limit: u32) -> Vec<ImportRecord> {
    read(store, |session| session.latest_imports(limit))
}

fn log(store: &Arc<dyn Store>) -> (ImportLog, Arc<Outside>) {
    let outside = Arc::new(Outside::default());
    (ImportLog::new(Arc::clone(store), outside.clone()), outside)
}

fn import(log: &ImportLog, id: ImportId) -> Option<ImportRecord> {
    log.latest(2_000).unwrap().into_iter().find(|record| record.id == id)
}

fn a_record_reads_as_it_was_written(database: &TestDatabase) {
    let store = open(database);
    assert_eq!(latest(&store, 10), []);
    let write = |record: &ImportRecord| store.writing(|session| session.insert_import(record)).unwrap();
    let rewrite = |record: &ImportRecord| store.writing(|session| session.update_import(record)).unwrap();
    write(&record(1));
    write(&full(2));
    write(&ImportRecord { standing: Standing::Interrupted, ..record(7) });
    assert_eq!(latest(&store, 2), [ImportRecord { standing: Standing::Interrupted, ..record(7) }, full(2)]);
    rewrite(&full(1));
    rewrite(&ImportRecord { standing: Standing::Done, ..record(2) });
    rewrite(&record(3));
    assert_eq!(latest(&store, 10)[1..], [ImportRecord { standing: Standing::Done, ..record(2) }, full(1)]);
    assert_eq!(latest(&store, 10).len(), 3, "what is not there is not made by a change");
    store.writing(|session| session.forget_imports(ImportId(2))).unwrap();
    assert_eq!(latest(&store, 10).iter().map(|record| record.id.0).collect::<Vec<_>>(), [7]);
}

fn an_import_is_known_from_its_beginning_to_its_end(database: &TestDatabase) {
    let store = open(database);
    let (log, clock) = log(&store);
    let pass = |seconds| clock.seconds.fetch_add(seconds, Ordering::Relaxed);
    let mut recording = log.begin(&admin_named("ann", Via::Import), "movies.json").unwrap();
    let failing = log.begin(&Admin::operator(), "api").unwrap();
    let id = recording.id();
    let begun = ImportRecord {
        started_at: Timestamp::from_unix(0),
        heard_of_at: Timestamp::from_unix(0),
        actor: Some(Username::new("ann").unwrap()),
        source: "movies.json".to_owned(),
        ..record(1)
    };
    assert_eq!(import(&log, id), Some(begun.clone()));
    let counts = |created| Counts { created, rejected: 1, ..Counts::default() };
    pass(1);
    recording.add(counts(10));
    assert_eq!(import(&log, id), Some(begun.clone()), "it is not written down all the time");
    pass(1);
    recording.add(counts(20));
    let so_far = import(&log, id).unwrap();
    assert_eq!((so_far.counts, so_far.standing), (Counts { rejected: 2, ..counts(30) }, Standing::Running));
    assert_eq!(so_far.counts.records(), 32);
    recording.add(counts(1));
    recording.finish(None);
    failing.finish(Some("the database is not available"));
    log.begin(&Admin::operator(), "cancelled").unwrap().cancel();
    let at = Timestamp::from_unix(2);
    let [cancelled, failed, done] = &log.latest(10).unwrap()[..] else { panic!() };
    assert_eq!((cancelled.standing, &cancelled.error), (Standing::Cancelled, &None));
    assert_eq!(cancelled.finished_at, Some(at));
    let counts = Counts { rejected: 3, ..counts(31) };
    let expected = ImportRecord { heard_of_at: at, finished_at: Some(at), counts, standing: Standing::Done, ..begun };
    assert_eq!(done, &expected);
    assert_eq!((failed.standing, &failed.actor, failed.finished_at), (Standing::Failed, &None, Some(at)));
    assert_eq!(failed.error.as_deref(), Some("the database is not available"));
}

fn an_import_whose_process_is_gone_counts_as_interrupted(database: &TestDatabase) {
    let store = open(database);
    let (log, clock) = log(&store);
    let (elsewhere, _) = self::log(&open_elsewhere(database));
    let done = log.begin(&Admin::operator(), "done").unwrap();
    done.finish(None);
    let mut recording = log.begin(&Admin::operator(), "running").unwrap();
    let id = recording.id();
    let standing = || import(&log, id).unwrap().standing;
    clock.seconds.store(300, Ordering::Relaxed);
    assert_eq!(standing(), Standing::Running);
    clock.seconds.store(301, Ordering::Relaxed);
    assert_eq!(standing(), Standing::Interrupted);
    assert_eq!(import(&elsewhere, id).unwrap().standing, Standing::Running, "the record itself stays as it is");
    recording.add(Counts::default());
    assert_eq!(standing(), Standing::Running, "it was slow only");
    clock.seconds.store(10_000, Ordering::Relaxed);
    assert_eq!(
        log.latest(2).unwrap().iter().map(|record| record.standing).collect::<Vec<_>>(),
        [Standing::Interrupted, Standing::Done]
    );
}

fn what_is_said_of_an_import_is_bounded(database: &TestDatabase) {
    let store = open(database);
    let (log, _) = log(&store);
    let source = format!("a\0b\n{}", "🎬".repeat(400));
    let recording = log.begin(&Admin::operator(), &source).unwrap();
    recording.finish(Some(&"é".repeat(2_000)));
    let record = &log.latest(1).unwrap()[0];
    assert_eq!(record.source, format!("ab{}", "🎬".repeat(298)));
    assert_eq!(record.error, Some("é".repeat(1_000)));
}

fn the_latest_thousand_imports_are_kept(database: &TestDatabase) {
    let store = open(database);
    let (log, _) = log(&store);
    let mut first = log.begin(&Admin::operator(), "first").unwrap();
    store.writing(|session| (2..=1_000).try_for_each(|id| session.insert_import(&record(id)))).unwrap();
    assert_eq!(latest(&store, 2_000).len(), 1_000);
    let last = log.begin(&Admin::operator(), "last").unwrap();
    let kept: Vec<u64> = latest(&store, 2_000).iter().map(|record| record.id.0).collect();
    assert_eq!(kept, (2..=1_001).rev().collect::<Vec<_>>());
    assert_eq!(last.id(), ImportId(1_001));
    first.add(Counts::default());
    first.finish(None);
    assert_eq!(import(&log, ImportId(1)), None, "it stays forgotten");
}
