// Imports the test files named on the command line into this one process; node:test reports at exit.
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) await import(pathToFileURL(file));
