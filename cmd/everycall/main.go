// Command everycall is the one binary: demo, serve, import, and asking a running server. It only wires the
// rooms together.
package main

import (
	"fmt"
	"os"
	_ "time/tzdata" // a machine without a zone database still knows the jurisdiction's time

	"github.com/alecthomas/kong"
)

// version is the release, set by the linker.
var version = "dev"

type cli struct {
	Demo    demoCmd    `cmd:"" help:"A whole city on the board, on real data: prints the address to open."`
	Serve   serveCmd   `cmd:"" help:"The real thing: serve a jurisdiction from a data folder."`
	Import  importCmd  `cmd:"" help:"Make packs from data."`
	Zone    zoneCmd    `cmd:"" help:"Places that one cannot simply enter, on a running server."`
	Access  accessCmd  `cmd:"" help:"What is known of ways: closures, checkpoints, lanes that are open again; on a running server."`
	Road    roadCmd    `cmd:"" help:"The road router."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("everycall " + version)
	return nil
}

func main() {
	var c cli
	ctx := kong.Parse(&c, kong.Name("everycall"),
		kong.Description("Every call, accounted for: dispatch for the days when a city cannot answer every call.\n\nStart with:  everycall demo"),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err := ctx.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "everycall: "+err.Error())
		os.Exit(1)
	}
}
