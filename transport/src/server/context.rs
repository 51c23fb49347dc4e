//! volo's context of a call, and the peer in it.

use std::cell::RefCell;

use volo::context::Context;
use volo_thrift::context::{ServerContext, ServerCxInner};

use crate::connection::Peer;

thread_local! {
    /// Contexts of calls that have ended, for reuse: a new one takes several allocations. Boxed, as each is several
    /// hundred bytes, which would be copied at every call.
    #[allow(clippy::vec_box)]
    static CONTEXTS: RefCell<Vec<Box<ServerContext>>> = const { RefCell::new(Vec::new()) };
}

/// How many contexts a thread keeps, as in volo.
const MAX_CONTEXTS: usize = 128;

/// The peer of the connection on which a call arrived, for layers of a service.
///
/// `P` is the `Peer` type of the listener: `SocketAddr` for [`StdNet`](crate::StdNet), `WebSocketPeer<SocketAddr>` for
/// a WebSocket over it. `None` if `P` is another type. Handlers have no context; give them the peer with
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

/// A context for a call from `peer`.
pub(super) fn take_context<P: Peer>(peer: &P) -> Box<ServerContext> {
    let mut cx = CONTEXTS.with(|contexts| contexts.borrow_mut().pop()).unwrap_or_default();
    set_caller_address(&mut cx, peer);
    cx.extensions_mut().insert(peer.clone());
    cx
}

/// Sets the address of a call's caller to that of the connection, if it has one. volo takes the address in the TTHeader,
/// which the caller can choose freely, although layers limit or refuse calls by address.
pub(super) fn set_caller_address<P: Peer>(cx: &mut ServerContext, peer: &P) {
    if let Some(address) = peer.address() {
        cx.rpc_info_mut().caller_mut().set_address(address);
    }
}

/// Stores a context for another call.
pub(super) fn recycle_context(mut cx: Box<ServerContext>) {
    cx.reset(ServerCxInner::default());
    CONTEXTS.with(|contexts| {
        let mut contexts = contexts.borrow_mut();
        if contexts.len() < MAX_CONTEXTS {
            contexts.push(cx);
        }
    });
}
