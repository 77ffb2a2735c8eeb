package journal

import "context"

// MaxName is the bytes of a mention's name.
const MaxName = 512

// Mention says that the entry Seq is about something, by its name.
type Mention struct {
	Name string
	Seq  uint64
}

// Index finds entries by what they are about, so that the whole history of one
// thing is read without reading all that lies between. It holds names and sequence
// numbers and nothing that anybody said. It is a cache: whoever fills it can fill it
// anew from the journal, so it need not survive a power cut, but what is there must
// be whole: everything up to the reach, nothing beyond.
//
// All methods may be called from any goroutine; one at a time calls Add and Clear.
// After Close of the store they answer ErrClosed.
type Index interface {
	// Reach is the last entry that was taken in and the mark that came with it; 0 for
	// an empty index.
	Reach(ctx context.Context) (seq uint64, mark []byte, err error)

	// Add takes in the entries behind after up to to: all or nothing. ErrGap unless
	// after is the reach and to is beyond it; ErrTooLarge for a name of more than
	// MaxName bytes. The mark is the caller's, to know later that entry to is still
	// the same. A mention may come twice.
	Add(ctx context.Context, after, to uint64, mark []byte, mentions []Mention) error

	// Find lists the entries after one that mention the name, in order, at most limit.
	Find(ctx context.Context, name string, after uint64, limit int) ([]uint64, error)

	// Clear forgets everything.
	Clear(ctx context.Context) error
}
