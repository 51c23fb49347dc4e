// Serves over yamux on WebSocket, and calls each client back before it answers the client's call.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"github.com/hashicorp/yamux"
	"github.com/rectcircle/kitex-customize-underlying-connection/cmd/04-yamux/link"
	"github.com/rectcircle/kitex-customize-underlying-connection/kitex_gen/api"
	"github.com/rectcircle/kitex-customize-underlying-connection/kitex_gen/api/echo"
)

const (
	address = ":8891"
	s2cPath = "/kitex-ws/s2c/"
	c2sPath = "/kitex-ws/c2s/"
)

func main() {
	hub := &hub{peers: map[string]*peer{}, listener: link.NewListener()}
	mux := http.NewServeMux()
	mux.HandleFunc(s2cPath, hub.serverToClient)
	mux.HandleFunc(c2sPath, hub.clientToServer)
	go func() { log.Fatal(http.ListenAndServe(address, mux)) }()
	err := echo.NewServer(&echoImpl{hub}, hub.listener.ServerOptions()...).Run()
	if err != nil {
		log.Println(err.Error())
	}
}

// A peer exists from the handshake on s2c until the session on s2c ends.
type peer struct {
	// Closed when the handshake on s2c has ended.
	ready chan struct{}
	// nil until then, and if the handshake failed
	client echo.Client
	// A session on c2s exists or is being made.
	calls bool
}

type hub struct {
	mutex    sync.Mutex
	peers    map[string]*peer
	listener *link.Listener
}

// serverToClient makes the session over which the server calls the client. The server is the yamux client.
func (h *hub) serverToClient(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, s2cPath)
	p := &peer{ready: make(chan struct{})}
	if err := h.join(id, p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer h.leave(id)
	session, err := h.connect(w, r, p)
	if err != nil {
		log.Printf("s2c of client %s: %v", id, err)
		return
	}
	<-session.CloseChan()
}

func (h *hub) connect(w http.ResponseWriter, r *http.Request, p *peer) (*yamux.Session, error) {
	defer close(p.ready)
	session, err := accept(w, r, yamux.Client)
	if err != nil {
		return nil, err
	}
	client, err := echo.NewClient("example", link.ClientOptions(session)...)
	if err != nil {
		session.Close()
		return nil, err
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	p.client = client
	return session, nil
}

// clientToServer makes the session over which the client calls the server. The server is the yamux server.
func (h *hub) clientToServer(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, c2sPath)
	p, err := h.startCalls(r.Context(), id)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer h.endCalls(p)
	session, err := accept(w, r, yamux.Server)
	if err != nil {
		log.Printf("c2s of client %s: %v", id, err)
		return
	}
	h.listener.Serve(session, id)
}

func accept(w http.ResponseWriter, r *http.Request, role link.Role) (*yamux.Session, error) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return nil, err
	}
	return role(link.Conn(ws), nil)
}

func (h *hub) join(id string, p *peer) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if id == "" {
		return fmt.Errorf("bad request: the path must be %s<id>", s2cPath)
	}
	if h.peers[id] != nil {
		return fmt.Errorf("bad request: client %s already has an s2c connection", id)
	}
	h.peers[id] = p
	return nil
}

func (h *hub) leave(id string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	delete(h.peers, id)
}

// startCalls waits for the end of the handshake on s2c: the client may dial c2s as soon as it has the response.
func (h *hub) startCalls(ctx context.Context, id string) (*peer, error) {
	h.mutex.Lock()
	p := h.peers[id]
	h.mutex.Unlock()
	if p == nil {
		return nil, fmt.Errorf("bad request: client %s has no s2c connection yet", id)
	}
	select {
	case <-p.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if p.client == nil {
		return nil, fmt.Errorf("bad request: the s2c handshake of client %s failed", id)
	}
	if p.calls {
		return nil, fmt.Errorf("bad request: client %s already has a c2s connection", id)
	}
	p.calls = true
	return p, nil
}

func (h *hub) endCalls(p *peer) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	p.calls = false
}

func (h *hub) client(id string) (echo.Client, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if p := h.peers[id]; p != nil && p.client != nil {
		return p.client, nil
	}
	return nil, fmt.Errorf("client %s has no s2c connection", id)
}

type echoImpl struct {
	hub *hub
}

func (s *echoImpl) Echo(ctx context.Context, req *api.Request) (*api.Response, error) {
	id := link.Caller(ctx)
	log.Printf("server receive message: %s (clientID=%s)", req.Message, id)
	client, err := s.hub.client(id)
	if err != nil {
		return nil, err
	}
	resp, err := client.Echo(ctx, &api.Request{Message: "server call client"})
	if err != nil {
		log.Printf("server call client error: %v (clientID=%s)", err, id)
		return nil, fmt.Errorf("server call client error: %w", err)
	}
	log.Printf("server call client response: %s (clientID=%s)", resp.Message, id)
	return &api.Response{Message: req.Message}, nil
}
