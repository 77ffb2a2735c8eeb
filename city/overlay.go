package city

import "github.com/everycall/everycall/geo"

// Overlay is what was particular about a city at a time: a state of affairs laid
// over its streets. It is data only; whoever wires the room turns it into
// commands, each by its role and with its source.
type Overlay struct {
	Title   string // "Seattle, June 2020"
	Start   string // RFC 3339, the moment the demo's clock starts
	Zones   []ZoneOverlay
	Lost    []LostStation
	Posture []PostureOverlay
	Liaison []LiaisonOverlay
	Claims  []ClaimOverlay
}

// ZoneOverlay is a declared zone: its outline, what bars its streets, and where
// it can be entered.
type ZoneOverlay struct {
	Name     string
	From     string // RFC 3339 date
	Outline  geo.MultiPolygon
	Barriers []Barrier
	Gates    []Gate
	Source   string
}

// Barrier is a place or a stretch of street that was closed.
type Barrier struct {
	Name   string
	Line   []geo.Point // one point: a barrier at a place
	From   string      // RFC 3339 date, the earliest that the source gives
	Source string
}

// Gate is a way into a zone. The demo's gates are invented.
type Gate struct {
	Name     string
	Point    geo.Point
	Invented bool
}

// LostStation is a station that its service has left.
type LostStation struct {
	Station string // Station.ID
	From    string // RFC 3339 date
	Reason  string
	Source  string
}

// Reason states.
const (
	ReasonStated     = "stated"
	ReasonNoneStated = "none_stated"
)

// PostureOverlay is a rationing decision that was in force.
type PostureOverlay struct {
	Title        string
	Service      string
	Area         string // "city"
	AnswerTo     int    // invented: the least urgent priority still answered; what lies below is held
	Authority    string
	Reason       string
	ReasonState  string // ReasonStated or ReasonNoneStated
	Source       string
	CallerScript string // invented: words for the caller
	Invented     []string
}

// LiaisonOverlay is a contact person, by role only.
type LiaisonOverlay struct {
	Role     string
	Channel  string
	Note     string
	Invented bool
}

// ClaimOverlay is a statement by a source, by role only: never an event.
type ClaimOverlay struct {
	ID          string
	Role        string
	Statement   string
	FirstHand   bool
	Contradicts []string // ClaimOverlay.IDs
	Source      string
}
