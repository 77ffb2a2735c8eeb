package outboxtest

import "testing"

func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) Erasable {
		m := New()
		return Erasable{m, m.Erase}
	})
}
