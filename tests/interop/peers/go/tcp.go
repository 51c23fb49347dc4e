package main

import "net"

// tcp is TCP of the standard library.
type tcp struct{}

func (tcp) listen() (net.Listener, string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	return listener, listener.Addr().String(), nil
}

func (tcp) dial(address string) (net.Conn, error) {
	return net.DialTimeout("tcp", hostPort(address), callTimeout)
}
