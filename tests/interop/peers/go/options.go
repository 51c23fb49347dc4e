package main

import (
	"net"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/connpool"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/remote/trans/gonet"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/server"
)

// callTimeout limits every call that a case does not limit itself.
const callTimeout = 20 * time.Second

// clientOptions are those of every client here, whatever its transport.
func clientOptions(address string, protocol protocol) []client.Option {
	options := []client.Option{
		client.WithHostPorts(address),
		client.WithRPCTimeout(callTimeout),
		client.WithConnectTimeout(callTimeout),
		client.WithTransportProtocol(protocol.kitex),
	}
	if protocol.hasHeader() {
		// Without this handler a business error arrives as an answer with an empty result.
		options = append(options, client.WithMetaHandler(transmeta.ClientTTHeaderHandler))
	}
	return options
}

// serverOptions are those of every server here, whatever its transport.
func serverOptions(listener net.Listener) []server.Option {
	return []server.Option{
		server.WithListener(listener),
		// Without this handler a business error is sent as an answer with an empty result.
		server.WithMetaHandler(transmeta.ServerTTHeaderHandler),
		// How long a server that ends waits for calls that it has begun. Here nobody waits for them.
		server.WithExitWaitTime(100 * time.Millisecond),
	}
}

// gonetClient makes a client use connections of the standard library, which the dialer makes.
func gonetClient(dialer remote.Dialer, pool pool) []client.Option {
	return []client.Option{
		client.WithTransHandlerFactory(gonet.NewCliTransHandlerFactory()),
		client.WithDialer(dialer),
		pool.option(),
	}
}

// gonetServer makes a server use connections of the standard library.
func gonetServer() []server.Option {
	return []server.Option{
		server.WithTransServerFactory(gonet.NewTransServerFactory()),
		server.WithTransHandlerFactory(gonet.NewSvrTransHandlerFactory()),
	}
}

// pool is what becomes of a connection after its call.
type pool int

const (
	// long keeps it for the next call.
	long pool = iota
	// short closes it: Kitex's default.
	short
)

func (p pool) option() client.Option {
	if p == short {
		return client.WithShortConnection()
	}
	return client.WithLongConnection(connpool.IdleConfig{
		MaxIdlePerAddress: callers,
		MaxIdleGlobal:     callers,
		MaxIdleTimeout:    time.Minute,
	})
}
