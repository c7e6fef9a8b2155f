// Builds k6 with Holdfast's own extension for server-sent events: `node tools/k6/build.mjs`.
package main

import (
	"go.k6.io/k6/v2/cmd"
	_ "holdfast.local/k6/sse"
)

func main() { cmd.Execute() }
