// The end-to-end suite runs once for each mode; this run looks at the services apart.
process.env['HOLDFAST_E2E_MODE'] = 'cluster';
