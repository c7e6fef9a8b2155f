// Package sse gives k6 scripts a reader of server-sent events. k6's own http module hands over a body only once it has ended, and a
// live stream never ends.
//
//	import sse from 'k6/x/sse';
//	const seen = sse.read(url, { headers: {}, forMs: 5000, maxEvents: 100, lastEventId: '', tags: {} }, (event) => { … });
//
// read blocks its virtual user until the time is over, maxEvents were read, the callback returned false or the server ended the stream.
// It returns { status, events, firstEventMs, retryMs, lastEventId, ended, error }; ended is one of time, events, callback, server.
package sse

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/v2/js/modules"
	"go.k6.io/k6/v2/metrics"
)

// One line of a stream: a full state of a large drop fits, an endless line does not.
const lineBytesMax = 1 << 20

func init() { modules.Register("k6/x/sse", new(module)) }

type module struct{}

type instance struct {
	vu                          modules.VU
	opens, events, firstEventMs *metrics.Metric
	client                      *http.Client
}

// Params are what a script may say about one reading.
type Params struct {
	Headers     map[string]string `js:"headers"`
	Tags        map[string]string `js:"tags"`
	ForMs       int64             `js:"forMs"`
	MaxEvents   int               `js:"maxEvents"`
	LastEventID string            `js:"lastEventId"`
}

// Event is one event as the callback gets it. AtMs is when its last line arrived, by the clock that Date.now() reads.
type Event struct {
	ID   string  `js:"id"`
	Type string  `js:"type"`
	Data string  `js:"data"`
	AtMs float64 `js:"atMs"`
}

// Result is what read returns.
type Result struct {
	Status       int     `js:"status"`
	Events       int     `js:"events"`
	FirstEventMs float64 `js:"firstEventMs"`
	RetryMs      int64   `js:"retryMs"`
	LastEventID  string  `js:"lastEventId"`
	Ended        string  `js:"ended"`
	Error        string  `js:"error"`
}

func (*module) NewModuleInstance(vu modules.VU) modules.Instance {
	registry := vu.InitEnv().Registry
	return &instance{
		vu:           vu,
		opens:        registry.MustNewMetric("sse_opens", metrics.Counter),
		events:       registry.MustNewMetric("sse_events", metrics.Counter),
		firstEventMs: registry.MustNewMetric("sse_first_event", metrics.Trend, metrics.Time),
	}
}

func (i *instance) Exports() modules.Exports {
	return modules.Exports{Default: map[string]any{"read": i.read}, Named: map[string]any{"read": i.read}}
}

func (i *instance) read(url string, params Params, onEvent sobek.Callable) (*Result, error) {
	state := i.vu.State()
	if state == nil {
		return nil, errors.New("sse.read works inside an iteration only")
	}
	if params.ForMs <= 0 {
		params.ForMs = 10_000
	}
	ctx, cancel := context.WithTimeout(i.vu.Context(), time.Duration(params.ForMs)*time.Millisecond)
	defer cancel()
	started := time.Now()
	response, err := i.open(ctx, url, params)
	if err != nil {
		return &Result{Error: err.Error(), LastEventID: params.LastEventID}, nil
	}
	defer func() { _ = response.Body.Close() }()
	i.count(i.opens, 1, map[string]string{"status": strconv.Itoa(response.StatusCode)}, params.Tags)
	result := &Result{Status: response.StatusCode, LastEventID: params.LastEventID}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		result.Error = "not a stream"
		return result, nil
	}
	err = i.drain(response, params, onEvent, started, result)
	if ctx.Err() != nil {
		result.Ended, result.Error = "time", ""
	}
	return result, err
}

func (i *instance) open(ctx context.Context, url string, params Params) (*http.Response, error) {
	if i.client == nil {
		state := i.vu.State()
		transport := &http.Transport{DialContext: state.Dialer.DialContext, TLSClientConfig: state.TLSConfig, DisableCompression: true}
		i.client = &http.Client{Transport: transport}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "text/event-stream")
	for name, value := range params.Headers {
		request.Header.Set(name, value)
	}
	if params.LastEventID != "" {
		request.Header.Set("Last-Event-ID", params.LastEventID)
	}
	return i.client.Do(request)
}

// drain reads events until something ends it; only a throwing callback is an error.
func (i *instance) drain(response *http.Response, params Params, onEvent sobek.Callable, started time.Time, result *Result) error {
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 4096), lineBytesMax)
	event := Event{}
	var data []string
	for lines.Scan() {
		line := lines.Text()
		if line != "" {
			field, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch field {
			case "data":
				data = append(data, value)
			case "event":
				event.Type = value
			case "id":
				event.ID, result.LastEventID = value, value
			case "retry":
				result.RetryMs, _ = strconv.ParseInt(value, 10, 64)
			}
			continue
		}
		if len(data) == 0 { // a comment or a bare field: nothing is dispatched
			event = Event{}
			continue
		}
		event.Data, data = strings.Join(data, "\n"), nil
		if done, err := i.dispatch(event, params, onEvent, started, result); done || err != nil {
			return err
		}
		event = Event{}
	}
	result.Ended = "server"
	if err := lines.Err(); err != nil {
		result.Error = err.Error()
	}
	return nil
}

func (i *instance) dispatch(event Event, params Params, onEvent sobek.Callable, started time.Time, result *Result) (bool, error) {
	now := time.Now()
	event.AtMs = float64(now.UnixMicro()) / 1000
	result.Events++
	i.count(i.events, 1, nil, params.Tags)
	if result.Events == 1 {
		result.FirstEventMs = float64(now.Sub(started).Microseconds()) / 1000
		i.count(i.firstEventMs, result.FirstEventMs, nil, params.Tags)
	}
	if onEvent != nil {
		answer, err := onEvent(sobek.Undefined(), i.vu.Runtime().ToValue(event))
		if err != nil {
			return true, err
		}
		if keep, isBool := answer.Export().(bool); isBool && !keep {
			result.Ended = "callback"
			return true, nil
		}
	}
	if params.MaxEvents > 0 && result.Events >= params.MaxEvents {
		result.Ended = "events"
		return true, nil
	}
	return false, nil
}

func (i *instance) count(metric *metrics.Metric, value float64, own, tags map[string]string) {
	state := i.vu.State()
	current := state.Tags.GetCurrentValues()
	set := current.Tags.WithTagsFromMap(own).WithTagsFromMap(tags)
	metrics.PushIfNotDone(i.vu.Context(), state.Samples, metrics.Sample{
		TimeSeries: metrics.TimeSeries{Metric: metric, Tags: set}, Time: time.Now(), Value: value, Metadata: current.Metadata,
	})
}
