package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"volplane.example/interop/kitex_gen/everything"
)

// callers is how many callers call at once in the case of that name, and how many connections a client keeps for them.
const (
	callers        = 64
	callsPerCaller = 20
)

// A testCase is something that has to work between two peers. The names are the same for every peer of tests/interop.
type testCase struct {
	name string
	run  func(*remotePeer) error
}

// casesOf are the cases for a peer, in the order in which they are run.
func casesOf(peer *remotePeer) []testCase {
	cases := []testCase{
		{"kinds", kinds},
		{"defaults", defaults},
		{"exception", exception},
		{"application", application},
		{"oneway", oneway},
		{"unknown", unknown},
		{"panic", panics},
		{"timeout", timeout},
		{"large", large},
		{"callers", manyCallers},
	}
	if peer.protocol.hasHeader() {
		cases = append(cases, testCase{"business", business})
	}
	if peer.callsBack {
		cases = append(cases, testCase{"callback", callback})
	}
	return cases
}

func defaults(peer *remotePeer) error {
	sent := everything.NewDefaults()
	got, err := peer.Defaults(context.Background(), sent)
	if err != nil {
		return err
	}
	return same(sent, got)
}

func oneway(peer *remotePeer) error {
	ctx := context.Background()
	key := fmt.Sprintf("go %d %d", os.Getpid(), time.Now().UnixNano())
	if err := peer.Notify(ctx, key); err != nil {
		return err
	}
	// A oneway call is not answered, so ask until it has arrived.
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		count, err := peer.Notified(ctx, key)
		if err != nil {
			return err
		}
		if count == 1 {
			return peer.Nothing(ctx)
		}
		if count > 1 || time.Now().After(end) {
			return fmt.Errorf("expected the notification to arrive once, found %d", count)
		}
	}
}

func large(peer *remotePeer) error {
	sent := strings.Repeat("0123456789abcdef", 3<<20/16)
	got, err := peer.Text(context.Background(), sent)
	if err != nil {
		return err
	}
	if got != sent {
		return fmt.Errorf("expected %d bytes to come back unchanged, found %d", len(sent), len(got))
	}
	return nil
}

func manyCallers(peer *remotePeer) error {
	failures := make(chan error, callers)
	var all sync.WaitGroup
	for caller := range int32(callers) {
		all.Go(func() {
			for call := range int32(callsPerCaller) {
				sum, err := peer.Add(context.Background(), caller, call)
				if err == nil && sum != caller+call {
					err = fmt.Errorf("expected %d + %d = %d, found %d", caller, call, caller+call, sum)
				}
				if err != nil {
					failures <- err
					return
				}
			}
		})
	}
	all.Wait()
	if count := len(failures); count > 0 {
		return fmt.Errorf("%d of %d callers failed, the first with: %w", count, callers, <-failures)
	}
	return nil
}

func callback(peer *remotePeer) error {
	return echoes(peer.Callback, "called back")
}

// works makes a call that has to succeed: an error in the call before must not cost the client anything.
func works(peer *remotePeer) error {
	if err := echoes(peer.Text, "the next call"); err != nil {
		return fmt.Errorf("the next call: %w", err)
	}
	return nil
}
