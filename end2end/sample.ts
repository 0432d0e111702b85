// Makes the sample organisation once per run; every worker's server starts from a copy.
import path from 'node:path';
import { cache, makeSample } from './server.mjs';

export const sample = path.join(cache, 'e2e', 'sample');

export default async function globalSetup() {
  await makeSample(sample);
}
