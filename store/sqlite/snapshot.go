package sqlite

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/everycall/everycall/journal"
)

// A snapshot is a file: eight bytes of magic, the Seq and the body's length as
// little-endian uint64, the CRC32C of Seq, length and body, and the body. It is
// written beside its place, synced and renamed, so that a file with the right name
// is whole unless the disk damaged it.

const (
	snapshotMagic  = "everysn1"
	snapshotHeader = len(snapshotMagic) + 8 + 8 + 4
	snapshotSuffix = ".snapshot"
)

func (s *Store) snapshotPath(seq uint64) string {
	return filepath.Join(s.dir, snapshotsDir, fmt.Sprintf("%020d%s", seq, snapshotSuffix))
}

// snapshotSeqs lists the stored snapshots, the newest first.
func (s *Store) snapshotSeqs() ([]uint64, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, snapshotsDir))
	if err != nil {
		return nil, err
	}
	var seqs []uint64
	for _, e := range entries {
		if seq, ours := snapshotSeq(e.Name()); ours {
			seqs = append(seqs, seq)
		}
	}
	slices.Sort(seqs)
	slices.Reverse(seqs)
	return seqs, nil
}

// snapshotSeq reads the name of a snapshot's file.
func snapshotSeq(name string) (seq uint64, ours bool) {
	digits, ours := strings.CutSuffix(name, snapshotSuffix)
	seq, err := strconv.ParseUint(digits, 10, 64)
	return seq, ours && err == nil
}

func snapshotHead(s journal.Snapshot) []byte {
	h := append(make([]byte, 0, snapshotHeader), snapshotMagic...)
	h = binary.LittleEndian.AppendUint64(h, s.Seq)
	h = binary.LittleEndian.AppendUint64(h, uint64(len(s.Body)))
	sum := crc32.Update(crc32.Checksum(h[len(snapshotMagic):], castagnoli), castagnoli, s.Body)
	return binary.LittleEndian.AppendUint32(h, sum)
}

// SaveSnapshot implements journal.Journal.
func (j *Journal) SaveSnapshot(ctx context.Context, s journal.Snapshot) error {
	if len(s.Body) > journal.MaxSnapshot {
		return fmt.Errorf("%w: snapshot of %d bytes, the limit is %d", journal.ErrTooLarge, len(s.Body), journal.MaxSnapshot)
	}
	head, err := j.Head(ctx)
	if err != nil {
		return err
	}
	if s.Seq == 0 || s.Seq > head {
		return fmt.Errorf("%w: snapshot at %d, the head is %d", journal.ErrGap, s.Seq, head)
	}
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer j.s.life.RUnlock()
	j.s.shots.Lock()
	defer j.s.shots.Unlock()
	if err := j.s.saveSnapshot(s); err != nil {
		return fmt.Errorf("save the snapshot at %d: %w", s.Seq, err)
	}
	return nil
}

func (s *Store) saveSnapshot(shot journal.Snapshot) error {
	path := s.snapshotPath(shot.Seq)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(snapshotHead(shot))
	if err == nil {
		_, err = f.Write(shot.Body)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	seqs, err := s.snapshotSeqs()
	if err != nil {
		return err
	}
	have := make([]journal.Stored, len(seqs))
	for i, seq := range seqs {
		info, err := os.Stat(s.snapshotPath(seq))
		if err != nil {
			return err
		}
		have[i] = journal.Stored{Seq: seq, Bytes: info.Size() - int64(snapshotHeader)}
	}
	for _, old := range journal.Thin(have) {
		if err := overwrite(s.snapshotPath(old)); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Join(s.dir, snapshotsDir))
}

// LoadSnapshot implements journal.Journal.
func (j *Journal) LoadSnapshot(ctx context.Context, upTo uint64) (journal.Snapshot, error) {
	head, err := j.Head(ctx)
	if err != nil {
		return journal.Snapshot{}, err
	}
	if err := j.enter(ctx); err != nil {
		return journal.Snapshot{}, err
	}
	defer j.s.life.RUnlock()
	j.s.shots.Lock()
	defer j.s.shots.Unlock()
	seqs, err := j.s.snapshotSeqs()
	if err != nil {
		return journal.Snapshot{}, fmt.Errorf("list the snapshots: %w", err)
	}
	for _, seq := range seqs {
		if seq > min(upTo, head) {
			continue
		}
		// Unreadable or damaged makes no difference: the next older one will do.
		if shot, ok := loadSnapshot(j.s.snapshotPath(seq), seq); ok {
			return shot, nil
		}
	}
	return journal.Snapshot{}, journal.ErrNoSnapshot
}

func loadSnapshot(path string, seq uint64) (journal.Snapshot, bool) {
	info, err := os.Stat(path)
	if err != nil || info.Size() < int64(snapshotHeader) || info.Size() > int64(snapshotHeader+journal.MaxSnapshot) {
		return journal.Snapshot{}, false
	}
	file, err := os.ReadFile(path)
	if err != nil || len(file) < snapshotHeader {
		return journal.Snapshot{}, false
	}
	shot := journal.Snapshot{Seq: seq, Body: file[snapshotHeader:]}
	return shot, bytes.Equal(file[:snapshotHeader], snapshotHead(shot))
}

// eraseSnapshots overwrites and removes the snapshots from one sequence number on,
// and whatever else lies there: what was half written when the power went.
func (s *Store) eraseSnapshots(from uint64) error {
	s.shots.Lock()
	defer s.shots.Unlock()
	folder := filepath.Join(s.dir, snapshotsDir)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if seq, ours := snapshotSeq(e.Name()); ours && seq < from {
			continue
		}
		if err := overwrite(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return syncFolder(folder)
}

// overwrite fills a file with zeroes, durably, and removes it.
func overwrite(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	zeroes := make([]byte, 1<<16)
	for at := int64(0); err == nil && at < info.Size(); at += int64(len(zeroes)) {
		_, err = f.WriteAt(zeroes[:min(int64(len(zeroes)), info.Size()-at)], at)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Remove(path)
}
