package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/cloudwego/kitex/pkg/kerrors"

	"volplane.example/interop/kitex_gen/everything"
	service "volplane.example/interop/kitex_gen/everything/everything"
)

// handler answers the calls of the service. Kitex wants a pointer to it.
type handler struct {
	*counts
	// caller calls the methods of the client that called. It is nil where the transport has no way back.
	caller service.Client
}

func newHandler() *handler { return &handler{counts: newCounts()} }

func (*handler) Echo(_ context.Context, value *everything.Kinds) (*everything.Kinds, error) {
	return value, nil
}

func (*handler) Defaults(_ context.Context, value *everything.Defaults) (*everything.Defaults, error) {
	return value, nil
}

func (*handler) Text(_ context.Context, text string) (string, error) { return text, nil }

func (*handler) Add(_ context.Context, left, right int32) (int32, error) { return left + right, nil }

func (*handler) Nothing(context.Context) error { return nil }

func (*handler) Fault(_ context.Context, code int32) (string, error) {
	if code == 0 {
		return "no fault", nil
	}
	return "", &everything.Fault{Code: code, Reason: fmt.Sprintf("fault %d", code)}
}

func (*handler) Business(_ context.Context, code int32) (string, error) {
	return "", kerrors.NewBizStatusErrorWithExtra(code, "business error", map[string]string{"key": "value"})
}

func (*handler) Application(context.Context) (string, error) {
	return "", thrift.NewApplicationException(thrift.INTERNAL_ERROR, "application error")
}

func (*handler) Panics(context.Context) (string, error) { panic("panic of the handler") }

func (*handler) Slow(_ context.Context, milliseconds int32) (int32, error) {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	return milliseconds, nil
}

func (h *handler) Callback(ctx context.Context, text string) (string, error) {
	if h.caller == nil {
		return "", errors.New("this transport has no way back to the client")
	}
	return h.caller.Text(ctx, text)
}

// counts is how often each key was notified.
type counts struct {
	lock  sync.Mutex
	byKey map[string]int32
}

func newCounts() *counts { return &counts{byKey: map[string]int32{}} }

func (c *counts) Notify(_ context.Context, key string) error {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.byKey[key]++
	return nil
}

func (c *counts) Notified(_ context.Context, key string) (int32, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.byKey[key], nil
}
