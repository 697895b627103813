// The same storm with the queues in Redis, which is killed as well and comes back empty.
process.env['STORM_QUEUE'] = 'redis'
await import('./storm.test')
