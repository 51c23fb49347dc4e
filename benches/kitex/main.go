// The Kitex programs that `cargo bench --bench kitex` measures: a server and a client of idl/echo.thrift. They take the
// arguments and write the lines of the Rust programs (benches/src/message.rs), so that one harness runs both.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/cloudwego/kitex/pkg/klog"
)

type options struct {
	transport string
	listen    string
	to        string
	size      int
	callers   int
	warmUp    time.Duration
	seconds   time.Duration
	protocol  string
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("expected server or client as the first argument"))
	}
	var options options
	var warmUp, seconds float64
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&options.transport, "transport", "netpoll", "netpoll, netpollmux, gonet, xnet, coder, yamux or yamux-websocket")
	flags.StringVar(&options.listen, "listen", "127.0.0.1:0", "where a server listens")
	flags.StringVar(&options.to, "to", "", "the address of the server that a client calls")
	flags.IntVar(&options.size, "size", 64, "bytes in a message")
	flags.IntVar(&options.callers, "callers", 64, "how many call at once")
	flags.Float64Var(&warmUp, "warm-up", 0.3, "seconds before calls count")
	flags.Float64Var(&seconds, "seconds", 1, "seconds in which calls count")
	flags.StringVar(&options.protocol, "protocol", "buffered", "what a client speaks: buffered, framed or ttheader")
	if err := flags.Parse(os.Args[2:]); err != nil {
		fail(err)
	}
	options.warmUp = time.Duration(warmUp * float64(time.Second))
	options.seconds = time.Duration(seconds * float64(time.Second))
	// A connection that the other end has closed is no news here.
	klog.SetLevel(klog.LevelFatal)
	var err error
	switch os.Args[1] {
	case "server":
		err = serve(options)
	case "client":
		err = call(options)
	default:
		err = fmt.Errorf("expected server or client, found %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// say writes one message to the parent: one JSON value on a line.
func say(message any) {
	line, err := json.Marshal(message)
	if err != nil {
		fail(err)
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		os.Exit(1)
	}
}

// lines calls heard for each line of the standard input, and ends the process with it: with the parent, however that ends.
func lines(heard func(string)) {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		heard(input.Text())
	}
	os.Exit(0)
}
