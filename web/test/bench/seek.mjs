// How long after a press on the timeline the picture of that moment stands on the page.
//
//   node test/bench/seek.mjs [seconds of run] [presses]
//
// Starts the built layercast, lets it run for so long (600 s), and presses the timeline at
// places spread over the whole run. A press counts from the browser's own time of the event
// to the animation frame after the video's last change. What stands then is compared with
// what the server says the client showed at that moment; a wrong picture ends the bench.
// Needs LAYERCAST_BIN (default ../target/release/layercast) and CHROMIUM (default
// /usr/bin/chromium).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const seconds = Number(process.argv[2] ?? 600);
const presses = Number(process.argv[3] ?? 60);
/** Long enough for every answer; what changes later is a fault. */
const SETTLED = 1500;
const program = process.env.LAYERCAST_BIN ?? new URL('../../../target/release/layercast', import.meta.url).pathname;
const server = spawn(program, ['serve', '--http', '127.0.0.1:0', '--rtsp', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
const address = await new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (part) => {
    text += part;
    const found = /Page: (\S+)/.exec(text);
    if (found) resolve(found[1]);
  });
  server.on('exit', (code) => reject(new Error(`layercast ended with ${code}`)));
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run',
    '--disable-component-update', '--disable-sync'],
});

try {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  console.log(`after ${seconds} s: server ${resident(server.pid)}`);
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(address);
  const video = page.locator('[data-picture]').first();
  await video.waitFor({ timeout: 30_000 });
  await page.evaluate(watch, '[data-picture]');
  // Time stands, so that only the press moves the cursor.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const lanes = page.getByRole('slider', { name: 'Time', exact: true });
  const box = await lanes.boundingBox();
  const took = [];
  for (let press = 0; press < presses; press += 1) {
    // Places that jump to and fro over the run: multiples of the golden ratio.
    const share = 0.01 + 0.97 * ((press * 0.6180339887) % 1);
    await page.evaluate(() => window.seek.begin());
    await page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
    await page.waitForTimeout(SETTLED);
    const t = Number(await lanes.getAttribute('aria-valuenow'));
    const shown = Number(await video.getAttribute('data-picture'));
    const { wanted, lasted } = await page.evaluate((at) => window.seek.end(at), t);
    if (!wanted.includes(shown)) throw new Error(`at ${t} ms picture ${shown} is shown, and the tape has ${wanted.join(' or ')}`);
    took.push(lasted);
  }
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(0);
  console.log(`seek: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms (${took.length} presses over the whole run)`);
} finally {
  await browser.close();
  server.removeAllListeners('exit');
  server.kill('SIGINT');
}

function resident(pid) {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return `${(Number(line[1]) / 1024).toFixed(0)} MiB resident`;
  } catch {
    return 'memory unknown here';
  }
}

// Runs in the page: notes when the press came and when the video last changed, and asks the
// server over a WebSocket of its own what the first client showed.
async function watch(selector) {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
  const waiting = new Map();
  let client = null;
  const greeted = new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      if (typeof data !== 'string') return;
      const message = JSON.parse(data);
      if (message.type === 'hello') {
        client = message.topology.nodes.find((node) => node.kind === 'client').id;
        resolve();
      }
      if (waiting.has(message.id)) waiting.get(message.id)(message);
    };
  });
  await greeted;
  let pressed = 0;
  let changed = 0;
  let id = 1;
  addEventListener('pointerdown', (event) => (pressed = event.timeStamp), { capture: true });
  // What stands counts once it is drawn: the frame after the last change of the video's
  // element or of its canvas.
  const note = () => requestAnimationFrame(() => (changed = performance.now()));
  const video = document.querySelector(selector);
  new MutationObserver(note).observe(video, { attributes: true, childList: true, subtree: true, characterData: true });
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...all) {
    if (video.contains(this.canvas)) note();
    return draw.apply(this, all);
  };
  window.seek = {
    begin: () => (pressed = changed = 0),
    end: async (ms) => {
      id += 1;
      const answer = new Promise((resolve) => waiting.set(id, resolve));
      const [from, to] = [Math.max(0, ms - 500) * 1e6, (ms + 1) * 1e6];
      socket.send(JSON.stringify({ type: 'get', id, get: { kind: 'segment', from, to } }));
      const message = await answer;
      const rows = (message.rows ?? message).pictures.filter((picture) => picture.client === client);
      // The slider tells whole milliseconds: a picture within the last one may or may not stand.
      const before = rows.filter((picture) => picture.at <= (ms - 1) * 1e6).at(-1);
      const near = rows.filter((picture) => picture.at > (ms - 1) * 1e6);
      return { wanted: [before, ...near].filter(Boolean).map((picture) => picture.number), lasted: changed - pressed };
    },
  };
}
