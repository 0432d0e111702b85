// What is in a downloaded package, read by Python's zipfile, which shares no code with what wrote it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { python } from '../server.mjs';

const reader = `
import hashlib, json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
content = {name: archive.read(name) for name in archive.namelist()}
print(json.dumps({
    'sha256': hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest(),
    'manifest': json.loads(content['manifest.json']),
    'files': {name: [hashlib.sha256(bytes).hexdigest(), len(bytes)] for name, bytes in content.items()},
    'page': content['index.html'].decode('utf-8'),
}))`;

export interface Package {
  /** Of the ZIP itself. */
  sha256: string;
  manifest: any;
  /** Hash and length of each file, by its path. */
  files: Record<string, [string, number]>;
  /** The page that a person opens. */
  page: string;
}

export async function readPackage(file: string): Promise<Package> {
  const { stdout } = await promisify(execFile)(python, ['-c', reader, file], { maxBuffer: 64 << 20 });
  return JSON.parse(stdout);
}
