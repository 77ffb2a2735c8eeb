package schema_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"github.com/everycall/everycall/dispatch"
	"github.com/everycall/everycall/schema"
)

var rewrite = flag.Bool("rewrite", false, "write goldens for kinds and versions that have none; those that exist are never changed")

const goldenDir = "testdata/golden"

// samples makes one event of every kind, filled by fill.
func samples(t testing.TB, fill *filler) []dispatch.Event {
	t.Helper()
	var all []dispatch.Event
	for code := uint16(1); len(all) < len(schema.Names()); code++ {
		r := schema.Record{Format: schema.Format, Kind: code, Version: 1, Clear: []byte{0xa0}}
		e, err := r.Event()
		if err != nil && code > 1000 {
			t.Fatal(err)
		}
		if err != nil { // numbers that nothing took
			continue
		}
		if fill.dice == nil {
			fill.n = 0 // so that an event's sample depends on no other
		}
		fill.value(reflect.ValueOf(e).Elem(), "")
		all = append(all, e)
	}
	return all
}

// filler gives every field of a value something that is not zero.
type filler struct {
	n      int64
	dice   *rand.Rand // nil: counts up
	marker string     // what the texts inside a Private begin with
}

func (f *filler) number() int64 {
	f.n++
	if f.dice != nil {
		return f.dice.Int64N(100) + 1
	}
	return f.n%100 + 1
}

func (f *filler) value(v reflect.Value, within string) {
	if v.Type() == reflect.TypeFor[dispatch.Private]() {
		within = f.marker
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.value(v.Field(i), within)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), within)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.value(v.Index(i), within)
		}
	case reflect.Array:
		for i := range v.Len() {
			f.value(v.Index(i), within)
		}
	case reflect.String:
		v.SetString(fmt.Sprint(within, "text ", f.number()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(f.number())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.number()))
	default:
		panic("an event has a field of kind " + v.Kind().String() + ": is it one that can be written down?")
	}
}

// record writes an event down as the engine does, with the private part as it is
// in place of the sealed one.
func record(t testing.TB, e dispatch.Event) schema.Record {
	t.Helper()
	r := schema.Record{Format: schema.Format, At: 1_592_179_200_000, By: "desk", Command: "k1", Nth: 0, Of: 1, Hash: []byte{1, 2}, Commit: []byte{3, 4}}
	var err error
	if r.Kind, r.Version, r.Clear, err = schema.Clear(e); err != nil {
		t.Fatal(err)
	}
	if sealed, is := e.(dispatch.Sealed); is {
		r.Subject = sealed.Subject()
		if r.Sealed, err = schema.Private(sealed.Secret()); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// read is the way back from record.
func read(body []byte) (schema.Record, dispatch.Event, error) {
	var r schema.Record
	if err := r.Unmarshal(body); err != nil {
		return r, nil, err
	}
	e, err := r.Event()
	if err != nil {
		return r, nil, err
	}
	if sealed, is := e.(dispatch.Sealed); is && len(r.Sealed) > 0 {
		if err := schema.OpenPrivate(r.Sealed, sealed.Secret()); err != nil {
			return r, nil, err
		}
	}
	return r, e, nil
}

func goldenName(r schema.Record, e dispatch.Event) string {
	return fmt.Sprintf("%03d-v%d-%s", r.Kind, r.Version, e.EventName())
}

// TestGoldens: whatever was written once is read for ever, and written again to
// the same bytes. A change of an event that alters its golden needs a version of
// its own and an upcaster.
func TestGoldens(t *testing.T) {
	known := map[string]bool{}
	for _, e := range samples(t, &filler{}) {
		r := record(t, e)
		name := goldenName(r, e)
		known[name] = true
		body := r.Append(nil)
		path := filepath.Join(goldenDir, name)
		golden, err := os.ReadFile(path + ".cbor")
		switch {
		case os.IsNotExist(err) && *rewrite:
			writeGolden(t, path, body)
			continue
		case err != nil:
			t.Errorf("%s has no golden; -rewrite writes one: %s", name, err)
			continue
		}
		checkGolden(t, name, golden)
		if !bytes.Equal(golden, body) {
			t.Errorf("%s is written otherwise than its golden: give it a new version\ngolden: %s\nnow:    %s", name, diagnose(golden), diagnose(body))
		}
	}
	files, err := filepath.Glob(filepath.Join(goldenDir, "*.cbor"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".cbor")
		golden, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, name, golden)
	}
}

// checkGolden reads a golden and, if it is of the newest version of its kind,
// writes it again.
func checkGolden(t *testing.T, name string, golden []byte) {
	t.Helper()
	r, e, err := read(golden)
	if err != nil {
		t.Errorf("%s cannot be read any more: %s", name, err)
		return
	}
	if got := goldenName(r, e); got != name {
		t.Errorf("%s is read as %s: numbers never change", name, got)
	}
	again := record(t, e)
	if again.Version != r.Version {
		return // an upcaster made it the newest
	}
	if body := again.Append(nil); !bytes.Equal(body, golden) {
		t.Errorf("%s is not written again to the same bytes\ngolden: %s\nnow:    %s", name, diagnose(golden), diagnose(body))
	}
}

func writeGolden(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(goldenDir, 0o755); err != nil {
		t.Fatal(err)
	}
	for suffix, content := range map[string][]byte{".cbor": body, ".txt": []byte(diagnose(body) + "\n")} {
		if err := os.WriteFile(path+suffix, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// diagnose writes CBOR for people (RFC 8949, section 8); what is sealed in a
// record is plain in a golden, and shown below it.
func diagnose(body []byte) string {
	text, err := cbor.Diagnose(body)
	if err != nil {
		return err.Error()
	}
	var r schema.Record
	if r.Unmarshal(body) == nil && len(r.Sealed) > 0 {
		if private, err := cbor.Diagnose(r.Sealed); err == nil {
			text += "\nprivate: " + private
		}
	}
	return text
}

// TestEveryEventHasANumber reads the source of dispatch: every type with an
// EventName has one number, and numbers have no gaps.
func TestEveryEventHasANumber(t *testing.T) {
	names := map[string]bool{}
	for _, name := range schema.Names() {
		if names[name] {
			t.Errorf("%s has two numbers", name)
		}
		names[name] = true
	}
	found := eventNames(t)
	for _, name := range found {
		if !names[name] {
			t.Errorf("event %s has no number in schema", name)
		}
	}
	if len(found) != len(names) {
		t.Errorf("dispatch has %d events, schema numbers %d", len(found), len(names))
	}
	numbered := schema.Names()
	for code := 1; code < 1000 && len(numbered) > 0; code++ {
		e, err := (&schema.Record{Kind: uint16(code), Version: 1, Clear: []byte{0xa0}}).Event()
		if err != nil { // a number that nothing took
			continue
		}
		if e.EventName() != numbered[0] {
			t.Errorf("number %d: %s; want %s", code, e.EventName(), numbered[0])
		}
		if got, _, _, err := schema.Clear(e); err != nil || int(got) != code {
			t.Errorf("%s is written as %d, read as %d: %v", numbered[0], got, code, err)
		}
		numbered = numbered[1:]
	}
	if len(numbered) > 0 {
		t.Errorf("no number is read as %v", numbered)
	}
}

// eventNames finds what the EventName methods of package dispatch return.
func eventNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../dispatch/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is || f.Recv == nil || f.Name.Name != "EventName" {
				continue
			}
			name, err := strconv.Unquote(f.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestRoundTrip: any event comes back as it was, and its bytes too.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		for _, e := range samples(t, &filler{dice: dice}) {
			r := record(t, e)
			body := r.Append(nil)
			if plain, err := cborOf(r); err != nil || !bytes.Equal(plain, body) {
				rt.Fatalf("%s: the library writes %x, %v\nby hand %x", e.EventName(), plain, err, body)
			}
			got, back, err := read(body)
			if err != nil {
				rt.Fatalf("%s: %s", e.EventName(), err)
			}
			if !reflect.DeepEqual(got, r) || !reflect.DeepEqual(back, e) {
				rt.Fatalf("%s came back as another:\n%#v\n%#v", e.EventName(), e, back)
			}
		}
	})
}

// cborOf writes a record with the library.
func cborOf(r schema.Record) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(r)
}

// TestRecordsByHand: any header is written as the library writes it, and read back.
func TestRecordsByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 300, -1)
		raw := rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 300))
		r := schema.Record{Format: schema.Format, Kind: rapid.Uint16().Draw(t, "kind"), Version: rapid.Uint8().Draw(t, "version"),
			At: rapid.Int64().Draw(t, "at"), By: text.Draw(t, "by"), Command: text.Draw(t, "command"), Nth: rapid.Uint16().Draw(t, "nth"),
			Of: rapid.Uint16().Draw(t, "of"), Hash: raw.Draw(t, "hash"), Subject: text.Draw(t, "subject"), Clear: []byte{0xa1, 0x61, 'a', 0x01},
			Sealed: raw.Draw(t, "sealed"), Commit: raw.Draw(t, "commit")}
		body := r.Append(nil)
		if plain, err := cborOf(r); err != nil || !bytes.Equal(plain, body) {
			t.Fatalf("the library writes %x, %v\nby hand %x", plain, err, body)
		}
		var back schema.Record
		if err := back.Unmarshal(body); err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("%v\n%#v\n%#v", err, r, back)
		}
		if err := back.Unmarshal(body[:rapid.IntRange(0, len(body)-1).Draw(t, "cut")]); err == nil {
			t.Fatal("one that is cut short was read")
		}
		if err := back.Unmarshal(append(body, 0)); err == nil {
			t.Fatal("one that is too long was read")
		}
	})
}

// TestWhatIsPrivateIsNotInTheClear: of every event that says something about
// people, none of it is in the part that is not sealed.
func TestWhatIsPrivateIsNotInTheClear(t *testing.T) {
	const marker = "PRIVATE"
	sealed := 0
	for _, e := range samples(t, &filler{marker: marker}) {
		_, _, clear, err := schema.Clear(e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(clear, []byte(marker)) {
			t.Errorf("%s: a private text is in the clear: %s", e.EventName(), diagnose(clear))
		}
		has := holdsPrivate(reflect.TypeOf(e).Elem())
		s, is := e.(dispatch.Sealed)
		if has != is {
			t.Errorf("%s: holds something private: %t, is sealed: %t", e.EventName(), has, is)
		}
		if !is {
			continue
		}
		sealed++
		plain, err := schema.Private(s.Secret())
		if err != nil || !bytes.Contains(plain, []byte(marker)) {
			t.Errorf("%s: the private part holds no private text: %s, %v", e.EventName(), diagnose(plain), err)
		}
		if s.Subject() == "" {
			t.Errorf("%s: nobody's key seals it", e.EventName())
		}
	}
	if sealed == 0 {
		t.Fatal("no event is sealed")
	}
}

func holdsPrivate(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		if t == reflect.TypeFor[dispatch.Private]() {
			return true
		}
		for i := range t.NumField() {
			if holdsPrivate(t.Field(i).Type) {
				return true
			}
		}
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsPrivate(t.Elem())
	}
	return false
}

// TestATextThatIsNoUTF8 is read as it was written: an event that was recorded must
// never keep a journal from being read.
func TestATextThatIsNoUTF8(t *testing.T) {
	e := &dispatch.StationLost{Station: "S\xff", Reason: "\xfe"}
	r := record(t, e)
	r.By = "\xfd"
	body := r.Append(nil)
	if got, back, err := read(body); err != nil || got.By != r.By || !reflect.DeepEqual(back, e) {
		t.Fatalf("%#v, %v", back, err)
	}
}

func TestNewerFormatsAreRefused(t *testing.T) {
	r := record(t, &dispatch.ClockConfirmed{})
	for name, change := range map[string]func(*schema.Record){
		"format":    func(r *schema.Record) { r.Format++ },
		"kind":      func(r *schema.Record) { r.Kind = 60_000 },
		"version":   func(r *schema.Record) { r.Version++ },
		"version 0": func(r *schema.Record) { r.Version = 0 },
	} {
		newer := r
		change(&newer)
		if _, _, err := read(newer.Append(nil)); err == nil {
			t.Errorf("a newer %s was read", name)
		}
	}
	if _, _, _, err := schema.Clear(stranger{&dispatch.ClockConfirmed{}}); err == nil {
		t.Error("an event without a number was written")
	}
}

// stranger is an event that schema has never heard of.
type stranger struct{ dispatch.Event }

func (stranger) EventName() string { return "StrangeThingHappened" }

// TestStateRoundTrip: a state comes back as it was, and its bytes too, every
// field of it.
func TestStateRoundTrip(t *testing.T) {
	fill := &filler{}
	s := dispatch.NewState()
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).IsExported() {
			if f.Kind() == reflect.Map {
				one := reflect.New(f.Type().Elem().Elem())
				fill.value(one.Elem(), "")
				key := one.Elem().FieldByName("ID")
				if !key.IsValid() { // the state of a desk or trigger does not name it
					key = reflect.ValueOf(fmt.Sprint("key of ", v.Type().Field(i).Name)).Convert(f.Type().Key())
				}
				f.SetMapIndex(key, one)
				continue
			}
			fill.value(f, "")
		}
	}
	// What refers to something else refers to what is there.
	for id := range s.Contacts {
		for _, i := range s.Incidents {
			i.Contacts = []dispatch.ContactID{id}
			s.Contacts[id].Incident = i.ID
		}
		s.Contacts[id].Promises = nil
		for _, p := range s.Promises {
			p.Contact = id
			s.Contacts[id].Promises = append(s.Contacts[id].Promises, p.ID)
		}
	}
	body, err := schema.State(s)
	if err != nil {
		t.Fatal(err)
	}
	back, err := schema.OpenState(body)
	if err != nil {
		t.Fatal(err)
	}
	again, err := schema.State(back)
	if err != nil || !bytes.Equal(again, body) {
		t.Fatalf("the bytes differ, %v:\n%s\n%s", err, diagnose(body), diagnose(again))
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && f.Type.Kind() != reflect.Map && !reflect.DeepEqual(v.Field(i).Interface(), reflect.ValueOf(back).Elem().Field(i).Interface()) {
			t.Errorf("%s came back as another", f.Name)
		}
	}
	if _, err := schema.OpenState(body[:len(body)/2]); err == nil {
		t.Error("half a state was read")
	}
	empty, err := schema.State(dispatch.NewState())
	if err != nil {
		t.Fatal(err)
	}
	if back, err := schema.OpenState(empty); err != nil || back.Contacts == nil {
		t.Errorf("an empty state: %v", err)
	}
}

// FuzzRecord: bytes from a damaged or hostile journal are refused, not answered by
// a crash, and what is read can be written and read again.
func FuzzRecord(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(goldenDir, "*.cbor"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, e, err := read(body)
		if err != nil {
			return
		}
		r := record(t, e)
		if _, again, err := read(r.Append(nil)); err != nil || !reflect.DeepEqual(record(t, again), r) {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	events := samples(b, &filler{})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		e := events[n%len(events)]
		n++
		r := schema.Record{Format: schema.Format, Of: 1, By: "desk", Command: "k"}
		var err error
		if r.Kind, r.Version, r.Clear, err = schema.Clear(e); err != nil {
			b.Fatal(err)
		}
		r.Append(nil)
	}
}

func BenchmarkRead(b *testing.B) {
	var bodies [][]byte
	for _, e := range samples(b, &filler{}) {
		r := record(b, e)
		bodies = append(bodies, r.Append(nil))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, _, err := read(bodies[n%len(bodies)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
