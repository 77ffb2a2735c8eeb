package httpapi

import (
	"net"

	"github.com/danielgtaylor/huma/v2"
)

// Remote gives an input the client's address, and the host that it asked for.
type Remote struct {
	Address string `json:"-"`
	Host    string `json:"-"`
}

// Resolve fills it in, for huma.
func (r *Remote) Resolve(ctx huma.Context) []error {
	host, _, err := net.SplitHostPort(ctx.RemoteAddr())
	if err != nil {
		host = ctx.RemoteAddr()
	}
	r.Address, r.Host = host, ctx.Host()
	return nil
}
