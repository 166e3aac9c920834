//! The door: who is signed in, how often somebody may try, and what a request may do with its
//! credentials.
//!
//! Never decides what a person may see or do: the principal comes from the directory on every
//! request, so a revocation counts at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use liandu_core::limits;
use liandu_core::log::{SignIn, SignInOutcome};
use liandu_core::policy::Principal;
use liandu_core::time::Timestamp;
use tokio::sync::Semaphore;

use crate::accounts::new_phones::NewPhones;
use crate::accounts::password;
use crate::accounts::session::{Session, Sessions, Token};
use crate::accounts::throttle::{Throttle, Who};
use crate::accounts::tries::{Totals, Tries};
use crate::api::Office;
use crate::api::origin::Outside;
use crate::api::problem::ApiError;
use crate::command::execute::console;
use crate::engine::{AuthorityAct, OfficeUser};
use crate::tables::visible::Visible;

/// The cookie's name.
pub(crate) const COOKIE: &str = "liandu-session";
/// A header that no foreign page can send without being asked first.
pub(crate) const CSRF_HEADER: &str = "liandu-csrf";

/// Between two entries of tries that were counted together.
const TRIES_EVERY: Duration = Duration::from_secs(60);

/// What the door takes from outside: the clock and randomness.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// The server's clock.
    pub now: fn() -> Timestamp,
    /// 32 random bytes, none when the system has none to give.
    pub random: fn() -> Option<[u8; 32]>,
}

impl Edge {
    /// The system's.
    pub fn system() -> Edge {
        Edge {
            now: system_now,
            random: system_random,
        }
    }
}

fn system_now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}

fn system_random() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
}

/// Sessions and failed tries.
#[derive(Debug)]
pub struct Door {
    sessions: Mutex<Sessions>,
    throttle: Mutex<Throttle>,
    /// Tries that the log does not have yet.
    tries: Mutex<Tries>,
    /// Each password check takes 19 MiB and tens of milliseconds.
    checks: Semaphore,
    /// Questions to the tables at the same time, exports aside.
    pub(crate) reads: Semaphore,
    /// Bundle files that are taken in at the same time: one may take minutes, and lists never wait
    /// for it.
    pub(crate) bundles: Semaphore,
    /// Pages that wait for changes at the same time.
    pub(crate) waits: Semaphore,
    /// Exports at the same time: each holds a read transaction while its client reads.
    pub(crate) exports: Arc<Semaphore>,
    pub(crate) edge: Edge,
    /// Phones that wait to be approved.
    pub(crate) new_phones: Mutex<NewPhones>,
    /// How the outside reaches the server.
    pub(crate) outside: Outside,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Door {
    /// Nobody is signed in.
    pub fn new(edge: Edge, outside: Outside) -> Door {
        Door {
            sessions: Mutex::default(),
            throttle: Mutex::default(),
            tries: Mutex::default(),
            checks: Semaphore::new(limits::SIGN_INS_AT_ONCE_MAX),
            reads: Semaphore::new(limits::TABLE_READERS_MAX),
            bundles: Semaphore::new(limits::BUNDLES_TAKEN_AT_ONCE_MAX),
            waits: Semaphore::new(limits::CHANGES_WAITING_MAX),
            exports: Arc::new(Semaphore::new(limits::EXPORTS_AT_ONCE_MAX)),
            edge,
            new_phones: Mutex::default(),
            outside,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.edge.now)()
    }

    pub(crate) fn sessions_alive(&self) -> usize {
        open(&self.sessions).count()
    }

    /// Tries since start, and rows about them that wait for the log.
    pub(crate) fn tried(&self) -> (Totals, usize) {
        let tries = open(&self.tries);
        (tries.totals(), tries.waiting())
    }

    fn may_try(&self, by: &[&Who]) -> Result<(), ApiError> {
        let (throttle, now) = (open(&self.throttle), self.now());
        let waits = by.iter().map(|who| throttle.wait_ms(who, now));
        let wait_ms = waits.max().unwrap_or(0);
        if wait_ms == 0 {
            return Ok(());
        }
        Err(ApiError::TooManyTries {
            retry_s: wait_ms.div_ceil(1000),
        })
    }

    fn session(&self, token: &Token) -> Option<Session> {
        open(&self.sessions).find(token, self.now())
    }

    pub(crate) fn end(&self, token: &Token) {
        open(&self.sessions).end(token);
    }

    /// The header that sets the cookie, or takes it away.
    pub(crate) fn cookie(&self, token: Option<&Token>) -> String {
        let (value, age_s) = match token {
            Some(token) => (token.text(), limits::SESSION_MS_MAX / 1000),
            None => (String::new(), 0),
        };
        let secure = if self.outside.secure_cookies {
            "; Secure"
        } else {
            ""
        };
        format!("{COOKIE}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}")
    }
}

/// Signs in; every try, however it ends, is counted and on its way into the log before it is
/// answered.
pub(crate) async fn sign_in(
    office: &Office,
    user: &str,
    password: String,
    address: String,
) -> Result<(Token, Session, Principal), ApiError> {
    let mut known = false;
    let tried = try_in(office, user, password, address.clone(), &mut known).await;
    let outcome = match &tried {
        Ok(_) => SignInOutcome::In,
        Err(ApiError::WrongPassword) => SignInOutcome::Wrong,
        Err(ApiError::TooManyTries { .. }) => SignInOutcome::Wait,
        Err(_) => return tried,
    };
    let now = office.door.now();
    if outcome == SignInOutcome::Wait {
        // It costs nobody anything: the next minute's entry has it.
        open(&office.door.tries).held_back(user, &address, now);
        return tried;
    }
    // People type passwords where the name belongs: only names of accounts are kept.
    let name = if known { user } else { "" };
    let rows = {
        let mut tries = open(&office.door.tries);
        tries.note(name, &address, outcome, now);
        tries.due(outcome, known, now)
    };
    write_tries(office, rows).await;
    tried
}

/// Writes once a minute what was not written at once, until it is ended.
pub(crate) async fn note_tries(office: Office) {
    let mut every = tokio::time::interval(TRIES_EVERY);
    loop {
        every.tick().await;
        write_all_tries(&office).await;
    }
}

/// Writes all that is known of tries to sign in.
pub(crate) async fn write_all_tries(office: &Office) {
    let rows = open(&office.door.tries).all();
    write_tries(office, rows).await;
}

/// What cannot be written (a disk that is nearly full) is kept for the next time.
async fn write_tries(office: &Office, rows: Vec<SignIn>) {
    if rows.is_empty() {
        return;
    }
    let act = AuthorityAct::SignIns(rows.clone());
    if let Err(error) = office.engine.act(console(), act).await {
        tracing::warn!(%error, "sign-ins wait to be written into the log");
        open(&office.door.tries).put_back(rows);
    }
}

/// Checks a password and begins a session; `known` becomes whether there is such an account, once
/// that was looked up.
async fn try_in(
    office: &Office,
    user: &str,
    password: String,
    address: String,
    known: &mut bool,
) -> Result<(Token, Session, Principal), ApiError> {
    let door = &office.door;
    let (by_user, by_address) = (Who::User(user.to_owned()), Who::Address(address));
    if user.len() > limits::USER_BYTES_MAX {
        // Nobody's name, and a try all the same.
        door.may_try(&[&by_address])?;
        open(&door.throttle).failed(by_address, door.now());
        return Err(ApiError::WrongPassword);
    }
    door.may_try(&[&by_user, &by_address])?;
    let name = user.to_owned();
    let account = office
        .engine
        .directory(move |known| known.account(&name).cloned())
        .await?;
    *known = account.is_some();
    let hash = account.as_ref().filter(|account| !account.disabled);
    let hash = hash.and_then(|account| account.password.clone());
    let _one_of_few = door
        .checks
        .acquire()
        .await
        .map_err(|_| ApiError::Internal)?;
    // Asked again: of many tries sent together, those in front may have failed meanwhile.
    door.may_try(&[&by_user, &by_address])?;
    let checked = tokio::task::spawn_blocking(move || password::verify(&password, hash.as_deref()));
    let fits = checked.await.map_err(|_| ApiError::Internal)?;
    let Some(account) = account.filter(|_| fits) else {
        let mut throttle = open(&door.throttle);
        throttle.failed(by_user, door.now());
        throttle.failed(by_address, door.now());
        return Err(ApiError::WrongPassword);
    };
    open(&door.throttle).succeeded(user);
    let name = user.to_owned();
    let asked = office
        .engine
        .directory(move |known| known.principal_of_user(&name));
    let principal = asked.await?.filter(|principal| !principal.revoked);
    let principal = principal.ok_or(ApiError::WrongPassword)?;
    let token = Token::new((door.edge.random)().ok_or(ApiError::Internal)?);
    let session = open(&door.sessions).begin(&token, user, &account, door.now());
    Ok((token, session, principal))
}

/// A signed-in person, as the directory knows them now.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) session: Session,
    pub(crate) token: Token,
    pub(crate) principal: Principal,
}

impl SignedIn {
    /// What they may see in the tables.
    pub(crate) fn visible(&self) -> Visible {
        Visible::of(&self.principal)
    }

    /// How the log names them.
    pub(crate) fn office_user(&self) -> OfficeUser {
        OfficeUser {
            user: self.session.user.clone(),
            session: self.session.public.clone(),
            person: self.session.person.clone(),
        }
    }
}

impl FromRequestParts<Office> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, ApiError> {
        let bearer = bearer(&parts.headers);
        let from_cookie = bearer.is_none();
        let token = bearer
            .or_else(|| cookie(&parts.headers))
            .ok_or(ApiError::NotSignedIn)?;
        if from_cookie && !parts.method.is_safe() && !from_our_page(&parts.headers) {
            return Err(ApiError::ForeignPage);
        }
        let session = office.door.session(&token).ok_or(ApiError::NotSignedIn)?;
        let user = session.user.clone();
        let asked = office.engine.directory(move |known| {
            let password = known
                .account(&user)
                .and_then(|account| account.password.clone());
            (password, known.principal_of_user(&user))
        });
        let (password, principal) = asked.await?;
        if !session.is_of(password.as_deref()) {
            return Err(ApiError::NotSignedIn);
        }
        let principal = principal.filter(|principal| !principal.revoked);
        let principal = principal.ok_or(ApiError::NotSignedIn)?;
        Ok(SignedIn {
            session,
            token,
            principal,
        })
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    Token::parse(header.strip_prefix("Bearer ")?.trim())
}

fn cookie(headers: &HeaderMap) -> Option<Token> {
    let all = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok());
    let mut pairs = all
        .flat_map(|header| header.split(';'))
        .filter_map(|c| c.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, value)| Token::parse(value))
}

/// Whether a cookie's request comes from our own pages: by the header that only they send, by
/// what the browser says, or by an origin that is our host.
fn from_our_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|header| header.to_str().ok());
    let host = text("host").unwrap_or("");
    let own = |origin: &str| {
        origin
            .split_once("://")
            .is_some_and(|(_, rest)| rest == host)
    };
    headers.contains_key(CSRF_HEADER)
        || text("sec-fetch-site") == Some("same-origin")
        || text("origin").is_some_and(own)
}
