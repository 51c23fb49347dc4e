package main

import (
	"net"
	"net/http"

	"golang.org/x/net/websocket"
)

// xnet is a WebSocket of golang.org/x/net, as the article uses it: it sends text frames, whatever is in them.
type xnet struct {
	offers bool
}

func (xnet) listen() (net.Listener, string, error) {
	return listenHTTP(func(l *httpListener) http.Handler {
		// A websocket.Handler refuses a client without an Origin header with 403.
		return websocket.Handler(func(conn *websocket.Conn) { l.handOver(conn) })
	})
}

func (x xnet) dial(address string) (net.Conn, error) {
	url := webSocketURL(address, x.offers)
	config, err := websocket.NewConfig(url, url)
	if err != nil {
		return nil, err
	}
	if x.offers {
		config.Protocol = []string{subprotocol}
	}
	return websocket.DialConfig(config)
}
