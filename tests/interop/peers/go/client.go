package main

import (
	"errors"
	"fmt"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/serviceinfo"

	service "volplane.example/interop/kitex_gen/everything/everything"
	newer "volplane.example/interop/kitex_gen/everything/newer_"
)

// remotePeer is the server as the cases see it.
type remotePeer struct {
	service.Client
	// untyped calls methods by name, among them "unknown", which the server does not have.
	untyped   client.Client
	protocol  protocol
	callsBack bool
}

func runClient(transport transport, protocol protocol, address string) error {
	options, err := transport.connect(address, protocol, newHandler())
	if err != nil {
		return fmt.Errorf("could not connect to %s: %w", address, err)
	}
	typed, err := service.NewClient("everything", options...)
	if err != nil {
		return err
	}
	untyped, err := client.NewClient(withUnknown(), append(options, client.WithDestService("everything"))...)
	if err != nil {
		return err
	}
	peer := &remotePeer{Client: typed, untyped: untyped, protocol: protocol, callsBack: transport.callsBack()}
	failed := 0
	for _, c := range cases {
		err := c.run(peer)
		var skipped skip
		switch {
		case err == nil:
			fmt.Println("ok", c.name)
		case errors.As(err, &skipped):
			fmt.Printf("skipped %s: %s\n", c.name, skipped)
		default:
			failed++
			fmt.Printf("failed %s: %v\n", c.name, err)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases failed", failed, len(cases))
	}
	return nil
}

// withUnknown describes the service with one more method than its servers have.
func withUnknown() *serviceinfo.ServiceInfo {
	described := service.NewServiceInfoForClient()
	described.Methods["unknown"] = newer.NewServiceInfoForClient().Methods["unknown"]
	return described
}

// skip is why a case can't be run.
type skip string

func (s skip) Error() string { return string(s) }
