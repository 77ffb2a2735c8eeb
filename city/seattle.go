package city

import (
	"bytes"
	_ "embed" // the Seattle pack
	"fmt"
)

//go:embed packs/seattle.pack
var seattlePack []byte

// Seattle reads the embedded pack of Seattle. Its roads and parks are a
// derivative database of OpenStreetMap under the ODbL (packs/LICENSE-ODbL.md);
// show Attribution wherever the pack is shown.
func Seattle() (*Pack, error) {
	p, err := Read(bytes.NewReader(seattlePack))
	if err != nil {
		return nil, fmt.Errorf("embedded pack of Seattle: %w", err)
	}
	return p, nil
}
