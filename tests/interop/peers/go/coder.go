package main

import (
	"context"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// coder is a WebSocket of github.com/coder/websocket. Its NetConn sends messages of one type and ends the connection when
// it gets one of the other type.
type coder struct {
	text   bool
	offers bool
}

func (c coder) messages() websocket.MessageType {
	if c.text {
		return websocket.MessageText
	}
	return websocket.MessageBinary
}

func (c coder) listen() (net.Listener, string, error) {
	return listenHTTP(func(l *httpListener) http.Handler {
		return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			options := &websocket.AcceptOptions{}
			if c.offers {
				options.Subprotocols = []string{subprotocol}
				options.CompressionMode = websocket.CompressionContextTakeover
			}
			conn, err := websocket.Accept(writer, request, options)
			if err == nil {
				l.handOver(c.netConn(conn))
			}
		})
	})
}

func (c coder) dial(address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	options := &websocket.DialOptions{}
	if c.offers {
		options.Subprotocols = []string{subprotocol}
		options.CompressionMode = websocket.CompressionContextTakeover
	}
	conn, _, err := websocket.Dial(ctx, webSocketURL(address, c.offers), options)
	if err != nil {
		return nil, err
	}
	return c.netConn(conn), nil
}

func (c coder) netConn(conn *websocket.Conn) net.Conn {
	// A message of the peer may be as long as it likes: NetConn is a stream of bytes.
	conn.SetReadLimit(-1)
	return websocket.NetConn(context.Background(), conn, c.messages())
}
