package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/everycall/everycall/city"
	"github.com/everycall/everycall/city/build"
)

type importCmd struct {
	City importCityCmd `cmd:"" help:"Make a city pack."`
}

type importCityCmd struct {
	Name string `arg:"" enum:"seattle" help:"Which city's data (seattle)."`
	From string `required:"" type:"existingdir" help:"The folder with the raw data."`
	Out  string `required:"" help:"The pack to write, for example city/packs/seattle.pack."`
}

// Help is shown by --help.
func (importCityCmd) Help() string {
	return "Example:\n  everycall import city seattle --from data/seattle --out city/packs/seattle.pack"
}

func (c importCityCmd) Run() error {
	pack, report, err := build.Seattle(c.From)
	if err != nil {
		return err
	}
	// Written beside and renamed: a pack is there whole or not at all.
	f, err := os.CreateTemp(filepath.Dir(c.Out), ".pack-*")
	if err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone after the rename
	if err := city.Write(f, pack); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.Rename(f.Name(), c.Out); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	fmt.Print(report)
	return nil
}
