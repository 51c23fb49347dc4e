package main

import (
	"errors"
	"net"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/server"

	"volplane.example/interop/kitex_gen/everything"
	service "volplane.example/interop/kitex_gen/everything/everything"
)

// netpollTransport is what Kitex uses by default: TCP with CloudWeGo's own event loop.
type netpollTransport struct {
	pool pool
}

func (netpollTransport) serve(_ protocol, bound func(string)) error {
	return serveTCP(bound)
}

func (t netpollTransport) connect(address string, protocol protocol, _ everything.Everything) ([]client.Option, error) {
	return append(clientOptions(hostPort(address), protocol), t.pool.option()), nil
}

func (netpollTransport) callsBack() bool { return false }

// muxTransport is Kitex's own multiplexing: many calls at once on one TCP connection, each a TTHeader message with a
// sequence id, answered in any order.
//
// A client of it wants a server that answers out of order: a server that answers one call after another works, but its
// slowest call holds up the others.
type muxTransport struct{}

// muxConnections is how many connections a client has. Kitex asks for a power of two.
const muxConnections = 2

func (muxTransport) serve(_ protocol, bound func(string)) error {
	return serveTCP(bound, server.WithMuxTransport())
}

func (muxTransport) connect(address string, protocol protocol, _ everything.Everything) ([]client.Option, error) {
	if !protocol.hasHeader() {
		return nil, errors.New("netpollmux needs a TTHeader for the sequence ids of its calls")
	}
	// WithMuxConnection sets the protocol, too, so it comes first.
	options := []client.Option{client.WithMuxConnection(muxConnections)}
	return append(options, clientOptions(hostPort(address), protocol)...), nil
}

func (muxTransport) callsBack() bool { return false }

func serveTCP(bound func(string), options ...server.Option) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	bound(listener.Addr().String())
	options = append(serverOptions(listener), options...)
	return service.NewServer(newHandler(), options...).Run()
}
