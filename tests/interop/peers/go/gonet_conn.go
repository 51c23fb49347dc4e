package main

import (
	"net"

	"github.com/cloudwego/gopkg/bufiox"
)

// gonetConn is what gonet's client wants of a connection since Kitex 0.14: a net.Conn with Reader and Writer. With a plain
// net.Conn it panics ("missing method Reader"). gonet's server wraps what its listener accepts by itself.
type gonetConn struct {
	net.Conn
	reader *bufiox.DefaultReader
	writer *bufiox.DefaultWriter
}

func newGonetConn(conn net.Conn) *gonetConn {
	return &gonetConn{
		Conn:   conn,
		reader: bufiox.NewDefaultReader(conn),
		writer: bufiox.NewDefaultWriter(conn),
	}
}

func (c *gonetConn) Reader() *bufiox.DefaultReader { return c.reader }

func (c *gonetConn) Writer() *bufiox.DefaultWriter { return c.writer }

func (c *gonetConn) Read(buffer []byte) (int, error) { return c.reader.Read(buffer) }

// RemoteAddr is a *net.TCPAddr whatever the connection is. Kitex's pool puts a connection back where Network() of this
// address says, and takes it from "tcp": a connection of network "websocket" or "yamux" would never be used again.
func (c *gonetConn) RemoteAddr() net.Addr { return &net.TCPAddr{} }
