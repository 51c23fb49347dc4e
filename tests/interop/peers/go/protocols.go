package main

import (
	"fmt"

	kitex "github.com/cloudwego/kitex/transport"
)

// A protocol is what stands around each Thrift message. A Kitex server detects all of them, so only clients choose.
type protocol struct {
	name  string
	kitex kitex.Protocol
}

var protocols = []protocol{
	// Kitex's default: the message alone.
	{"buffered", kitex.PurePayload},
	// Four bytes of length.
	{"framed", kitex.Framed},
	// Length and headers. Only these two carry business errors.
	{"ttheader", kitex.TTHeader},
	{"ttheader-framed", kitex.TTHeaderFramed},
}

func (p protocol) hasHeader() bool {
	return p.kitex&kitex.TTHeader != 0
}

func findProtocol(name string) (protocol, error) {
	for _, p := range protocols {
		if p.name == name {
			return p, nil
		}
	}
	return protocol{}, fmt.Errorf("unknown protocol %q; expected one of %v", name, protocolNames())
}

func protocolNames() (names []string) {
	for _, p := range protocols {
		names = append(names, p.name)
	}
	return names
}
