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

// webSocketURL is the ws:// URL of an address: HOST:PORT, or a URL such as yamux+ws://HOST:PORT/kitex-ws.
func webSocketURL(address string) string {
	if _, rest, found := strings.Cut(address, "://"); found {
		return "ws://" + rest
	}
	return "ws://" + address + path
}
