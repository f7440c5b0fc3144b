//! The turns of this process's writers.
//!
//! The database lets one write at a time. A writer that waited there would keep a connection busy, and a few of them
//! would leave none to the readers. So the writers of a process wait here, without a connection, and at most one of them
//! waits for the database.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Writers, in the order in which they came.
#[derive(Default)]
pub struct Turns {
    queue: Mutex<Queue>,
    moved: Condvar,
}

#[derive(Default)]
struct Queue {
    next_ticket: u64,
    /// The tickets of who waits, after that of who is having a turn.
    tickets: VecDeque<u64>,
}

/// A writer's turn. It ends when this is dropped.
pub struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits for a turn, at most for `patience`.
    pub fn take(&self, patience: Duration) -> Option<Turn<'_>> {
        let mut queue = self.lock();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.tickets.push_back(ticket);
        let (mut queue, _) = self
            .moved
            .wait_timeout_while(queue, patience, |queue| queue.tickets.front() != Some(&ticket))
            .unwrap_or_else(PoisonError::into_inner);
        if queue.tickets.front() == Some(&ticket) {
            return Some(Turn(self));
        }
        queue.tickets.retain(|waiting| *waiting != ticket);
        None
    }

    /// How many wait for a turn.
    pub fn waiting(&self) -> u64 {
        self.lock().tickets.len().saturating_sub(1) as u64
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().tickets.pop_front();
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn waiting(turns: &Turns) -> usize {
        turns.lock().tickets.len()
    }

    #[test]
    fn turns_are_given_one_at_a_time_in_the_order_of_asking() {
        let turns = Turns::default();
        let (took, taken) = mpsc::channel();
        thread::scope(|scope| {
            let first = turns.take(LONG).unwrap();
            for writer in 0..5 {
                let (turns, took) = (&turns, took.clone());
                scope.spawn(move || {
                    let _turn = turns.take(LONG).unwrap();
                    took.send(writer).unwrap();
                });
                while waiting(turns) < writer + 2 {
                    thread::yield_now();
                }
            }
            assert!(taken.try_recv().is_err(), "nobody has a turn beside the first");
            drop(first);
        });
        assert_eq!(taken.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn who_gives_up_holds_nobody_up() {
        let turns = Turns::default();
        let first = turns.take(LONG);
        assert!(turns.take(Duration::from_millis(10)).is_none());
        drop(first);
        assert!(turns.take(Duration::ZERO).is_some());
        assert_eq!(waiting(&turns), 0);
    }
}
