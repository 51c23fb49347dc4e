// Calls the server over yamux on WebSocket, and serves the server's calls: `client ID [stay]`. With `stay` it stays
// connected until its standard input ends.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/coder/websocket"
	"github.com/hashicorp/yamux"
	"github.com/rectcircle/kitex-customize-underlying-connection/cmd/04-yamux/link"
	"github.com/rectcircle/kitex-customize-underlying-connection/kitex_gen/api"
	"github.com/rectcircle/kitex-customize-underlying-connection/kitex_gen/api/echo"
)

const (
	url              = "ws://127.0.0.1:8891/kitex-ws"
	handshakeTimeout = 5 * time.Second
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("expected an argument, the id of the client")
	}
	stay := len(os.Args) > 2 && os.Args[2] == "stay"
	if err := run(os.Args[1], stay); err != nil {
		log.Fatal(err)
	}
}

func run(id string, stay bool) error {
	s2c, err := dial("s2c", id, yamux.Server)
	if err != nil {
		return err
	}
	defer s2c.Close()
	listener := link.NewListener()
	go listener.Serve(s2c, "server")
	server := echo.NewServer(&echoImpl{id}, listener.ServerOptions()...)
	go func() {
		if err := server.Run(); err != nil {
			log.Println(err.Error())
		}
	}()

	c2s, err := dial("c2s", id, yamux.Client)
	if err != nil {
		return err
	}
	defer c2s.Close()
	client, err := echo.NewClient("example", link.ClientOptions(c2s)...)
	if err != nil {
		return err
	}
	resp, err := client.Echo(context.Background(), &api.Request{Message: "client call server"})
	if err != nil {
		return fmt.Errorf("client call server error: %w", err)
	}
	fmt.Printf("client call server response: %s (clientID=%s)\n", resp.Message, id)
	if stay {
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return err
}

func dial(direction, id string, role link.Role) (*yamux.Session, error) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, url+"/"+direction+"/"+id, &websocket.DialOptions{
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, fmt.Errorf("dial %s error: %w, response body: %s", direction, err, body(resp))
	}
	return role(link.Conn(ws), nil)
}

// What the server says about a handshake that it refuses.
func body(resp *http.Response) string {
	if resp == nil || resp.Body == nil {
		return ""
	}
	text, _ := io.ReadAll(resp.Body)
	return string(text)
}

type echoImpl struct {
	id string
}

func (c *echoImpl) Echo(_ context.Context, req *api.Request) (*api.Response, error) {
	log.Printf("client receive message: %s (clientID=%s)", req.Message, c.id)
	return &api.Response{Message: req.Message}, nil
}
