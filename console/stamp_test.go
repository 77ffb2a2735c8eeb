package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBuiltFilesMatchSource fails when console/web was changed without building, or console/dist was changed by hand.
// It mirrors web/build/stamp.mjs and needs no Node. The cure is `npm ci && npm run build` in console/web.
func TestBuiltFilesMatchSource(t *testing.T) {
	stamp, err := os.ReadFile(filepath.Join(root, stampFile))
	if err != nil {
		t.Fatal(err)
	}
	built := slices.DeleteFunc(filesUnder(t, root, "."), func(name string) bool { return name == stampFile })
	want := fmt.Sprintf("source %s\nbuilt %s\n", hashFiles(t, "web", sourceFiles(t)), hashFiles(t, root, built))
	if want != string(stamp) {
		t.Errorf("console/dist does not match console/web: build it again (npm ci && npm run build in console/web)\nstamped:\n%sfound:\n%s", stamp, want)
	}
}

// TestLockfileNamesNoRegistry: a lock file with resolved addresses would pin everybody to one registry.
func TestLockfileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join("web", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error(`package-lock.json has "resolved" addresses: keep omit-lockfile-registry-resolved=true in .npmrc`)
	}
}

// sourceFiles lists what the build depends on, relative to web: the pages, the pinned tools and everything in src and build.
func sourceFiles(t *testing.T) []string {
	t.Helper()
	names := append(filesUnder(t, "web", "src"), filesUnder(t, "web", "build")...)
	top, err := os.ReadDir("web")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range top {
		switch name := entry.Name(); {
		case strings.HasSuffix(name, ".html"), name == "package-lock.json", name == "vite.config.ts", name == "tsconfig.json":
			names = append(names, name)
		}
	}
	return names
}

// filesUnder lists the files in base/dir as slash-separated paths relative to base.
func filesUnder(t *testing.T, base, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(base), dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// hashFiles is sha256 over "<path> NUL <length> NUL <bytes>" of every file, in the byte order of the paths, in hex.
func hashFiles(t *testing.T, base string, names []string) string {
	t.Helper()
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(base, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%s\x00%d\x00", name, len(data))
		hash.Write(data)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
