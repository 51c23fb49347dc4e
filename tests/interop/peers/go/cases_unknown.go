package main

import (
	"context"

	"volplane.example/interop/kitex_gen/everything"
)

// unknownMethod is the type of the application error that a server has for a method that it doesn't know.
const unknownMethod = 1

func unknown(peer *remotePeer) error {
	ctx := context.Background()
	result := everything.NewNewerUnknownResult()
	err := peer.untyped.Call(ctx, "unknown", &everything.NewerUnknownArgs{Text: "text"}, result)
	if err := remoteError(result.GetSuccess(), err, unknownMethod, ""); err != nil {
		return err
	}
	next := everything.NewEverythingTextResult()
	if err := peer.untyped.Call(ctx, "text", &everything.EverythingTextArgs{Text: "the next call"}, next); err != nil {
		return err
	}
	return same("the next call", next.GetSuccess())
}
