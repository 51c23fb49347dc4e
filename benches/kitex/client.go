package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/connpool"
	"github.com/cloudwego/kitex/pkg/remote"
	"github.com/cloudwego/kitex/pkg/remote/trans/gonet"
	"github.com/cloudwego/kitex/pkg/remote/trans/netpoll"
	"github.com/cloudwego/kitex/transport"

	"volplane.example/kitex/kitex_gen/api"
	"volplane.example/kitex/kitex_gen/api/echo"
)

// Connections of a netpollmux client: more than two were no faster.
const muxConnections = 2

var protocols = map[string]transport.Protocol{
	"buffered": transport.PurePayload,
	"framed":   transport.Framed,
	"ttheader": transport.TTHeader,
}

// call calls, says what it saw, and ends.
func call(options options) error {
	protocol, known := protocols[options.protocol]
	if !known {
		return fmt.Errorf("unknown protocol %q", options.protocol)
	}
	dialed := &dialed{}
	settings := []client.Option{
		client.WithHostPorts(options.to),
		client.WithConnectTimeout(5 * time.Second),
		client.WithTransportProtocol(protocol),
		// As many connections as callers are kept.
		client.WithLongConnection(connpool.IdleConfig{
			MaxIdlePerAddress: options.callers,
			MaxIdleGlobal:     options.callers,
			MaxIdleTimeout:    time.Minute,
		}),
	}
	switch options.transport {
	case "netpoll":
		dialed.Dialer = netpoll.NewDialer()
	case "netpollmux":
		dialed.Dialer = netpoll.NewDialer()
		settings = append(settings, client.WithMuxConnection(muxConnections))
	default:
		dialer, err := dialOver(options.transport, options.to)
		if err != nil {
			return err
		}
		dialed.Dialer = dialer
		settings = append(settings, client.WithTransHandlerFactory(gonet.NewCliTransHandlerFactory()))
	}
	settings = append(settings, client.WithDialer(dialed))
	client, err := echo.NewClient("example", settings...)
	if err != nil {
		return err
	}
	go lines(func(string) {})
	callers := make([]func() error, options.callers)
	for i := range callers {
		callers[i] = caller(client, strings.Repeat("x", options.size))
	}
	outcome := drive(callers, options.warmUp, options.seconds)
	outcome.Opened = dialed.count.Load()
	say(map[string]any{"outcome": outcome})
	return nil
}

// caller compares the first answer byte by byte, the others by their length.
func caller(client echo.Client, message string) func() error {
	checked := false
	return func() error {
		response, err := client.Echo(context.Background(), &api.Request{Message: message})
		if err != nil {
			return err
		}
		if len(response.Message) != len(message) || !checked && response.Message != message {
			return fmt.Errorf("%d bytes came back, not those sent", len(response.Message))
		}
		checked = true
		return nil
	}
}

// dialed counts the connections that Kitex asks its dialer for, which are streams for yamux.
type dialed struct {
	remote.Dialer
	count atomic.Uint64
}

func (d *dialed) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	conn, err := d.Dialer.DialTimeout(network, address, timeout)
	if err == nil {
		d.count.Add(1)
	}
	return conn, err
}
