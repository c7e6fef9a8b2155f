import { Metrics } from './metrics';

describe('metrics', () => {
  it('counts requests by route and status in the form that Prometheus reads', async () => {
    const metrics = new Metrics();
    const route = metrics.routeHistogram('http_seconds', 'Times.').route('POST', '/v1/orders');
    route.observe(201, 0.004);
    route.observe(201, 20);
    const text = await metrics.render();
    expect(text).toContain('# TYPE http_seconds histogram');
    expect(text).toContain(
      'http_seconds_bucket{method="POST",route="/v1/orders",status="201",le="0.0025"} 0',
    );
    expect(text).toContain('http_seconds_bucket{method="POST",route="/v1/orders",status="201",le="0.005"} 1');
    expect(text).toContain('http_seconds_bucket{method="POST",route="/v1/orders",status="201",le="+Inf"} 2');
    expect(text).toContain('http_seconds_sum{method="POST",route="/v1/orders",status="201"} 20.004');
  });

  it('gives the same metric for the same name', () => {
    const metrics = new Metrics();
    expect(metrics.counter('a_total', 'A.')).toBe(metrics.counter('a_total', 'A.'));
  });

  it('asks for a count that is kept elsewhere at the scrape, and calls it a counter', async () => {
    const metrics = new Metrics();
    let sold = 3;
    metrics.counterOf('sold_total', 'Sold.', () => sold);
    expect(await metrics.render()).toContain('# TYPE sold_total counter\nsold_total 3\n');
    sold = 5;
    expect(await metrics.render()).toContain('sold_total 5\n');
  });

  it('asks a gauge at the scrape', async () => {
    const metrics = new Metrics();
    let readers = 1;
    metrics.gauge('readers', 'Readers.', () => readers);
    readers = 7;
    expect(await metrics.render()).toContain('readers 7');
  });
});
