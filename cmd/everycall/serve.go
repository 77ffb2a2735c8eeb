package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/clock"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/httpapi"
	"github.com/everycall/everycall/lab/drive"
)

type serveCmd struct {
	Data     string `required:"" type:"path" help:"The data folder; made if it is not there."`
	Addr     string `default:"127.0.0.1:8911" help:"Where to listen."`
	Pack     string `help:"A city pack: a file, or seattle for the embedded one."`
	TLSCert  string `name:"tls-cert" type:"existingfile" help:"Certificate chain, PEM."`
	TLSKey   string `name:"tls-key" type:"existingfile" help:"Its key, PEM."`
	Notify   string `type:"existingfile" help:"Who outside is told of what: a JSON file, see docs/notify.md. Without it nothing is sent anywhere."`
	Insecure bool   `help:"Listen beyond this machine without TLS: passwords and calls then cross the network in the clear."`
}

// Help is shown by --help.
func (serveCmd) Help() string {
	return "Example:\n  everycall serve --data /var/lib/everycall --pack seattle\n\nThe first start makes an administrator and prints a one-time password.\nExit status: 0 stopped by a signal, 1 could not start or serve."
}

// tickEvery is how often due times are looked at.
const tickEvery = time.Second

func (c serveCmd) Run() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together")
	}
	if c.TLSCert != "" { // before anything is made or printed
		if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
			return fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
	}
	if err := safeToBind(c.Addr, c.TLSCert != "", c.Insecure); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = listener.Close() }() // closed by the server in the ordinary case
	pack, err := loadPack(c.Pack)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	h, err := open(ctx, c.Data, clock.Wall{}, log)
	if err != nil {
		return err
	}
	if pack != nil {
		if err := h.useStreets(pack, h.engine.Now()); err != nil {
			return errors.Join(err, h.close())
		}
	}
	if err := equip(ctx, h); err != nil {
		return errors.Join(err, h.close())
	}
	notifier, err := h.notifier(c.Notify)
	if err != nil {
		return errors.Join(err, h.close())
	}
	oneTime, err := h.auth.EnsureAdministrator(ctx)
	if err != nil {
		return errors.Join(err, h.close())
	}
	if oneTime != "" {
		fmt.Printf("First administrator: name %q, one-time password %s (it must be changed at the first sign-in)\n", auth.FirstAdministrator, oneTime)
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	fmt.Printf("Everycall serves %s://%s/ from %s\n", scheme, listener.Addr(), c.Data)
	var keeping sync.WaitGroup // all end with ctx
	keeping.Go(func() { clock.Ticker(ctx, h.engine, tickEvery, true) })
	keeping.Go(func() { h.keepStreets(ctx) })
	keeping.Go(func() { clock.Hours(ctx, &driven{house: h, now: clock.Wall{}.Now}) })
	opt := httpapi.Options{Secure: c.TLSCert != ""}
	if notifier != nil {
		opt.Notifier = notifier
		keeping.Go(func() { notifier.Run(ctx) })
	}
	err = serve(ctx, listener, h.server(opt), c.TLSCert, c.TLSKey)
	stop()
	keeping.Wait()
	return errors.Join(err, h.close())
}

// equip gives a new jurisdiction what its pack offers; one that has a
// configuration is left as it is.
func equip(ctx context.Context, h *house) error {
	fresh := false
	h.room.Look(func(s *dispatch.State) { fresh = s.Config.Name == "" })
	if !fresh || h.pack == nil {
		return nil
	}
	if err := drive.Equip(ctx, &driven{house: h, now: clock.Wall{}.Now}, h.pack); err != nil {
		return err
	}
	fmt.Printf("A new jurisdiction, set up from the pack of %s: call types, priorities, limits and who is in service are examples of ours; make them yours.\n", h.pack.Name)
	return nil
}

// safeToBind refuses to listen beyond this machine without TLS, unless told to.
func safeToBind(addr string, secure, insecure bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	ip := net.ParseIP(host)
	if secure || insecure || host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%s can be reached from other machines and there is no TLS: give --tls-cert and --tls-key, or --insecure if you must", addr)
}

func loadPack(name string) (*city.Pack, error) {
	switch name {
	case "":
		return nil, nil
	case "seattle":
		return city.Seattle()
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the city pack: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	return city.Read(f)
}
