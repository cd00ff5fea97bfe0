// What a million rows cost, from measured work and dated prices. The table of docs/cost.md is its output.
//   node infra/cost.mjs            prints the table
//   node infra/cost.mjs --write    writes it into docs/cost.md
//   node infra/cost.mjs --check    exit code 1 when docs/cost.md has another
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const { currency, region, checked, prices } = JSON.parse(readFileSync(join(folder, 'prices.json'), 'utf8'));
const work = JSON.parse(readFileSync(join(folder, 'work.json'), 'utf8'));

const instanceSeconds = work.cpuSeconds * work.waitFactor;
const activities = work.units * work.triesPerUnit;
const rows = [
  ['Function app, working', instanceSeconds * work.instanceGb, 'GB-seconds', 'functionGbSecond'],
  ['Function app, calls', activities * 2, 'executions', 'functionExecution'],
  ['Orchestration', activities * 2, 'actions', 'durableAction'],
  ['Storage, writes', work.units * work.writesPerUnit, 'operations', 'blobWrite'],
  ['Storage, reads', work.units * work.readsPerUnit, 'operations', 'blobRead'],
  ['Storage, kept', work.storedGb, 'GB for a month', 'blobGbMonth'],
  ['Logs', (activities * work.logBytesPerActivity) / 1e9, 'GB', 'logGb'],
  ['Embedding on CPU, vCPU', work.embedSeconds * work.jobCpus, 'vCPU-seconds', 'jobCpuSecond'],
  ['Embedding on CPU, memory', work.embedSeconds * work.jobGib, 'GiB-seconds', 'jobGibSecond'],
];

const money = amount => amount < 0.01 ? amount.toFixed(5) : amount.toFixed(2);
const table = [
  `Prices: ${currency}, ${region}, checked ${checked}. "–": no price was at hand; take that of your region.`,
  '',
  '| what | quantity per 1 M rows | unit price | cost |',
  '|---|---|---|---|',
  ...rows.map(([what, quantity, unit, key]) => {
    const price = prices[key].price;
    return `| ${what} | ${Number(quantity.toPrecision(3))} ${unit} | ${price ?? '–'} | ${price === null ? '–' : money(quantity * price)} |`;
  }),
  `| **sum of the priced** | | | **${money(rows.reduce((sum, [, quantity, , key]) => sum + quantity * (prices[key].price ?? 0), 0))}** |`,
].join('\n');

const page = join(folder, '../docs/cost.md');
const [before, after] = ['<!-- table -->\n', '\n<!-- end -->'];
if (process.argv[2] === undefined) {
  console.log(table);
} else {
  const text = readFileSync(page, 'utf8');
  const written = text.slice(0, text.indexOf(before) + before.length) + table + text.slice(text.indexOf(after));
  if (process.argv[2] === '--write') {
    writeFileSync(page, written);
  } else if (written !== text) {
    console.log("docs/cost.md differs from infra/prices.json and infra/work.json: run 'node infra/cost.mjs --write'.");
    process.exitCode = 1;
  }
}
