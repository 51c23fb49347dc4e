package main

import (
	"io"
	"net"

	"github.com/cloudwego/kitex/client"
	"github.com/hashicorp/yamux"

	"volplane.example/interop/kitex_gen/everything"
	service "volplane.example/interop/kitex_gen/everything/everything"
)

// yamuxTransport is one yamux session over one connection of a carrier. Each stream is a connection of Kitex, and both
// ends open them: each is a client and a server of the service.
type yamuxTransport struct {
	carrier carrier
	// reversed: the end that dials is the server of the session. Which role an end has matters to yamux only: it
	// decides whether its streams have odd or even ids.
	reversed bool
	// A call's connection is a stream of the session.
	pool pool
}

func (t yamuxTransport) serve(protocol protocol, bound func(string)) error {
	listener, address, err := t.carrier.listen()
	if err != nil {
		return err
	}
	bound(address)
	shared := newCounts()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			session, err := newSession(conn, !t.reversed)
			if err == nil {
				err = serveSession(session, t.sessionOptions(session, protocol), shared)
			}
			if err != nil {
				_ = conn.Close()
			}
		}()
	}
}

// serveSession serves the service on a session, with a handler that can call the peer.
func serveSession(session *yamux.Session, options []client.Option, shared *counts) error {
	defer session.Close()
	caller, err := service.NewClient("peer", options...)
	if err != nil {
		return err
	}
	return runOnSession(session, &handler{counts: shared, caller: caller})
}

func (t yamuxTransport) connect(address string, protocol protocol, handler everything.Everything) ([]client.Option, error) {
	conn, err := t.carrier.dial(address)
	if err != nil {
		return nil, err
	}
	session, err := newSession(conn, t.reversed)
	if err != nil {
		return nil, err
	}
	// It ends with the session, which ends with the process.
	go func() { _ = runOnSession(session, handler) }()
	return t.sessionOptions(session, protocol), nil
}

func (yamuxTransport) callsBack() bool { return true }

// newSession is a session with yamux's default settings, over a connection that somebody has made.
func newSession(conn net.Conn, asServer bool) (*yamux.Session, error) {
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	if asServer {
		return yamux.Server(conn, config)
	}
	return yamux.Client(conn, config)
}

// runOnSession serves handler on the streams that the peer opens, until the session ends.
func runOnSession(session *yamux.Session, handler everything.Everything) error {
	options := append(serverOptions(sessionListener{session}), gonetServer()...)
	return service.NewServer(handler, options...).Run()
}

// sessionOptions make a client open streams of a session.
func (t yamuxTransport) sessionOptions(session *yamux.Session, protocol protocol) []client.Option {
	dialer := dialerFunc(func() (net.Conn, error) { return session.Open() })
	// The client wants an address; the dialer does not.
	return append(clientOptions("127.0.0.1:1", protocol), gonetClient(dialer, t.pool)...)
}

// sessionListener hides the fields of a session. Kitex prints its listener with "%+v" when it starts, and that would read
// the maps of the session while its own goroutines write to them.
type sessionListener struct {
	session *yamux.Session
}

func (l sessionListener) Accept() (net.Conn, error) { return l.session.Accept() }

func (l sessionListener) Close() error { return l.session.Close() }

func (l sessionListener) Addr() net.Addr { return l.session.Addr() }

func (l sessionListener) String() string { return "yamux session" }
