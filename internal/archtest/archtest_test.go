package archtest

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/everycall/everycall"

// arrows says which packages of the house each package may import: only inward.
// Tests may import more; they are not looked at.
var arrows = map[string][]string{
	"geo":       {},
	"triage":    {},
	"dispatch":  {"geo", "triage"},
	"recommend": {"dispatch", "geo", "triage"},
	"view":      {"dispatch", "geo"},
	"command":   {"dispatch", "geo", "triage"},
	"stats":     {"dispatch", "geo", "triage"},

	"journal":             {},
	"journal/memory":      {"journal"},
	"journal/journaltest": {"journal"},
	"vault":               {"journal"},
	"schema":              {"dispatch"},
	"engine":              {"dispatch", "schema", "journal", "vault"},
	"store/sqlite":        {"journal", "auth", "notify/outbox"},

	"road":          {"geo", "road/cch"},
	"road/cch":      {},
	"road/roadtest": {"geo", "road"},
	"road/bench":    {"geo", "road", "road/roadtest"},

	"road/osm":             {"road/osm/pbf", "city", "road", "geo"},
	"road/osm/pbf":         {},
	"road/osm/pbf/pbftest": {"road/osm/pbf"},

	"city":       {"road", "geo"},
	"city/build": {"city", "road", "road/osm", "geo"},
	"tile":       {"geo"},
	"gazetteer":  {"geo"},

	"notify":                   {"dispatch", "engine", "notify/outbox"},
	"notify/outbox":            {},
	"notify/outbox/outboxtest": {"notify/outbox"},

	"clock":         {"dispatch", "engine"},
	"advisor":       {"dispatch", "engine", "geo", "road"},
	"auth":          {},
	"auth/authtest": {"auth"},
	"console":       {},
	"httpapi":       {"advisor", "auth", "command", "dispatch", "engine", "gazetteer", "geo", "notify", "notify/outbox", "recommend", "road", "stats", "triage", "view"},
	"lab/drive":     {"advisor", "city", "dispatch", "engine", "geo", "recommend", "road", "triage"},

	"internal/archtest": {},
	"cmd/everycall":     {"*"},

	"cmd/everycall/client": {},
	"cmd/everycall/folder": {"store/sqlite"},
}

// libraries says which package imports each library.
var libraries = map[string][]string{
	"github.com/alecthomas/kong":       {"cmd/everycall"},
	"github.com/danielgtaylor/huma/v2": {"httpapi"},
	"github.com/fxamacker/cbor/v2":     {"schema", "city"},
	"golang.org/x/crypto":              {"auth"},
	"github.com/wneessen/go-mail":      {"notify"},
	"modernc.org/sqlite":               {"store/sqlite"},
	"modernc.org/libc":                 {"store/sqlite"},
	"golang.org/x/sys":                 {"store/sqlite"},
}

// pure is the ring without clock, dice, goroutine, I/O and float.
var pure = []string{"geo", "triage", "dispatch", "recommend", "view", "command"}

// forbidden are what the pure ring may not import.
var forbidden = []string{"time", "math/rand", "math/rand/v2", "crypto/rand", "os", "io", "io/fs", "net", "net/http", "sync", "sync/atomic", "context", "log", "log/slog", "runtime", "unsafe", "reflect", "os/exec", "syscall"}

type source struct {
	dir  string // slash path from the root
	name string
	file *ast.File
	text string
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

var fset = token.NewFileSet()

// sources parses every Go file of the house.
func sources(t *testing.T) []source {
	t.Helper()
	base := root(t)
	var found []source
	err := filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "dist" || d.Name() == "tools") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, p, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(base, filepath.Dir(p))
		if err != nil {
			return err
		}
		found = append(found, source{dir: filepath.ToSlash(rel), name: path.Join(filepath.ToSlash(rel), d.Name()), file: f, text: string(text)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 50 {
		t.Fatalf("only %d files were found: the walk is broken", len(found))
	}
	return found
}

func (s source) test() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		out = append(out, strings.Trim(i.Path.Value, `"`))
	}
	return out
}

func TestArrowsPointInward(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		allowed, known := arrows[s.dir]
		if !known {
			t.Errorf("%s: package %s is not in the table of arrows: say there whom it may know", s.name, s.dir)
			continue
		}
		for _, imported := range s.imports() {
			inner, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed, inner) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s: %s may know only %v", s.name, inner, s.dir, allowed)
			}
		}
	}
}

func TestEachLibraryHasItsPackage(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		for _, imported := range s.imports() {
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") || strings.HasPrefix(imported, module) {
				continue
			}
			known := false
			for library, users := range libraries {
				if imported == library || strings.HasPrefix(imported, library+"/") {
					known = slices.Contains(users, s.dir)
				}
			}
			if !known {
				t.Errorf("%s imports %s, which is not its library: see the table", s.name, imported)
			}
		}
	}
}

func TestPureRing(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || !slices.Contains(pure, s.dir) {
			continue
		}
		for _, imported := range s.imports() {
			if slices.Contains(forbidden, imported) {
				t.Errorf("%s imports %s: the pure ring has no clock, dice, I/O, lock or float", s.name, imported)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			at := func() token.Position { return fset.Position(n.Pos()) }
			switch x := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a goroutine in the pure ring", at())
			case *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
				t.Errorf("%s: a channel in the pure ring", at())
			case *ast.BasicLit:
				if x.Kind == token.FLOAT || x.Kind == token.IMAG {
					t.Errorf("%s: a float in the pure ring", at())
				}
			case *ast.SelectorExpr:
				if p, is := x.X.(*ast.Ident); is && p.Name == "math" && !strings.HasPrefix(x.Sel.Name, "MaxInt") && !strings.HasPrefix(x.Sel.Name, "MaxUint") {
					t.Errorf("%s: math.%s in the pure ring: only the limits of integers", at(), x.Sel.Name)
				}
			case *ast.Ident:
				if x.Name == "float64" || x.Name == "float32" || x.Name == "complex128" {
					t.Errorf("%s: a float in the pure ring", at())
				}
			}
			return true
		})
	}
}

// inner type-checks packages of the house from source and the standard library
// from its own.
type inner struct {
	packages map[string]*types.Package
	files    map[string][]*ast.File
	std      types.Importer
	infos    map[string]*types.Info
}

func (i *inner) Import(p string) (*types.Package, error) {
	dir, ours := strings.CutPrefix(p, module+"/")
	if !ours {
		return i.std.Import(p)
	}
	if done := i.packages[dir]; done != nil {
		return done, nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	made, err := (&types.Config{Importer: i}).Check(p, fset, i.files[dir], info)
	i.packages[dir], i.infos[dir] = made, info
	return made, err
}

// TestMapOrderNeverShows: in the pure ring a range over a map says on its own
// line why the order cannot show.
func TestMapOrderNeverShows(t *testing.T) {
	i := &inner{packages: map[string]*types.Package{}, files: map[string][]*ast.File{}, std: importer.ForCompiler(fset, "source", nil), infos: map[string]*types.Info{}}
	texts := map[string][]string{}
	for _, s := range sources(t) {
		if !s.test() {
			i.files[s.dir] = append(i.files[s.dir], s.file)
			texts[fset.Position(s.file.Pos()).Filename] = strings.Split(s.text, "\n")
		}
	}
	seen := 0
	for _, dir := range pure {
		if _, err := i.Import(module + "/" + dir); err != nil {
			t.Fatalf("type-check %s: %v", dir, err)
		}
		for _, f := range i.files[dir] {
			ast.Inspect(f, func(n ast.Node) bool {
				r, is := n.(*ast.RangeStmt)
				if !is {
					return true
				}
				if _, isMap := i.infos[dir].Types[r.X].Type.Underlying().(*types.Map); isMap {
					seen++
					at := fset.Position(r.Pos())
					if !strings.Contains(texts[at.Filename][at.Line-1], "//") && !strings.HasSuffix(at.Filename, "due.go") {
						t.Errorf("%s: a range over a map in the pure ring: sort the keys, or say on the line why the order cannot show", at)
					}
				}
				return true
			})
		}
	}
	if seen == 0 {
		t.Fatal("no range over a map was found at all: the test does not look")
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		documented[s.dir] = documented[s.dir] || s.file.Doc != nil
	}
	for dir, has := range documented {
		if !has {
			t.Errorf("package %s has no doc comment", dir)
		}
	}
}

const linesMax = 800

// machine finds paths and names of the place where somebody works; the words are
// taken apart here so that this file does not find itself.
var machine = regexp.MustCompile(`(/ro` + `ot/|/wo` + `rk/|/ho` + `me/[a-z]+/)`)

func TestTheTreeIsTidy(t *testing.T) {
	base := root(t)
	err := filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "dist" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		switch path.Ext(p) {
		case ".go", ".ts", ".svelte", ".md", ".css", ".mjs", ".sh", ".txt":
		default:
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), "\n"); n > linesMax && path.Ext(p) != ".md" && path.Ext(p) != ".txt" {
			t.Errorf("%s has %d lines: at most %d", p, n, linesMax)
		}
		if where := machine.FindString(string(text)); where != "" {
			t.Errorf("%s names a path of some machine: %s", p, where)
		}
		for n, line := range strings.Split(string(text), "\n") {
			if at := strings.Index(line, "TO"+"DO"); at >= 0 && !strings.HasPrefix(line[at+4:], "(") {
				t.Errorf("%s line %d: an unfinished thing without its reason in brackets", p, n+1)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
