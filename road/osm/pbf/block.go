package pbf

import "fmt"

// block reads one unpacked data blob. Its slices are used again for the next.
type block struct {
	texts    []string
	lonStart int64 // 1e-9 degree
	latStart int64
	grain    int64 // 1e-9 degree in a coordinate's unit
	tags     Tags
	way      Way
	relation Relation
}

// read visits what a block holds and says which kinds of things it found.
func (b *block) read(raw []byte, v *Visitor) (has kinds, err error) {
	b.texts, b.lonStart, b.latStart, b.grain = b.texts[:0], 0, 0, 100
	m := message{rest: raw}
	for m.next() { // the groups may stand before what they need
		switch m.field {
		case 1:
			if err := b.table(m.bytes); err != nil {
				return 0, err
			}
		case 17:
			b.grain = int64(m.value)
		case 19:
			b.latStart = int64(m.value)
		case 20:
			b.lonStart = int64(m.value)
		}
	}
	if m.bad || b.grain < 1 || b.grain > 1_000_000_000 || outside(b.lonStart) || outside(b.latStart) {
		return 0, errDamaged
	}
	m = message{rest: raw}
	for m.next() {
		if m.field != 2 {
			continue
		}
		found, err := b.group(m.bytes, v)
		if err != nil {
			return 0, err
		}
		has |= found
	}
	return has, nil
}

// table reads the block's texts. They share one string.
func (b *block) table(raw []byte) error {
	all := string(raw)
	m := message{rest: raw}
	for m.next() {
		if m.field == 1 && m.wire == wireBytes {
			end := len(raw) - len(m.rest)
			b.texts = append(b.texts, all[end-len(m.bytes):end])
		}
	}
	if m.bad {
		return errDamaged
	}
	return nil
}

func (b *block) group(raw []byte, v *Visitor) (has kinds, err error) {
	m := message{rest: raw}
	for m.next() {
		switch m.field {
		case 1:
			has |= nodeKind
			if v.Node != nil {
				err = b.node(m.bytes, v)
			}
		case 2:
			has |= nodeKind
			if v.Node != nil {
				err = b.dense(m.bytes, v)
			}
		case 3:
			has |= wayKind
			if v.Way != nil {
				err = b.oneWay(m.bytes, v)
			}
		case 4:
			has |= relationKind
			if v.Relation != nil {
				err = b.oneRelation(m.bytes, v)
			}
		}
		if err != nil {
			return has, err
		}
	}
	if m.bad {
		return has, errDamaged
	}
	return has, nil
}

func (b *block) text(index uint64) (string, error) {
	if index >= uint64(len(b.texts)) {
		return "", fmt.Errorf("text %d of %d", index, len(b.texts))
	}
	return b.texts[index], nil
}

// pair adds a tag.
func (b *block) pair(key, value uint64) error {
	k, err := b.text(key)
	if err != nil {
		return err
	}
	val, err := b.text(value)
	if err != nil {
		return err
	}
	if len(b.tags) >= 2*TagsMax {
		return fmt.Errorf("a thing with more than %d tags", TagsMax)
	}
	b.tags = append(b.tags, k, val)
	return nil
}

// pairs reads tags given as two rows.
func (b *block) pairs(keys, values row) error {
	b.tags = b.tags[:0]
	for keys.left() {
		k, ok := keys.next()
		val, ok2 := values.next()
		if !ok || !ok2 {
			return errDamaged
		}
		if err := b.pair(k, val); err != nil {
			return err
		}
	}
	if values.left() {
		return errDamaged
	}
	return nil
}

func (b *block) node(raw []byte, v *Visitor) error {
	var keys, values row
	var id, lon, lat int64
	m := message{rest: raw}
	for m.next() {
		switch m.field {
		case 1:
			id = zigzag(m.value)
		case 2:
			keys.add(&m)
		case 3:
			values.add(&m)
		case 8:
			lat = zigzag(m.value)
		case 9:
			lon = zigzag(m.value)
		}
	}
	if m.bad {
		return errDamaged
	}
	if err := b.pairs(keys, values); err != nil {
		return err
	}
	v.Node(Node{ID: id, Lon: b.degrees(b.lonStart, lon), Lat: b.degrees(b.latStart, lat), Tags: b.tags})
	return nil
}

func (b *block) dense(raw []byte, v *Visitor) error {
	var ids, lons, lats, tags row
	m := message{rest: raw}
	for m.next() {
		switch m.field {
		case 1:
			ids.add(&m)
		case 8:
			lats.add(&m)
		case 9:
			lons.add(&m)
		case 10:
			tags.add(&m)
		}
	}
	if m.bad {
		return errDamaged
	}
	tagged := tags.left() // else no node of the block has any
	var id, lon, lat int64
	for ids.left() {
		di, ok := ids.signed()
		dx, ok2 := lons.signed()
		dy, ok3 := lats.signed()
		if !ok || !ok2 || !ok3 {
			return errDamaged
		}
		id, lon, lat = id+di, lon+dx, lat+dy
		b.tags = b.tags[:0]
		for tagged {
			k, ok := tags.next()
			if !ok {
				return errDamaged
			}
			if k == 0 {
				break
			}
			val, ok := tags.next()
			if !ok {
				return errDamaged
			}
			if err := b.pair(k, val); err != nil {
				return err
			}
		}
		v.Node(Node{ID: id, Lon: b.degrees(b.lonStart, lon), Lat: b.degrees(b.latStart, lat), Tags: b.tags})
	}
	if lons.left() || lats.left() || tags.left() {
		return errDamaged
	}
	return nil
}

func (b *block) oneWay(raw []byte, v *Visitor) error {
	var keys, values, refs row
	w := &b.way
	*w = Way{Refs: w.Refs[:0]}
	m := message{rest: raw}
	for m.next() {
		switch m.field {
		case 1:
			w.ID = int64(m.value)
		case 2:
			keys.add(&m)
		case 3:
			values.add(&m)
		case 8:
			refs.add(&m)
		}
	}
	if m.bad {
		return errDamaged
	}
	if err := b.pairs(keys, values); err != nil {
		return err
	}
	w.Tags = b.tags
	for ref := int64(0); refs.left(); {
		d, ok := refs.signed()
		if !ok {
			return errDamaged
		}
		if len(w.Refs) == MembersMax {
			return fmt.Errorf("way %d has more than %d nodes", w.ID, MembersMax)
		}
		ref += d
		w.Refs = append(w.Refs, ref)
	}
	v.Way(w)
	return nil
}

func (b *block) oneRelation(raw []byte, v *Visitor) error {
	var keys, values, roles, ids, types row
	r := &b.relation
	*r = Relation{Members: r.Members[:0]}
	m := message{rest: raw}
	for m.next() {
		switch m.field {
		case 1:
			r.ID = int64(m.value)
		case 2:
			keys.add(&m)
		case 3:
			values.add(&m)
		case 8:
			roles.add(&m)
		case 9:
			ids.add(&m)
		case 10:
			types.add(&m)
		}
	}
	if m.bad {
		return errDamaged
	}
	if err := b.pairs(keys, values); err != nil {
		return err
	}
	r.Tags = b.tags
	for id := int64(0); ids.left(); {
		d, ok := ids.signed()
		kind, ok2 := types.next()
		role, ok3 := roles.next()
		if !ok || !ok2 || !ok3 || kind > uint64(RelationMember) {
			return errDamaged
		}
		if len(r.Members) == MembersMax {
			return fmt.Errorf("relation %d has more than %d members", r.ID, MembersMax)
		}
		text, err := b.text(role)
		if err != nil {
			return err
		}
		id += d
		r.Members = append(r.Members, Member{Type: MemberType(kind), ID: id, Role: text})
	}
	if roles.left() || types.left() {
		return errDamaged
	}
	v.Relation(r)
	return nil
}

func outside(v int64) bool { return v < -OffPlanet || v > OffPlanet }

// degrees is a coordinate in 1e-9 degree.
func (b *block) degrees(start, v int64) int64 {
	if v < -OffPlanet/b.grain || v > OffPlanet/b.grain {
		return OffPlanet
	}
	if sum := start + v*b.grain; !outside(sum) {
		return sum
	}
	return OffPlanet
}
