package gazetteer

import "slices"

// numbered finds a house number or a hundred on the streets that a phrase may
// mean.
func (s *search) numbered(r reading) {
	streets := s.names.look(s.memory, r.first, r.open, s.about, onlyStreets)
	for _, c := range streets[:min(len(streets), streetsMax)] {
		switch {
		case c.other: // a number on "Nowhere Lane" is not one on another lane
		case r.house == "":
			s.hundred(r, c)
		default:
			s.house(r, c)
		}
	}
}

// hundred finds a hundred-block: as it is known or, if it is not, its middle
// among the known numbers.
func (s *search) hundred(r reading, c candidate) {
	name := s.streets[c.ref]
	m := Match{Label: blockLabel(r.number, name), Kind: KindBlock, Streets: []string{name}, Within: WithinBlock}
	known := false
	for _, b := range s.blocksWith(c.ref, r.number) {
		m.Point = b.Point
		s.add(m, r, c)
		known = true
	}
	if !known {
		s.estimated(r, c, m, float64(r.number+50))
	}
}

// blocksWith are the known blocks of a number on a street; more than one only
// where it runs in several parts or towns.
func (x *Index) blocksWith(street uint32, number int) []Block {
	all := x.blocksAt(street)
	from, _ := slices.BinarySearchFunc(all, number, func(b Block, n int) int { return b.Number - n })
	to := from
	for to < len(all) && all[to].Number == number {
		to++
	}
	return all[from:to]
}

// house finds a house: as it is known, else between known numbers of the street,
// else the hundred-block that it is in.
func (s *search) house(r reading, c candidate) {
	name := s.streets[c.ref]
	m := Match{Label: r.house + " " + name, Kind: KindAddress, Streets: []string{name}, Within: WithinAddress}
	all := s.housesAt(c.ref)
	from, _ := slices.BinarySearchFunc(all, int32(r.number), func(h house, n int32) int { return int(h.number - n) })
	to := from
	same := false
	for ; to < len(all) && int(all[to].number) == r.number; to++ {
		same = same || houseText(all[to].text) == houseText(r.house)
	}
	for _, h := range all[from:to] {
		m.Point = h.point
		switch {
		case houseText(h.text) == houseText(r.house):
			s.add(m, r, c)
		case !same:
			other := m
			other.Label = h.text + " " + name
			s.add(other, r, c.dearer(costOtherHouse))
		}
	}
	if from < to {
		return
	}
	s.estimated(r, c, m, float64(r.number))
}

// estimated adds the places where a number that is not known should be.
func (s *search) estimated(r reading, c candidate, m Match, number float64) {
	for _, e := range s.place(c.ref, number, s.about) {
		m.Kind, m.Point, m.Within = KindInterpolated, e.point, e.within()
		priced := c
		if m.Within > WithinInterpolated {
			priced.cost += costGuessedNumber
		}
		s.add(m, r, priced)
		number = -1
	}
	if number < 0 {
		return
	}
	// The block itself, where the street has no second known number.
	if blocks := s.blocksWith(c.ref, r.number/100*100); len(blocks) > 0 {
		for _, b := range blocks {
			m.Kind, m.Point, m.Within = KindBlock, b.Point, WithinBlock+WithinInterpolated
			s.add(m, r, c)
		}
		return
	}
	street, ok := s.streetMatch(c.ref)
	if !ok {
		return
	}
	cost := costNoSuchNumber
	if len(s.blocksAt(c.ref))+len(s.housesAt(c.ref)) == 0 {
		cost = costNoNumbers
	}
	s.add(street, r, c.dearer(cost))
}
