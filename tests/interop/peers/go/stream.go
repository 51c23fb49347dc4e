package main

import (
	"net"
	"time"

	"github.com/cloudwego/kitex/client"

	"volplane.example/interop/kitex_gen/everything"
	service "volplane.example/interop/kitex_gen/everything/everything"
)

// A carrier is something that carries a stream of bytes.
type carrier interface {
	listen() (listener net.Listener, address string, err error)
	dial(address string) (net.Conn, error)
}

// streamTransport is Kitex's gonet over a carrier: each connection of the carrier is a connection of Kitex.
type streamTransport struct {
	carrier carrier
	pool    pool
}

func (t streamTransport) serve(_ protocol, bound func(string)) error {
	listener, address, err := t.carrier.listen()
	if err != nil {
		return err
	}
	bound(address)
	options := append(serverOptions(listener), gonetServer()...)
	return service.NewServer(newHandler(), options...).Run()
}

func (t streamTransport) connect(address string, protocol protocol, _ everything.Everything) ([]client.Option, error) {
	dialer := dialerFunc(func() (net.Conn, error) { return t.carrier.dial(address) })
	return append(clientOptions(hostPort(address), protocol), gonetClient(dialer, t.pool)...), nil
}

func (streamTransport) callsBack() bool { return false }

// dialerFunc makes a remote.Dialer of a function that knows by itself where to connect to.
type dialerFunc func() (net.Conn, error)

func (dial dialerFunc) DialTimeout(_, _ string, _ time.Duration) (net.Conn, error) {
	conn, err := dial()
	if err != nil {
		return nil, err
	}
	return newGonetConn(conn), nil
}
