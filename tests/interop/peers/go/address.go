package main

import (
	"net/url"
	"strings"
)

// path is where the WebSocket servers of the tests listen, as in the article.
const path = "/kitex-ws"

// hostPort is the HOST:PORT of an address that may be a URL.
func hostPort(address string) string {
	if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
		return parsed.Host
	}
	return address
}

// subprotocol is what a client offers whose carrier has offers set. Such a client also offers to compress messages, where
// its library can, and adds a slash to the path: programs that configure their library so should not have to change it.
const subprotocol = "thrift"

// webSocketURL is the ws:// URL of an address: HOST:PORT, or a URL such as yamux+ws://HOST:PORT/kitex-ws.
func webSocketURL(address string, offers bool) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address + path
	}
	if offers {
		rest += "/"
	}
	return "ws://" + rest
}
