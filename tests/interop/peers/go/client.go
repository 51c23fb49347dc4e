package main

import (
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
	return runCases(peer)
}

func runCases(peer *remotePeer) error {
	failed := 0
	for _, c := range casesOf(peer) {
		if err := c.run(peer); err != nil {
			failed++
			fmt.Printf("failed %s: %v\n", c.name, err)
			continue
		}
		fmt.Println("ok", c.name)
	}
	if failed > 0 {
		return fmt.Errorf("%d cases failed", failed)
	}
	return nil
}

// withUnknown describes the service with one more method than its servers have.
func withUnknown() *serviceinfo.ServiceInfo {
	described := service.NewServiceInfoForClient()
	described.Methods["unknown"] = newer.NewServiceInfoForClient().Methods["unknown"]
	return described
}
