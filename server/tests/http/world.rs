//! What the tests stand on: a server over a fresh SQLite file, a backend that asks the policy and keeps a few events, and a browser.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::backend::{Backend, Caller, Connect, Links, Requests, Result, Subjects, Systems, Views};
use app::error::Error;
use app::model::{
    Asked, CollectionChoice, DatabasePlace, DraftId, DraftLine, DraftView, Event, EventKind,
    Identifier, IdentifierKind, LinkId, ListView, Misbehaviour, NewDatabase, NewRequest, NewSkip,
    PastSearch, Plan, PlanAsk, PlanId, Power, Pressing, RequestFilter, RequestId, RequestPage,
    RequestState, RequestSummary, Right, RunView, SavedViews, SearchId, SearchView, SubjectHandle,
    SystemDetail, SystemId, SystemView, Today, ViewId,
};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusBuilder;
use server::backend::Habeas;
use server::backend::clients::Clients;
use server::backend::contacts::Contacts;
use server::backend::sessions::{Lasting, Sessions};
use server::clock::Clock;
use server::config::PublicUrl;
use server::http::genesys::limit::{Limits, Rates};
use server::http::genesys::{self, Api};
use server::http::{self, Parts, Web};
use server::hub::Hub;
use server::matching::Country;
use server::policy::{Act, allow};
use server::secret::Keys;
use server::store::{ContactKeys, Db};
use server::workflow::Engine;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The instant at which worlds begin.
pub(crate) const BEGIN: i64 = 1_790_000_000_000;

/// A server, and the things a test turns.
pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) web: Web,
    pub(crate) clock: Clock,
    pub(crate) sessions: Sessions,
    pub(crate) hub: Hub,
    pub(crate) people: Arc<People>,
    pub(crate) stopping: CancellationToken,
    pub(crate) options: LeptosOptions,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at("http://127.0.0.1:7878").await
    }

    pub(crate) async fn at(public_url: &str) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let site = site(folder.path());
        let db = Db::sqlite(&folder.path().join("habeas.db"))
            .await
            .expect("database");
        let clock = Clock::set_to(BEGIN);
        let lasting = Lasting {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 3600),
        };
        let sessions = Sessions::new(db.clone(), clock.clone(), lasting);
        let people = Arc::new(People::default());
        let habeas = habeas(&db, &clock, folder.path());
        let (hub, stopping) = (habeas.hub.clone(), CancellationToken::new());
        let web = Web::new(Parts {
            api: api(&habeas, public_url),
            habeas,
            backend: people.backend(),
            sessions: sessions.clone(),
            public_url: PublicUrl::parse(public_url).expect("url"),
            data: folder.path().to_owned(),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            stopping: stopping.clone(),
        });
        let options = http::options(&site);
        let router = http::router(&web, &options, app::shell);
        Self {
            router,
            web,
            clock,
            sessions,
            hub,
            people,
            stopping,
            options,
            folder,
        }
    }

    /// A session's cookie line of a member of staff.
    pub(crate) async fn signed_in(&self) -> String {
        let link = self
            .sessions
            .make_link("Ana", Duration::from_secs(60))
            .await
            .expect("link");
        let token = self
            .sessions
            .sign_in(&link, None)
            .await
            .expect("works")
            .expect("fresh");
        format!("habeas={token}")
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.send_raw(request).await).await
    }

    /// The answer with its body unread.
    pub(crate) async fn send_raw(&self, request: Request<Body>) -> Response<Body> {
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("infallible")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(ask("GET", path).body(Body::empty()).expect("request"))
            .await
    }
}

/// A request in progress.
pub(crate) fn ask(method: &str, path: &str) -> axum::http::request::Builder {
    let method = Method::from_bytes(method.as_bytes()).expect("method");
    Request::builder().method(method).uri(path)
}

/// A form as this site's own pages send it.
pub(crate) fn form(path: &str, fields: &str) -> Request<Body> {
    ask("POST", path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(fields.to_owned()))
        .expect("request")
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.expect("body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }
}

fn habeas(db: &Db, clock: &Clock, folder: &Path) -> Habeas {
    let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough");
    let engine = Engine::new(db.clone(), keys, clock.clone(), folder.join("packages"));
    Habeas::new(server::backend::Parts {
        engine,
        public_url: "http://127.0.0.1:7878".into(),
        country: Country::parse("US").expect("country"),
        search_timeout: Duration::from_secs(1),
    })
}

fn api(habeas: &Habeas, public_url: &str) -> Api {
    let with = ContactKeys {
        keys: habeas.keys.clone(),
        country: habeas.country,
    };
    let (db, clock) = (habeas.db.clone(), habeas.clock.clone());
    Api::new(genesys::Parts {
        gdpr: Arc::new(habeas.clone()),
        contacts: Contacts {
            db: db.clone(),
            with,
            clock: clock.clone(),
        },
        clients: Clients {
            db,
            clock: clock.clone(),
        },
        clock,
        limits: Limits::new(Rates::default()),
        public_url: public_url.to_owned(),
    })
}

fn site(folder: &Path) -> std::path::PathBuf {
    let site = folder.join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("site");
    std::fs::write(site.join("pkg/habeas.css"), "main{}").expect("file");
    std::fs::write(site.join("favicon.svg"), "<svg/>").expect("file");
    site
}

/// The only request and the only search that there are.
pub(crate) const ROOT: &str = "r-1";
pub(crate) const MEMBER: &str = "r-2";
pub(crate) const SEARCH: &str = "s-1";
/// What only signed-in staff may see.
pub(crate) const CANARY: &str = "canary@example.org";

/// A backend that asks the policy first, as the real one does.
#[derive(Default)]
pub(crate) struct People {
    events: AtomicI64,
    pub(crate) version: AtomicI64,
    pub(crate) searched: Mutex<Vec<String>>,
}

impl People {
    fn backend(self: &Arc<Self>) -> Backend {
        Backend {
            subjects: self.clone(),
            links: self.clone(),
            requests: self.clone(),
            views: self.clone(),
            systems: self.clone(),
            connect: self.clone(),
        }
    }

    fn summary(&self, id: &str) -> RequestSummary {
        RequestSummary {
            id: RequestId::parse(id).expect("id"),
            right: Right::Export,
            state: RequestState::Running,
            name: Some(CANARY.into()),
            members: 1,
            tasks_ended: 0,
            tasks: self.events.load(Ordering::SeqCst) as u32,
            tasks_failed: 0,
            created_at: BEGIN,
            created_by: "=Ana".into(),
            due_at: Some(BEGIN),
            ended_at: None,
        }
    }

    /// One more event of [`ROOT`].
    pub(crate) fn happen(&self) {
        self.events.fetch_add(1, Ordering::SeqCst);
    }
}

fn known(id: &str, all: &[&str], what: &str) -> Result<()> {
    if all.contains(&id) {
        Ok(())
    } else {
        Err(Error::not_found(what))
    }
}

#[async_trait]
impl Subjects for People {
    async fn start_search(&self, caller: &Caller, identifier: Identifier) -> Result<SearchId> {
        allow(caller, Act::SearchSubjects)?;
        self.searched
            .lock()
            .expect("lock")
            .push(identifier.value().to_owned());
        if identifier.value().starts_with("panic") {
            panic!("{CANARY}");
        }
        Ok(SearchId::parse(SEARCH).expect("id"))
    }

    async fn search_beside(
        &self,
        caller: &Caller,
        id: &SearchId,
        identifier: Identifier,
    ) -> Result<SearchId> {
        allow(caller, Act::SearchSubjects)?;
        known(id.as_str(), &[SEARCH], "search")?;
        self.start_search(caller, identifier).await
    }

    async fn drop_search(&self, caller: &Caller, id: &SearchId) -> Result<Option<SearchId>> {
        allow(caller, Act::SearchSubjects)?;
        known(id.as_str(), &[SEARCH], "search")?;
        Ok(None)
    }

    async fn keep_search(&self, caller: &Caller, id: &SearchId, _: bool) -> Result<SearchId> {
        allow(caller, Act::SearchSubjects)?;
        known(id.as_str(), &[SEARCH], "search")?;
        Ok(id.clone())
    }

    async fn past_searches(&self, caller: &Caller) -> Result<Vec<PastSearch>> {
        allow(caller, Act::SearchSubjects)?;
        Ok(Vec::new())
    }

    async fn search(&self, caller: &Caller, id: &SearchId) -> Result<SearchView> {
        allow(caller, Act::SearchSubjects)?;
        known(id.as_str(), &[SEARCH], "search")?;
        Ok(SearchView {
            id: id.clone(),
            asked: vec![Asked {
                search: id.clone(),
                identifier: Identifier::new(IdentifierKind::Email, CANARY).expect("identifier"),
                started_at: BEGIN,
            }],
            kept: false,
            lanes: Vec::new(),
            sets: Vec::new(),
            unsearched: Vec::new(),
            version: self.version.load(Ordering::SeqCst),
        })
    }

    async fn search_again(&self, caller: &Caller, _: &SearchId, _: &SystemId) -> Result<()> {
        allow(caller, Act::SearchSubjects)
    }
}

#[async_trait]
impl Links for People {
    async fn join(
        &self,
        caller: &Caller,
        _: &SearchId,
        _: [&SubjectHandle; 2],
        _: &str,
    ) -> Result<()> {
        allow(caller, Act::LinkPeople)
    }

    async fn part(&self, caller: &Caller, _: &SearchId, _: &SubjectHandle, _: &str) -> Result<()> {
        allow(caller, Act::LinkPeople)
    }

    async fn undo(&self, caller: &Caller, _: &LinkId, _: &str) -> Result<()> {
        allow(caller, Act::LinkPeople)
    }
}

#[async_trait]
impl Requests for People {
    async fn make_plan(&self, caller: &Caller, _: PlanAsk) -> Result<PlanId> {
        allow(caller, Act::MakeRequests)?;
        Err(Error::not_found("search"))
    }

    async fn plan(&self, caller: &Caller, _: &PlanId) -> Result<Plan> {
        allow(caller, Act::MakeRequests)?;
        Err(Error::not_found("plan"))
    }

    async fn create(&self, caller: &Caller, _: NewRequest) -> Result<RequestId> {
        allow(caller, Act::MakeRequests)?;
        Err(Error::not_found("plan"))
    }

    async fn run(&self, caller: &Caller, id: &RequestId) -> Result<RunView> {
        allow(caller, Act::ReadRequests)?;
        known(id.as_str(), &[ROOT, MEMBER], "request")?;
        Ok(RunView {
            id: RequestId::parse(ROOT).expect("id"),
            right: Right::Export,
            state: RequestState::Running,
            created_at: BEGIN,
            ended_at: None,
            created_by: "Ana".into(),
            reason: CANARY.into(),
            plan_hash: "0".into(),
            due_at: BEGIN,
            retry_of: None,
            members: Vec::new(),
            systems: Vec::new(),
            cells: Vec::new(),
            coverage: Vec::new(),
            skips: Vec::new(),
            rechecks: Vec::new(),
            last_event: self.events.load(Ordering::SeqCst),
            retry_blocked: None,
        })
    }

    async fn events(&self, caller: &Caller, id: &RequestId, after: i64) -> Result<Vec<Event>> {
        allow(caller, Act::ReadRequests)?;
        known(id.as_str(), &[ROOT], "request")?;
        let event = |seq| Event {
            seq,
            at: BEGIN,
            request: id.clone(),
            kind: EventKind::Created,
        };
        Ok((after + 1..=self.events.load(Ordering::SeqCst))
            .map(event)
            .collect())
    }

    /// One request, whose number of tasks is that of its events; after it another.
    async fn list(&self, caller: &Caller, filter: RequestFilter) -> Result<RequestPage> {
        allow(caller, Act::ReadRequests)?;
        let (id, next) = match filter.after {
            None => (ROOT, Some(ROOT)),
            Some(_) => (MEMBER, None),
        };
        Ok(RequestPage {
            requests: vec![self.summary(id)],
            next: next.map(|id| RequestId::parse(id).expect("id")),
            newer: 0,
            now: BEGIN,
        })
    }

    async fn list_again(
        &self,
        caller: &Caller,
        _: RequestFilter,
        shown: &[RequestId],
    ) -> Result<RequestPage> {
        allow(caller, Act::ReadRequests)?;
        Ok(RequestPage {
            requests: shown.iter().map(|id| self.summary(id.as_str())).collect(),
            next: None,
            newer: 3,
            now: BEGIN,
        })
    }

    async fn today(&self, caller: &Caller) -> Result<Today> {
        allow(caller, Act::ReadRequests)?;
        Ok(Today {
            now: BEGIN,
            pressing: Pressing::default(),
            needs: Vec::new(),
            answered: Vec::new(),
        })
    }

    async fn retry(&self, caller: &Caller, _: &RequestId) -> Result<RequestId> {
        allow(caller, Act::RetryRequests)?;
        Err(Error::not_found("request"))
    }

    async fn skip(&self, caller: &Caller, _: NewSkip) -> Result<RequestId> {
        allow(caller, Act::SkipTasks)?;
        Err(Error::not_found("request"))
    }
}

#[async_trait]
impl Views for People {
    async fn views(&self, caller: &Caller) -> Result<SavedViews> {
        allow(caller, Act::KeepViews)?;
        Ok(SavedViews::default())
    }

    async fn save_view(&self, caller: &Caller, _: &str, _: ListView) -> Result<()> {
        allow(caller, Act::KeepViews)
    }

    async fn delete_view(&self, caller: &Caller, _: &ViewId) -> Result<()> {
        allow(caller, Act::KeepViews)
    }

    async fn put_view_back(&self, caller: &Caller, _: &ViewId) -> Result<()> {
        allow(caller, Act::KeepViews)
    }
}

#[async_trait]
impl Connect for People {
    async fn test(
        &self,
        caller: &Caller,
        _: DatabasePlace,
        _: String,
        _: Option<&DraftId>,
    ) -> Result<std::result::Result<Vec<Power>, String>> {
        allow(caller, Act::ConnectSystems)?;
        Ok(Ok(Vec::new()))
    }

    async fn start(&self, caller: &Caller, _: NewDatabase, _: String) -> Result<DraftId> {
        allow(caller, Act::ConnectSystems)?;
        Err(Error::not_found("draft"))
    }

    async fn start_again(
        &self,
        caller: &Caller,
        _: &DraftId,
        _: NewDatabase,
        _: String,
    ) -> Result<()> {
        allow(caller, Act::ConnectSystems)
    }

    async fn drafts(&self, caller: &Caller) -> Result<Vec<DraftLine>> {
        allow(caller, Act::ConnectSystems)?;
        Ok(Vec::new())
    }

    async fn draft(&self, caller: &Caller, _: &DraftId) -> Result<DraftView> {
        allow(caller, Act::ConnectSystems)?;
        Err(Error::not_found("draft"))
    }

    async fn decide(&self, caller: &Caller, _: &DraftId, _: CollectionChoice) -> Result<()> {
        allow(caller, Act::ConnectSystems)
    }

    async fn try_search(&self, caller: &Caller, _: &DraftId, _: Identifier) -> Result<()> {
        allow(caller, Act::ConnectSystems)
    }

    async fn enable(&self, caller: &Caller, _: &DraftId) -> Result<Option<SystemId>> {
        allow(caller, Act::ConnectSystems)?;
        Ok(None)
    }

    async fn discard(&self, caller: &Caller, _: &DraftId) -> Result<()> {
        allow(caller, Act::ConnectSystems)
    }
}

#[async_trait]
impl Systems for People {
    async fn list(&self, caller: &Caller) -> Result<Vec<SystemView>> {
        allow(caller, Act::ReadSystems)?;
        Ok(Vec::new())
    }

    async fn detail(&self, caller: &Caller, _: &SystemId) -> Result<SystemDetail> {
        allow(caller, Act::ReadSystems)?;
        Err(Error::not_found("system"))
    }

    async fn set_paused(&self, caller: &Caller, _: &SystemId, _: bool) -> Result<()> {
        allow(caller, Act::ManageSystems)
    }

    async fn set_misbehaviour(&self, caller: &Caller, _: &SystemId, _: Misbehaviour) -> Result<()> {
        allow(caller, Act::ManageSystems)
    }
}
