package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/remote/trans/gonet"
	coder "github.com/coder/websocket"
	"github.com/hashicorp/yamux"
	xnet "golang.org/x/net/websocket"
)

// What WebSocket clients ask for; the same as our server's.
const path = "/kitex-ws"

// dialOver returns the dialer of a gonet client.
func dialOver(transport, address string) (remote.Dialer, error) {
	switch transport {
	case "gonet":
		return gonet.NewDialer(), nil
	case "xnet":
		return dialer(func(time.Duration) (net.Conn, error) { return dialXNet(address) }), nil
	case "coder":
		return dialer(func(timeout time.Duration) (net.Conn, error) { return dialCoder(address, timeout) }), nil
	case "yamux":
		return overSession(func(timeout time.Duration) (net.Conn, error) {
			return net.DialTimeout("tcp", address, timeout)
		}), nil
	case "yamux-websocket":
		return overSession(func(timeout time.Duration) (net.Conn, error) { return dialCoder(address, timeout) }), nil
	}
	return nil, fmt.Errorf("unknown transport %q", transport)
}

// listenOver returns what a gonet server accepts from.
func listenOver(transport string, tcp net.Listener) (net.Listener, error) {
	switch transport {
	case "gonet":
		return tcp, nil
	case "xnet":
		return upgraded(tcp, func(conns chan<- net.Conn) http.Handler {
			return xnet.Handler(func(conn *xnet.Conn) {
				conn.PayloadType = xnet.BinaryFrame
				// The connection is closed when the handler returns.
				closed := make(chan struct{})
				conns <- &kept{Conn: conn, closed: closed}
				<-closed
			})
		}), nil
	case "coder":
		return upgraded(tcp, acceptCoder), nil
	case "yamux":
		return streamsOf(tcp), nil
	case "yamux-websocket":
		return streamsOf(upgraded(tcp, acceptCoder)), nil
	}
	return nil, fmt.Errorf("unknown transport %q", transport)
}

type dialer func(timeout time.Duration) (net.Conn, error)

// DialTimeout knows where to dial by itself: Kitex's address is that of its long pool.
func (d dialer) DialTimeout(_, _ string, timeout time.Duration) (net.Conn, error) {
	conn, err := d(timeout)
	if err != nil {
		return nil, err
	}
	return &wrapped{conn, bufiox.NewDefaultReader(conn), bufiox.NewDefaultWriter(conn)}, nil
}

// wrapped has what gonet's client wants since Kitex 0.14, and an address by which the long pool finds its peer again:
// a network named "websocket" or "yamux" would cost a new connection for each call.
type wrapped struct {
	net.Conn
	reader *bufiox.DefaultReader
	writer *bufiox.DefaultWriter
}

func (w *wrapped) Reader() *bufiox.DefaultReader { return w.reader }

func (w *wrapped) Writer() *bufiox.DefaultWriter { return w.writer }

func (w *wrapped) Read(bytes []byte) (int, error) { return w.reader.Read(bytes) }

func (w *wrapped) RemoteAddr() net.Addr { return &net.TCPAddr{} }

func dialXNet(address string) (net.Conn, error) {
	config, err := xnet.NewConfig("ws://"+address+path, "http://"+address)
	if err != nil {
		return nil, err
	}
	conn, err := xnet.DialConfig(config)
	if err != nil {
		return nil, err
	}
	conn.PayloadType = xnet.BinaryFrame
	return conn, nil
}

func dialCoder(address string, timeout time.Duration) (net.Conn, error) {
	limited, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	conn, _, err := coder.Dial(limited, "ws://"+address+path, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1)
	return coder.NetConn(context.Background(), conn, coder.MessageBinary), nil
}

func acceptCoder(conns chan<- net.Conn) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		conn, err := coder.Accept(response, request, nil)
		if err != nil {
			return
		}
		conn.SetReadLimit(-1)
		conns <- coder.NetConn(context.Background(), conn, coder.MessageBinary)
	})
}

// accepting is a listener of connections that something else makes from those of another listener.
type accepting struct {
	net.Listener
	conns chan net.Conn
}

func (a accepting) Accept() (net.Conn, error) { return <-a.conns, nil }

// upgraded accepts the connections that an HTTP server has upgraded.
func upgraded(tcp net.Listener, upgrade func(chan<- net.Conn) http.Handler) net.Listener {
	conns := make(chan net.Conn)
	mux := http.NewServeMux()
	mux.Handle(path, upgrade(conns))
	go func() { fail((&http.Server{Handler: mux}).Serve(tcp)) }()
	return accepting{tcp, conns}
}

// kept says when it is closed.
type kept struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
}

func (k *kept) Close() error {
	err := k.Conn.Close()
	k.once.Do(func() { close(k.closed) })
	return err
}

func yamuxConfig() *yamux.Config {
	config := yamux.DefaultConfig()
	// So that 512 callers can open their streams at once.
	config.AcceptBacklog = 1024
	config.LogOutput = io.Discard
	return config
}

// streamsOf accepts the streams of all sessions.
func streamsOf(listener net.Listener) net.Listener {
	conns := make(chan net.Conn)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				fail(err)
			}
			go func() {
				session, err := yamux.Server(conn, yamuxConfig())
				for err == nil {
					var stream *yamux.Stream
					if stream, err = session.AcceptStream(); err == nil {
						conns <- stream
					}
				}
			}()
		}
	}()
	return accepting{listener, conns}
}

// overSession opens streams of one session.
func overSession(dial func(timeout time.Duration) (net.Conn, error)) dialer {
	var mutex sync.Mutex
	var session *yamux.Session
	return func(timeout time.Duration) (net.Conn, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if session == nil {
			conn, err := dial(timeout)
			if err != nil {
				return nil, err
			}
			if session, err = yamux.Client(conn, yamuxConfig()); err != nil {
				return nil, err
			}
		}
		return session.OpenStream()
	}
}
