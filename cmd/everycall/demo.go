package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/clock"
	"github.com/everycall/everycall/cmd/everycall/folder"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/httpapi"
	"github.com/everycall/everycall/lab/drive"
)

type demoCmd struct {
	Addr      string `default:"127.0.0.1:8911" help:"Where to listen, on this machine only."`
	Data      string `type:"path" help:"The demo's folder (default: everycall/demo in your cache folder). One that is there is resumed."`
	Fresh     bool   `help:"Forget the demo in the folder and start anew."`
	Speed     int    `default:"10" help:"How much faster than yours the city's clock runs (1 to 60)."`
	Token     string `help:"The API token (default: one is made and printed)."`
	NoBrowser bool   `help:"Do not open a browser."`
}

// Help is shown by --help.
func (demoCmd) Help() string {
	return "Example:\n  everycall demo --speed 20 --fresh\n\nCtrl-C stops it; starting it again goes on with nothing lost.\nExit status: 0 stopped by a signal, 1 could not start or serve."
}

// warmUp is how much of the evening has happened before anybody looks, so that
// the board is busy and rationed.
const warmUp = 2 * dispatch.Hour

// demoTick is how often due times are looked at; the clock is fast.
const demoTick = 250 * time.Millisecond

func (c demoCmd) Run() error {
	if c.Speed < 1 || c.Speed > 60 {
		return fmt.Errorf("--speed %d: from 1 to 60", c.Speed)
	}
	if err := safeToBind(c.Addr, false, false); err != nil {
		return errors.New("the demo listens on this machine only: --addr 127.0.0.1:PORT")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w (another demo may be running: stop it, or give another --addr)", err)
	}
	defer func() { _ = listener.Close() }()             // closed by the server in the ordinary case
	dir, temporary, err := folder.Demo(c.Data, c.Fresh) // only now: a start that fails has emptied nothing
	if err != nil {
		return err
	}
	if temporary {
		defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary folder harms nobody
	}
	return c.run(ctx, stop, dir, listener)
}

func (c demoCmd) run(ctx context.Context, stop func(), dir string, listener net.Listener) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	time0 := clock.NewScaled(c.Speed)
	h, err := open(ctx, dir, time0, log)
	if err != nil {
		return err
	}
	pack, err := city.Seattle()
	if err != nil {
		return errors.Join(err, h.close())
	}
	now, _, err := drive.Start(pack)
	if err != nil {
		return errors.Join(err, h.close())
	}
	h.room.Look(func(s *dispatch.State) { now = max(now, s.Now) })
	if err := h.useStreets(pack, now); err != nil {
		return errors.Join(err, h.close())
	}
	room := &driven{house: h, now: time0.Now}
	driver, err := c.prepare(ctx, room, time0, pack)
	if err != nil {
		return errors.Join(err, h.close())
	}
	if c.Token == "" {
		c.Token = newToken()
	}
	code, err := h.auth.IssueCode(ctx, "visitor", auth.RoleSupervisor, time.Hour)
	if err != nil {
		return errors.Join(err, h.close())
	}
	address := "http://" + listener.Addr().String()
	fmt.Printf("Everycall demo: open %s/enter?code=%s   (API token: %s; Ctrl-C stops)\n", address, code, c.Token)
	if !c.NoBrowser {
		openBrowser(address + "/enter?code=" + code)
	}
	time0.Start()
	var running sync.WaitGroup
	running.Go(func() { clock.Ticker(ctx, h.engine, demoTick, false) })
	running.Go(func() { clock.Hours(ctx, room) })
	running.Go(func() { h.keepStreets(ctx) })
	running.Go(func() {
		if err := driver.Run(ctx); err != nil {
			log.Error("the simulated responders have stopped", "err", err)
		}
	})
	err = serve(ctx, listener, h.server(httpapi.Options{Demo: true, Speed: c.Speed, Token: c.Token, TokenRole: auth.RoleSupervisor}), "", "")
	stop()
	running.Wait()
	return errors.Join(err, h.close())
}

// seed makes the demo's responders throw the same dice on every machine.
const seed = 2020

// warmStep is how finely the warm-up is played.
const warmStep = 10 * dispatch.Second

// prepare sets the room up and plays the first two hours, or, where that has
// happened already, goes on from where the demo was stopped.
func (c demoCmd) prepare(ctx context.Context, room *driven, time0 *clock.Scaled, pack *city.Pack) (*drive.Driver, error) {
	start, _, err := drive.Start(pack)
	if err != nil {
		return nil, err
	}
	from := start
	room.Look(func(s *dispatch.State) { from = max(start, s.Now) })
	time0.Set(from)
	if err := drive.Setup(ctx, room, pack, room.house.places.words); err != nil {
		return nil, err
	}
	driver, err := drive.New(room, pack, drive.Options{Seed: seed, Log: room.house.log, Road: room.house.road})
	if err != nil {
		return nil, err
	}
	if busy := start.Add(warmUp); from < busy {
		err = driver.FastForward(ctx, time0, from, busy, warmStep)
	}
	return driver, err
}

func newToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// openBrowser tries; a machine without one is no error. Root has none to open.
func openBrowser(url string) {
	opener := map[string][]string{"linux": {"xdg-open"}, "darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if opener == nil || os.Getenv("CI") != "" || (runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "") {
		return
	}
	command := exec.Command(opener[0], append(opener[1:], url)...)
	if command.Start() == nil {
		go func() { _ = command.Wait() }() // ends with the opener
	}
}

// driven is the room as the driver sees it.
type driven struct {
	house *house
	now   func() dispatch.Instant
}

func (d *driven) Submit(ctx context.Context, s engine.Submission) (engine.Receipt, error) {
	return d.house.engine.Submit(ctx, s)
}
func (d *driven) Look(see func(*dispatch.State)) { d.house.room.Look(see) }
func (d *driven) Now() dispatch.Instant          { return d.now() }
func (d *driven) Move(unit dispatch.UnitID, at geo.Point, when dispatch.Instant, source string) {
	d.house.room.Move(unit, at, when, source)
}
func (d *driven) Where(unit dispatch.UnitID) (geo.Point, bool) {
	p, known := d.house.room.Where(unit)
	return p.Point, known
}
func (d *driven) LastTouch(unit dispatch.UnitID) time.Time { return d.house.room.LastTouch(unit) }
