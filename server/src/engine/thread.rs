//! The thread's loop: take all that waits, stage, commit once, answer, then read.
//!
//! Never runs a reader between staging and commit: readers see only what is durable.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use liandu_core::id::Position;
use tokio::sync::{mpsc, oneshot, watch};

use super::wakes::Wakes;
use super::{LiveKeeper, Numbers, Read, Reply, Request, Stage, now};
use crate::keeper::{Answer, Ticket};

/// Requests staged for one commit.
const GROUP: usize = 512;

pub(super) struct Engine {
    pub(super) keeper: LiveKeeper,
    pub(super) waiting: mpsc::Receiver<Request>,
    pub(super) position: watch::Sender<Position>,
    pub(super) authority: watch::Sender<Position>,
    pub(super) numbers: Arc<Mutex<Numbers>>,
    pub(super) wakes: Arc<Wakes>,
}

/// What was taken from the channel for one round.
#[derive(Default)]
struct Round {
    stages: Vec<Stage>,
    reads: Vec<Read>,
    rest: bool,
    stop: Option<oneshot::Sender<()>>,
}

impl Round {
    fn take(&mut self, request: Request) {
        match request {
            Request::Stage(stage) => self.stages.push(stage),
            Request::Read(read) => self.reads.push(read),
            Request::Rest => self.rest = true,
            Request::Stop(done) => self.stop = Some(done),
        }
    }

    fn is_full(&self) -> bool {
        self.stages.len() + self.reads.len() >= GROUP
    }
}

impl Engine {
    pub(super) fn run(mut self) {
        while let Some(first) = self.waiting.blocking_recv() {
            let mut round = Round::default();
            round.take(first);
            while !round.is_full()
                && let Ok(request) = self.waiting.try_recv()
            {
                round.take(request);
            }
            self.write(std::mem::take(&mut round.stages));
            for read in round.reads {
                let keeper = &self.keeper;
                if catch_unwind(AssertUnwindSafe(|| read(keeper))).is_err() {
                    tracing::error!("a reader panicked");
                }
            }
            self.keeper.mend();
            // What was mended may have brought entries.
            self.publish();
            // Answers are out: what was read again and again is packed now.
            self.keeper.pack_some();
            if round.rest {
                self.keeper.rest();
            }
            if let Some(done) = round.stop {
                self.keeper.rest();
                drop(self.keeper);
                // Whoever asked may have gone.
                let _ = done.send(());
                return;
            }
        }
    }

    fn write(&mut self, stages: Vec<Stage>) {
        if stages.is_empty() {
            return;
        }
        let mut replies: BTreeMap<Ticket, Reply> = BTreeMap::new();
        for stage in stages {
            let keeper = &mut self.keeper;
            match catch_unwind(AssertUnwindSafe(|| stage(keeper, now()))) {
                Ok(staged) => replies.extend(staged),
                Err(_) => {
                    // Half a change may be staged: none of this group counts.
                    tracing::error!("a request panicked; its commit is dropped");
                    self.keeper.abandon();
                }
            }
        }
        for (ticket, answer) in self.keeper.commit(now()) {
            if let Answer::Failed(error) = &answer {
                tracing::warn!(%error, "a request failed");
            }
            if let Some(reply) = replies.remove(&ticket) {
                reply(answer);
            }
        }
        self.publish();
    }

    fn publish(&mut self) {
        let position = self.keeper.position();
        self.position
            .send_if_modified(|known| changed(known, position));
        self.wakes.wake(&self.keeper.take_moved());
        let authority = self.keeper.directory().position();
        self.authority
            .send_if_modified(|known| changed(known, authority));
        *self.numbers.lock().unwrap_or_else(PoisonError::into_inner) = self.keeper.numbers();
    }
}

fn changed(known: &mut Position, to: Position) -> bool {
    let different = *known != to;
    *known = to;
    different
}
