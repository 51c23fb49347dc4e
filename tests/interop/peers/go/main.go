// A peer of tests/interop that is written with Kitex and the usual Go libraries for WebSocket and yamux.
//
//	peer server TRANSPORT PROTOCOL           print an address, serve until standard input is closed
//	peer client TRANSPORT PROTOCOL ADDRESS   run every case, print a line for each
//	peer list                                print the transports and the protocols
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cloudwego/kitex/pkg/klog"
)

const usage = "usage: peer server TRANSPORT PROTOCOL | peer client TRANSPORT PROTOCOL ADDRESS | peer list"

func main() {
	// Errors that a case expects are not worth a line. INTEROP_LOG=1 shows all.
	if os.Getenv("INTEROP_LOG") == "" {
		klog.SetOutput(io.Discard)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "list":
		fmt.Println(strings.Join(transportNames(), " "))
		fmt.Println(strings.Join(protocolNames(), " "))
		return nil
	case len(args) == 3 && args[0] == "server":
		transport, protocol, err := chosen(args[1], args[2])
		if err != nil {
			return err
		}
		go exitWithStdin()
		return transport.serve(protocol, func(address string) { fmt.Println(address) })
	case len(args) == 4 && args[0] == "client":
		transport, protocol, err := chosen(args[1], args[2])
		if err != nil {
			return err
		}
		return runClient(transport, protocol, args[3])
	default:
		return errors.New(usage)
	}
}

func chosen(transportName, protocolName string) (transport, protocol, error) {
	transport, err := findTransport(transportName)
	if err != nil {
		return nil, protocol{}, err
	}
	protocol, err := findProtocol(protocolName)
	return transport, protocol, err
}

// exitWithStdin ends the process when whoever started it closes its standard input, or ends.
func exitWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
