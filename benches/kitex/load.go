package main

import (
	"fmt"
	"sync"
	"syscall"
	"time"
)

// Outcome is what a client saw; see benches/src/message.rs.
type Outcome struct {
	Calls        uint64  `json:"calls"`
	Failures     uint64  `json:"failures"`
	FirstFailure *string `json:"first_failure"`
	Seconds      float64 `json:"seconds"`
	P50          float64 `json:"p50_us"`
	P99          float64 `json:"p99_us"`
	CPU          float64 `json:"cpu_us"`
	Opened       uint64  `json:"opened"`
}

// tally is what one or several callers saw.
type tally struct {
	latencies    histogram
	failures     uint64
	firstFailure *string
}

func (t *tally) fail(why string) {
	t.failures++
	if t.firstFailure == nil {
		t.firstFailure = &why
	}
}

// drive runs all callers at once, as load.rs does: for warmUp and then for measured, each waiting for its answer.
func drive(callers []func() error, warmUp, measured time.Duration) Outcome {
	begin := time.Now().Add(warmUp)
	end := begin.Add(measured)
	tallies := make([]tally, len(callers))
	var running sync.WaitGroup
	for i, caller := range callers {
		running.Add(1)
		go func() {
			defer running.Done()
			callUntil(caller, begin, end, &tallies[i])
		}()
	}
	time.Sleep(time.Until(begin))
	before := cpuMicroseconds()
	say("began")
	time.Sleep(time.Until(end))
	after := cpuMicroseconds()
	say("ended")
	running.Wait()

	var all tally
	for i := range tallies {
		all.latencies.add(&tallies[i].latencies)
		all.failures += tallies[i].failures
		if all.firstFailure == nil {
			all.firstFailure = tallies[i].firstFailure
		}
	}
	return Outcome{
		Calls:        all.latencies.total,
		Failures:     all.failures,
		FirstFailure: all.firstFailure,
		Seconds:      measured.Seconds(),
		P50:          float64(all.latencies.quantile(0.5)) / 1e3,
		P99:          float64(all.latencies.quantile(0.99)) / 1e3,
		CPU:          after - before,
	}
}

func callUntil(caller func() error, begin, end time.Time, tally *tally) {
	before := time.Now()
	for before.Before(end) {
		err := caller()
		after := time.Now()
		if err != nil {
			tally.fail(err.Error())
			// A refused connection fails at once: without a pause it would fail a million times.
			time.Sleep(time.Millisecond)
			before = time.Now()
			continue
		}
		if !after.Before(begin) && !after.After(end) {
			tally.latencies.record(uint64(after.Sub(before)))
		}
		before = after
	}
}

// cpuMicroseconds is the CPU time that all threads of this process have used, user and system.
func cpuMicroseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(fmt.Errorf("getrusage: %w", err))
	}
	microseconds := func(time syscall.Timeval) float64 { return float64(time.Sec)*1e6 + float64(time.Usec) }
	return microseconds(usage.Utime) + microseconds(usage.Stime)
}
