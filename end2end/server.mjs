// @ts-check
// A release server of one's own: a free port, a copy of the sample organisation, and the power to kill it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Where the scripts in `.ci` keep what is not in the clone. */
export const cache = env('HABEAS_CACHE');
const binary = env('HABEAS_BIN');
/** With its standard library it reads what Node.js can't: SQLite and ZIP. */
export const python = process.env.HABEAS_PYTHON ?? 'python3';

/** @param {string} name */
function env(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with make e2e or make sdk`);
  return value;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  return port;
}

/**
 * Runs one of habeas's commands on a data folder and gives what it printed.
 * @param {string} data
 * @param {string[]} args
 */
async function command(data, ...args) {
  const { stdout } = await promisify(execFile)(binary, [...args, '--data', data]);
  return stdout;
}

/**
 * Makes the sample organisation in a new folder.
 * @param {string} folder
 */
export async function makeSample(folder) {
  await rm(folder, { recursive: true, force: true });
  await command(folder, 'demo');
}

export class Server {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;

  /**
   * @param {string} sample
   * @param {string} data
   * @param {number} port
   * @param {Record<string, string>} settings
   */
  constructor(sample, data, port, settings) {
    this.settings = settings;
    this.sample = sample;
    this.data = data;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.log = path.join(data, 'server.log');
  }

  /**
   * Starts a server on its own copy of a data folder. Settings are those of `habeas config`, as environment variables.
   * @param {string} sample
   * @param {Record<string, string>} settings
   */
  static async start(sample, settings = {}) {
    const data = await mkdtemp(path.join(tmpdir(), 'habeas-'));
    const server = new Server(sample, data, await freePort(), settings);
    await server.reset();
    return server;
  }

  /** Starts the process and waits until it is ready. */
  async launch() {
    const log = openSync(this.log, 'a');
    const process_ = spawn(binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`], {
      stdio: ['ignore', log, log],
      env: { ...process.env, HABEAS__PUBLIC_URL: this.url, ...this.settings },
    });
    closeSync(log);
    this.#process = process_;
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
      if (process_.exitCode !== null) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
    }
    throw new Error(`the server did not get ready:\n${await readFile(this.log, 'utf8')}`);
  }

  /**
   * Ends the process by a signal and waits until it is gone.
   * @param {NodeJS.Signals} signal
   */
  async #end(signal) {
    const process_ = this.#process;
    if (!process_ || process_.exitCode !== null || process_.signalCode !== null) return;
    process_.kill(signal);
    await once(process_, 'exit');
  }

  /** As a power cut would. */
  async kill9() {
    await this.#end('SIGKILL');
  }

  /** Stops it gracefully, if it still runs, and starts it again on the same port and data. */
  async restart() {
    await this.#end('SIGTERM');
    await this.launch();
  }

  /** Back to the untouched sample: for tests that must not see what others did. Does not wait for what a slow system holds up. */
  async reset() {
    await this.#end('SIGKILL');
    await rm(this.data, { recursive: true, force: true });
    await cp(this.sample, this.data, { recursive: true });
    await this.launch();
  }

  /** Stops it and removes its data. */
  async stop() {
    await this.#end('SIGKILL');
    await rm(this.data, { recursive: true, force: true });
  }

  /** The facts of the sample organisation that tests build on. @returns {Promise<any>} */
  async facts() {
    return JSON.parse(await readFile(path.join(this.data, 'demo.json'), 'utf8'));
  }

  /**
   * Runs SQL in one of the sample's databases, as the software that it belongs to would.
   * @param {string} database
   * @param {string} script
   */
  async sql(database, script) {
    const program = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); c.executescript(sys.argv[2]); c.close()';
    await promisify(execFile)(python, ['-c', program, path.join(this.data, `${database}.db`), script]);
  }

  /** Lets the looks after an erasure be due that time would bring. */
  async hurry() {
    await this.sql('habeas', 'UPDATE recheck SET due_at = 1 WHERE due_at IS NOT NULL');
  }

  /** A link that signs a member of staff in, once. */
  async signInLink() {
    const printed = await command(this.data, 'sign-in-link');
    const link = printed.match(/https?:\/\/\S+/)?.[0];
    if (!link) throw new Error(`no link in: ${printed}`);
    const { pathname, search } = new URL(link);
    return this.url + pathname + search; // the command does not know the port
  }

  /** Credentials of a new API client. @param {string} name */
  async createClient(name) {
    const printed = await command(this.data, 'create-client', '--name', name);
    const [id, secret] = ['id', 'secret'].map((word) => printed.match(new RegExp(`^${word} +(\\S+)$`, 'm'))?.[1]);
    if (!id || !secret) throw new Error('create-client printed no id and secret');
    return { id, secret };
  }
}
