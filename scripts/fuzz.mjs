// Runs every test file of fuzz with 100,000 inputs for each property, or as many as FUZZ_RUNS says.
process.env.FUZZ_RUNS ??= '100000';
process.env.LONGEST_RUN_MINUTES ??= '60';
process.argv.splice(2, process.argv.length, 'fuzz');
await import('./test.mjs');
