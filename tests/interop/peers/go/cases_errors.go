package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/cloudwego/kitex/client/callopt"
	"github.com/cloudwego/kitex/pkg/kerrors"

	"volplane.example/interop/kitex_gen/everything"
)

func exception(peer *remotePeer) error {
	ctx := context.Background()
	text, err := peer.Fault(ctx, 7)
	var fault *everything.Fault
	if !errors.As(err, &fault) {
		return fmt.Errorf("expected a Fault, found %q, %w", text, orNone(err))
	}
	if err := same(&everything.Fault{Code: 7, Reason: "fault 7"}, fault); err != nil {
		return err
	}
	text, err = peer.Fault(ctx, 0)
	if err != nil {
		return err
	}
	return same("no fault", text)
}

func business(peer *remotePeer) error {
	text, err := peer.Business(context.Background(), 1001)
	found, ok := kerrors.FromBizStatusError(err)
	if !ok {
		return fmt.Errorf("expected a business error, found %q, %w", text, orNone(err))
	}
	if found.BizStatusCode() != 1001 || found.BizMessage() != "business error" || found.BizExtra()["key"] != "value" {
		return fmt.Errorf("expected 1001, \"business error\" and {\"key\": \"value\"}, found %d, %q and %v",
			found.BizStatusCode(), found.BizMessage(), found.BizExtra())
	}
	return works(peer)
}

func application(peer *remotePeer) error {
	text, err := peer.Application(context.Background())
	if err := remoteError(text, err, 6, "application error"); err != nil {
		return err
	}
	return works(peer)
}

func panics(peer *remotePeer) error {
	text, err := peer.Panics(context.Background())
	if err := remoteError(text, err, 6, ""); err != nil {
		return err
	}
	return works(peer)
}

func timeout(peer *remotePeer) error {
	begun := time.Now()
	value, err := peer.Slow(context.Background(), 5000, callopt.WithRPCTimeout(300*time.Millisecond))
	if !isTimeout(err) {
		return fmt.Errorf("expected a timeout, found %d, %w", value, orNone(err))
	}
	if elapsed := time.Since(begun); elapsed > 3*time.Second {
		return fmt.Errorf("expected a timeout after 300 ms, found one after %s", elapsed)
	}
	return works(peer)
}

// isTimeout knows both errors of a timeout: Kitex's own, and that of the connection, which has the same deadline. Which of
// the two comes first is chance. A connection of coder/websocket says "context canceled" at its deadline.
func isTimeout(err error) bool {
	var ofConnection net.Error
	return kerrors.IsTimeoutError(err) || errors.Is(err, context.Canceled) ||
		errors.As(err, &ofConnection) && ofConnection.Timeout()
}

// remoteError checks that a call ended with an application error of the server.
func remoteError(result string, err error, expectedType int32, expectedText string) error {
	var found interface{ TypeID() int32 }
	if !errors.As(err, &found) {
		return fmt.Errorf("expected an application error, found %q, %w", result, orNone(err))
	}
	if found.TypeID() != expectedType || !strings.Contains(err.Error(), expectedText) {
		return fmt.Errorf("expected an application error of type %d with %q, found type %d, %w",
			expectedType, expectedText, found.TypeID(), err)
	}
	return nil
}

// orNone is err, or an error that says that there is none.
func orNone(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}
