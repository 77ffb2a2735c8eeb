package city

// Limits of what a pack knows of places. Whoever fills a pack keeps them.
const (
	PlacesMax    = 1 << 20
	AddressesMax = 2 << 20
	AliasesMax   = 32 // of one place
)

// encodePlaces writes the section that only imported cities have.
func encodePlaces(p *Pack) []byte {
	var w writer
	w.unsigned(uint64(len(p.Places)))
	for _, place := range p.Places {
		w.text(place.Name)
		w.text(place.Kind)
		w.unsigned(uint64(len(place.Aliases)))
		for _, alias := range place.Aliases {
			w.text(alias)
		}
		w.point(place.Point)
	}
	w.unsigned(uint64(len(p.Addresses)))
	var street int64
	for _, a := range p.Addresses {
		w.signed(int64(a.Street) - street)
		street = int64(a.Street)
		w.text(a.Number)
		w.point(a.Point)
	}
	return w.out
}

func decodePlaces(raw []byte, p *Pack) error {
	r := &reader{rest: raw}
	p.Places = make([]Place, r.countTo(PlacesMax))
	for i := range p.Places {
		place := Place{Name: r.text(), Kind: r.text()}
		if n := r.countTo(AliasesMax); n > 0 {
			place.Aliases = make([]string, n)
			for j := range place.Aliases {
				place.Aliases[j] = r.text()
			}
		}
		place.Point = r.point()
		p.Places[i] = place
	}
	p.Addresses = make([]Address, r.countTo(AddressesMax))
	var street int64
	for i := range p.Addresses {
		street += r.signed()
		if street < 0 || street >= int64(len(p.Roads.Names())) {
			r.bad, r.rest, street = true, nil, 0
		}
		p.Addresses[i] = Address{Street: uint32(street), Number: r.text(), Point: r.point()}
	}
	return r.done("places")
}
