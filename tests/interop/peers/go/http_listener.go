package main

import (
	"net"
	"net/http"
	"sync"
)

// httpListener is a net.Listener whose connections are WebSockets of an HTTP server.
type httpListener struct {
	net.Listener
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

// listenHTTP serves path on port 0 of this machine. upgrade gets each request and hands over the WebSocket, which it keeps
// until the function that it called returns: that is when Kitex has closed the connection.
func listenHTTP(upgrade func(l *httpListener) http.Handler) (net.Listener, string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	l := &httpListener{Listener: listener, accepted: make(chan net.Conn), closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.Handle(path, upgrade(l))
	mux.Handle(path+"/", upgrade(l))
	go func() { _ = http.Serve(listener, mux) }()
	return l, "ws://" + listener.Addr().String() + path, nil
}

// handOver gives a WebSocket to whoever accepts, and waits until it is closed.
func (l *httpListener) handOver(conn net.Conn) {
	waited := &waitedConn{Conn: conn, closed: make(chan struct{})}
	select {
	case l.accepted <- waited:
		<-waited.closed
	case <-l.closed:
		_ = conn.Close()
	}
}

func (l *httpListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accepted:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *httpListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// waitedConn says when it is closed: golang.org/x/net/websocket ends a connection as soon as its handler returns.
type waitedConn struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

func (c *waitedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
