// Package link runs Kitex over yamux streams.
//
// A client has two WebSocket connections to the server, and each carries one yamux session. On `s2c` the client accepts
// streams, on `c2s` the server does.
package link

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/remote/trans/gonet"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/server"
	"github.com/coder/websocket"
	"github.com/hashicorp/yamux"
)

// Conn is the byte stream of a WebSocket connection, in binary messages.
func Conn(ws *websocket.Conn) net.Conn {
	return websocket.NetConn(context.Background(), ws, websocket.MessageBinary)
}

// Role makes one end of a yamux session: yamux.Client opens streams, yamux.Server accepts them.
type Role = func(io.ReadWriteCloser, *yamux.Config) (*yamux.Session, error)

// ClientOptions make a Kitex client open a stream of the session for each connection.
func ClientOptions(session *yamux.Session) []client.Option {
	return []client.Option{
		// Kitex requires an address. The dialer ignores it.
		client.WithHostPorts("127.0.0.1:8891"),
		client.WithDialer(dialer{session}),
		client.WithTransHandlerFactory(gonet.NewCliTransHandlerFactory()),
		client.WithRPCTimeout(3 * time.Second),
	}
}

type dialer struct {
	session *yamux.Session
}

var _ remote.Dialer = dialer{}

func (d dialer) DialTimeout(_, _ string, _ time.Duration) (net.Conn, error) {
	return d.session.Open()
}

// Listener accepts the streams of any number of sessions. The end of a session is not an error of the listener, because
// Kitex's gonet server exits the process if Accept fails.
type Listener struct {
	streams chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func NewListener() *Listener {
	return &Listener{streams: make(chan net.Conn), closed: make(chan struct{})}
}

// ServerOptions make a Kitex server accept the listener's streams.
func (l *Listener) ServerOptions() []server.Option {
	return []server.Option{
		server.WithListener(l),
		server.WithTransServerFactory(gonet.NewTransServerFactory()),
		server.WithTransHandlerFactory(gonet.NewSvrTransHandlerFactory()),
	}
}

// Serve accepts the session's streams until the session or the listener ends. Handlers see `id` as the caller's address.
func (l *Listener) Serve(session *yamux.Session, id string) {
	defer session.Close()
	for {
		stream, err := session.AcceptStream()
		if err != nil {
			return
		}
		select {
		case l.streams <- peerConn{stream, peerAddr(id)}:
		case <-l.closed:
			return
		}
	}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case stream := <-l.streams:
		return stream, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr {
	return peerAddr("yamux")
}

// Caller returns the id of the peer whose call has this context.
func Caller(ctx context.Context) string {
	return rpcinfo.GetRPCInfo(ctx).From().Address().String()
}

type peerConn struct {
	net.Conn
	addr peerAddr
}

func (c peerConn) RemoteAddr() net.Addr { return c.addr }

type peerAddr string

func (a peerAddr) Network() string { return "yamux" }
func (a peerAddr) String() string  { return string(a) }
