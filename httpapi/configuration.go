package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/dispatch"
)

// ConfigChange is one thing that a configuration would change, and which open calls that
// concerns. They keep what they have: what is said of them is what somebody may want to
// look at.
type ConfigChange struct {
	List      string   `json:"list" doc:"the list of the configuration, as in its document: types, run_cards, desks…"`
	ID        string   `json:"id,omitempty" doc:"in that list; empty: the list or value as a whole"`
	Change    string   `json:"change" enum:"added,removed,changed"`
	Incidents []string `json:"incidents" doc:"open incidents that it concerns"`
	Say       string   `json:"say"`
}

// ConfigTrial is what a configuration would do. Nothing has happened.
type ConfigTrial struct {
	Version int            `json:"version" doc:"that is in force now"`
	Refused *Problem       `json:"refused,omitempty" doc:"why it would be refused; absent: it would not"`
	Changes []ConfigChange `json:"changes"`
}

func (s *Server) configurationRoutes() {
	route(s, http.MethodGet, "/api/v1/configuration", "readConfiguration", "configuration", "Services, desks, call types, limits, presets, triggers; with its version", func(context.Context, *struct{}) (*body[dispatch.Config], error) {
		out := &body[dispatch.Config]{}
		s.room.Look(func(st *dispatch.State) { out.Body = st.Config })
		return out, nil
	})
	route(s, http.MethodPost, "/api/v1/configuration", "configure", "configuration", "A new configuration, whole, refused if its version is no longer the newest; calls that are open keep what they have", func(ctx context.Context, in *struct{ Body dispatch.Config }) (*body[Done], error) {
		return s.do(ctx, dispatch.Configure{Config: in.Body})
	})
	route(s, http.MethodPost, "/api/v1/configuration/dry-run", "tryConfiguration", "configuration", "What it would change, which open calls that concerns, and whether it would be refused; nothing happens", s.tryConfiguration)
}

func (s *Server) tryConfiguration(ctx context.Context, in *struct{ Body dispatch.Config }) (*body[ConfigTrial], error) {
	out := &body[ConfigTrial]{ConfigTrial{Changes: []ConfigChange{}}}
	var failed error
	s.room.Look(func(st *dispatch.State) {
		out.Body.Version = int(st.Config.Version)
		if _, no := dispatch.Decide(st, dispatch.Meta{At: max(st.Now, s.engine.Now()), By: By(identity(ctx)), ID: "dry-run"}, dispatch.Configure{Config: in.Body}, nil); no != nil {
			out.Body.Refused = refusal(no)
		}
		out.Body.Changes, failed = configChanges(st, in.Body)
	})
	if failed != nil {
		return nil, refusal(failed)
	}
	return out, nil
}

// configChanges compares two configurations as documents, list by list.
func configChanges(st *dispatch.State, next dispatch.Config) ([]ConfigChange, error) {
	next.Version = st.Config.Version
	was, err := asDocument(st.Config)
	if err != nil {
		return nil, err
	}
	will, err := asDocument(next)
	if err != nil {
		return nil, err
	}
	lists := maps.Clone(was)
	maps.Copy(lists, will)
	out := []ConfigChange{}
	for _, list := range sorted(lists) {
		out = append(out, listChanges(st, list, entriesOf(was[list]), entriesOf(will[list]))...)
	}
	return out, nil
}

func asDocument(c dispatch.Config) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var doc map[string]json.RawMessage
	return doc, json.Unmarshal(text, &doc)
}

// configEntry is what entries of the lists have in common, where they have it.
type configEntry struct {
	ID    string   `json:"id"`
	Code  string   `json:"code"`
	Types []string `json:"types"`
}

// entriesOf takes a list apart by its entries' ids. A value that is no such list, or has
// entries without ids, is one entry without an id.
func entriesOf(raw json.RawMessage) map[string]json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	whole := map[string]json.RawMessage{"": raw}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || len(items) == 0 {
		return whole
	}
	out := make(map[string]json.RawMessage, len(items))
	for _, item := range items {
		var e configEntry
		if json.Unmarshal(item, &e) != nil || e.ID+e.Code == "" {
			return whole
		}
		out[cmp.Or(e.ID, e.Code)] = item
	}
	return out
}

func listChanges(st *dispatch.State, list string, was, will map[string]json.RawMessage) []ConfigChange {
	ids := maps.Clone(was)
	if ids == nil {
		ids = map[string]json.RawMessage{}
	}
	maps.Copy(ids, will)
	var out []ConfigChange
	for _, id := range sorted(ids) {
		c := ConfigChange{List: list, ID: id, Change: "changed", Incidents: []string{}}
		before, had := was[id]
		after, has := will[id]
		switch {
		case had && has && bytes.Equal(before, after):
			continue
		case !had:
			c.Change = "added"
		case !has:
			c.Change = "removed"
		}
		numbers := []string{}
		for _, i := range concerned(st, list, id, before, after) {
			c.Incidents = append(c.Incidents, string(i.ID))
			numbers = append(numbers, strconv.FormatUint(i.Number, 10))
		}
		c.Say = list + " " + id + " " + c.Change + ": no open call is concerned"
		if len(numbers) > 0 {
			c.Say = list + " " + id + " " + c.Change + ": concerns call " + strings.Join(numbers, ", ") + ", which keeps what it has"
		}
		out = append(out, c)
	}
	return out
}

// concerned lists the open incidents that an entry speaks of, before or after: by their
// type, the desk that owns or was given one of their contacts, or the preset whose
// posture holds one.
func concerned(st *dispatch.State, list, id string, entries ...json.RawMessage) []*dispatch.Incident {
	types := map[string]bool{}
	for _, raw := range entries {
		var e configEntry
		if json.Unmarshal(raw, &e) == nil {
			types[e.Code] = true
			for _, t := range e.Types {
				types[t] = true
			}
		}
	}
	var out []*dispatch.Incident
	for _, key := range sorted(st.Incidents) {
		i := st.Incidents[key]
		if !i.Open() {
			continue
		}
		is := i.Type != "" && types[i.Type] && list != "desks"
		for _, c := range i.Contacts {
			o := &st.Contacts[c].Outcome
			if o.Kind.Final() {
				continue
			}
			is = is || list == "desks" && (string(o.Owner) == id || string(o.Desk) == id)
			if p := st.Postures[o.Posture]; p != nil {
				is = is || list == "presets" && p.Preset == id
			}
		}
		if is {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *dispatch.Incident) int { return cmp.Compare(a.Number, b.Number) })
	return out
}
