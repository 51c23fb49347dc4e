//! A `tracing` subscriber that keeps what is logged, for tests.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, Interest};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// What is logged in this thread while it lives, at a level or above.
pub struct Capture {
    lines: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

impl Capture {
    pub fn start(level: Level) -> Self {
        LazyLock::force(&ASK_EACH_TIME);
        let lines = Arc::default();
        let keeper = Keeper { level, lines: Arc::clone(&lines), spans: AtomicU64::new(0), handles: Mutex::default() };
        Self { lines, _guard: tracing::subscriber::set_default(keeper) }
    }

    /// All lines so far: `LEVEL field=value message`, `span N name field=value`, `record N field=value`, `end N`.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The lines that contain `text`.
    pub fn with(&self, text: &str) -> Vec<String> {
        let mut lines = self.lines();
        lines.retain(|line| line.contains(text));
        lines
    }
}

/// `tracing` caches for each place in the code whether any subscriber wants its events. With one subscriber in the
/// process it asks only that of the thread that comes there first, and most threads of these tests have none.
static ASK_EACH_TIME: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(AskEachTime));

struct AskEachTime;

impl Subscriber for AskEachTime {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Keeper {
    level: Level,
    lines: Arc<Mutex<Vec<String>>>,
    spans: AtomicU64,
    /// How many handles each span has.
    handles: Mutex<HashMap<u64, usize>>,
}

impl Keeper {
    fn keep(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("volplane_transport") && *metadata.level() <= self.level
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.spans.fetch_add(1, Ordering::Relaxed) + 1;
        let mut line = format!("span {id} {}", span.metadata().name());
        span.record(&mut Fields(&mut line));
        self.keep(line);
        self.handles.lock().unwrap().insert(id, 1);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut line = format!("record {}", span.into_u64());
        values.record(&mut Fields(&mut line));
        self.keep(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = event.metadata().level().to_string();
        event.record(&mut Fields(&mut line));
        self.keep(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn clone_span(&self, span: &Id) -> Id {
        *self.handles.lock().unwrap().get_mut(&span.into_u64()).unwrap() += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut handles = self.handles.lock().unwrap();
        let left = handles.get_mut(&span.into_u64()).unwrap();
        *left -= 1;
        if *left == 0 {
            self.keep(format!("end {}", span.into_u64()));
        }
        *left == 0
    }
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}
