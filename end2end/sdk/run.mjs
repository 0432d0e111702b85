// @ts-check
// Runs the official SDKs against a release server, each against untouched sample data. `make sdk` starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cache, makeSample, python, Server } from '../server.mjs';

const here = import.meta.dirname;
const programs = [
  [process.execPath, path.join(here, 'conformance.mjs')],
  [python, path.join(here, 'conformance.py')],
];

const sample = path.join(cache, 'sdk', 'sample');
await makeSample(sample);
// The checks ask again and again whether something has ended: the limits have tests of their own.
const limits = ['CLIENT', 'TOKEN', 'GDPR'].map((whose) => [`HABEAS__API__${whose}_PER_MINUTE`, '100000']);
const server = await Server.start(sample, Object.fromEntries(limits));
let failed = false;
try {
  for (const [program, script] of programs) {
    failed = !(await passes(program, script)) || failed;
    await server.reset();
  }
} finally {
  await server.stop();
}
process.exitCode = failed ? 1 : 0;

/**
 * @param {string} program
 * @param {string} script
 */
async function passes(program, script) {
  const client = await server.createClient(path.basename(script));
  const home = await mkdtemp(path.join(tmpdir(), 'habeas-home-')); // both SDKs read a configuration file there
  try {
    const child = spawn(program, [script], {
      stdio: 'inherit',
      env: {
        ...process.env,
        HOME: home,
        PYTHONDONTWRITEBYTECODE: '1',
        HABEAS_URL: server.url,
        HABEAS_CLIENT_ID: client.id,
        HABEAS_CLIENT_SECRET: client.secret,
        HABEAS_FACTS: JSON.stringify(await server.facts()),
      },
    });
    const [code] = await once(child, 'exit');
    return code === 0;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
