package server

import (
	"context"

	"github.com/rectcircle/kitex-customize-underlying-connection/kitex_gen/api"
)

type EchoImpl struct{}

func (s *EchoImpl) Echo(ctx context.Context, req *api.Request) (resp *api.Response, err error) {
	resp = api.NewResponse()
	resp.Message = req.Message
	return
}
