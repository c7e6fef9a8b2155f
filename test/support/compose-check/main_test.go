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
    command: [serve]
    environment: { DB_PASSWORD_FILE: /run/secrets/db, CACHE_URL: redis://cache }
    healthcheck: { test: [CMD, 'true'] }
    networks: [edge]
    secrets: [db]
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    mem_limit: 64m
    pids_limit: 10
networks:
  edge:
secrets:
  db: { file: '${SECRETS:?set it}/db' }
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
		{"DB_PASSWORD_FILE: /run/secrets/db", "DB_PASSWORD: hunter2", "name a file in DB_PASSWORD_FILE"},
		{"DB_PASSWORD_FILE: /run/secrets/db", "DB_PASSWORD: '${A_PASSWORD:?set it}'", "name a file in DB_PASSWORD_FILE"},
		{"DB_PASSWORD_FILE: /run/secrets/db", "DB_LINE: 'pw=${A_PASSWORD:?set it}'", "name a file in DB_LINE_FILE"},
		{"redis://cache", "redis://:hunter2@cache", "name a file in CACHE_URL_FILE"},
		{"redis://cache", "'redis://:${A_PASSWORD:-hunter2}@cache'", "a default of A_PASSWORD stands in the file"},
		{"[serve]", "[serve, '--password=${A_PASSWORD:?set it}']", "a secret stands among its arguments"},
		{"[CMD, 'true']", "[CMD, ping, 'redis://:hunter2@cache']", "a secret stands among its arguments"},
		{"${SECRETS:?set it}", "secrets", "loads without a single secret"},
		{"secrets: [db]", "", "the secret db is given to nobody"},
		{"file: '${SECRETS:?set it}/db'", "environment: '${SECRETS:?set it}'", "the secret db is no file"},
		{"read_only: true", "", "not read-only"},
		{"cap_drop: [ALL]", "", "it keeps capabilities"},
		{"cap_drop: [ALL]", "cap_drop: [ALL]\n    cap_add: [NET_ADMIN]", "it keeps capabilities"},
		{"security_opt: ['no-new-privileges:true']", "", "it may gain privileges"},
		{"mem_limit: 64m", "", "its memory has no bound"},
		{"pids_limit: 10", "", "its processes have no bound"},
		{"networks: [edge]", "", "it is in the network of everybody"},
		{"networks: [edge]", "network_mode: host", "it shares the host's network"},
		{"profiles: [core]", "profiles: [core]\n    volumes: ['/var/run/docker.sock:/s']", "it can rule the container engine"},
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
