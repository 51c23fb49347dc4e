package main

import (
	"context"

	"volplane.example/interop/kitex_gen/everything"
)

// The types of the application error for a method that the server doesn't know. Kitex's servers use the second one where
// no header names the service: they look for a service that has the method.
const (
	unknownMethod  = 1
	unknownService = 20
)

func unknown(peer *remotePeer) error {
	ctx := context.Background()
	result := everything.NewNewerUnknownResult()
	err := peer.untyped.Call(ctx, "unknown", &everything.NewerUnknownArgs{Text: "text"}, result)
	asMethod := remoteError(result.GetSuccess(), err, unknownMethod, "")
	asService := remoteError(result.GetSuccess(), err, unknownService, "unknown service")
	if asMethod != nil && asService != nil {
		return asMethod
	}
	next := everything.NewEverythingTextResult()
	if err := peer.untyped.Call(ctx, "text", &everything.EverythingTextArgs{Text: "the next call"}, next); err != nil {
		return err
	}
	return same("the next call", next.GetSuccess())
}
