package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `
services:
  shop:
    image: nginx:1.28.0
    profiles: [core]
    ports: ['127.0.0.1:3000:80']
    environment: { DB_PASSWORD: '${A_PASSWORD:?set it}', DB_URL: 'postgres://me:${A_PASSWORD:?set it}@db/shop' }
    healthcheck: { test: [CMD, 'true'] }
`

func faultsOf(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "docker-compose.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.Join(check([]string{file}), "\n")
}

func TestFindsEachFault(t *testing.T) {
	if faults := faultsOf(t, good); faults != "" {
		t.Fatalf("a good file has faults: %s", faults)
	}
	for _, c := range []struct{ find, replace, want string }{
		{"nginx:1.28.0", "nginx:latest", "not pinned"},
		{"nginx:1.28.0", "nginx", "not pinned"},
		{"127.0.0.1:3000:80", "3000:80", "beyond loopback"},
		{"127.0.0.1:3000:80", "0.0.0.0:3000:80", "beyond loopback"},
		{"'${A_PASSWORD:?set it}'", "hunter2", "the value of DB_PASSWORD stands in the file"},
		{"'${A_PASSWORD:?set it}'", "'${A_PASSWORD:-hunter2}'", "a default of A_PASSWORD stands in the file"},
		{"me:${A_PASSWORD:?set it}@", "me:hunter2@", "the password in DB_URL stands in the file"},
		{"me:${A_PASSWORD:?set it}@", "me:${A_PASSWORD:-hunter2}@", "a default of A_PASSWORD stands in the file"},
		{"healthcheck: { test: [CMD, 'true'] }", "", "no health check"},
		{"profiles: [core]", "", "no profile"},
		{"profiles: [core]", "profiles: [core]\n    depends_on: [nobody]", "nobody"},
		{"profiles: [core]", "profiles: [core]\n    imagine: true", "imagine"},
		{"profiles: [core]", "profiles: [core]\n    privileged: true", "privileged"},
	} {
		if faults := faultsOf(t, strings.Replace(good, c.find, c.replace, 1)); !strings.Contains(faults, c.want) {
			t.Errorf("%s → %s: want %q, got %q", c.find, c.replace, c.want, faults)
		}
	}
}
