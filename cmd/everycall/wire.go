package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/everycall/everycall/advisor"
	"github.com/everycall/everycall/auth"
	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/cmd/everycall/folder"
	"github.com/everycall/everycall/console"
	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/engine"
	"github.com/everycall/everycall/geo"
	"github.com/everycall/everycall/httpapi"
	"github.com/everycall/everycall/notify"
	"github.com/everycall/everycall/store/sqlite"
	"github.com/everycall/everycall/tile"
)

// house is one running jurisdiction.
type house struct {
	store  *sqlite.Store
	engine *engine.Engine
	room   *httpapi.Room
	auth   *auth.Service
	pack   *city.Pack
	places finder        // of the pack
	road   *advisor.Road // nil without a pack
	log    *slog.Logger
}

// open opens the store and recovers the state.
func open(ctx context.Context, dir string, c engine.Clock, log *slog.Logger) (*house, error) {
	store, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	h := &house{store: store, room: httpapi.NewRoom(), auth: auth.New(store.Accounts()), log: log}
	index, err := store.Index()
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	h.engine, err = engine.Open(ctx, engine.Options{Journal: store.Journal(), Clock: c, Log: log, Followers: []engine.Follower{h.room.Follow, h.followStreets},
		Renew: h.room.Bootstrap, Index: index}, h.room.Bootstrap)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return h, nil
}

// notifier is made from its configuration; nil without one: then nothing is sent
// anywhere.
func (h *house) notifier(path string) (*notify.Notifier, error) {
	if path == "" {
		return nil, nil
	}
	config, err := notify.Load(path)
	if err != nil {
		return nil, err
	}
	return notify.New(config, h.engine, h.room.Look, h.store.Outbox(), h.log)
}

// close stops the writer, which saves a snapshot, and then the store.
func (h *house) close() error {
	h.engine.Close()
	return h.store.Close()
}

// useStreets makes the pack's streets ready for routing at a time.
func (h *house) useStreets(pack *city.Pack, now dispatch.Instant) error {
	zone, err := time.LoadLocation(pack.Zone)
	if err != nil {
		return fmt.Errorf("the pack's time zone: %w", err)
	}
	road, err := advisor.NewRoad(pack.Roads, pack.Order, time.UnixMilli(int64(now)).In(zone))
	if err != nil {
		return err
	}
	h.pack, h.places, h.road = pack, findIn(pack), road
	return nil
}

func (h *house) followStreets(events []engine.Recorded) {
	if h.road != nil {
		h.road.Follow(events)
	}
}

// keepStreets keeps the streets up to date until ctx ends.
func (h *house) keepStreets(ctx context.Context) {
	if h.road != nil {
		h.road.Run(ctx, h.room.Look, h.engine.Now, h.reportMissed(ctx), func(err error) { h.log.Error("a fact about streets was not taken over", "err", err) })
	}
}

// reportMissed says in the room that an access fact matches no street, so that a desk
// is asked to draw it anew.
func (h *house) reportMissed(ctx context.Context) func(dispatch.AccessID) {
	pack := fmt.Sprintf("%x", h.pack.Hash())
	return func(id dispatch.AccessID) {
		if _, err := h.engine.Submit(ctx, engine.Submission{By: advisor.Principal, Command: dispatch.ReportAccessMissed{Access: id, PackHash: pack}}); err != nil && ctx.Err() == nil {
			h.log.Error("an access fact matches no street and nobody could be told", "access", id, "err", err)
		}
	}
}

// lazily makes the tiles at the first request: the map can wait, calls cannot.
func lazily(pack *city.Pack) func(z, x, y int) ([]byte, bool) {
	set := sync.OnceValue(func() *tile.Set { return tile.New(pack) })
	return func(z, x, y int) ([]byte, bool) { return set().Tile(z, x, y) }
}

// server wires the door to the rooms.
func (h *house) server(opt httpapi.Options) *httpapi.Server {
	opt.Engine, opt.Room, opt.Auth, opt.Log = h.engine, h.room, h.auth, h.log
	opt.Estimator, opt.Console, opt.Metrics = advisor.StraightLine{}, console.Handler(), metrics(h.engine, h.room)
	if h.road != nil {
		opt.Estimator, opt.Router = h.road, h.road
	}
	if h.pack != nil {
		opt.Tile = lazily(h.pack)
		opt.Places, opt.PackHash = h.places, fmt.Sprintf("%x", h.pack.Hash())
		opt.BeatAt = func(p geo.Point) string { return h.pack.BeatAt(p) }
		for n := range h.pack.Beats {
			if at, inside := h.pack.Beats[n].Shape.InteriorPoint(); inside {
				opt.Beats = append(opt.Beats, httpapi.Beat{Name: h.pack.Beats[n].Name, Point: at})
			}
		}
		for _, n := range h.pack.Attribution {
			opt.Notices = append(opt.Notices, httpapi.Notice{Kind: n.Kind, Text: n.Text})
		}
	}
	if opt.Demo {
		opt.Notices = append(opt.Notices, httpapi.Notice{Kind: city.NoticeInvented, Text: "Invented by the simulation: the life-safety calls inside the zone (the records have none in these hours), every third patrol car being out of service, community responders, crews, their ways and times on scene, the automatic dispatcher and its supervisor."})
	}
	return httpapi.New(opt)
}

// shutdownTime is how long requests under way may take at the end.
const shutdownTime = 4 * time.Second

// serve answers until ctx ends. Listening has happened already, so that a taken
// address is told at once.
func serve(ctx context.Context, listener net.Listener, s *httpapi.Server, certFile, keyFile string) error {
	web := &http.Server{Handler: s, ReadHeaderTimeout: httpapi.ReadHeaderTimeout, IdleTimeout: httpapi.IdleTimeout, MaxHeaderBytes: 32 << 10}
	failed := make(chan error, 1)
	go func() {
		if certFile != "" {
			failed <- web.ServeTLS(listener, certFile, keyFile)
			return
		}
		failed <- web.Serve(listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	s.Close() // the streams end first, so that their connections can
	return shutDown(web, shutdownTime)
}

// shutDown lets requests under way end, for so long, and then cuts them off.
func shutDown(web *http.Server, within time.Duration) error {
	end, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	err := web.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) { // somebody's slow request is no failure of ours
		return web.Close()
	}
	return err
}
