package main

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/cloudwego/kitex/pkg/remote/trans/gonet"
	"github.com/cloudwego/kitex/server"

	"volplane.example/kitex/kitex_gen/api"
	"volplane.example/kitex/kitex_gen/api/echo"
)

type handler struct{}

func (*handler) Echo(_ context.Context, request *api.Request) (*api.Response, error) {
	return &api.Response{Message: request.Message}, nil
}

// accepted counts the connections that Kitex asks it for, and refuses none.
type accepted struct{ count atomic.Uint64 }

func (a *accepted) Acquire(context.Context) bool {
	a.count.Add(1)
	return true
}

func (a *accepted) Release(context.Context) {}

func (a *accepted) Status(context.Context) (limit, occupied int) { return 1 << 20, 0 }

// counted counts what a listener accepts.
type counted struct {
	net.Listener
	accepted *accepted
}

func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.accepted.count.Add(1)
	}
	return conn, err
}

type sample struct {
	CPU         float64 `json:"cpu_us"`
	Connections uint64  `json:"connections"`
	Memory      *uint64 `json:"rss_bytes"`
	Panics      uint64  `json:"panics"`
}

// serve serves until the standard input ends, and answers each line with a sample.
func serve(options options) error {
	listener, err := net.Listen("tcp", options.listen)
	if err != nil {
		return err
	}
	accepted := &accepted{}
	settings := []server.Option{}
	switch options.transport {
	case "netpoll":
		settings = append(settings, server.WithListener(listener), server.WithConnectionLimiter(accepted))
	case "netpollmux":
		settings = append(settings, server.WithListener(listener), server.WithConnectionLimiter(accepted), server.WithMuxTransport())
	default:
		carrying, err := listenOver(options.transport, counted{listener, accepted})
		if err != nil {
			return err
		}
		settings = append(settings,
			server.WithListener(carrying),
			server.WithTransServerFactory(gonet.NewTransServerFactory()),
			server.WithTransHandlerFactory(gonet.NewSvrTransHandlerFactory()))
	}
	go lines(func(string) {
		say(map[string]any{"sample": sample{CPU: cpuMicroseconds(), Connections: accepted.count.Load()}})
	})
	say(map[string]any{"listening": map[string]string{"address": listener.Addr().String()}})
	if err := echo.NewServer(new(handler), settings...).Run(); err != nil {
		return fmt.Errorf("serving over %s: %w", options.transport, err)
	}
	return nil
}
