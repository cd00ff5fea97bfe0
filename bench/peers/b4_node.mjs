// The peer of bench/b4: onnxruntime-node with the same model and the same tokens, in batches of 32 as they come, padded to the longest, as its users write it.
// usage: b4_node.mjs ONNXRUNTIME-NODE-FOLDER MODEL TOKENS-FILE THREADS
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [folder, model, file, threads] = process.argv.slice(2);
const ort = createRequire(`${folder}/`)('onnxruntime-node');
const texts = readFileSync(file, 'utf8').split('\n').filter(line => line).map(line => line.split(' ').map(BigInt));
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });

async function run(batch) {
  const length = Math.max(...batch.map(t => t.length));
  const ids = new BigInt64Array(batch.length * length);
  const mask = new BigInt64Array(batch.length * length);
  batch.forEach((text, row) => text.forEach((id, i) => { ids[row * length + i] = id; mask[row * length + i] = 1n; }));
  const shape = [batch.length, length];
  return session.run({ input_ids: new ort.Tensor('int64', ids, shape), attention_mask: new ort.Tensor('int64', mask, shape) });
}

for (let i = 0; i < 192; i += 32) await run(texts.slice(i, i + 32));
const start = performance.now();
for (let i = 0; i < texts.length; i += 32) await run(texts.slice(i, i + 32));
const seconds = (performance.now() - start) / 1000;
console.log(`${(texts.length / seconds).toFixed(0)} texts/s, tokens not included`);
