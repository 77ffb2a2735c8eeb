package dispatch

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws 1,000 random runs a property where the command line says
// nothing about it (go test -rapid.checks=20000), and 100 with -short.
func TestMain(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said && !testing.Short() {
		_ = flag.Set("rapid.checks", "1000") // the flag is rapid's own
	}
	os.Exit(m.Run())
}
