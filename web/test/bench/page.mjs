// What the page costs while the demo plays, measured by the browser itself.
//
//   node test/bench/page.mjs [seconds] [scenario]
//
// Starts the built layercast with a history of 20 s, opens the page at 1280x720, and says:
// when the browser first painted something, when the stage was drawn and when the first picture
// stood on the page (medians of nine loads, each in a profile of its own, from the moment at
// which the browser began to fetch the address), frames a second and script
// time a frame by the browser's own tracing, how many things are drawn in view, and memory of
// page and server every ten seconds. Over more than five minutes nothing is traced, and each
// minute the page's garbage is collected before its memory is read. Needs LAYERCAST_BIN
// (default ../target/release/layercast) and CHROMIUM (default /usr/bin/chromium).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const seconds = Number(process.argv[2] ?? 60);
const scenario = process.argv[3] ?? 'classroom';
/** How often the page is opened to say how soon it shows something. */
const LOADS = 9;
const MOMENTS = { paint: 'first paint with content', stage: 'stage and controls drawn', picture: 'first picture' };
/** A trace of so long a time would itself be the memory that is measured. */
const traced = seconds <= 300;
const program = process.env.LAYERCAST_BIN ?? new URL('../../../target/release/layercast', import.meta.url).pathname;
const server = spawn(program, ['serve', '--http', '127.0.0.1:0', '--rtsp', '127.0.0.1:0', '--history', '20s', '--scenario', scenario], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const address = await new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (part) => {
    text += part;
    const found = /Page: (\S+)/.exec(text);
    if (found) resolve(found[1]);
  });
  server.on('exit', (code) => reject(new Error(`layercast ended with ${code}`)));
});

// A warm server: it has played for a while.
await new Promise((resolve) => setTimeout(resolve, 5000));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run',
    '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
});

try {
  const loads = [];
  for (let i = 0; i < LOADS; i += 1) loads.push(await load());
  for (const [what, name] of Object.entries(MOMENTS)) {
    const all = loads.map((one) => one[what]).sort((a, b) => a - b);
    console.log(`${name}: ${Math.round(all[LOADS >> 1])} ms (${Math.round(all[0])} to ${Math.round(all.at(-1))})`);
  }
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(address);
  await page.locator('[data-picture]').first().waitFor();

  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const events = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  if (traced) await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordContinuously',
      includedCategories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline', 'devtools.timeline.frame'],
    },
  });
  const pause = traced ? 10 : 60;
  for (let at = pause; at <= seconds; at += pause) {
    await page.waitForTimeout(pause * 1000);
    if (!traced) await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const heap = metrics.find((m) => m.name === 'JSHeapUsedSize').value;
    console.log(`${at} s: page ${(heap / 1e6).toFixed(1)} MB of script heap, server ${resident(server.pid)}, ${await page.evaluate(inView)} things drawn in view`);
  }
  if (traced) {
    const ended = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
    await cdp.send('Tracing.end');
    await ended;
    report(events);
  }
} finally {
  await browser.close();
  server.removeAllListeners('exit');
  server.kill('SIGINT');
}

/** Opens the page in a new profile, and answers when it showed what, milliseconds after the start of its navigation. */
async function load() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = (globalThis.seen = {});
    requestAnimationFrame(function look(now) {
      // What stands in the document at one frame is on the screen when the next one begins.
      if (seen.stageThere) seen.stage ??= now;
      if (seen.pictureThere) {
        seen.picture = now;
        return;
      }
      seen.stageThere ||= document.querySelector('main svg') !== null && document.querySelector('section.controls button') !== null;
      seen.pictureThere ||= document.querySelector('[aria-label="Live video"]')?.hasAttribute('data-picture') ?? false;
      requestAnimationFrame(look);
    });
  });
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.seen.picture, null, { polling: 100, timeout: 30_000 });
  const moments = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    stage: globalThis.seen.stage,
    picture: globalThis.seen.picture,
  }));
  await context.close();
  return moments;
}

/** Shapes, texts and controls that a person can see now. */
function inView() {
  const things = document.querySelectorAll('svg :is(path, rect, circle, line, polyline, text, image), canvas, img, button, input, select, p, h1, h2, h3');
  return [...things].filter((thing) => {
    const box = thing.getBoundingClientRect();
    return box.width + box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  }).length;
}

function resident(pid) {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return `${(Number(line[1]) / 1024).toFixed(0)} MiB resident`;
  } catch {
    return 'memory unknown here';
  }
}

// The page's own main thread draws; script time is what FunctionCall and FireAnimationFrame
// events on that thread took together, outermost ones only.
function report(events) {
  const drawn = events.filter((e) => e.name === 'DrawFrame').map((e) => e.ts).sort((a, b) => a - b);
  if (drawn.length < 2) {
    console.log('the browser drew nothing');
    return;
  }
  const span = (drawn.at(-1) - drawn[0]) / 1e6;
  const gaps = drawn.slice(1).map((ts, i) => (ts - drawn[i]) / 1000).sort((a, b) => a - b);
  const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))].toFixed(1);
  const dropped = events.filter((e) => e.name === 'DroppedFrame').length;
  console.log(`frames: ${(drawn.length / span).toFixed(1)} drawn a second over ${span.toFixed(0)} s, ${dropped} dropped`);
  console.log(`time between frames: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, 99 % within ${at(0.99)} ms`);
  const frames = events.filter((e) => e.name === 'FireAnimationFrame' && e.dur !== undefined);
  const script = frames.reduce((sum, e) => sum + e.dur, 0) / 1000;
  console.log(`script in animation frames: ${(script / Math.max(frames.length, 1)).toFixed(2)} ms a frame (${frames.length} frames)`);
}
