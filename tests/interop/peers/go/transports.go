package main

import (
	"fmt"

	"github.com/cloudwego/kitex/client"

	"volplane.example/interop/kitex_gen/everything"
)

// A transport is one way in which client and server can be connected.
type transport interface {
	// serve binds port 0, says its address, and serves until it fails.
	serve(protocol protocol, bound func(address string)) error
	// connect returns the options that make a Kitex client use this transport. A transport on which the server can
	// call back serves handler meanwhile.
	connect(address string, protocol protocol, handler everything.Everything) ([]client.Option, error)
	// callsBack says whether the server can call methods of the client.
	callsBack() bool
}

type namedTransport struct {
	name string
	transport
}

// transports is every transport of this peer, by its name on the command line.
var transports = []namedTransport{
	{"netpoll", netpollTransport{}},
	{"netpollmux", muxTransport{}},
	{"gonet", streamTransport{carrier: tcp{}}},
	{"ws-xnet", streamTransport{carrier: xnet{}}},
	{"ws-coder", streamTransport{carrier: coder{text: false}}},
	{"ws-coder-text", streamTransport{carrier: coder{text: true}}},
	{"ws-gorilla", streamTransport{carrier: gorilla{}}},
	// The client offers what a handshake can offer: see offers.
	{"ws-xnet-offers", streamTransport{carrier: xnet{offers: true}}},
	{"ws-coder-offers", streamTransport{carrier: coder{offers: true}}},
	{"ws-gorilla-offers", streamTransport{carrier: gorilla{offers: true}}},
	{"yamux-tcp", yamuxTransport{carrier: tcp{}}},
	{"yamux-xnet", yamuxTransport{carrier: xnet{}}},
	{"yamux-coder", yamuxTransport{carrier: coder{}}},
	{"yamux-gorilla", yamuxTransport{carrier: gorilla{}}},
	// A new connection for every call.
	{"netpoll-short", netpollTransport{pool: short}},
	{"ws-xnet-short", streamTransport{carrier: xnet{}, pool: short}},
	{"yamux-tcp-short", yamuxTransport{carrier: tcp{}, pool: short}},
	// The end that dials is the server of the yamux session.
	{"yamux-tcp-reversed", yamuxTransport{carrier: tcp{}, reversed: true}},
	{"yamux-xnet-reversed", yamuxTransport{carrier: xnet{}, reversed: true}},
	{"yamux-coder-reversed", yamuxTransport{carrier: coder{}, reversed: true}},
	{"yamux-gorilla-reversed", yamuxTransport{carrier: gorilla{}, reversed: true}},
}

func findTransport(name string) (transport, error) {
	for _, t := range transports {
		if t.name == name {
			return t.transport, nil
		}
	}
	return nil, fmt.Errorf("unknown transport %q; expected one of %v", name, transportNames())
}

func transportNames() (names []string) {
	for _, t := range transports {
		names = append(names, t.name)
	}
	return names
}
