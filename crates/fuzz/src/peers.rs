//! A session and a client in the phases of a conversation, met by foreign frames.
//!
//! Their hosts answer everything at once and with nothing: what is looked at is that neither side
//! fails, loops or queues without end.

use liandu_core::id::{Epoch, Position};
use liandu_core::protocol::client::{self, Client, Holding, Identity};
use liandu_core::protocol::digest::{definitions_digest, scopes_digest};
use liandu_core::protocol::frame::{ToDevice, ToServer};
use liandu_core::protocol::message::{
    Allowed, Carried, Challenge, Cursor, Hello, Nonce, Outcome, Resume, Short, Tier, Welcome,
};
use liandu_core::protocol::session::{self, Answer, Compared, Known, Page, Session};
use liandu_core::protocol::update::RecordVerdicts;
use liandu_core::seal::HelloProof;

use crate::world::{DEPLOYMENT, NOW, device, key, principal, scope};

const NONCE: Nonce = Nonce([0x5a; 32]);
/// What one frame may make either side do.
const OUTPUTS_MAX: usize = 2_000;

fn cursor(position: u64) -> Cursor {
    Cursor {
        epoch: Epoch([0xe0; 8]),
        position: Position(position),
        hash: Short([0; 8]),
    }
}

/// Feeds the frames to a session that waits for a hello, one that is live, one that repairs and
/// one in escrow.
pub(crate) fn session_meets(frames: &[&[u8]]) {
    let phases = [
        None,
        Some((Resume::Ok, false)),
        Some((Resume::Repair, false)),
        Some((Resume::Ok, true)),
    ];
    for phase in phases {
        let mut session = Session::new(DEPLOYMENT);
        let (resume, escrow) = phase.unwrap_or((Resume::Ok, false));
        session.handle(NOW, session::Input::Opened { nonce: NONCE });
        if phase.is_some() {
            session.handle(NOW, session::Input::Frame(hello()));
        }
        let mut open = carry_out(&mut session, resume, escrow);
        assert!(open, "an honest hello is taken");
        for frame in frames {
            session.handle(NOW, session::Input::Frame(frame.to_vec()));
            open = open && carry_out(&mut session, resume, escrow);
            if !open {
                session.handle(NOW, session::Input::Tick);
                assert_eq!(session.poll(), None, "a closed session is silent");
            }
        }
    }
}

/// Does what the session asks for; false when it closed.
fn carry_out(session: &mut Session, resume: Resume, escrow: bool) -> bool {
    for _ in 0..OUTPUTS_MAX {
        let Some(output) = session.poll() else {
            return true;
        };
        let input = match output {
            session::Output::Close(_) => {
                assert_eq!(session.poll(), None, "closing is the last");
                return false;
            }
            session::Output::Send(frame) => {
                ToDevice::decode(&frame).expect("a session sends what can be read");
                continue;
            }
            session::Output::LookUp { .. } => {
                session::Input::Known(Box::new(known(resume, escrow)))
            }
            session::Output::Admit { batch, records } => session::Input::Admitted {
                batch,
                answer: Answer::Verdicts {
                    position: Position(9),
                    tier: Tier::Fsynced,
                    records: records.iter().map(|push| verdicts(push.record)).collect(),
                },
            },
            session::Output::Deliver(carry) => session::Input::Delivered(Carried {
                number: carry.number,
                outcome: Outcome::Taken,
                receipts: Vec::new(),
            }),
            session::Output::ReadFeed { .. } => session::Input::Page(Page {
                bodies: Vec::new(),
                upto: cursor(9),
                more: false,
            }),
            session::Output::ReadNumbers(_) => session::Input::Numbers(Vec::new()),
            session::Output::ReadDefinitions(_) => session::Input::Definitions(Vec::new()),
            session::Output::Digests(digests) => {
                session::Input::Differing(digests.iter().map(|digest| digest.scope).collect())
            }
            session::Output::Compare(_) => session::Input::Compared(Compared {
                bodies: Vec::new(),
                want: Vec::new(),
                covered_to: None,
            }),
            session::Output::Enrol(_) => session::Input::EnrolRefused {
                retry_after_ms: None,
            },
            session::Output::ReadAuthority { .. }
            | session::Output::KeepAuthority(_)
            | session::Output::Acknowledged(_)
            | session::Output::Opened(_)
            | session::Output::Odd(_) => continue,
        };
        session.handle(NOW, input);
    }
    unreachable!("one frame keeps a session busy without end");
}

fn verdicts(record: liandu_core::id::RecordId) -> RecordVerdicts {
    RecordVerdicts {
        record,
        receipts: Vec::new(),
        others: Vec::new(),
        missing: true,
    }
}

fn known(resume: Resume, escrow: bool) -> Known {
    Known {
        key: key(1).public(),
        person: principal(&device(1)).expect("a person").person.clone(),
        scopes: vec![scope()],
        resume,
        at: cursor(9),
        definitions: Vec::new(),
        authority: Position(3),
        escrow,
        left_out: 0,
        answers: Vec::new(),
    }
}

/// The hello of a device that holds everything.
fn hello() -> Vec<u8> {
    let device = device(1);
    let proof = HelloProof {
        deployment: &DEPLOYMENT,
        device: &device,
        nonce: &NONCE.0,
        version: 1,
    };
    let hello = Hello {
        version: 1,
        device,
        signature: proof.sign(&key(1)),
        cursor: Some(cursor(9)),
        behind: Vec::new(),
        scopes: scopes_digest(&[scope().id()]),
        definitions: definitions_digest(&[]),
        authority: Position(3),
        time: NOW,
        app: "fuzz".to_owned(),
        unsent: 0,
        certificate: None,
        answers: Some(Position(0)),
    };
    ToServer::from(hello).encode().expect("a short frame")
}

/// Feeds the frames to a client that waits for a challenge, one that waits for the welcome, one
/// that is live and one that repairs.
pub(crate) fn client_meets(frames: &[&[u8]]) {
    let welcomed = |resume| vec![challenge(), welcome(resume)];
    let phases = [
        vec![],
        vec![challenge()],
        welcomed(Resume::Ok),
        welcomed(Resume::Repair),
    ];
    for before in phases {
        let identity = Identity {
            deployment: DEPLOYMENT,
            device: device(1),
            certificate: None,
            app: "fuzz".to_owned(),
        };
        let mut client = Client::new(identity, Holding::default(), 1);
        client.handle(NOW, client::Input::SyncNow);
        client.handle(NOW, client::Input::Connected);
        for frame in before
            .iter()
            .map(Vec::as_slice)
            .chain(frames.iter().copied())
        {
            client.handle(NOW, client::Input::Frame(frame.to_vec()));
            store(&mut client);
        }
    }
}

/// Stores what the client hands out.
fn store(client: &mut Client) {
    for _ in 0..OUTPUTS_MAX {
        let Some(output) = client.poll() else {
            return;
        };
        let input = match output {
            client::Output::Send(frame) => {
                ToServer::decode(&frame).expect("a client sends what can be read");
                continue;
            }
            client::Output::Sign(words) => client::Input::Signed {
                signature: key(1).sign(&words),
                words,
            },
            client::Output::Updates { feed, .. } => client::Input::Stored { feed },
            client::Output::Scopes { .. } => client::Input::ScopesStored,
            client::Output::Definition { name, .. } => client::Input::DefinitionStored(name),
            client::Output::Authority { position, .. } => client::Input::AuthorityStored(position),
            client::Output::NeedDigests => client::Input::Digests(Vec::new()),
            client::Output::NeedHeads { scope, .. } => client::Input::Heads {
                scope,
                records: Vec::new(),
                last: true,
            },
            client::Output::NeedAuthority { .. } => client::Input::Authority {
                position: Position(3),
                statements: Vec::new(),
            },
            client::Output::Connect
            | client::Output::Disconnect
            | client::Output::Status(_)
            | client::Output::Greeted { .. }
            | client::Output::Answers(_)
            | client::Output::Room(_)
            | client::Output::Verdicts { .. }
            | client::Output::Returned { .. }
            | client::Output::CaughtUp(_)
            | client::Output::Wanted(_)
            | client::Output::Carried { .. }
            | client::Output::Numbers(_)
            | client::Output::Odd(_) => continue,
        };
        client.handle(NOW, input);
    }
    unreachable!("one frame keeps a client busy without end");
}

fn challenge() -> Vec<u8> {
    let challenge = Challenge {
        nonce: NONCE,
        versions: vec![1],
        deployment: DEPLOYMENT,
        time: NOW,
    };
    ToDevice::from(challenge).encode().expect("a short frame")
}

fn welcome(resume: Resume) -> Vec<u8> {
    let welcome = Welcome {
        resume,
        at: cursor(9),
        feed: true,
        time: NOW,
        allowed: Allowed {
            window: 8,
            frame_bytes: 1 << 20,
        },
        scopes: Some(vec![scope()]),
        definitions: Some(Vec::new()),
        authority: Position(0),
        person: principal(&device(1)).expect("a person").person.clone(),
        escrow: None,
        left_out: None,
    };
    ToDevice::from(welcome).encode().expect("a short frame")
}
