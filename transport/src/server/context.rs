//! volo's context of a call, and what it tells of the peer.

use std::cell::RefCell;

use volo::context::Context;
use volo_thrift::context::{ServerContext, ServerCxInner};

use crate::connection::Peer;

thread_local! {
    /// Contexts of calls that have ended. A new one takes several allocations.
    static CONTEXTS: RefCell<Vec<ServerContext>> = const { RefCell::new(Vec::new()) };
}

/// How many contexts a thread keeps, as many as volo does.
const KEPT: usize = 128;

/// What a listener knows of the caller, for a layer of a service.
///
/// `P` is the `Peer` of the listener: `SocketAddr` for [`StdNet`](crate::StdNet), `WebSocketPeer<SocketAddr>` for a
/// WebSocket on it. `None` where it is another type. A handler that has no context is told by
/// [`serve_with`](crate::serve_with).
///
/// ```
/// use std::net::SocketAddr;
/// use volo_thrift::context::ServerContext;
/// use volplane_transport::peer_of;
///
/// fn log(cx: &ServerContext) -> String {
///     peer_of::<SocketAddr>(cx).map_or("somebody".to_owned(), SocketAddr::to_string)
/// }
/// # assert_eq!(log(&ServerContext::default()), "somebody");
/// ```
pub fn peer_of<P: Peer>(cx: &ServerContext) -> Option<&P> {
    cx.extensions().get::<P>()
}

/// A context for a call of `peer`.
pub(super) fn take_context<P: Peer>(peer: &P) -> ServerContext {
    let mut cx = CONTEXTS.with(|contexts| contexts.borrow_mut().pop()).unwrap_or_default();
    if let Some(address) = peer.address() {
        cx.rpc_info_mut().caller_mut().set_address(address);
    }
    cx.extensions_mut().insert(peer.clone());
    cx
}

/// Keeps a context for another call.
pub(super) fn give_back(mut cx: ServerContext) {
    cx.reset(ServerCxInner::default());
    CONTEXTS.with(|contexts| {
        let mut contexts = contexts.borrow_mut();
        if contexts.len() < KEPT {
            contexts.push(cx);
        }
    });
}
