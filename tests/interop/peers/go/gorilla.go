package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gorilla is a WebSocket of github.com/gorilla/websocket, which has messages only: gorillaConn makes a stream of them.
type gorilla struct {
	offers bool
}

func (g gorilla) listen() (net.Listener, string, error) {
	upgrader := &websocket.Upgrader{EnableCompression: g.offers}
	if g.offers {
		upgrader.Subprotocols = []string{subprotocol}
	}
	return listenHTTP(func(l *httpListener) http.Handler {
		return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
			// Upgrade has answered the request when it fails.
			if conn, err := upgrader.Upgrade(writer, request, nil); err == nil {
				l.handOver(&gorillaConn{Conn: conn})
			}
		})
	})
}

func (g gorilla) dial(address string) (net.Conn, error) {
	dialer := &websocket.Dialer{HandshakeTimeout: callTimeout, EnableCompression: g.offers}
	if g.offers {
		dialer.Subprotocols = []string{subprotocol}
	}
	conn, _, err := dialer.Dial(webSocketURL(address, g.offers), nil)
	if err != nil {
		return nil, err
	}
	return &gorillaConn{Conn: conn}, nil
}

// gorillaConn is the bytes of the messages of a WebSocket, one after another.
type gorillaConn struct {
	*websocket.Conn
	message io.Reader
	writing sync.Mutex
}

func (c *gorillaConn) Read(buffer []byte) (int, error) {
	for {
		if c.message == nil {
			_, message, err := c.NextReader()
			if err != nil {
				return 0, endOfStream(err)
			}
			c.message = message
		}
		read, err := c.message.Read(buffer)
		if errors.Is(err, io.EOF) {
			c.message, err = nil, nil
		}
		if read > 0 || err != nil || len(buffer) == 0 {
			return read, err
		}
	}
}

func (c *gorillaConn) Write(buffer []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.WriteMessage(websocket.BinaryMessage, buffer); err != nil {
		return 0, err
	}
	return len(buffer), nil
}

func (c *gorillaConn) Close() error {
	message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	return c.Conn.Close()
}

func (c *gorillaConn) SetDeadline(deadline time.Time) error {
	return errors.Join(c.SetReadDeadline(deadline), c.SetWriteDeadline(deadline))
}

// endOfStream makes io.EOF of an orderly close.
func endOfStream(err error) error {
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
		return io.EOF
	}
	return err
}
