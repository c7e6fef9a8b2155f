// Checks docker-compose.yml without a container engine: loads it as compose itself does (unknown keys, missing variables, undefined
// services), then asks for what the file promises. `cd test/support/compose-check && go run . ../../../docker-compose.yml`
// With -services first it prints what each service is started with as JSON instead, for tests that know what the services want.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// A tag that says which version it is: digits with a dot.
var pinned = regexp.MustCompile(`:v?\d+\.\d+`)

// Names whose value must come from a file.
var secretName = regexp.MustCompile(`(?i)(password|secret|key|token)$`)

// user:password@ of an address.
var urlPassword = regexp.MustCompile(`://[^:@/]*:[^@/]+@`)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-services" {
		if err := printServices(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	faults := check(os.Args[1:])
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
	fmt.Println("the compose file is in order")
}

func check(files []string) []string {
	if len(files) == 0 {
		return []string{"usage: compose-check <docker-compose.yml> …"}
	}
	project, err := load(files, true)
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	for name, service := range project.Services {
		for _, fault := range checkService(service) {
			faults = append(faults, name+": "+fault)
		}
	}
	faults = append(faults, unusedSecrets(project)...)
	// Without its variables it must not start at all: a default password is a password everybody knows.
	if _, err := load(files, false); err == nil {
		faults = append(faults, "it loads without a single secret being set: use ${NAME:?}")
	}
	for _, name := range defaulted(files) {
		if secretName.MatchString(name) {
			faults = append(faults, "a default of "+name+" stands in the file")
		}
	}
	sort.Strings(faults)
	return faults
}

// defaulted are the variables that have a value in the file for when nobody sets them: ${NAME:-…}, ${NAME-…}.
func defaulted(files []string) []string {
	return find(files, regexp.MustCompile(`\$\{([A-Z0-9_]+):?-`))
}

// Long enough for whoever wants a key of some length.
const marker = "from-outside-from-outside-from-outside"

// unusedSecrets are files that nobody is given: a left-over, or a service that asks for another name.
func unusedSecrets(project *types.Project) []string {
	used := map[string]bool{}
	for _, service := range project.Services {
		for _, secret := range service.Secrets {
			used[secret.Source] = true
		}
	}
	var faults []string
	for name, secret := range project.Secrets {
		if !used[name] {
			faults = append(faults, "the secret "+name+" is given to nobody")
		}
		if secret.File == "" {
			faults = append(faults, "the secret "+name+" is no file: compose cannot put another one into a read-only container")
		}
	}
	return faults
}

type started struct {
	Image       string            `json:"image"`
	Profiles    []string          `json:"profiles"`
	Entrypoint  []string          `json:"entrypoint"`
	Command     []string          `json:"command"`
	Environment map[string]string `json:"environment"`
	Health      []string          `json:"health"`
	Needs       []string          `json:"needs"`
	Networks    []string          `json:"networks"`
	Secrets     []string          `json:"secrets"`
	Volumes     []string          `json:"volumes"`
}

func printServices(files []string) error {
	project, err := load(files, true)
	if err != nil {
		return err
	}
	all := map[string]started{}
	for name, service := range project.Services {
		it := started{
			Image: service.Image, Profiles: service.Profiles, Entrypoint: service.Entrypoint, Command: service.Command,
			Environment: map[string]string{}, Needs: service.GetDependencies(),
		}
		for key, value := range service.Environment {
			if value != nil {
				it.Environment[key] = *value
			}
		}
		for name := range service.Networks {
			it.Networks = append(it.Networks, name)
		}
		sort.Strings(it.Networks)
		for _, secret := range service.Secrets {
			it.Secrets = append(it.Secrets, secret.Source)
		}
		sort.Strings(it.Secrets)
		for _, volume := range service.Volumes {
			it.Volumes = append(it.Volumes, volume.Source)
		}
		if service.HealthCheck != nil && !service.HealthCheck.Disable {
			it.Health = service.HealthCheck.Test
		}
		all[name] = it
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

func load(files []string, withSecrets bool) (*types.Project, error) {
	var env []string
	for _, name := range variables(files) {
		if withSecrets {
			env = append(env, name+"="+marker)
		}
	}
	options, err := cli.NewProjectOptions(files, cli.WithEnv(env), cli.WithDefaultProfiles("*"))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(context.Background())
}

// variables are those the file demands with ${NAME:?…}.
func variables(files []string) []string {
	return find(files, regexp.MustCompile(`\$\{([A-Z0-9_]+):\?`))
}

// find returns what the group of a pattern matches, each once.
func find(files []string, pattern *regexp.Regexp) []string {
	seen := map[string]bool{}
	var names []string
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, match := range pattern.FindAllStringSubmatch(string(text), -1) {
			if !seen[match[1]] {
				names = append(names, match[1])
			}
			seen[match[1]] = true
		}
	}
	return names
}

func checkService(service types.ServiceConfig) []string {
	var faults []string
	if service.Build == nil && !pinned.MatchString(service.Image) {
		faults = append(faults, "the image "+service.Image+" is not pinned to a version")
	}
	oneShot := service.Restart == "no"
	if health := service.HealthCheck; !oneShot && (health == nil || health.Disable || len(health.Test) == 0) {
		faults = append(faults, "there is no health check")
	}
	for _, port := range service.Ports {
		if port.HostIP != "127.0.0.1" && port.HostIP != "::1" {
			faults = append(faults, fmt.Sprintf("port %d is published beyond loopback", port.Target))
		}
	}
	if len(service.Profiles) == 0 {
		faults = append(faults, "it belongs to no profile")
	}
	if service.Privileged {
		faults = append(faults, "it is privileged")
	}
	faults = append(faults, withoutRights(service)...)
	faults = append(faults, shownSecrets(service)...)
	return faults
}

// withoutRights is what a program that was taken over must not find.
func withoutRights(service types.ServiceConfig) []string {
	var faults []string
	if !slices.Contains(service.CapDrop, "ALL") || len(service.CapAdd) > 0 {
		faults = append(faults, "it keeps capabilities: cap_drop: [ALL], and no cap_add")
	}
	if !slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
		faults = append(faults, "it may gain privileges: security_opt: ['no-new-privileges:true']")
	}
	if !service.ReadOnly {
		faults = append(faults, "its file system is not read-only")
	}
	if service.MemLimit <= 0 {
		faults = append(faults, "its memory has no bound: mem_limit")
	}
	if service.PidsLimit <= 0 {
		faults = append(faults, "its processes have no bound: pids_limit")
	}
	if _, all := service.Networks["default"]; all || len(service.Networks) == 0 {
		faults = append(faults, "it is in the network of everybody: name those that it needs")
	}
	for _, mode := range []string{service.NetworkMode, service.Pid, service.Ipc} {
		if mode == "host" {
			faults = append(faults, "it shares the host's network, processes or memory")
		}
	}
	for _, volume := range service.Volumes {
		if strings.HasSuffix(volume.Source, "docker.sock") {
			faults = append(faults, "it can rule the container engine")
		}
	}
	return faults
}

// shownSecrets are those that everybody may read who may look at containers or at the list of processes.
func shownSecrets(service types.ServiceConfig) []string {
	var faults []string
	words := append(append([]string{}, service.Command...), service.Entrypoint...)
	if service.HealthCheck != nil {
		words = append(words, service.HealthCheck.Test...)
	}
	for _, word := range words {
		if strings.Contains(word, marker) || urlPassword.MatchString(word) {
			faults = append(faults, "a secret stands among its arguments")
		}
	}
	for name, value := range service.Environment {
		if value == nil {
			continue
		}
		if secretName.MatchString(name) || strings.Contains(*value, marker) || urlPassword.MatchString(*value) {
			faults = append(faults, "a secret stands in its environment: name a file in "+name+"_FILE")
		}
	}
	return faults
}
